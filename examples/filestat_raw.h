/* SPDX-License-Identifier: MIT
 *
 * examples/filestat_raw.h - the verbs that filestat uses, over plain pointers.
 *
 * What filestat would be without deed: a struct of a pointer and a length, passed by
 * value, and malloc, realloc and free. The program includes this header instead of
 * deed.h when it is compiled with -DFILESTAT_RAW, so that one body of code is timed
 * as raw C, as release and as trap. Only bytes and counts, only what filestat needs; in the
 * place of deed's kernel is the loop that one would write, and in that of a pool are threads
 * that are started for the one loop there is, and take the parts as they come.
 */
#ifndef FILESTAT_RAW_H
#define FILESTAT_RAW_H

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void (*deleter_fn)(void *data, size_t bytes, void *context);

/* Memory that is not malloc's has a deleter. */
typedef struct {
	uint8_t *data;
	size_t len;
	deleter_fn deleter;
	void *context;
} deed_u8;

typedef struct {
	const uint8_t *data;
	size_t len;
} deed_u8_borrowed;

typedef struct {
	uint8_t *data;
	size_t len;
} deed_u8_inout;

typedef struct {
	uint64_t *data;
	size_t len;
} deed_u64_inout;

#define DEED_VERSION "0.1.0"
#define DEED_EMPTY                                                                                 \
	{                                                                                          \
		0                                                                                  \
	}
#define DEED_AUTO(type, name) __attribute__((cleanup(deed_drop))) type name = DEED_EMPTY

#define DEED_BORROWED(view, owner) const deed_u8_borrowed view = { (owner)->data, (owner)->len }
#define DEED_INOUT_PART(view, owner, lo, hi)                                                       \
	const deed_u8_inout view = { (owner)->data + (lo), (hi) - (lo) }
#define DEED_LEND(view, pointer, count) const deed_u64_inout view = { (pointer), (count) }

#define deed_data(view) ((view).data)
#define deed_len(handle) ((handle).len)

static inline deed_u8_borrowed deed_slice(deed_u8_borrowed view, size_t lo, size_t hi)
{
	return (deed_u8_borrowed){ view.data + lo, hi - lo };
}

/* Four tables of counts, used in turn: a byte that equals its neighbour would otherwise wait for
 * the neighbour's count to be stored. */
static inline void deed_histogram_u8(deed_u64_inout counts, deed_u8_borrowed of)
{
	uint32_t tables[4][256] = { { 0 } };
	size_t i = 0;

	for (; i + 4 <= of.len; i += 4) {
		tables[0][of.data[i]]++;
		tables[1][of.data[i + 1]]++;
		tables[2][of.data[i + 2]]++;
		tables[3][of.data[i + 3]]++;
	}
	for (; i < of.len; i++)
		tables[0][of.data[i]]++;
	for (i = 0; i < counts.len; i++)
		for (int table = 0; table < 4; table++)
			counts.data[i] += tables[table][i];
}

/* ---- parts and threads ---------------------------------------------------------------------- */

#define DEED_WORKERS_MAX 1024

struct deed_plan {
	size_t count, chunk, parts;
};

struct deed_part {
	size_t index, lo, hi;
	unsigned worker;
};

struct deed_pool {
	unsigned workers;
};

typedef void (*reduce_fn)(struct deed_part *part, void *partial, void *context);
typedef void (*merge_fn)(void *into, const void *from, void *context);

struct reduction {
	const struct deed_plan *plan;
	reduce_fn fn;
	void *context;
	char *partials;
	size_t bytes, next;
	unsigned threads;
};

#define deed_share_borrowed(plan, view, rule) ((void)0)
#define deed_part_borrowed(part, view) deed_slice(*(view), (part)->lo, (part)->hi)

static inline void deed_plan_chunks(struct deed_plan *ret, size_t count, size_t chunk)
{
	*ret = (struct deed_plan){ count, chunk, count / chunk + (count % chunk != 0) };
}

static inline int deed_pool_new(struct deed_pool **ret, unsigned workers)
{
	struct deed_pool *const pool = malloc(sizeof *pool);

	if (!pool)
		return -ENOMEM;
	pool->workers = workers ? workers : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	*ret = pool;
	return 0;
}

static inline int deed_pool_free(struct deed_pool **pool)
{
	free(*pool);
	*pool = NULL;
	return 0;
}

static inline void reduce_parts(struct reduction *all, unsigned worker)
{
	struct deed_part part = { .worker = worker };

	while ((part.index = __atomic_fetch_add(&all->next, 1, __ATOMIC_RELAXED)) <
	       all->plan->parts) {
		part.lo = part.index * all->plan->chunk;
		part.hi = part.index + 1 < all->plan->parts ? part.lo + all->plan->chunk
							    : all->plan->count;
		all->fn(&part, all->partials + part.index * all->bytes, all->context);
	}
}

static inline void *reduce_in_thread(void *context)
{
	struct reduction *const all = context;

	reduce_parts(all, __atomic_add_fetch(&all->threads, 1, __ATOMIC_RELAXED));
	return NULL;
}

/* `result` is zero on entry. */
static inline int deed_reduce(const struct deed_pool *pool, const struct deed_plan *plan,
			      reduce_fn fn, merge_fn merge, void *context, void *result,
			      size_t bytes)
{
	pthread_t threads[DEED_WORKERS_MAX];
	struct reduction all = { plan, fn, context, NULL, bytes, 0, 0 };
	unsigned started = 0;

	if (!plan->parts)
		return 0;
	all.partials = calloc(plan->parts, bytes);
	if (!all.partials)
		return -ENOMEM;
	while (pool && started + 1 < pool->workers &&
	       !pthread_create(&threads[started], NULL, reduce_in_thread, &all))
		started++;
	reduce_parts(&all, 0);
	while (started)
		(void)pthread_join(threads[--started], NULL);
	memcpy(result, all.partials, bytes);
	for (size_t i = 1; i < plan->parts; i++)
		merge(result, all.partials + i * bytes, context);
	free(all.partials);
	return 0;
}

/* ---- owners --------------------------------------------------------------------------------- */

static inline int deed_new(deed_u8 *ret, size_t count)
{
	uint8_t *const data = malloc(count ? count : 1);

	if (!data)
		return -ENOMEM;
	*ret = (deed_u8){ data, count, NULL, NULL };
	return 0;
}

static inline int deed_adopt(deed_u8 *ret, void *data, size_t count, deleter_fn deleter,
			     void *context)
{
	*ret = (deed_u8){ data, count, deleter, context };
	return 0;
}

static inline int deed_resize(deed_u8 *owner, size_t count)
{
	uint8_t *const data = realloc(owner->data, count ? count : 1);

	if (!data)
		return -ENOMEM;
	owner->data = data;
	owner->len = count;
	return 0;
}

static inline void deed_drop(deed_u8 *owner)
{
	if (owner->deleter)
		owner->deleter(owner->data, owner->len, owner->context);
	else
		free(owner->data);
	*owner = (deed_u8)DEED_EMPTY;
}

static inline void deed_move(deed_u8 *to, deed_u8 *from)
{
	*to = *from;
	*from = (deed_u8)DEED_EMPTY;
}

#endif
