/* SPDX-License-Identifier: MIT
 *
 * tests/partitions/partition.h - what a partition program is written with.
 *
 * A partition program is one piece of parallel work, racy or clean, in ten to twenty-five
 * lines. list.def registers it:
 *
 *     RACY(shared_total, E19)         two parts meet, and this is how it is told
 *     {
 *             OWNER(xs, 1);
 *             struct job job = { .xs = &xs };
 *
 *             run(pool, cut(8, 1), add_to_total, &job);
 *             deed_drop(&xs);
 *     }
 *     CLEAN(slot_per_part) { ... }    no two parts meet, whoever works on what, and when
 *
 * main.c runs each with 1, 2 and 8 workers, and with each of many orders of the parts: a racy one
 * must be told every time, before or after anything else went wrong, a clean one never. So
 * a program may be racy in one way only, and must be it in every order. It goes on after a fault,
 * and leaves nothing behind. What is racy is only what deed sees: the programs' own variables
 * are guarded by a mutex, or written by one part.
 */
#ifndef PARTITION_H
#define PARTITION_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deed.h"
#include "deed/arena.h"
#include "deed/async.h"
#include "deed/pool.h"
#include "deed/reduce.h"
#include "deed/share.h"
#include "deed/soa.h"

/* The faults are part of an entry, and not of the name: one race may be told in several ways,
 * by which of the two comes first. */
#define RACY(name, ...) void racy_##name(struct deed_pool *pool);
#define CLEAN(name) void clean_##name(struct deed_pool *pool);
#include "list.def"
#undef RACY
#undef CLEAN
#define RACY(name) DEED_UNCHECKED void racy_##name(struct deed_pool *pool)
#define CLEAN(name) void clean_##name(struct deed_pool *pool)

enum { N = 64, PARTS = 8, EACH = N / PARTS };

#define CHECK(e)                                                                                   \
	((e) ? (void)0 : (fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #e), abort()))

/* Declares an owner of zeroed elements. */
#define OWNER(name, count)                                                                         \
	deed_i32 name = DEED_EMPTY;                                                                \
	CHECK(deed_new_zeroed(&name, count) == 0)

#define OWN_FRAME __attribute__((noinline))

/* What the parts of most programs are handed. */
struct job {
	deed_i32 *xs, *ys, *all; /* owners; the last is one for each part */
	deed_i32_inout v, w;
	deed_i32_borrowed r;
	int *raw;
	const size_t *table;
	pthread_mutex_t lock; /* of what follows */
	bool is_kept;
};

/* A plan of [0, count) in parts of `each`. */
struct deed_plan cut(size_t count, size_t each);
struct deed_plan cut_tiles(size_t rows, size_t columns, size_t tile_rows, size_t tile_columns);

/* deed_parallel_for(), which must return 0. */
void run_plan(struct deed_pool *pool, struct deed_plan *plan, deed_part_fn fn, void *context);
void run(struct deed_pool *pool, struct deed_plan plan, deed_part_fn fn, void *context);

/* The sum of all elements, through a loan of its own. */
int sum_of(const deed_i32 *xs);

/* Adds `value` to every element. */
void add_to_all(deed_i32_inout xs, int value);

/* In main.c: a run begins, in the order of the seed, or as it comes where that is 0; and what it
 * was told, a bit for each fault. */
void begin_run(unsigned seed);
unsigned long long told_of_run(void);

/* In drawn.c: whether `count` programs that are drawn by lot were told of as they must be. */
bool run_drawn(struct deed_pool *const pools[], size_t pool_count, unsigned count);

#endif
