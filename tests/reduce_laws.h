/* SPDX-License-Identifier: MIT
 *
 * tests/reduce_laws.h - what deed_reduce() promises in both flavours, on every pool.
 */
#ifndef REDUCE_LAWS_H
#define REDUCE_LAWS_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deed.h"
#include "deed/kernels.h"
#include "deed/reduce.h"
#include "deed/share.h"
#include "every_pool.h"

static uint64_t reduce_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* ---- sums ----------------------------------------------------------------------------------- */

static void sum_part(struct deed_part *part, void *partial, void *context)
{
	const deed_f32_borrowed *const x = context;
	float *const sum = partial;

	cr_expect(*sum == 0);
	*sum = deed_sum_f32(deed_part_borrowed(part, x));
}

static void add_float(void *into, const void *from, void *context)
{
	(void)context;
	*(float *)into += *(const float *)from;
}

static bool same_bits(float a, float b)
{
	return !memcmp(&a, &b, sizeof a);
}

static void sums_of(struct deed_pool *pool, deed_f32_borrowed all, size_t len)
{
	deed_f32_borrowed x = deed_slice(all, 0, len);
	const float expected = deed_sum_f32(x);

	for (size_t chunk = 16384; chunk <= (size_t)8 * 16384; chunk *= 2)
		for (int is_dynamic = 0; is_dynamic < 2; is_dynamic++) {
			struct deed_plan plan;
			float sum = 0;
			int err;

			deed_plan_chunks(&plan, len, chunk);
			if (is_dynamic)
				deed_plan_dynamic(&plan);
			deed_share_borrowed(&plan, &x, DEED_BY_INDEX);
			err = deed_reduce(pool, &plan, sum_part, add_float, &x, &sum, sizeof sum);
			cr_assert(err == 0);
			cr_assert(same_bits(sum, expected), "%zu of %zu: %a, not %a", chunk, len,
				  (double)sum, (double)expected);
		}
}

/* Numbers of many sizes and both signs: in another order their sum has other bits. */
static void sums_on(struct deed_pool *pool)
{
	static const size_t lens[] = { 0,     1,     16383, 16384,  16385,  32768,
				       49152, 49153, 81920, 114687, 114689, 400000 };
	uint64_t state = 1;
	deed_f32 xs = DEED_EMPTY;

	cr_assert(deed_new(&xs, 400000) == 0);
	{
		DEED_INOUT(v, &xs);

		for (size_t i = 0; i < deed_len(v); i++) {
			const uint64_t bits = reduce_random(&state);

			deed_at(v, i) =
				(float)((double)(int64_t)bits / (double)(1ull << (bits & 31)));
		}
	}
	{
		DEED_BORROWED(all, &xs);

		const float left = deed_sum_f32(deed_slice(all, 0, 200001));
		const float right = deed_sum_f32(deed_slice(all, 200001, 400000));
		const float sum = deed_sum_f32(all);

		cr_expect(!same_bits(sum, left + right), "the order does not show");
		for (size_t i = 0; i < sizeof lens / sizeof *lens; i++)
			sums_of(pool, all, lens[i]);
	}
	deed_drop(&xs);
}

static void chunks_of_whole_blocks_have_the_bits_of_the_sum_of_all(void)
{
	on_every_pool(sums_on);
}

/* ---- the tree ------------------------------------------------------------------------------- */

/* Of a subtree: which parts, and a number that depends on its shape. */
struct subtree {
	uint64_t shape;
	size_t lo, hi;
};

static uint64_t shape_of_two(uint64_t a, uint64_t b)
{
	return a * 0x9e3779b97f4a7c15u + (b ^ b >> 29) * 0xbf58476d1ce4e5b9u + 1;
}

static uint64_t shape_of(size_t lo, size_t count)
{
	size_t left = 1;

	if (count == 1)
		return lo + 1;
	while (2 * left < count)
		left *= 2;
	return shape_of_two(shape_of(lo, left), shape_of(lo + left, count - left));
}

static void plant(struct deed_part *part, void *partial, void *context)
{
	struct subtree *const tree = partial;

	(void)context;
	*tree = (struct subtree){ part->index + 1, part->index, part->index + 1 };
}

