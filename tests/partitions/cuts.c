/* SPDX-License-Identifier: MIT
 *
 * tests/partitions/cuts.c - how a buffer is cut: edges, halos, tables, tiles.
 */
#include "partition.h"

static void add_one(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	add_to_all(deed_part_inout(part, &job->v), 1);
}

/* Shares all of xs out by `rule`, and has one added to every part. */
static void share_by(struct deed_pool *pool, deed_i32 *xs, struct deed_plan plan,
		     struct deed_rule rule)
{
	struct job job = { .xs = xs };
	DEED_INOUT(v, xs);

	job.v = v;
	deed_share_inout(&plan, &job.v, rule);
	run_plan(pool, &plan, add_one, &job);
}

static struct deed_range one_more(const struct deed_part *part, void *unused)
{
	const struct deed_range range = { part->lo, part->hi < N ? part->hi + 1 : N };

	(void)unused;
	return range;
}

RACY(off_by_one)
{
	OWNER(xs, N);

	share_by(pool, &xs, cut(N, EACH), deed_by_call(one_more, NULL));
	deed_drop(&xs);
}

static void off_by_one_part(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_INOUT_PART(mine, job->xs, part->lo, part->hi < N ? part->hi + 1 : N);

	add_to_all(mine, 1);
}

RACY(off_by_one_of_the_owner)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut(N, EACH), off_by_one_part, &job);
	deed_drop(&xs);
}

static void off_by_one_lent(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_LEND(mine, job->raw + part->lo, EACH + 1);

	add_to_all(mine, 1);
}

RACY(off_by_one_lent_by_address)
{
	int raw[N + 1] = { 0 };
	struct job job = { .raw = raw };

	run(pool, cut(N, EACH), off_by_one_lent, &job);
}

RACY(halo_written)
{
	OWNER(xs, N);

	share_by(pool, &xs, cut(N, EACH), deed_by_halo(1, 1));
	deed_drop(&xs);
}

RACY(edges_that_go_back)
{
	static const size_t edges[] = { 0, 40, 24, N };
	OWNER(xs, N);

	share_by(pool, &xs, cut(3, 1), deed_by_edges(edges));
	deed_drop(&xs);
}

RACY(edges_beyond_the_end)
{
	static const size_t edges[] = { 0, 32, N + 1 };
	OWNER(xs, N);

	share_by(pool, &xs, cut(2, 1), deed_by_edges(edges));
	deed_drop(&xs);
}

static struct deed_range from_table(const struct deed_part *part, void *context)
{
	const size_t *const table = context;
	const struct deed_range range = { table[2 * part->index], table[2 * part->index + 1] };

	return range;
}

static struct deed_rule by_table(const size_t *table)
{
	return deed_by_call(from_table, (void *)(uintptr_t)table);
}

RACY(table_that_overlaps)
{
	static const size_t table[] = { 30, 40, 0, 10, 10, 30, 39, 50 };
	OWNER(xs, N);

	share_by(pool, &xs, cut(4, 1), by_table(table));
	deed_drop(&xs);
}

static struct deed_range modulo(const struct deed_part *part, void *unused)
{
	const size_t lo = part->lo % (N / 2);
	const struct deed_range range = { lo, lo + EACH };

	(void)unused;
	return range;
}

RACY(wrapped_around)
{
	OWNER(xs, N);
	struct deed_plan plan = cut(N, EACH);

	deed_plan_dynamic(&plan);
	share_by(pool, &xs, plan, deed_by_call(modulo, NULL));
	deed_drop(&xs);
}

/* A rule for another plan: rows of 9 where there is room for rows of 8. */
RACY(rows_too_wide)
{
	OWNER(xs, N);

	share_by(pool, &xs, cut(PARTS, 1), deed_by_rows(9));
	deed_drop(&xs);
}

