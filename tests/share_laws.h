/* SPDX-License-Identifier: MIT
 *
 * tests/share_laws.h - what is so of plans and shares in both flavours.
 */
#ifndef SHARE_LAWS_H
#define SHARE_LAWS_H

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "deed.h"
#include "deed/pool.h"
#include "deed/share.h"

struct law_job {
	deed_u32_inout y;
	deed_u32_borrowed x;
	size_t elements, parts;
};

/* Writes which part it is of, and counts. */
static void law_mark(struct deed_part *part, void *context)
{
	struct law_job *const job = (struct law_job *)context;
	const deed_u32_inout mine = deed_part_inout(part, &job->y);

	for (size_t i = 0; i < deed_len(mine); i++)
		deed_at(mine, i) = (uint32_t)part->index + 1;
	job->elements += deed_len(mine);
	job->parts++;
}

static void law_nothing(struct deed_part *part, void *context)
{
	(void)part;
	(void)context;
}

/* ---- plans ---------------------------------------------------------------------------------- */

static void law_a_plan_cuts_all_of_it_in_order(void)
{
	for (size_t count = 0; count < 70; count++)
		for (size_t chunk = 1; chunk < 75; chunk++) {
			struct deed_plan plan;
			size_t next = 0;

			deed_plan_chunks(&plan, count, chunk);
			cr_assert(!plan.err);
			for (size_t i = 0; i < plan.parts; i++) {
				const struct deed_part part = deed_plan_part(&plan, i);

				cr_assert(part.index == i && part.lo == next && part.lo < part.hi);
				cr_assert(part.hi - part.lo == chunk || i == plan.parts - 1);
				cr_assert(part.x_lo == 0 && part.x_hi == 1);
				next = part.hi;
			}
			cr_assert(next == count);
		}
}

static void law_parts_have_even_edges(void)
{
	for (size_t count = 0; count < 3000; count += 1 + count / 7)
		for (size_t parts = 1; parts < 70; parts++) {
			struct deed_plan plan;

			deed_plan_parts(&plan, count, parts);
			cr_assert(!plan.err && plan.parts <= parts && (plan.parts || !count));
			if (plan.chunk >= 512)
				cr_assert(plan.chunk % 64 == 0);
			cr_assert(!plan.parts || deed_plan_part(&plan, plan.parts - 1).hi == count);
		}
	/* And where an edge to be even would lie behind all numbers. */
	for (size_t less = 0; less < 200; less++)
		for (size_t parts = 1; parts < 70; parts++) {
			struct deed_plan plan;

			deed_plan_parts(&plan, SIZE_MAX - less, parts);
			cr_assert(!plan.err && plan.parts && plan.parts <= parts);
			cr_assert(plan.parts == 1 || plan.chunk % 64 == 0);
			cr_assert(deed_plan_part(&plan, plan.parts - 1).hi == SIZE_MAX - less);
		}
}

static void law_tiles_cover_the_rectangle_once(void)
{
	for (size_t rows = 0; rows < 8; rows++)
		for (size_t columns = 0; columns < 8; columns++)
			for (size_t down = 1; down < 9; down++)
				for (size_t across = 1; across < 9; across++) {
					struct deed_plan plan;
					unsigned char seen[8][8] = { { 0 } };

					deed_plan_tiles(&plan, rows, columns, down, across);
					for (size_t i = 0; i < plan.parts; i++) {
						const struct deed_part part =
							deed_plan_part(&plan, i);

						for (size_t y = part.lo; y < part.hi; y++)
							for (size_t x = part.x_lo; x < part.x_hi;
							     x++)
								seen[y][x]++;
					}
					for (size_t y = 0; y < 8; y++)
						for (size_t x = 0; x < 8; x++)
							cr_assert(seen[y][x] ==
								  (y < rows && x < columns));
				}
}

static void law_what_is_wrong_with_a_plan_is_returned(void)
{
	struct deed_plan plan;
	struct law_job job = { .parts = 0 };

	deed_plan_chunks(&plan, 10, 0);
	cr_expect(plan.parts == 0 && deed_parallel_for(NULL, &plan, law_mark, &job) == -EINVAL);
	deed_plan_chunks(&plan, (size_t)UINT32_MAX + 1, 1);
	cr_expect(plan.parts == 0 && deed_parallel_for(NULL, &plan, law_mark, &job) == -EOVERFLOW);
	deed_plan_chunks(&plan, UINT32_MAX, 1);
	cr_expect(plan.parts == UINT32_MAX && !plan.err);
	deed_plan_tiles(&plan, SIZE_MAX, SIZE_MAX, 1, 1);
	cr_expect(plan.parts == 0 && plan.err == -EOVERFLOW);
	deed_plan_tiles(&plan, 10, 10, 1, 0);
	cr_expect(plan.parts == 0 && plan.err == -EINVAL);
	deed_plan_parts(&plan, 10, 0);
	cr_expect(plan.err == -EINVAL);
	deed_plan_parts(&plan, SIZE_MAX, 3);
	cr_expect(plan.parts <= 3 && !plan.err &&
		  deed_plan_part(&plan, plan.parts - 1).hi == SIZE_MAX);
	cr_expect(!job.parts);
}