static void graft(void *into, const void *from, void *context)
{
	struct subtree *const left = into;
	const struct subtree *const right = from;

	cr_assert(left->hi == right->lo, "[%zu, %zu) and [%zu, %zu) are no neighbours", left->lo,
		  left->hi, right->lo, right->hi);
	left->shape = shape_of_two(left->shape, right->shape);
	left->hi = right->hi;
	++*(size_t *)context;
}

static void trees_on(struct deed_pool *pool)
{
	static const size_t more[] = { 1000, 4095, 4096, 4097, 100003 };

	for (size_t i = 1; i < 300 + sizeof more / sizeof *more; i++) {
		const size_t count = i < 300 ? i : more[i - 300];
		struct subtree tree = { 0, 0, 0 };
		struct deed_plan plan;
		size_t merges = 0;
		int err;

		deed_plan_chunks(&plan, count, 1);
		err = deed_reduce(pool, &plan, plant, graft, &merges, &tree, sizeof tree);
		cr_assert(err == 0 && tree.lo == 0 && tree.hi == count && merges == count - 1);
		cr_assert(tree.shape == shape_of(0, count), "of %zu parts", count);
	}
}

static void parts_are_merged_by_one_tree(void)
{
	on_every_pool(trees_on);
}

/* ---- partial results ------------------------------------------------------------------------ */

enum { LARGEST = 5000 };

static void fill_partial(struct deed_part *part, void *partial, void *context)
{
	const size_t bytes = *(size_t *)context;
	unsigned char *const mine = partial;

	cr_assert((uintptr_t)mine % 64 == 0);
	for (size_t i = 0; i < bytes; i++)
		cr_assert(mine[i] == (unsigned char)(i * 7));
	memset(mine, (int)part->index, bytes);
	for (size_t i = 0; i < bytes; i++)
		cr_assert(mine[i] == (unsigned char)part->index);
}

static void take_largest(void *into, const void *from, void *context)
{
	const size_t bytes = *(size_t *)context;
	unsigned char *const a = into;
	const unsigned char *const b = from;

	for (size_t i = 0; i < bytes; i++) {
		cr_assert(b[i] == b[0]);
		a[i] = a[i] > b[i] ? a[i] : b[i];
	}
}

static void partials_on(struct deed_pool *pool)
{
	static const size_t sizes[] = { 0, 1, 4, 63, 64, 65, 2048, LARGEST };

	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
		for (size_t count = 0; count < 40; count += 13) {
			unsigned char result[LARGEST + 1];
			struct deed_plan plan;
			size_t bytes = sizes[k];
			int err;

			for (size_t i = 0; i <= LARGEST; i++)
				result[i] = (unsigned char)(i * 7);
			deed_plan_chunks(&plan, count, 1);
			err = deed_reduce(pool, &plan, fill_partial, take_largest, &bytes, result,
					  bytes);
			cr_assert(err == 0);
			for (size_t i = 0; i <= LARGEST; i++)
				cr_assert(
					result[i] ==
					(count && i < bytes ? count - 1 : (unsigned char)(i * 7)));
		}
}

static void partial_results_begin_neutral_and_lie_on_lines_of_their_own(void)
{
	on_every_pool(partials_on);
}

static void count_one(struct deed_part *part, void *partial, void *context)
{
	(void)part, (void)context;
	++*(uint64_t *)partial;
}

static void add_counts(void *into, const void *from, void *context)
{
	(void)context;
	*(uint64_t *)into += *(const uint64_t *)from;
}

static void million_on(struct deed_pool *pool)
{
	struct deed_plan plan;
	uint64_t parts = 0;
	int err;

	deed_plan_chunks(&plan, 1000000, 1);
	err = deed_reduce(pool, &plan, count_one, add_counts, NULL, &parts, sizeof parts);
	cr_assert(err == 0 && parts == 1000000);
}

static void a_million_parts_are_one_result(void)
{
	on_every_pool(million_on);
}

/* A part that reduces parts of its own, on the same pool. */
static void count_nested(struct deed_part *part, void *partial, void *context)
{
	struct deed_plan plan;
	int err;

	deed_plan_chunks(&plan, part->index, 1);
	err = deed_reduce((struct deed_pool *)context, &plan, count_one, add_counts, NULL, partial,
			  sizeof(uint64_t));
	cr_assert(err == 0);
}