static void scatter(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	for (size_t i = part->lo; i < part->hi; i++) {
		DEED_INOUT_PART(x, job->xs, job->table[i], job->table[i] + 1);
		deed_at(x, 0) = (int)i;
	}
}

RACY(indices_that_meet)
{
	static const size_t table[] = { 5, 9, 14, 33, 2, 60, 14, 1 };
	OWNER(xs, N);
	struct job job = { .xs = &xs, .table = table };

	run(pool, cut(8, 2), scatter, &job);
	deed_drop(&xs);
}

static void add_one_to_tile(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const deed_i32_tile_inout tile = deed_part_tile_inout(part, &job->v);

	for (size_t y = 0; y < deed_tile_rows(tile); y++)
		add_to_all(deed_tile_row(tile, y), 1);
}

static void share_tiles(struct deed_pool *pool, deed_i32 *xs, struct deed_plan plan, size_t pitch)
{
	struct job job = { .xs = xs };
	DEED_INOUT(v, xs);

	job.v = v;
	deed_share_inout(&plan, &job.v, deed_by_tile(pitch));
	run_plan(pool, &plan, add_one_to_tile, &job);
}

/* 8 columns, in rows of 7: the last column of a row is the first of the next one. */
RACY(tiles_of_a_wrong_pitch)
{
	OWNER(xs, N);

	share_tiles(pool, &xs, cut_tiles(8, 8, 4, 2), 7);
	deed_drop(&xs);
}

static void tile_by_hand(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const size_t more = part->x_hi < 8;
	DEED_TILE_INOUT(tile, job->xs, 8, part->lo, part->x_lo, part->hi - part->lo,
			part->x_hi - part->x_lo + more);

	add_to_all(deed_tile_row(tile, 0), 1);
}

RACY(columns_that_overlap)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut_tiles(8, 8, 8, 2), tile_by_hand, &job);
	deed_drop(&xs);
}

static void row_or_column(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index == 2) {
		DEED_INOUT_PART(row, job->xs, 16, 24);
		add_to_all(row, 1);
	} else if (part->index == 6) {
		DEED_TILE_INOUT(column, job->xs, 8, 0, 6, 8, 1);
		add_to_all(deed_tile_row(column, 0), 1);
	}
}

RACY(a_row_and_a_column)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut(PARTS, 1), row_or_column, &job);
	deed_drop(&xs);
}

/* The stencil reads what its neighbours write: the old and the new are one buffer. */
static void smooth_in_place(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const deed_i32_inout mine = deed_part_inout(part, &job->v);

	if (part->index + 1 < PARTS)
		deed_at(mine, EACH - 1) = deed_at(deed_reading(job->v), part->hi);
}

RACY(stencil_in_place)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_INOUT(v, &xs);
		struct deed_plan plan = cut(N, EACH);

		job.v = v;
		deed_share_inout(&plan, &job.v, DEED_BY_INDEX);
		run_plan(pool, &plan, smooth_in_place, &job);
	}
	deed_drop(&xs);
}

static void read_from_owner(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const deed_i32_inout mine = deed_part_inout(part, job->xs);
	DEED_BORROWED_PART(next, job->xs, part->hi % N, part->hi % N + 1);

	deed_at(mine, 0) = deed_at(next, 0);
}

RACY(borrow_of_what_another_writes)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };
	struct deed_plan plan = cut(N, EACH);

	deed_share_inout(&plan, &xs, DEED_BY_INDEX);
	run_plan(pool, &plan, read_from_owner, &job);
	deed_drop(&xs);
}

/* A rule that says another thing when a part takes its own than when the buffer was shared out. */
struct change {
	struct job job;
	atomic_bool is_out;
};

static struct deed_range all_before(const struct deed_part *part, void *context)
{
	const struct change *const change = context;
	const struct deed_range range = { change->is_out ? 0 : part->lo, part->hi };

	return range;
}

static void add_one_changed(struct deed_part *part, void *context)
{
	struct change *const change = context;

	change->is_out = true;
	add_one(part, &change->job);
}