/* ---- rules ---------------------------------------------------------------------------------- */

static struct deed_extent law_extent(const struct deed_plan *plan, struct deed_rule rule,
				     size_t len, size_t index)
{
	const struct deed_part part = deed_plan_part(plan, index);
	const struct deed_share share = { .len = len, .rule = rule };
	struct deed_extent extent;

	deed_share_extent_(&share, &part, &extent);
	return extent;
}

static struct deed_range law_said(const struct deed_part *part, void *context)
{
	(void)part;
	return *(const struct deed_range *)context;
}

/* What no buffer has must not look like what one has. */
static void law_rules_stop_where_numbers_end(void)
{
	static const size_t numbers[] = {
		0, 1, 2, 3, SIZE_MAX / 3, SIZE_MAX / 2, SIZE_MAX - 1, SIZE_MAX
	};
	const size_t many = sizeof numbers / sizeof *numbers;
	size_t edges[2] = { 7, 3 };
	struct deed_range range = { 9, 2 };
	struct deed_plan plan;

	for (size_t i = 0; i < many; i++)
		for (size_t k = 0; k < many; k++) {
			const size_t count = numbers[i], a = numbers[k];
			__extension__ typedef unsigned __int128 wide;
			struct deed_extent extent;
			wide hi;

			deed_plan_chunks(&plan, count, count ? count : 1);
			if (!plan.parts)
				continue;
			hi = (wide)count * a;
			extent = law_extent(&plan, deed_by_rows(a), SIZE_MAX, 0);
			cr_expect(extent.lo == 0 &&
				  extent.width == (hi > SIZE_MAX ? SIZE_MAX : (size_t)hi));
			extent = law_extent(&plan, deed_by_part(a), SIZE_MAX, 0);
			cr_expect(extent.lo == 0 && extent.width == a);
			extent = law_extent(&plan, deed_by_halo(a, a), 100, 0);
			cr_expect(extent.lo == 0 &&
				  extent.width == ((wide)count + a > 100 ? 100 : count + a));
			extent = law_extent(&plan, deed_by_tile(a), SIZE_MAX, 0);
			cr_expect(extent.lo == 0 && extent.pitch == a && extent.rows == count &&
				  extent.width == 1);
		}
	deed_plan_chunks(&plan, SIZE_MAX, SIZE_MAX / 4);
	for (size_t i = 1; i < plan.parts; i++) {
		const struct deed_extent extent = law_extent(&plan, deed_by_rows(8), 100, i);

		cr_expect(extent.lo > 100 && extent.lo + extent.width >= extent.lo);
		cr_expect(law_extent(&plan, deed_by_part(SIZE_MAX), 100, i).lo > 100);
		cr_expect(law_extent(&plan, deed_by_tile(8), 100, i).lo > 100);
		/* A halo that begins behind the end. */
		cr_expect(law_extent(&plan, deed_by_halo(1, 1), 100, i).width == SIZE_MAX);
	}
	deed_plan_chunks(&plan, 1, 1);
	cr_expect(law_extent(&plan, deed_by_edges(edges), 100, 0).width == SIZE_MAX);
	cr_expect(law_extent(&plan, deed_by_call(law_said, &range), 100, 0).width == SIZE_MAX);
}

/* Every way to cut 9 elements in up to 4 parts, empty ones too. */
static void law_every_cut_gives_each_part_its_own(void)
{
	enum { COUNT = 9 };
	deed_u32 ys = DEED_EMPTY;
	size_t cuts = 0;

	cr_assert(deed_new(&ys, COUNT) == 0);
	for (size_t a = 0; a <= COUNT; a++)
		for (size_t b = a; b <= COUNT; b++)
			for (size_t c = b; c <= COUNT; c++)
				for (size_t parts = 1; parts <= 4; parts++) {
					const size_t edges[] = { 0, a, b, c, COUNT };
					DEED_INOUT(y, &ys);
					struct law_job job = { .y = y };
					struct deed_plan plan;

					deed_fill(y, 0);
					deed_plan_chunks(&plan, parts, 1);
					deed_share_inout(&plan, &job.y, deed_by_edges(edges));
					cr_assert(!deed_parallel_for(NULL, &plan, law_mark, &job));
					for (size_t i = 0; i < COUNT; i++) {
						size_t part = 0;

						while (part < parts && i >= edges[part + 1])
							part++;
						cr_assert(deed_at(y, i) ==
							  (part < parts ? part + 1 : 0));
					}
					cr_assert(job.parts == parts &&
						  job.elements == edges[parts]);
					cuts++;
				}
	cr_expect(cuts == 4 * 220);
	deed_drop(&ys);
}

