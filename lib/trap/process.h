/* SPDX-License-Identifier: MIT
 *
 * lib/trap/process.h - what the process knows at its end.
 */
#ifndef DEED_PROCESS_H
#define DEED_PROCESS_H

#include "../base.h"

/* Buffers that were not leaks at exit because a thread that still ran had them. */
size_t deed_in_flight(void);

#endif
