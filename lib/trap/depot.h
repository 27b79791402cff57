/* SPDX-License-Identifier: MIT
 *
 * lib/trap/depot.h - each different call stack, kept once, under a number.
 */
#ifndef DEED_DEPOT_H
#define DEED_DEPOT_H

#include "../base.h"

/* deed_depot_keep - the id of a stack of `len` frames: the one it got when it was first kept. 0 for
 * no frames, and when the depot is full. *ret_is_new tells whether this call put it there. Takes no
 * lock; any thread, any signal handler. */
uint32_t deed_depot_keep(const uintptr_t *frames, size_t len, bool *ret_is_new);

/* The same of a stack that was kept before; 0 of any other. */
uint32_t deed_depot_find(const uintptr_t *frames, size_t len);

/* The age (unload.h) of a stack that deed_stack_get() gave; of any other the present one. */
uint32_t deed_depot_age(const uintptr_t *frames);

#endif
