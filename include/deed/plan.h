/* SPDX-License-Identifier: MIT
 *
 * deed/plan.h - how a range of work is cut into parts.
 *
 *     struct deed_plan plan;
 *     deed_plan_chunks(&plan, 1000, 64);         16 parts: [0, 64), [64, 128), ... [960, 1000)
 *     err = deed_parallel_for(pool, &plan, fn, context);
 *
 * A plan counts indices, of whatever the program likes: elements, rows, files. It knows no
 * buffers; which elements of a buffer go with a part is said by a rule when the buffer is
 * shared out (deed/share.h). How many workers there are changes nothing in a plan: so the
 * parts, and what is computed in them, are the same on one worker as on sixty-four.
 *
 * A plan is a plain struct in the caller's storage; there is nothing to end. What is wrong with it
 * is kept in it, and said by deed_parallel_for() until it is cut anew; all zero it is not cut yet,
 * and no plan (-EINVAL). One thread at a time per plan.
 *
 * It is cut first, and then shared out: to cut it again forgets what was shared out by it, which of
 * an owner is a loan that nothing ends then. Of a plan that is not to be run after all,
 * deed_unshare() takes it back, before that.
 */
#ifndef DEED_PLAN_H
#define DEED_PLAN_H

#include <errno.h>

#include "deed/config.h"
#include "deed/trap.h"

/* At most so many parts, and so many buffers shared out at a time. */
#define DEED_PARTS_MAX ((size_t)UINT32_MAX)
#define DEED_SHARES_MAX 8

struct deed_job;
struct deed_part;

/* The elements, or indices, [lo, hi). */
struct deed_range {
	size_t lo, hi;
};

/* Which elements of a shared buffer are a part's: made by the functions of deed/share.h. */
enum deed_rule_kind {
	DEED_RULE_INDEX, /* [lo * a, hi * a) */
	DEED_RULE_PART,	 /* [index * a, (index + 1) * a) */
	DEED_RULE_HALO,	 /* [lo - a, hi + b), as much of it as there is */
	DEED_RULE_EDGES, /* [edges[index], edges[index + 1]) */
	DEED_RULE_CALL,	 /* what `call` says */
	DEED_RULE_TILE,	 /* of rows of `a` elements the rows [lo, hi), columns [x_lo, x_hi) */
};

struct deed_rule {
	enum deed_rule_kind kind;
	uint32_t covers; /* all elements are in some part: else A06 */
	size_t a, b;
	const size_t *edges;
	struct deed_range (*call)(const struct deed_part *part, void *context);
	void *context;
};

/* What is shared out, as it was given: an owner's words, or a view's. */
struct deed_share_source {
	const void *data;
	size_t len;
	uint64_t loan;
	const struct deed_owner *owner; /* null of a view */
};

/* A buffer that is shared out: the view, or owner, as it was given, and the rule. */
struct deed_share {
	const void *data; /* of an owner its first word, as of a view */
	size_t len;
	uint64_t loan;
	/* Trap builds: the loan that the parts are of; how they take it, 0 if they do not; where
	 * the elements are, null if that is gone; and how far into their buffer. */
	uint64_t lent, taken_as;
	char *base;
	size_t offset;
	uint32_t element_bytes;
	uint16_t is_inout, index; /* which of its plan it is */
	struct deed_rule rule;
	/* Trap builds: by edges and by call, what each part had when it was shared out; and the
	 * plan whose that is, for it may be copied. */
	struct deed_range *told;
	const struct deed_plan *told_by;
};

struct deed_plan {
	size_t count, chunk;	 /* indices; how many each part but the last has */
	size_t columns, x_chunk; /* the same of the other axis of tiles; else 1 and 1 */
	size_t parts;		 /* how many */
	uint32_t is_dynamic;
	uint32_t share_count;
	int err;       /* what is wrong with it; 0 if nothing is */
	int share_err; /* the first error of sharing out: until deed_parallel_for() has said it */
	uint32_t shared_before; /* trap builds: so many were shared out until it last returned */
	uint32_t is_tiles;	/* deed_plan_tiles() has cut it */
	struct deed_share shares[DEED_SHARES_MAX];
};

/* A part, as the function that works on it gets it. It lives until that function returns. */
struct deed_part {
	size_t index;	   /* which: 0 to plan->parts - 1 */
	size_t lo, hi;	   /* its indices, [lo, hi); of a tile its rows */
	size_t x_lo, x_hi; /* of a tile its columns; else 0 and 1 */
	/* Who works on it: below deed_pool_workers(); 0 is the thread that called
	 * deed_parallel_for(). It is for counting, and not for choosing buffers: no two parts of
	 * one worker run at once, but which they are is luck, so that two that lend
	 * scratch[part->worker] for writing are E19. What a part needs for itself is in
	 * deed_part_scratch(), or a slot for each part, deed_by_part(). */
	unsigned worker;
	const struct deed_plan *plan;
	struct deed_job *job; /* the pool's own */
};

DEED_BEGIN_C

