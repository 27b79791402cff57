/* SPDX-License-Identifier: MIT
 *
 * tests/cases/pt.c - parts of one piece of work that meet, and parts that do not.
 *
 * Which of two parts comes second, and is told of, is for the schedule to say: so all that
 * a part does to the shared buffer stands on one line.
 */
#include "case.h"

#include "deed/pool.h"
#include "deed/reduce.h"
#include "deed/share.h"

/* Works on [0, count) in parts of `each`: of a trap case, alone, with a pool of 2, and of 8. */
static void work(int shape, size_t count, size_t each, deed_part_fn fn, void *context)
{
	static const unsigned workers[] = { 1, 2, 8 };
	struct deed_pool *pool = NULL;
	struct deed_plan plan;

	CHECK(shape == 0 || deed_pool_new(&pool, workers[shape]) == 0);
	deed_plan_chunks(&plan, count, each);
	CHECK(deed_parallel_for(pool, &plan, fn, context) == 0);
	CHECK(deed_pool_free(&pool) == 0);
}

/* The same with all of `v` shared out by `rule`, to be written, and `*v` the context. */
static void work_on(deed_i32_inout *v, struct deed_plan plan, struct deed_rule rule,
		    deed_part_fn fn)
{
	struct deed_pool *pool = NULL;

	CHECK(deed_pool_new(&pool, 4) == 0);
	deed_share_inout(&plan, v, rule);
	CHECK(deed_parallel_for(pool, &plan, fn, v) == 0);
	CHECK(deed_pool_free(&pool) == 0);
}

static struct deed_plan cut(size_t count, size_t each)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, count, each);
	return plan;
}

/* a[to + i] = a[from + i] + 1 for i below `count`, through a loan of each, one after the other. */
#define SET_FROM(a, to, from, count)                                                               \
	(__extension__({                                                                           \
		int32_t values_[64];                                                               \
		const deed_i32_borrowed r_ = deed_borrow_part(a, from, (from) + (count));          \
		for (size_t i_ = 0; i_ < (count); i_++)                                            \
			values_[i_] = deed_at(r_, i_);                                             \
		deed_end(a, &r_);                                                                  \
		const deed_i32_inout w_ = deed_inout_part(a, to, (to) + (count));                  \
		for (size_t i_ = 0; i_ < (count); i_++)                                            \
			deed_at(w_, i_) = values_[i_] + 1;                                         \
		deed_end(a, &w_);                                                                  \
	}))

/* Every part owns one element, and reads the next one's. */
static void set_from_next(struct deed_part *part, void *context)
{
	deed_i32 *const a = context;

	HERE;
	SET_FROM(a, part->lo, part->lo + 1, (size_t)1);
}

TRAP(PT01, E19)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	work(shape, 20, 1, set_from_next, &a);
	deed_drop(&a);
}

/* The same of a buffer that was shared out: the next one's is not the caller's to read. */
static void set_own_from_next(struct deed_part *part, void *context)
{
	const deed_i32_inout *const v = context;
	const deed_i32_inout mine = deed_part_inout(part, v);

	HERE;
	deed_at(mine, 0) = deed_at(deed_reading(*v), (part->lo + 1) % 20) + 1;
}

TRAP(PT01b, E13)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 20);
	{
		DEED_INOUT(v, &a);
		struct deed_plan plan = cut(20, 1);

		deed_share_inout(&plan, &v, DEED_BY_INDEX);
		CHECK(deed_parallel_for(NULL, &plan, set_own_from_next, (void *)(uintptr_t)&v) ==
		      0);
	}
	deed_drop(&a);
}

/* a[at] and a[at + 12], through a table of where: in the one, two of them meet. */
struct scatter {
	deed_i32 *a;
	const size_t *table;
};

static void add_one_to_part(deed_i32_inout part)
{
	deed_at(part, 0) += 1;
}

#define ADD_ONE_AT(a, at)                                                                          \
	(__extension__({                                                                           \
		const deed_i32_inout w_ = deed_inout_part(a, at, (at) + 1);                        \
		add_one_to_part(w_);                                                               \
		deed_end(a, &w_);                                                                  \
	}))

static void scatter(struct deed_part *part, void *context)
{
	const struct scatter *const s = context;
	const size_t at = s->table[part->lo];

	HERE;
	ADD_ONE_AT(s->a, at), ADD_ONE_AT(s->a, at + 12);
}

TRAP(PT03, E19)
{
	static const size_t table[] = { 21, 2, 43, 33, 5, 65, 77, 80 };
	deed_i32 a = DEED_EMPTY;
	struct scatter s = { &a, table };

	MAKE(&a, 100);
	work(shape, 8, 1, scatter, &s);
	deed_drop(&a);
}