/* ---- shares --------------------------------------------------------------------------------- */

static void law_errors_are_the_same_in_both_flavours(void)
{
	deed_u32 xs = DEED_EMPTY;
	struct law_job job = { .parts = 0 };
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&xs, 100) == 0);
	{
		DEED_BORROWED(a, &xs);
		DEED_BORROWED(b, &xs);

		deed_plan_chunks(&plan, 100, 10);
		deed_share_borrowed(&plan, &a, DEED_BY_INDEX);
		deed_share_borrowed(&plan, &b, deed_by_rows(1));
		deed_share_borrowed(&plan, &xs, DEED_BY_INDEX);
		cr_expect(deed_parallel_for(NULL, &plan, law_nothing, NULL) == 0);
		/* A plan may be used again, with shares of its own. */
		cr_expect(plan.share_count == 0);
		cr_expect(deed_parallel_for(NULL, &plan, law_nothing, NULL) == 0);
		deed_share_borrowed(&plan, &a, DEED_BY_INDEX);
		deed_share_borrowed(&plan, &b, deed_by_halo(1, 1));
		cr_expect(deed_parallel_for(NULL, &plan, law_mark, &job) == -EEXIST && !job.parts);
		deed_plan_chunks(&plan, 100, 10);
		deed_share_borrowed(&plan, &xs, DEED_BY_INDEX);
		deed_share_borrowed(&plan, &b, deed_by_halo(1, 1));
		cr_expect(deed_parallel_for(NULL, &plan, law_mark, &job) == -EEXIST && !job.parts);
		deed_plan_chunks(&plan, 100, 10);
		for (int i = 0; i < DEED_SHARES_MAX; i++)
			deed_share_borrowed(&plan, &a, DEED_BY_INDEX);
		cr_expect(plan.share_err == 0);
		deed_share_borrowed(&plan, &a, DEED_BY_INDEX);
		cr_expect(deed_parallel_for(NULL, &plan, law_mark, &job) == -ENOSPC && !job.parts);
	}
	deed_drop(&xs);
}

/* What was wrong with sharing out ends with the shares; what is wrong with the plan stays. */
static void law_an_error_of_sharing_out_ends_with_the_shares(void)
{
	deed_u32 xs = DEED_EMPTY;
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&xs, 100) == 0);
	{
		DEED_INOUT(y, &xs);
		struct law_job job = { .y = y };
		const struct deed_rule wrong[] = { deed_by_edges(NULL), deed_by_call(NULL, &plan) };

		deed_plan_chunks(&plan, 100, 10);
		for (int i = 0; i < 2; i++) {
			deed_share_inout(&plan, &job.y, wrong[i]);
			cr_expect(deed_parallel_for(NULL, &plan, law_mark, &job) == -EINVAL);
			cr_expect(!job.parts);
			deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
			cr_expect(deed_parallel_for(NULL, &plan, law_mark, &job) == 0);
			cr_expect(job.parts == 10);
			job.parts = 0;
		}
		for (int i = 0; i <= DEED_SHARES_MAX; i++)
			deed_share_borrowed(&plan, &job.y, DEED_BY_INDEX);
		/* The first error counts. */
		deed_share_borrowed(&plan, &job.y, deed_by_edges(NULL));
		cr_expect(deed_parallel_for(NULL, &plan, law_nothing, NULL) == -ENOSPC);
		cr_expect(deed_parallel_for(NULL, &plan, law_nothing, NULL) == 0);
		deed_plan_chunks(&plan, 100, 0);
		deed_share_borrowed(&plan, &job.y, deed_by_halo(0, 0));
		deed_share_borrowed(&plan, &job.y, deed_by_halo(1, 1));
		for (int i = 0; i < 2; i++)
			cr_expect(deed_parallel_for(NULL, &plan, law_nothing, NULL) == -EINVAL);
		/* A new cut knows nothing of what was wrong before. */
		deed_plan_chunks(&plan, 100, 10);
		deed_share_borrowed(&plan, &job.y, deed_by_edges(NULL));
		deed_plan_chunks(&plan, 100, 10);
		cr_expect(deed_parallel_for(NULL, &plan, law_nothing, NULL) == 0);
	}
	deed_drop(&xs);
}