/* deed_plan_chunks - cuts [0, count) into parts of `chunk` indices; the last may have fewer.
 *
 * `count` may be 0: no part. -EINVAL of a chunk of 0, -EOVERFLOW of more than DEED_PARTS_MAX
 * parts: deed_parallel_for() returns them.
 */
DEED_INLINE void deed_plan_chunks(struct deed_plan *ret, size_t count, size_t chunk);

/* deed_plan_parts - cuts [0, count) into at most `parts` parts of one size.
 *
 * Edges are multiples of 64 indices where parts have 512 or more, so that parts of an aligned
 * buffer share no cache line, whatever its elements are; of less in smaller ones, in proportion. So
 * the last part may be smaller, and of few indices there may be fewer parts than asked for: never
 * an empty one. -EINVAL of no parts.
 */
DEED_INLINE void deed_plan_parts(struct deed_plan *ret, size_t count, size_t parts);

/* deed_plan_tiles - cuts a rectangle of `rows` by `columns` into tiles of `tile_rows` by
 * `tile_columns`, row by row of tiles; those at the far edges may be smaller.
 *
 * Errors as deed_plan_chunks().
 */
DEED_INLINE void deed_plan_tiles(struct deed_plan *ret, size_t rows, size_t columns,
				 size_t tile_rows, size_t tile_columns);

/* deed_plan_dynamic - gives the parts of the plan out one by one, to whoever is free.
 *
 * For parts of uneven work. Else each worker is given its share of the parts at the start,
 * neighbours together, and what a worker has not begun with, others may take over. Either way the
 * parts are the same, only who works on them differs.
 */
DEED_INLINE void deed_plan_dynamic(struct deed_plan *plan);

/* deed_plan_part - which indices part `index` of the plan has, without working on it. */
DEED_INLINE struct deed_part deed_plan_part(const struct deed_plan *plan, size_t index);

/* Which elements of a shared buffer are a part's, by its rule. Of a range that ends before it
 * begins the width is SIZE_MAX. */
void deed_share_extent_(const struct deed_share *share, const struct deed_part *part,
			struct deed_extent *ret) DEED_IN(1) DEED_IN(2);

/* ---- inline bodies -------------------------------------------------------------------------- */

DEED_INLINE void deed_plan_tiles(struct deed_plan *ret, size_t rows, size_t columns,
				 size_t tile_rows, size_t tile_columns)
{
	const size_t down = tile_rows ? rows / tile_rows + (rows % tile_rows != 0) : 0;
	const size_t across =
		tile_columns ? columns / tile_columns + (columns % tile_columns != 0) : 0;

	ret->count = rows;
	ret->chunk = tile_rows;
	ret->columns = columns;
	ret->x_chunk = tile_columns;
	ret->is_dynamic = 0;
	ret->share_count = 0;
	ret->share_err = 0;
	ret->shared_before = 0;
	ret->is_tiles = 1;
	ret->err = tile_rows && tile_columns ? 0 : -EINVAL;
	if (__builtin_mul_overflow(down, across, &ret->parts) || ret->parts > DEED_PARTS_MAX) {
		ret->parts = 0;
		ret->err = -EOVERFLOW;
	}
}

DEED_INLINE void deed_plan_chunks(struct deed_plan *ret, size_t count, size_t chunk)
{
	deed_plan_tiles(ret, count, 1, chunk, 1);
	ret->is_tiles = 0;
}

DEED_INLINE void deed_plan_parts(struct deed_plan *ret, size_t count, size_t parts)
{
	size_t chunk = parts ? count / parts + (count % parts != 0) : 0;
	size_t align = 64;

	while (align > 1 && chunk < 8 * align)
		align /= 2;
	if (__builtin_add_overflow(chunk, (align - chunk % align) % align, &chunk))
		chunk = count;
	deed_plan_chunks(ret, count, chunk || !parts ? chunk : 1);
}

DEED_INLINE void deed_plan_dynamic(struct deed_plan *plan)
{
	plan->is_dynamic = 1;
}

/* Of [0, count) the piece `at` of `chunk`. */
DEED_INLINE struct deed_range deed_plan_piece_(size_t count, size_t chunk, size_t at)
{
	const struct deed_range piece = { at * chunk,
					  count - at * chunk < chunk ? count : (at + 1) * chunk };

	return piece;
}

DEED_INLINE struct deed_part deed_plan_part(const struct deed_plan *plan, size_t index)
{
	const size_t across =
		plan->columns == 1 ? 1 : (plan->columns - 1) / plan->x_chunk + 1; /* parts: not 0 */
	const struct deed_range rows =
		deed_plan_piece_(plan->count, plan->chunk, across == 1 ? index : index / across);
	const struct deed_range columns =
		deed_plan_piece_(plan->columns, plan->x_chunk, across == 1 ? 0 : index % across);
	const struct deed_part part = { index,	    rows.lo, rows.hi, columns.lo,
					columns.hi, 0,	     plan,    (struct deed_job *)0 };

	return part;
}

DEED_END_C

#endif