CLEAN(PT21)
{
	static const size_t table[] = { 22, 2, 43, 32, 5, 65, 78, 80 };
	deed_i32 a = DEED_EMPTY;
	struct scatter s = { &a, table };

	MAKE(&a, 100);
	work(1, 8, 1, scatter, &s);
	CHECK(READ(&a, 34) == 1 && READ(&a, 92) == 1);
	deed_drop(&a);
}

/* Every part writes all of one small array. */
static void write_all(struct deed_part *part, void *context)
{
	deed_i32 *const a = context;

	HERE;
	WRITE(a, 3, (int32_t)part->index);
}

TRAP(PT05, E19)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 10);
	work(shape, 4, 1, write_all, &a);
	deed_drop(&a);
}

/* a[i + 64] = a[i]: what a part writes is what the next one reads. */
static void shift(struct deed_part *part, void *context)
{
	deed_i32 *const a = context;

	HERE;
	SET_FROM(a, part->lo + 64, part->lo, part->hi - part->lo);
}

TRAP(PT07, E19)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 64 * 9);
	work(shape, 64 * 8, 64, shift, &a);
	deed_drop(&a);
}

/* Writes a[2 * i], every second element, and reads a[i + 64]. */
#define SET_EVERY_SECOND(a, lo, hi)                                                                \
	(__extension__({                                                                           \
		const deed_i32_borrowed r_ = deed_borrow_part(a, (lo) + 64, (hi) + 64);            \
		const int32_t first_ = deed_at(r_, 0);                                             \
		deed_end(a, &r_);                                                                  \
		const deed_i32_tile_inout t_ = deed_tile_inout(a, 2, lo, 0, (hi) - (lo), 1);       \
		deed_at(deed_tile_row(t_, 0), 0) = first_;                                         \
		deed_end(a, &t_);                                                                  \
	}))

static void gather(struct deed_part *part, void *context)
{
	deed_i32 *const a = context;

	HERE;
	SET_EVERY_SECOND(a, part->lo, part->hi);
}

TRAP(PT09, E19)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 128);
	work(shape, 64, 8, gather, &a);
	deed_drop(&a);
}

/* The parent reads what it has shared out, before it has waited for the parts. */
static void add_one_to_own(struct deed_part *part, void *context)
{
	const deed_i32_inout *const v = context;

	add_one(deed_part_inout(part, v));
}

TRAP(PT13, E13)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_INOUT(v, &a);
		struct deed_plan plan = cut(100, 10);

		deed_share_inout(&plan, &v, DEED_BY_INDEX);
		HERE;
		(void)deed_at(deed_reading(v), 9);
		CHECK(deed_parallel_for(NULL, &plan, add_one_to_own, (void *)(uintptr_t)&v) == 0);
	}
	deed_drop(&a);
}

/* Another thread does, while they are at work. */
struct meanwhile {
	deed_i32 *a;
	deed_i32_inout v;
	sem_t at_work, has_read;
};

static void *read_meanwhile(void *context)
{
	struct meanwhile *const m = context;

	CHECK(sem_wait(&m->at_work) == 0);
	HERE;
	(void)READ(m->a, 9);
	CHECK(sem_post(&m->has_read) == 0);
	return NULL;
}

static void wait_at_work(struct deed_part *part, void *context)
{
	struct meanwhile *const m = context;

	add_one(deed_part_inout(part, &m->v));
	if (part->index == 0) {
		CHECK(sem_post(&m->at_work) == 0);
		CHECK(sem_wait(&m->has_read) == 0);
	}
}

TRAP(PT13b, E09)
{
	deed_i32 a = DEED_EMPTY;
	struct meanwhile m = { .a = &a };
	struct deed_plan plan = cut(100, 10);
	pthread_t thread;

	MAKE(&a, 100);
	CHECK(sem_init(&m.at_work, 0, 0) == 0 && sem_init(&m.has_read, 0, 0) == 0);
	CHECK(pthread_create(&thread, NULL, read_meanwhile, &m) == 0);
	m.v = deed_inout(&a);
	deed_share_inout(&plan, &m.v, DEED_BY_INDEX);
	CHECK(deed_parallel_for(NULL, &plan, wait_at_work, &m) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	deed_end(&a, &m.v);
	deed_drop(&a);
}

/* ---- clean ---------------------------------------------------------------------------------- */

CLEAN(PT19)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		deed_i32_inout v = deed_inout(&a);

		work_on(&v, cut(100, 25), DEED_BY_INDEX, add_one_to_own);
		deed_end(&a, &v);
	}
	CHECK(READ(&a, 0) == 1 && READ(&a, 99) == 1);
	deed_drop(&a);
}