RACY(rule_that_changes)
{
	OWNER(xs, N);
	struct change change = { .is_out = false };

	{
		DEED_INOUT(v, &xs);
		struct deed_plan plan = cut(N, EACH);

		change.job.v = v;
		deed_share_inout(&plan, &change.job.v, deed_by_call(all_before, &change));
		run_plan(pool, &plan, add_one_changed, &change);
	}
	deed_drop(&xs);
}

RACY(edges_that_move)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };
	size_t edges[] = { 0, 32, N };

	{
		DEED_INOUT(v, &xs);
		struct deed_plan plan = cut(2, 1);

		job.v = v;
		deed_share_inout(&plan, &job.v, deed_by_edges(edges));
		edges[1] = 40;
		run_plan(pool, &plan, add_one, &job);
	}
	deed_drop(&xs);
}

static void nothing(struct deed_part *part, void *context)
{
	(void)part;
	(void)context;
}

RACY(shared_out_twice)
{
	OWNER(xs, N);
	struct deed_plan plan = cut(N, EACH);

	{
		DEED_INOUT_PART(v, &xs, 0, N / 2);

		deed_share_inout(&plan, &v, deed_by_part(4));
		deed_share_borrowed(&plan, &xs, deed_by_halo(1, 1));
		run_plan(pool, &plan, nothing, NULL);
	}
	deed_drop(&xs);
}

/* ---- clean ---------------------------------------------------------------------------------- */

CLEAN(by_index)
{
	OWNER(xs, N);

	share_by(pool, &xs, cut(N, EACH), DEED_BY_INDEX);
	share_by(pool, &xs, cut(N, 1), DEED_BY_INDEX);
	share_by(pool, &xs, cut(N, 2 * N), DEED_BY_INDEX);
	share_by(pool, &xs, cut(PARTS, 3), deed_by_rows(EACH));
	CHECK(sum_of(&xs) == 4 * N);
	deed_drop(&xs);
}

static void lend_range(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_LEND(mine, job->raw + part->lo, part->hi - part->lo);

	add_to_all(mine, 1);
}

CLEAN(lent_by_address)
{
	int raw[N] = { 0 };
	struct job job = { .raw = raw };

	run(pool, cut(N, 7), lend_range, &job);
	for (int i = 0; i < N; i++)
		CHECK(raw[i] == 1);
}

static void smooth(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const deed_i32_inout out = deed_part_inout(part, &job->v);
	const deed_i32_borrowed in = deed_part_borrowed(part, &job->r);
	const size_t before = part->lo ? 1 : 0;

	for (size_t i = 0; i < deed_len(out); i++)
		deed_at(out, i) = deed_at(in, i ? i + before - 1 : 0) + 1;
}

CLEAN(halo_read)
{
	OWNER(xs, N);
	OWNER(ys, N);
	struct job job = { .xs = &xs };

	for (int round = 0; round < 2; round++) {
		DEED_INOUT(v, &ys);
		DEED_BORROWED(r, &xs);
		struct deed_plan plan = cut(N, EACH);

		job.v = v;
		job.r = r;
		deed_share_inout(&plan, &job.v, DEED_BY_INDEX);
		deed_share_borrowed(&plan, &job.r, deed_by_halo(1, 1));
		run_plan(pool, &plan, smooth, &job);
	}
	CHECK(sum_of(&ys) == N);
	deed_drop(&ys);
	deed_drop(&xs);
}

CLEAN(edges_with_empty_parts)
{
	static const size_t edges[] = { 0, 0, 1, 1, 40, N, N };
	OWNER(xs, N);

	share_by(pool, &xs, cut(6, 1), deed_covering(deed_by_edges(edges)));
	CHECK(sum_of(&xs) == N);
	deed_drop(&xs);
}

