/* SPDX-License-Identifier: MIT
 *
 * tests/every_pool.h - for what holds whoever works, and however many there are.
 */
#ifndef EVERY_POOL_H
#define EVERY_POOL_H

#include <criterion/criterion.h>

#include "deed/pool.h"

/* Calls run(pool) for no pool, and for pools of several sizes. */
static void on_every_pool(void (*run)(struct deed_pool *pool))
{
	static const unsigned workers[] = { 1, 2, 3, 8 };

	run(NULL);
	for (size_t i = 0; i < sizeof workers / sizeof *workers; i++) {
		struct deed_pool *pool = NULL;

		cr_assert(deed_pool_new(&pool, workers[i]) == 0);
		run(pool);
		cr_assert(deed_pool_free(&pool) == 0);
	}
}

#endif