/* A sum: each part has a place of its own, and they are added up when all are done. */
static void sum_part(struct deed_part *part, void *partial, void *context)
{
	const deed_i32_borrowed *const r = context;

	*(int64_t *)partial = total_of(deed_part_borrowed(part, r));
}

static void add_up(void *into, const void *from, void *unused)
{
	(void)unused;
	*(int64_t *)into += *(const int64_t *)from;
}

CLEAN(PT23)
{
	deed_i32 a = DEED_EMPTY;
	struct deed_plan plan = cut(100, 13);
	int64_t total = 0;

	MAKE(&a, 100);
	WRITE(&a, 12, 5);
	WRITE(&a, 13, 7);
	{
		DEED_BORROWED(r, &a);

		deed_share_borrowed(&plan, &r, DEED_BY_INDEX);
		CHECK(deed_reduce(NULL, &plan, sum_part, add_up, (void *)(uintptr_t)&r, &total,
				  sizeof total) == 0);
	}
	CHECK(total == 12);
	deed_drop(&a);
}

/* 4 planes of 5 rows of 6: a part has planes, and loops over their rows and columns. */
static void add_to_planes(struct deed_part *part, void *context)
{
	const deed_i32_inout *const v = context;
	const deed_i32_inout planes = deed_part_inout(part, v);

	for (size_t z = 0; z < part->hi - part->lo; z++)
		for (size_t y = 0; y < 5; y++)
			for (size_t x = 0; x < 6; x++)
				deed_at(planes, (z * 5 + y) * 6 + x) += (int32_t)(part->lo + z);
}

CLEAN(PT25)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 4 * 5 * 6);
	{
		deed_i32_inout v = deed_inout(&a);

		work_on(&v, cut(4, 1), deed_by_rows(5 * 6), add_to_planes);
		deed_end(&a, &v);
	}
	CHECK(READ(&a, 29) == 0 && READ(&a, 30) == 1 && READ(&a, 119) == 3);
	deed_drop(&a);
}

/* Two threads write one element in turn: a mutex and a flag say whose turn it is. */
struct turns {
	deed_i32 *a;
	pthread_mutex_t lock;
	int is_written;
};

static void *write_first(void *context)
{
	struct turns *const turns = context;

	CHECK(pthread_mutex_lock(&turns->lock) == 0);
	WRITE(turns->a, 0, 1);
	turns->is_written = 1;
	CHECK(pthread_mutex_unlock(&turns->lock) == 0);
	return NULL;
}

static void *write_second(void *context)
{
	struct turns *const turns = context;
	int is_written = 0;

	while (!is_written) {
		CHECK(pthread_mutex_lock(&turns->lock) == 0);
		is_written = turns->is_written;
		CHECK(pthread_mutex_unlock(&turns->lock) == 0);
	}
	WRITE(turns->a, 0, READ(turns->a, 0) + 1);
	return NULL;
}

CLEAN(PT27)
{
	deed_i32 a = DEED_EMPTY;
	struct turns turns = { &a, PTHREAD_MUTEX_INITIALIZER, 0 };
	pthread_t thread[2];

	MAKE(&a, 1);
	CHECK(pthread_create(&thread[0], NULL, write_second, &turns) == 0);
	CHECK(pthread_create(&thread[1], NULL, write_first, &turns) == 0);
	CHECK(pthread_join(thread[0], NULL) == 0 && pthread_join(thread[1], NULL) == 0);
	CHECK(READ(&a, 0) == 2);
	deed_drop(&a);
}

/* A container of ten owners: those in [from, to) are taken out and ended in parallel, and what is
 * behind them moves up. */
struct container {
	deed_i32 slots[10];
	size_t count;
};

static void end_slot(struct deed_part *part, void *context)
{
	deed_i32 *const slots = context;

	GIVE(consume, &slots[part->lo]);
}

static void drain(struct container *container, size_t from, size_t to)
{
	work(2, to - from, 1, end_slot, container->slots + from);
	for (size_t i = to; from < to && i < container->count; i++)
		deed_move(&container->slots[i - (to - from)], &container->slots[i]);
	container->count -= to - from;
}

CLEAN(PT29)
{
	struct container container = { .count = 10 };

	for (int i = 0; i < 10; i++)
		make_counted(&container.slots[i], 1, i);
	drain(&container, 0, 5);
	CHECK(container.count == 5);
	for (int i = 0; i < 10; i++)
		CHECK(case_ended(i) == (i < 5));
	drain(&container, 5, 5);
	CHECK(container.count == 5 && !case_ended(5));
	for (size_t i = 0; i < container.count; i++)
		deed_drop(&container.slots[i]);
}