CLEAN(table_in_any_order)
{
	static const size_t table[] = { 30, 40, 0, 10, 10, 30, 40, 50, 10, 10 };
	OWNER(xs, N);

	share_by(pool, &xs, cut(5, 1), by_table(table));
	CHECK(sum_of(&xs) == 50);
	deed_drop(&xs);
}

CLEAN(indices_apart)
{
	static const size_t table[] = { 5, 9, 14, 33, 2, 60, 63, 1 };
	OWNER(xs, N);
	struct job job = { .xs = &xs, .table = table };

	run(pool, cut(8, 2), scatter, &job);
	CHECK(sum_of(&xs) == 28);
	deed_drop(&xs);
}

CLEAN(tiles)
{
	OWNER(xs, N);

	share_tiles(pool, &xs, cut_tiles(8, 8, 3, 3), 8);
	share_tiles(pool, &xs, cut_tiles(8, 8, 8, 1), 8);
	share_tiles(pool, &xs, cut_tiles(8, 8, 1, 8), 8);
	CHECK(sum_of(&xs) == 3 * N);
	deed_drop(&xs);
}

/* Part i has every eighth element, from i on. */
static void add_to_every_eighth(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_TILE_INOUT(mine, job->xs, PARTS, 0, part->index, EACH, 1);

	for (size_t i = 0; i < EACH; i++)
		deed_at(deed_tile_row(mine, i), 0) += 1;
}

CLEAN(dealt_out_in_turn)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut(PARTS, 1), add_to_every_eighth, &job);
	CHECK(sum_of(&xs) == N);
	deed_drop(&xs);
}

static void quarter(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	deed_i32_inout mine = deed_part_inout(part, &job->v), left, right;

	deed_split(&mine, EACH / 2, &left, &right);
	add_to_all(left, 1);
	add_to_all(right, 1);
	deed_end(&mine, &right);
	deed_end(&mine, &left);
	CHECK(deed_at(deed_part_borrowed(part, &job->v), EACH - 1) == 1);
	{
		DEED_INOUT_PART(child, &mine, 2, 4);
		add_to_all(deed_slice(child, 1, 2), 1);
	}
	add_to_all(deed_slice(mine, 3, 5), 1);
}

CLEAN(parts_of_a_part)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_INOUT(v, &xs);
		struct deed_plan plan = cut(N, EACH);

		job.v = v;
		deed_share_inout(&plan, &job.v, DEED_BY_INDEX);
		run_plan(pool, &plan, quarter, &job);
	}
	CHECK(sum_of(&xs) == N + 3 * PARTS);
	deed_drop(&xs);
}

static void count_one(struct deed_part *part, void *context)
{
	atomic_fetch_add((atomic_int *)context, (int)(part->hi - part->lo));
}

CLEAN(nothing_to_do)
{
	OWNER(xs, N);
	deed_i32 none = DEED_EMPTY;
	atomic_int count = 0;

	CHECK(deed_new(&none, 0) == 0);
	share_by(pool, &xs, cut(0, EACH), deed_by_halo(0, 0));
	{
		struct deed_plan plan = cut(N, EACH);
		DEED_INOUT(v, &none);

		deed_share_inout(&plan, &v, deed_by_edges((const size_t[PARTS + 1]){ 0 }));
		run_plan(pool, &plan, count_one, &count);
	}
	CHECK(count == N && sum_of(&xs) == 0);
	deed_drop(&none);
	deed_drop(&xs);
}

static void stop_at_three(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	add_to_all(deed_part_inout(part, &job->v), 1);
	if (part->index == 3)
		deed_part_cancel(part, 0);
}

CLEAN(given_up_half_way)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_INOUT(v, &xs);
		struct deed_plan plan = cut(N, EACH);

		job.v = v;
		deed_share_inout(&plan, &job.v, DEED_BY_INDEX);
		run_plan(pool, &plan, stop_at_three, &job);
		add_to_all(v, 1);
	}
	CHECK(sum_of(&xs) > N);
	deed_drop(&xs);
}