/* And the plan may be run, shared out by and cut as any other. */
static void law_what_is_unshared_is_as_if_it_had_never_been_shared_out(void)
{
	const size_t edges[] = { 0, 10, 30, 60, 60, 60, 70, 80, 90, 95, 100 };
	deed_u32 xs = DEED_EMPTY, zs = DEED_EMPTY;
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&xs, 100) == 0 && deed_new_zeroed(&zs, 100) == 0);
	{
		DEED_INOUT(y, &xs);
		struct law_job job = { .y = y };

		deed_plan_chunks(&plan, 100, 10);
		deed_unshare(&plan);
		for (int i = 0; i < 3; i++) {
			deed_share_inout(&plan, &job.y, deed_by_edges(edges));
			deed_share_inout(&plan, &zs, DEED_BY_INDEX);
			deed_unshare(&plan);
			deed_at(y, 5) = 7;
			{
				DEED_INOUT(z, &zs);

				deed_fill(z, 1);
			}
		}
	}
	deed_drop(&zs);
	{
		DEED_INOUT(y, &xs);
		struct law_job job = { .y = y };

		deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
		cr_expect(deed_parallel_for(NULL, &plan, law_mark, &job) == 0 && job.parts == 10);
		/* What was wrong with a share goes with it, what is wrong with the plan stays. */
		deed_share_inout(&plan, &job.y, deed_by_edges(NULL));
		deed_unshare(&plan);
		deed_unshare(&plan);
		cr_expect(deed_parallel_for(NULL, &plan, law_nothing, NULL) == 0);
		deed_plan_chunks(&plan, 100, 0);
		deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
		deed_unshare(&plan);
		cr_expect(deed_parallel_for(NULL, &plan, law_nothing, NULL) == -EINVAL);
	}
	deed_drop(&xs);
}

static void law_take_nothing(struct deed_part *part, void *context)
{
	struct law_job *const job = (struct law_job *)context;
	const deed_u32_inout y = deed_part_inout(part, &job->y);
	const deed_u32_borrowed x = deed_part_borrowed(part, &job->x);

	cr_expect(deed_len(y) == 0 && deed_len(x) == 0);
	job->parts++;
}

static void law_nothing_is_shared_out_like_anything(void)
{
	const size_t edges[] = { 0, 0, 0, 0 };
	struct law_job job;
	struct deed_plan plan;

	memset(&job, 0, sizeof job);
	deed_plan_chunks(&plan, 3, 1);
	deed_share_borrowed(&plan, &job.x, deed_by_rows(0));
	deed_share_inout(&plan, &job.y, deed_by_edges(edges));
	cr_expect(deed_parallel_for(NULL, &plan, law_take_nothing, &job) == 0 && job.parts == 3);
	deed_plan_chunks(&plan, 0, 1);
	deed_share_borrowed(&plan, &job.x, DEED_BY_INDEX);
	deed_share_inout(&plan, &job.y, deed_by_halo(1, 1));
	cr_expect(deed_parallel_for(NULL, &plan, law_take_nothing, &job) == 0 && job.parts == 3);
}

static void law_nest(struct deed_part *part, void *context)
{
	struct law_job *const job = (struct law_job *)context;
	const deed_u32_inout mine = deed_part_inout(part, &job->y);
	struct law_job inner = { .y = mine };
	struct deed_plan plan;

	deed_plan_parts(&plan, deed_len(mine), 3);
	deed_share_inout(&plan, &inner.y, DEED_BY_INDEX);
	cr_expect(deed_parallel_for(NULL, &plan, law_mark, &inner) == 0);
	job->elements += inner.elements;
	job->parts += inner.parts;
}

static void law_parts_of_parts(void)
{
	deed_u32 ys = DEED_EMPTY;
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&ys, 100) == 0);
	{
		DEED_INOUT(y, &ys);
		struct law_job job = { .y = y };

		deed_plan_chunks(&plan, 100, 7);
		deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
		cr_expect(deed_parallel_for(NULL, &plan, law_nest, &job) == 0);
		cr_expect(job.elements == 100 && job.parts == 14 * 3 + 2);
		for (size_t i = 0; i < 100; i++)
			cr_expect(deed_at(y, i) > 0);
	}
	deed_drop(&ys);
}

#define SHARE_LAWS(LAW)                                                                            \
	LAW(a_plan_cuts_all_of_it_in_order)                                                        \
	LAW(parts_have_even_edges)                                                                 \
	LAW(tiles_cover_the_rectangle_once)                                                        \
	LAW(what_is_wrong_with_a_plan_is_returned)                                                 \
	LAW(rules_stop_where_numbers_end)                                                          \
	LAW(every_cut_gives_each_part_its_own)                                                     \
	LAW(errors_are_the_same_in_both_flavours)                                                  \
	LAW(an_error_of_sharing_out_ends_with_the_shares)                                          \
	LAW(what_is_unshared_is_as_if_it_had_never_been_shared_out)                                \
	LAW(nothing_is_shared_out_like_anything)                                                   \
	LAW(parts_of_parts)

#endif