/* Sorts: two parts, each of which is sorted by two parts, and then merged. */
struct sorting {
	struct deed_pool *pool;
	deed_i32_inout v;
};

static void merge_halves(deed_i32_inout v, size_t middle)
{
	int32_t merged[100];
	size_t left = 0, right = middle;

	for (size_t i = 0; i < deed_len(v); i++)
		if (right == deed_len(v) ||
		    (left < middle && deed_at(v, left) <= deed_at(v, right)))
			merged[i] = deed_at(v, left++);
		else
			merged[i] = deed_at(v, right++);
	for (size_t i = 0; i < deed_len(v); i++)
		deed_at(v, i) = merged[i];
}

static void sort_half(struct deed_part *part, void *context)
{
	const struct sorting *const outer = context;
	const struct sorting inner = { outer->pool, deed_part_inout(part, &outer->v) };
	const size_t middle = (deed_len(inner.v) + 1) / 2;
	struct deed_plan plan;

	if (deed_len(inner.v) < 2)
		return;
	deed_plan_chunks(&plan, deed_len(inner.v), middle);
	deed_share_inout(&plan, &inner.v, DEED_BY_INDEX);
	CHECK(deed_parallel_for(outer->pool, &plan, sort_half, (void *)(uintptr_t)&inner) == 0);
	merge_halves(inner.v, middle);
}

CLEAN(PT31)
{
	deed_i32 a = DEED_EMPTY;
	struct sorting sorting = { 0 };
	struct deed_plan plan;

	MAKE(&a, 100);
	CHECK(deed_pool_new(&sorting.pool, 4) == 0);
	sorting.v = deed_inout(&a);
	for (size_t i = 0; i < 100; i++)
		deed_at(sorting.v, i) = (int32_t)(i * 37 % 100);
	deed_plan_chunks(&plan, 100, 100);
	deed_share_inout(&plan, &sorting.v, DEED_BY_INDEX);
	CHECK(deed_parallel_for(sorting.pool, &plan, sort_half, &sorting) == 0);
	for (size_t i = 0; i < 100; i++)
		CHECK(deed_at(sorting.v, i) == (int32_t)i);
	deed_end(&a, &sorting.v);
	CHECK(deed_pool_free(&sorting.pool) == 0);
	deed_drop(&a);
}

/* Every way to cut up to six elements into four parts. */
CLEAN(PT33)
{
	for (size_t count = 0; count <= 6; count++) {
		deed_i32 a = DEED_EMPTY;
		int32_t times = 0;
		size_t edges[5] = { 0, 0, 0, 0, count };

		MAKE(&a, count);
		for (edges[1] = 0; edges[1] <= count; edges[1]++)
			for (edges[2] = edges[1]; edges[2] <= count; edges[2]++)
				for (edges[3] = edges[2]; edges[3] <= count; edges[3]++) {
					DEED_INOUT(v, &a);
					struct deed_plan plan = cut(4, 1);

					deed_share_inout(&plan, &v,
							 deed_covering(deed_by_edges(edges)));
					CHECK(deed_parallel_for(NULL, &plan, add_one_to_own,
								(void *)(uintptr_t)&v) == 0);
					times++;
				}
		for (size_t i = 0; i < count; i++)
			CHECK(READ(&a, i) == times);
		deed_drop(&a);
	}
}

/* A range that is no multiple of the tile. */
CLEAN(PT35)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	for (size_t tile = 1; tile <= 101; tile += 10) {
		deed_i32_inout v = deed_inout(&a);

		work_on(&v, cut(100, tile), DEED_BY_INDEX, add_one_to_own);
		deed_end(&a, &v);
	}
	CHECK(READ(&a, 0) == 11 && READ(&a, 99) == 11);
	deed_drop(&a);
}

/* All indices that there are, given up at the first: what it costs is what was begun. */
static void give_up(struct deed_part *part, void *unused)
{
	(void)unused;
	deed_part_cancel(part, -ECANCELED);
}

CLEAN(PT37)
{
	struct deed_plan plan = cut(SIZE_MAX, (size_t)1 << 33);
	const size_t bytes = deed_stats().ledger_bytes;
	struct deed_pool *pool = NULL;

	CHECK(deed_pool_new(&pool, 4) == 0);
	CHECK(deed_parallel_for(pool, &plan, give_up, NULL) == -ECANCELED);
	CHECK(deed_stats().ledger_bytes - bytes < (size_t)1 << 20);
	CHECK(deed_pool_free(&pool) == 0);
}