static void nested_on(struct deed_pool *pool)
{
	struct deed_plan plan;
	uint64_t parts = 0;
	int err;

	deed_plan_chunks(&plan, 100, 1);
	err = deed_reduce(pool, &plan, count_nested, add_counts, pool, &parts, sizeof parts);
	cr_assert(err == 0 && parts == 100 * 99 / 2);
}

static void a_part_may_reduce_parts_of_its_own(void)
{
	on_every_pool(nested_on);
}

/* ---- errors --------------------------------------------------------------------------------- */

struct cancelling {
	size_t at;
	int err;
	uint64_t begun;
};

static void count_or_cancel(struct deed_part *part, void *partial, void *context)
{
	struct cancelling *const cancelling = context;

	++*(uint64_t *)partial;
	__atomic_fetch_add(&cancelling->begun, 1, __ATOMIC_RELAXED);
	if (part->index == cancelling->at)
		deed_part_cancel(part, cancelling->err);
}

static void cancelled_on(struct deed_pool *pool)
{
	struct cancelling cancelling = { 17, -EIO, 0 };
	struct deed_plan plan;
	uint64_t parts = 1000;
	int err;

	deed_plan_chunks(&plan, 100, 1);
	err = deed_reduce(pool, &plan, count_or_cancel, add_counts, &cancelling, &parts,
			  sizeof parts);
	cr_expect(err == -EIO && parts == 1000, "%d", err);

	/* What was not begun counts as neutral, which is 1000 once for each part here. */
	cancelling = (struct cancelling){ 17, 0, 0 };
	err = deed_reduce(pool, &plan, count_or_cancel, add_counts, &cancelling, &parts,
			  sizeof parts);
	cr_expect(err == 0 && cancelling.begun >= 1 && parts == 100 * 1000 + cancelling.begun);
}

static void a_cancelled_result_is_untouched_or_of_what_was_begun(void)
{
	on_every_pool(cancelled_on);
}

static void no_part(struct deed_part *part, void *partial, void *context)
{
	(void)part, (void)partial, (void)context;
	cr_assert(false, "a part was begun");
}

static void too_large_on(struct deed_pool *pool)
{
	struct deed_plan plan;
	uint64_t parts = 7;
	int err;

	deed_plan_chunks(&plan, 0, 0);
	err = deed_reduce(pool, &plan, no_part, add_counts, NULL, &parts, sizeof parts);
	cr_expect(err == -EINVAL && parts == 7);

	deed_plan_chunks(&plan, DEED_PARTS_MAX, 1);
	err = deed_reduce(pool, &plan, no_part, add_counts, NULL, &parts, SIZE_MAX);
	cr_expect(err == -EOVERFLOW && parts == 7);
	err = deed_reduce(pool, &plan, no_part, add_counts, NULL, &parts, SIZE_MAX / 2);
	cr_expect(err == -EOVERFLOW && parts == 7);
	err = deed_reduce(pool, &plan, no_part, add_counts, NULL, &parts,
			  SIZE_MAX / DEED_PARTS_MAX);
	cr_expect(err == -EOVERFLOW && parts == 7);
	err = deed_reduce(pool, &plan, no_part, add_counts, NULL, &parts, (size_t)1 << 28);
	cr_expect(err == -ENOMEM && parts == 7);

	/* The plan is as good as it was. */
	deed_plan_chunks(&plan, 10, 1);
	err = deed_reduce(pool, &plan, no_part, add_counts, NULL, &parts, (size_t)1 << 58);
	cr_expect(err == -ENOMEM && parts == 7);
	parts = 0;
	err = deed_reduce(pool, &plan, count_one, add_counts, NULL, &parts, sizeof parts);
	cr_expect(err == 0 && parts == 10);
}

static void what_does_not_fit_is_an_error_and_nothing_begins(void)
{
	on_every_pool(too_large_on);
}

#define REDUCE_LAWS(LAW)                                                                           \
	LAW(chunks_of_whole_blocks_have_the_bits_of_the_sum_of_all)                                \
	LAW(parts_are_merged_by_one_tree)                                                          \
	LAW(partial_results_begin_neutral_and_lie_on_lines_of_their_own)                           \
	LAW(a_million_parts_are_one_result)                                                        \
	LAW(a_part_may_reduce_parts_of_its_own)                                                    \
	LAW(a_cancelled_result_is_untouched_or_of_what_was_begun)                                  \
	LAW(what_does_not_fit_is_an_error_and_nothing_begins)

#endif
