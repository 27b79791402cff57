/* SPDX-License-Identifier: MIT
 *
 * tests/test_share.c - buffers shared out to parts: who has what, and who is told.
 *
 * The plan check is compared with a model that knows nothing of rules: it asks for what each part
 * would have, and counts elements.
 */
#include "trapped.h"

#include <sys/mman.h>

#include "deed/hot.h"
#include "deed/kernels.h"
#include "deed/pool.h"
#include "deed/share.h"
#include "deed/soa.h"
#include "share_laws.h"
#include "trap/tree.h"

TestSuite(share, .init = trapped_begin, .fini = trapped_end, .timeout = 120);

#define LAW(name)                                                                                  \
	Test(share, name)                                                                          \
	{                                                                                          \
		law_##name();                                                                      \
	}
SHARE_LAWS(LAW)

enum { COUNT = 1000 };

static void make(deed_f32 *xs, size_t count)
{
	cr_assert(deed_new_zeroed(xs, count) == 0);
}

struct job {
	deed_f32_inout y;
	deed_f32_borrowed x;
	size_t seen;
};

static void nothing(struct deed_part *part, void *context)
{
	(void)part;
	(void)context;
}

/* Adds 1 to each element of its part of y. */
static void add_one(struct deed_part *part, void *context)
{
	struct job *const job = context;
	const deed_f32_inout mine = deed_part_inout(part, &job->y);

	for (size_t i = 0; i < deed_len(mine); i++)
		deed_at(mine, i) += 1;
	job->seen += deed_len(mine);
}

static void run(struct deed_plan *plan, deed_part_fn fn, void *context)
{
	cr_expect(deed_parallel_for(NULL, plan, fn, context) == 0);
}

/* ---- who has what --------------------------------------------------------------------------- */

Test(share, each_element_is_in_one_part)
{
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan;
	struct job job = { .seen = 0 };

	make(&xs, COUNT);
	{
		DEED_INOUT(v, &xs);

		job.y = v;
		for (size_t parts = 1; parts < 20; parts++) {
			deed_plan_parts(&plan, COUNT, parts);
			deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
			run(&plan, add_one, &job);
		}
		cr_expect(job.seen == 19 * COUNT);
		for (size_t i = 0; i < COUNT; i++)
			cr_assert(deed_at(v, i) == 19);
	}
	deed_drop(&xs);
}

static struct deed_range every_other(const struct deed_part *part, void *context)
{
	const size_t width = *(const size_t *)context;

	return (struct deed_range){ 2 * width * part->index, 2 * width * part->index + width };
}

static void shared_out_with(struct job *job, struct deed_plan *plan, struct deed_rule rule,
			    size_t elements)
{
	job->seen = 0;
	deed_share_inout(plan, &job->y, rule);
	run(plan, add_one, job);
	cr_expect(job->seen == elements, "%zu, not %zu", job->seen, elements);
}

Test(share, rules_say_which_elements_go_with_a_part)
{
	const size_t edges[] = { 10, 10, 30, 31, 60 };
	size_t width = 8;
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan;
	struct job job = { .seen = 0 };

	make(&xs, 120);
	{
		DEED_INOUT(v, &xs);

		job.y = v;
		deed_plan_chunks(&plan, 120, 7);
		shared_out_with(&job, &plan, DEED_BY_INDEX, 120);
		deed_plan_chunks(&plan, 12, 5);
		shared_out_with(&job, &plan, deed_by_rows(10), 120);
		deed_plan_chunks(&plan, 1000000, 250000);
		shared_out_with(&job, &plan, deed_by_part(30), 120);
		deed_plan_chunks(&plan, 4, 1);
		shared_out_with(&job, &plan, deed_by_edges(edges), 50);
		deed_plan_chunks(&plan, 7, 1);
		shared_out_with(&job, &plan, deed_by_call(every_other, &width), 56);
	}
	for (size_t i = 0; i < 120; i++) {
		DEED_BORROWED(r, &xs);
		const bool is_edged = i >= 10 && i < 60, is_called = i / 8 % 2 == 0 && i / 16 < 7;

		cr_expect(deed_at(r, i) == 3.0f + (float)is_edged + (float)is_called, "%zu", i);
	}
	deed_drop(&xs);
}

struct tiles {
	deed_f32_inout y;
	deed_f32 *owner;
	size_t seen;
};

static void add_in_tile(struct deed_part *part, void *context)
{
	struct tiles *const tiles = context;
	const deed_f32_tile_inout mine = tiles->owner ? deed_part_tile_inout(part, tiles->owner)
						      : deed_part_tile_inout(part, &tiles->y);
	const deed_f32_tile_borrowed again = tiles->owner
						     ? deed_part_tile_borrowed(part, tiles->owner)
						     : deed_part_tile_borrowed(part, &tiles->y);

	cr_expect(mine.h.loan == again.h.loan);
	for (size_t y = 0; y < deed_tile_rows(mine); y++) {
		const deed_f32_inout row = deed_tile_row(mine, y);

		for (size_t x = 0; x < deed_len(row); x++)
			deed_at(row, x) += 1;
		tiles->seen += deed_len(row);
	}
}

Test(share, tiles_leave_what_is_beside_them)
{
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan;
	struct tiles tiles = { .seen = 0 };

	make(&xs, 20 * 30);
	{
		DEED_INOUT(v, &xs);

		tiles.y = v;
		deed_plan_tiles(&plan, 20, 25, 6, 10);
		deed_share_inout(&plan, &tiles.y, deed_by_tile(30));
		expect_silent(deed_at(v, 25) = 0, deed_at(v, 19 * 30 + 29) = 0);
		expect_fault(DEED_E13, deed_at(v, 24) = 0);
		run(&plan, add_in_tile, &tiles);
		cr_expect(tiles.seen == 20 * 25);
		for (size_t i = 0; i < 600; i++)
			cr_expect(deed_at(v, i) == (i % 30 < 25 ? 1 : 0), "%zu", i);
	}
	tiles.owner = &xs;
	tiles.seen = 0;
	deed_plan_tiles(&plan, 20, 30, 20, 1);
	deed_share_inout(&plan, &xs, deed_by_tile(30));
	run(&plan, add_in_tile, &tiles);
	cr_expect(tiles.seen == 600);
	deed_drop(&xs);
}

static void read_halo(struct deed_part *part, void *context)
{
	struct job *const job = context;
	const deed_f32_borrowed x = deed_part_borrowed(part, &job->x);
	const deed_f32_inout y = deed_part_inout(part, &job->y);
	const size_t before = part->lo < 3 ? part->lo : 3;

	for (size_t i = 0; i < deed_len(y); i++)
		for (size_t k = i + before < 3 ? 0 : i + before - 3;
		     k < deed_len(x) && k <= i + before + 2; k++)
			deed_at(y, i) += deed_at(x, k);
	job->seen += deed_len(x);
}

Test(share, halos_may_be_read_by_several)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	struct deed_plan plan;
	struct job job = { .seen = 0 };

	make(&xs, 100);
	make(&ys, 100);
	{
		DEED_INOUT(w, &xs);

		for (size_t i = 0; i < 100; i++)
			deed_at(w, i) = 1;
	}
	{
		DEED_BORROWED(r, &xs);
		DEED_INOUT(v, &ys);

		job.x = r;
		job.y = v;
		deed_plan_chunks(&plan, 100, 9);
		deed_share_borrowed(&plan, &job.x, deed_by_halo(3, 2));
		deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
		expect_silent((void)deed_at(r, 50));
		run(&plan, read_halo, &job);
		cr_expect(job.seen == 100 + 11 * 5 - 1, "%zu", job.seen);
		for (size_t i = 0; i < 100; i++)
			cr_expect(deed_at(v, i) ==
				  (float)(3 + 2 + 1 - (i < 3 ? 3 - i : 0) - (i > 97 ? i - 97 : 0)));
	}
	deed_drop(&xs);
	deed_drop(&ys);
}

/* ---- the source meanwhile ------------------------------------------------------------------- */

Test(share, the_source_is_suspended_where_it_is_shared_out)
{
	const size_t edges[] = { 0, 10, 10, 20 }, apart[] = { 5, 6, 90, 100 };
	size_t width = 3;
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan;

	for (int what = 0; what < 6; what++) {
		make(&xs, 100);
		{
			DEED_INOUT(v, &xs);
			deed_f32_borrowed part;

			deed_plan_chunks(&plan, 3, 1);
			if (what < 3) {
				deed_share_inout(&plan, &v, deed_by_edges(edges));
				expect_silent(deed_at(v, 20) = 1, deed_at(v, 99) = 1);
			} else {
				deed_share_inout(&plan, &v, deed_by_call(every_other, &width));
				expect_silent(deed_at(v, 3) = 1, deed_at(v, 5) = 1,
					      deed_at(v, 15) = 1);
				expect_silent(part = deed_borrow_part(&v, 3, 6),
					      deed_end(&v, &part));
				expect_silent(part = deed_borrow_part(&v, 15, 100),
					      deed_end(&v, &part));
			}
			switch (what) {
			case 0:
			case 3:
				expect_fault(DEED_E13, deed_at(v, 1) = 1);
				break;
			case 1:
				expect_fault(DEED_E13, (void)deed_data(v));
				break;
			case 4:
				expect_fault(DEED_E09, (void)deed_inout_part(&v, 5, 7));
				cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, 0) == 1);
				break;
			default:
				expect_fault(DEED_E09, (void)deed_borrow_part(&v, 0, 100));
				cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, 0) == 1);
				break;
			}
			run(&plan, nothing, NULL);
			expect_silent(deed_at(v, 1) = 1, (void)deed_data(v));
			expect_silent(part = deed_borrow_part(&v, 0, 100), deed_end(&v, &part));
		}
		deed_drop(&xs);
	}
	(void)apart;
}

Test(share, what_is_borrowed_may_be_read_meanwhile)
{
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan;

	for (int what = 0; what < 2; what++) {
		make(&xs, 100);
		{
			DEED_INOUT(v, &xs);

			deed_plan_chunks(&plan, 50, 10);
			deed_share_borrowed(&plan, &v, deed_by_halo(1, 1));
			expect_silent((void)deed_at(deed_reading(v), 0),
				      (void)deed_data(deed_reading(v)));
			expect_silent(deed_at(v, 51) = 1);
			if (what)
				expect_fault(DEED_E13, deed_at(v, 50) = 1);
			else
				expect_fault(DEED_E09, (void)deed_inout_part(&v, 50, 60));
			run(&plan, nothing, NULL);
			expect_silent(deed_at(v, 50) = 1);
		}
		deed_drop(&xs);
	}
}

Test(share, an_owner_is_shared_out_as_it_is_lent)
{
	deed_f32 xs = DEED_EMPTY, to = DEED_EMPTY;
	struct deed_plan plan;

	for (int what = 0; what < 4; what++) {
		make(&xs, 100);
		deed_plan_chunks(&plan, 100, 10);
		deed_share_inout(&plan, &xs, DEED_BY_INDEX);
		if (what == 0)
			expect_fault(DEED_E08, deed_drop(&xs));
		else if (what == 1)
			expect_fault(DEED_E06, deed_move(&to, &xs));
		else if (what == 2)
			expect_fault(DEED_E09, (void)deed_borrow(&xs));
		else
			expect_fault(DEED_E07, cr_expect(deed_resize(&xs, 10) == -EPERM));
		cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, 0) == 1);
		run(&plan, nothing, NULL);
		deed_drop(&xs);
	}
}

/* Takes f32 as f64, which a bit copy of the view says it is of, and has what lies in its own. One
 * report of a buffer is enough. */
static void take_as_others(struct deed_part *part, void *context)
{
	const deed_f32_inout *const view = context;
	const uintptr_t own = (uintptr_t)view->h.data + part->lo * sizeof(float);
	deed_f64_inout other, mine;

	memcpy(&other, view, sizeof other);
	expect_fault(part->index ? DEED_NO_FAULT : DEED_E22, mine = deed_part_inout(part, &other));
	cr_expect(deed_len(mine) == (part->hi - part->lo) / 2);
	cr_expect(!deed_len(mine) || (uintptr_t)mine.h.data == own);
}

Test(share, what_is_taken_as_other_elements_stays_in_its_own)
{
	deed_f32 xs = DEED_EMPTY;
	deed_f32_inout view;
	struct deed_plan plan;

	for (size_t chunk = 1; chunk < 20; chunk++) {
		make(&xs, 100);
		view = deed_inout(&xs);
		deed_plan_chunks(&plan, 100, chunk);
		deed_share_inout(&plan, &view, DEED_BY_INDEX);
		run(&plan, take_as_others, &view);
		deed_end(&xs, &view);
		deed_drop(&xs);
	}
}

DEED_UNCHECKED Test(share, a_share_that_may_not_be_lent_is_refused)
{
	static const float constant[10];
	deed_f32 xs = DEED_EMPTY, fixed = DEED_EMPTY, to = DEED_EMPTY;
	deed_f32_inout v;
	struct deed_plan plan;
	struct job job = { .seen = 0 };

	/* E03, E01 */
	make(&xs, 100);
	deed_move(&to, &xs);
	deed_plan_chunks(&plan, 100, 10);
	expect_fault(DEED_E03, deed_share_borrowed(&plan, &xs, DEED_BY_INDEX));
	run(&plan, nothing, NULL);
	cr_expect(plan.share_count == 0);
	deed_drop(&to);
	/* E09: there is an inout loan */
	make(&to, 100);
	v = deed_inout_part(&to, 99, 100);
	expect_fault(DEED_E09, deed_share_borrowed(&plan, &to, DEED_BY_INDEX));
	cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, 0) == 1);
	run(&plan, nothing, NULL);
	deed_end(&to, &v);
	deed_drop(&to);
	/* E11; the parts are of nothing */
	make(&xs, 100);
	job.y = deed_inout(&xs);
	deed_end(&xs, &job.y);
	expect_fault(DEED_E11, deed_share_inout(&plan, &job.y, DEED_BY_INDEX));
	expect_silent(run(&plan, add_one, &job));
	deed_drop(&xs);
	/* E10 */
	cr_assert(deed_static(&fixed, constant, 10) == 0);
	deed_plan_chunks(&plan, 10, 10);
	expect_fault(DEED_E10, deed_share_inout(&plan, &fixed, DEED_BY_INDEX));
	expect_silent(run(&plan, nothing, NULL));
	deed_share_borrowed(&plan, &fixed, DEED_BY_INDEX);
	run(&plan, nothing, NULL);
	deed_settle(&fixed);
}

/* ---- the plan check ------------------------------------------------------------------------- */

/* What is wrong with it, by counting: E15, E19, A06. */
static enum deed_fault wrong_by_counting(const struct deed_plan *plan,
					 const struct deed_share *share, bool is_inout)
{
	unsigned times[256] = { 0 };
	bool is_gap = false, is_met = false;

	for (size_t index = 0; index < plan->parts; index++) {
		const struct deed_part part = deed_plan_part(plan, index);
		struct deed_extent extent;

		deed_share_extent_(share, &part, &extent);
		if (extent.width == SIZE_MAX || extent.lo > share->len)
			return DEED_E15;
		if (share->rule.kind == DEED_RULE_HALO && part.hi > share->len)
			return DEED_E15;
		if (share->rule.kind == DEED_RULE_TILE && part.x_hi > share->rule.a)
			return DEED_E15;
		for (size_t y = 0; y < extent.rows; y++)
			for (size_t x = 0; x < extent.width; x++) {
				const size_t at = extent.lo + y * extent.pitch + x;

				if (at >= share->len)
					return DEED_E15;
				is_met |= times[at]++ > 0;
			}
	}
	/* What is behind the columns of a plan of tiles is padding: those that fit have a pitch. */
	for (size_t i = 0; i < share->len; i++)
		is_gap |= !times[i] &&
			  !(share->rule.kind == DEED_RULE_TILE && plan->parts && share->rule.a &&
			    i / share->rule.a < plan->count && i % share->rule.a >= plan->columns);
	if (is_inout && is_met)
		return DEED_E19;
	return share->rule.covers && is_gap ? DEED_A06 : DEED_NO_FAULT;
}

static struct deed_range drawn(const struct deed_part *part, void *context)
{
	return ((const struct deed_range *)context)[part->index];
}

static struct deed_rule draw_rule(uint64_t *random, const struct deed_plan *plan, size_t *edges,
				  struct deed_range *ranges, size_t len)
{
	struct deed_rule rule;

	switch (random_below(random, 5 + plan->is_tiles)) {
	case 0:
		rule = deed_by_rows(random_below(random, 4));
		break;
	case 1:
		rule = deed_by_part(random_below(random, 5));
		break;
	case 2:
		rule = deed_by_halo(random_below(random, 3), random_below(random, 3));
		break;
	case 3:
		edges[0] = random_below(random, 4);
		for (size_t i = 0; i < plan->parts; i++)
			edges[i + 1] = edges[i] + random_below(random, 6) -
				       (random_below(random, 20) == 0 && edges[i] > 1);
		rule = deed_by_edges(edges);
		break;
	case 4:
		for (size_t i = 0; i < plan->parts; i++) {
			ranges[i].lo = random_below(random, len + 1);
			ranges[i].hi = ranges[i].lo + random_below(random, 3);
		}
		rule = deed_by_call(drawn, ranges);
		break;
	default:
		rule = deed_by_tile(random_below(random, 9));
	}
	return random_below(random, 4) ? rule : deed_covering(rule);
}

struct sums {
	deed_f32_inout y;
	bool is_inout, is_tile;
	const struct deed_share *share;
	size_t wrong;
};

static void look_at_part(struct deed_part *part, void *context)
{
	struct sums *const sums = context;
	struct deed_extent extent;
	size_t len;

	deed_share_extent_(sums->share, part, &extent);
	if (sums->is_tile) {
		const deed_f32_tile_borrowed mine = deed_part_tile_borrowed(part, &sums->y);

		len = deed_tile_rows(mine) * deed_tile_width(mine);
	} else {
		const deed_f32_borrowed mine = deed_part_borrowed(part, &sums->y);

		len = deed_len(mine);
		if (len)
			(void)deed_data(mine);
	}
	sums->wrong += len != extent.width * extent.rows;
}

Test(share, the_plan_check_is_what_counting_says)
{
	uint64_t random = 42;
	size_t edges[65], seen[4] = { 0 };
	struct deed_range ranges[64];

	for (int round = 0; round < 30000; round++) {
		const size_t len = random_below(&random, 40);
		const bool is_inout = random_below(&random, 3);
		deed_f32 xs = DEED_EMPTY;
		struct sums sums = { .is_inout = is_inout };
		struct deed_plan plan;
		struct deed_share as_shared;
		enum deed_fault wrong, told;

		if (random_below(&random, 3))
			deed_plan_chunks(&plan, random_below(&random, 40),
					 1 + random_below(&random, 9));
		else
			deed_plan_tiles(&plan, random_below(&random, 6), random_below(&random, 9),
					1 + random_below(&random, 4), 1 + random_below(&random, 4));
		make(&xs, len);
		sums.y = deed_inout(&xs);
		as_shared = (struct deed_share){
			.len = len,
			.rule = draw_rule(&random, &plan, edges, ranges, len),
		};
		wrong = wrong_by_counting(&plan, &as_shared, is_inout);
		told = fault_of(if (is_inout) deed_share_inout(&plan, &sums.y, as_shared.rule);
				else deed_share_borrowed(&plan, &sums.y, as_shared.rule));
		/* An advisory is told once per place. */
		cr_assert(wrong == told || (wrong == DEED_A06 && told == DEED_NO_FAULT),
			  "round %d: %s, not %s: %s", round, trapped_id(told), trapped_id(wrong),
			  trapped.count ? trapped.report.message : "");
		seen[wrong == DEED_NO_FAULT ? 0
		     : wrong == DEED_E15    ? 1
		     : wrong == DEED_E19    ? 2
					    : 3]++;
		sums.share = &as_shared;
		sums.is_tile = as_shared.rule.kind == DEED_RULE_TILE;
		expect_silent(run(&plan, look_at_part, &sums));
		cr_assert(wrong == DEED_E15 || !sums.wrong, "round %d", round);
		expect_silent(if (len) deed_at(sums.y, 0) = 0, (void)deed_data(sums.y));
		deed_end(&xs, &sums.y);
		deed_drop(&xs);
	}
	for (size_t i = 0; i < ARRAY_LEN(seen); i++)
		cr_expect(seen[i] > 1000, "%zu: %zu", i, seen[i]);
}

Test(share, exactly_what_is_covered_is_suspended)
{
	uint64_t random = 7;
	size_t edges[65];
	struct deed_range ranges[64];

	for (int round = 0; round < 3000; round++) {
		const size_t len = 1 + random_below(&random, 40);
		deed_f32 xs = DEED_EMPTY;
		struct deed_plan plan;
		unsigned times[64] = { 0 };
		deed_f32_inout v;

		if (random_below(&random, 2))
			deed_plan_chunks(&plan, random_below(&random, 20),
					 1 + random_below(&random, 9));
		else
			deed_plan_tiles(&plan, random_below(&random, 6), random_below(&random, 9),
					1 + random_below(&random, 4), 1 + random_below(&random, 4));
		make(&xs, len);
		v = deed_inout(&xs);
		if (fault_of(deed_share_inout(&plan, &v,
					      draw_rule(&random, &plan, edges, ranges, len))) <
			    DEED_ADVISORY_FIRST &&
		    !trapped.count) {
			for (size_t index = 0; index < plan.parts; index++) {
				const struct deed_part part = deed_plan_part(&plan, index);
				struct deed_extent extent;

				deed_share_extent_(&plan.shares[0], &part, &extent);
				for (size_t y = 0; y < extent.rows; y++)
					for (size_t x = 0; x < extent.width; x++)
						times[extent.lo + y * extent.pitch + x]++;
			}
			for (size_t i = 0; i < len; i++)
				cr_assert(fault_count(deed_at(v, i) = 1) == !!times[i],
					  "round %d, %zu", round, i);
		}
		run(&plan, nothing, NULL);
		for (size_t i = 0; i < len; i++)
			cr_assert(fault_count(deed_at(v, i) = 1) == 0);
		deed_end(&xs, &v);
		deed_drop(&xs);
	}
}

static void expect_outside(struct deed_plan *plan, struct deed_rule rule, const char *message)
{
	deed_f32 xs = DEED_EMPTY;

	make(&xs, 100);
	expect_fault(DEED_E15, deed_share_inout(plan, &xs, rule));
	cr_expect(strstr(trapped.report.message, message), "%s", trapped.report.message);
	cr_expect(trapped_sites(DEED_ROLE_PART, 0) == 1);
	expect_silent(run(plan, nothing, NULL));
	deed_drop(&xs);
}

Test(share, a_part_that_leaves_is_named)
{
	const size_t edges[] = { 0, 10, 40, 30 };
	struct deed_range far = { 0, SIZE_MAX };
	struct deed_plan plan;

	deed_plan_chunks(&plan, 128, 16);
	expect_outside(&plan, DEED_BY_INDEX,
		       "part 6 of 8 of `xs` is elements [96, 112), but it has 100");
	expect_outside(&plan, deed_by_part(20), "part 5 of 8 of `xs` is elements [100, 120)");
	expect_outside(&plan, deed_by_rows(SIZE_MAX), "part 0 of 8");
	expect_outside(&plan, deed_by_part(SIZE_MAX / 2), "part 0 of 8");
	expect_outside(&plan, deed_by_halo(1, 1),
		       "part 6 of 8 of `xs` is of [96, 112), but it has 100");
	deed_plan_chunks(&plan, 3, 1);
	expect_outside(&plan, deed_by_edges(edges),
		       "part 2 of 3 of `xs` begins at element 40 and ends at 30");
	deed_plan_chunks(&plan, 1, 1);
	expect_outside(&plan, deed_by_call(drawn, &far), "part 0 of 1");
	deed_plan_tiles(&plan, 10, 12, 5, 5);
	expect_outside(&plan, deed_by_tile(11), "part 2 of 6 of `xs` is columns [10, 12)");
	deed_plan_tiles(&plan, 10, 9, 5, 5);
	expect_outside(&plan, deed_by_tile(11), "part 2 of 4 of `xs` is rows [5, 10)");
}

DEED_UNCHECKED Test(share, two_parts_that_overlap_are_both_named)
{
	const size_t edges[] = { 0, 10, 40, 30 };
	struct deed_range ranges[] = { { 50, 60 }, { 0, 10 }, { 5, 8 }, { 55, 70 } };
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan;

	(void)edges;
	make(&xs, 100);
	deed_plan_chunks(&plan, 4, 1);
	expect_fault(DEED_E19, deed_share_inout(&plan, &xs, deed_by_call(drawn, ranges)));
	cr_expect(
		strstr(trapped.report.message, "parts 1 and 2 of `xs` both write elements [5, 8)"),
		"%s", trapped.report.message);
	cr_expect(trapped_sites(DEED_ROLE_PART, 0) == 2);
	run(&plan, nothing, NULL);
	deed_drop(&xs);

	make(&xs, 100);
	deed_plan_chunks(&plan, 100, 25);
	expect_fault(DEED_E19, deed_share_inout(&plan, &xs, deed_by_halo(2, 1)));
	cr_expect(strstr(trapped.report.message,
			 "parts 0 and 1 of `xs` both write elements [23, 26)"),
		  "%s", trapped.report.message);
	run(&plan, nothing, NULL);
	deed_drop(&xs);

	make(&xs, 100);
	deed_plan_tiles(&plan, 10, 10, 5, 5);
	expect_fault(DEED_E19, deed_share_inout(&plan, &xs, deed_by_rows(10)));
	cr_expect(
		strstr(trapped.report.message, "parts 0 and 1 of `xs` both write elements [0, 50)"),
		"%s", trapped.report.message);
	run(&plan, nothing, NULL);
	deed_drop(&xs);
}

/* ---- parts ---------------------------------------------------------------------------------- */

/* What a part does, and what becomes of it. */
struct trial {
	deed_f32_inout y, other;
	deed_f32_borrowed x;
	deed_f32 *owner;
	struct deed_part *outer;
	deed_f32_inout kept;
	enum deed_fault fault;
	size_t runs, one;
	struct deed_plan *plan;
	char message[512];
};

#define PART_FN(name) static void name(struct deed_part *part, void *context)
#define TRIAL(trial) struct trial *const trial = context

/* Shares y out inout and x borrowed, over 8 parts of 10 elements, and runs `fn`. */
static struct trial try_parts(deed_part_fn fn)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	struct trial trial = { .owner = NULL };
	struct deed_plan plan;

	make(&xs, 80);
	make(&ys, 80);
	{
		DEED_INOUT(v, &ys);
		DEED_BORROWED(r, &xs);

		trial.y = v;
		trial.x = r;
		deed_plan_chunks(&plan, 80, 10);
		deed_share_inout(&plan, &trial.y, DEED_BY_INDEX);
		deed_share_borrowed(&plan, &trial.x, DEED_BY_INDEX);
		run(&plan, fn, &trial);
		cr_expect(plan.share_count == 0);
	}
	deed_drop(&xs);
	deed_drop(&ys);
	return trial;
}

PART_FN(never_begun)
{
	TRIAL(trial);

	(void)part;
	trial->one++;
}

PART_FN(uses_its_own_plan)
{
	TRIAL(trial);
	struct deed_plan *const plan = (struct deed_plan *)(uintptr_t)part->plan;
	const deed_f32_inout mine = deed_part_inout(part, &trial->y);
	struct deed_plan copy = *plan;
	deed_f32 own = DEED_EMPTY;
	int err = 0;

	deed_at(mine, 3) = 1;
	make(&own, 80);
	if (part->index == 3)
		expect_fault(DEED_E18, err = deed_parallel_for(NULL, plan, never_begun, trial));
	else if (part->index == 4)
		cr_expect(fault_count(err = deed_parallel_for(NULL, &copy, never_begun, trial)) ==
			  1);
	else if (part->index == 5)
		cr_expect(fault_count(deed_share_inout(plan, &own, DEED_BY_INDEX)) == 1);
	cr_expect(err == (part->index == 3 || part->index == 4 ? -EINVAL : 0));
	cr_expect(plan->share_count == 2);
	deed_drop(&own);
	deed_at(mine, 3) += 1;
	trial->runs++;
}

PART_FN(runs_its_plan_of_no_shares)
{
	TRIAL(trial);
	struct deed_plan *const plan = (struct deed_plan *)(uintptr_t)part->plan;
	int err = 0;

	expect_fault(DEED_E18, err = deed_parallel_for(NULL, plan, never_begun, trial));
	cr_expect(err == -EINVAL);
	trial->runs++;
}

/* Two parts would have one part of what is shared out. */
Test(share, a_plan_whose_parts_are_at_work_is_not_run_and_shares_nothing_out)
{
	const struct trial trial = try_parts(uses_its_own_plan);
	struct trial other = { .owner = NULL };
	struct deed_plan plan;

	cr_expect(trial.runs == 8 && trial.one == 0, "%zu, %zu", trial.runs, trial.one);
	deed_plan_chunks(&plan, 80, 10);
	run(&plan, runs_its_plan_of_no_shares, &other);
	cr_expect(other.runs == 8 && other.one == 0, "%zu, %zu", other.runs, other.one);
}

PART_FN(asked_again)
{
	TRIAL(trial);
	const deed_f32_inout mine = deed_part_inout(part, &trial->y);
	const deed_f32_inout again = deed_part_inout(part, &trial->y);
	const deed_f32_borrowed read = deed_part_borrowed(part, &trial->y);
	const deed_f32_borrowed x = deed_part_borrowed(part, &trial->x);

	cr_expect(mine.h.loan == again.h.loan && mine.h.loan == read.h.loan);
	cr_expect(mine.h.data == again.h.data && deed_len(again) == 10);
	cr_expect(x.h.loan != mine.h.loan &&
		  x.h.loan == deed_part_borrowed(part, &trial->x).h.loan);
	cr_expect(deed_at(read, 3) == 0);
	deed_at(again, 3) = 1;
	cr_expect(deed_at(mine, 3) == 1);
	deed_add_f32(mine, x, x);
	cr_expect(deed_stats().live_loans == 2 + 2 + 2);
	trial->runs++;
}

Test(share, a_part_that_is_asked_for_again_is_the_same_loan)
{
	cr_expect(try_parts(asked_again).runs == 8);
}

PART_FN(through_a_copy)
{
	TRIAL(trial);
	const deed_f32_inout copy = trial->y;
	struct job job = { .y = copy };

	cr_expect(deed_part_inout(part, &copy).h.loan == deed_part_inout(part, &job.y).h.loan);
	trial->runs++;
}

Test(share, a_copy_of_the_view_is_as_good)
{
	cr_expect(try_parts(through_a_copy).runs == 8);
}

PART_FN(lends_on)
{
	TRIAL(trial);
	const deed_f32_inout mine = deed_part_inout(part, &trial->y);

	for (int i = 0; i < 3; i++) {
		DEED_INOUT_PART(left, &mine, 0, 5);
		DEED_INOUT_PART(right, &mine, 5, 10);
		DEED_BORROWED(all, &trial->x);

		deed_at(left, 4) = deed_at(all, 79);
		deed_at(right, 0) = 2;
		if (trial->runs == (size_t)i)
			expect_fault(i ? DEED_NO_FAULT : DEED_E13, deed_at(mine, 4) = 1);
	}
	deed_at(mine, 4) = 1;
	{
		deed_f32_inout left, right;

		deed_split(&mine, 3, &left, &right);
		deed_at(left, 2) = 1;
		deed_end(&mine, &left);
		deed_end(&mine, &right);
	}
	cr_expect(*deed_data(mine) == 2 || deed_at(mine, 4) == 1);
	trial->runs++;
}

Test(share, a_part_is_lent_on_as_any_loan)
{
	cr_expect(try_parts(lends_on).runs == 8);
}

static float sum_of(const float *values, size_t count)
{
	float sum = 0;

	{
		DEED_LEND_CONST(v, values, count);

		for (size_t i = 0; i < count; i++)
			sum += deed_at(v, i);
	}
	return sum;
}

PART_FN(lends_by_address)
{
	TRIAL(trial);
	const deed_f32_inout mine = deed_part_inout(part, &trial->y);
	const deed_f32_borrowed x = deed_part_borrowed(part, &trial->x);

	deed_fill(mine, 1.0f);
	cr_expect(sum_of(deed_data(mine), 10) == 10);
	cr_expect(sum_of(deed_data(x), 10) == 0);
	if (part->index == 3)
		expect_fault(DEED_E09, (void)sum_of(deed_data(mine) - 5, 10));
	trial->runs++;
}

Test(share, what_a_part_holds_may_be_lent_by_its_address)
{
	cr_expect(try_parts(lends_by_address).runs == 8);
}

PART_FN(ends_by_hand)
{
	TRIAL(trial);
	const deed_f32_inout mine = deed_part_inout(part, &trial->y);

	if (part->index == 2) {
		expect_fault(DEED_E18, deed_end(&trial->y, &mine));
		cr_expect(strstr(trapped.report.message, "part"), "%s", trapped.report.message);
		cr_expect(strstr(trapped.report.text, "help: leave out"), "%s",
			  trapped.report.text);
	}
	deed_at(mine, 9) = 1; /* it lives */
	trial->runs++;
}

Test(share, a_part_ends_with_its_task_and_not_before)
{
	cr_expect(try_parts(ends_by_hand).runs == 8);
}

PART_FN(keeps)
{
	TRIAL(trial);

	if (part->index == 3)
		trial->kept = deed_part_inout(part, &trial->y);
	if (part->index == 5)
		trial->fault = fault_of(deed_at(trial->kept, 0) = 1);
	trial->runs++;
}

Test(share, a_part_that_is_used_when_it_is_over_is_told)
{
	struct trial trial = try_parts(keeps);

	cr_expect(trial.fault == DEED_E20 || trial.fault == DEED_E11);
	expect_silent(); /* its buffer is gone */
}

PART_FN(keeps_to_the_end)
{
	TRIAL(trial);

	trial->kept = deed_part_inout(part, &trial->y);
}

Test(share, a_part_that_is_used_outside_is_told)
{
	deed_f32 ys = DEED_EMPTY;
	struct trial trial = { .owner = NULL };
	struct deed_plan plan;

	make(&ys, 80);
	{
		DEED_INOUT(v, &ys);

		trial.y = v;
		deed_plan_chunks(&plan, 80, 10);
		deed_share_inout(&plan, &trial.y, DEED_BY_INDEX);
		run(&plan, keeps_to_the_end, &trial);
		expect_fault(DEED_E11, deed_at(trial.kept, 0) = 1);
	}
	deed_drop(&ys);
}

/* ---- parts that must not be taken so -------------------------------------------------------- */

PART_FN(takes_what_is_not_shared)
{
	TRIAL(trial);

	if (part->index == 1) {
		deed_f32_inout got = { .h = { 0 } };

		trial->fault = fault_of(got = deed_part_inout(part, &trial->other));
		cr_expect(deed_len(got) == 0);
		cr_expect(strstr(trapped.report.message, "was not shared out"));
		cr_expect(strstr(trapped.report.text, "by deed_share_inout() with"), "%s",
			  trapped.report.text);
		expect_silent(deed_fill(got, 1.0f));
	}
	trial->runs++;
}

Test(share, what_was_not_shared_out_has_no_parts)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	struct trial trial = { .owner = NULL };
	struct deed_plan plan;

	make(&xs, 80);
	make(&ys, 80);
	{
		DEED_INOUT(v, &ys);
		DEED_INOUT(w, &xs);

		trial.y = v;
		trial.other = w;
		deed_plan_chunks(&plan, 80, 10);
		deed_share_inout(&plan, &trial.y, DEED_BY_INDEX);
		run(&plan, takes_what_is_not_shared, &trial);
		cr_expect(trial.fault == DEED_E18 && trial.runs == 8);
	}
	deed_drop(&xs);
	deed_drop(&ys);
}

struct wrongly {
	deed_f32_inout y;
	deed_f32 *owner;
	int how;
	size_t len;
	enum deed_fault fault;
	char message[512];
};

PART_FN(takes_wrongly)
{
	struct wrongly *const wrongly = context;
	deed_f32_inout got = { .h = { 0 } };
	deed_f32_tile_inout tile = { .h = { 0 } };

	if (part->index != 1)
		return;
	if (wrongly->how == 2)
		wrongly->fault = fault_of(tile = deed_part_tile_inout(part, &wrongly->y));
	else
		wrongly->fault = fault_of(got = deed_part_inout(part, &wrongly->y));
	snprintf(wrongly->message, sizeof wrongly->message, "%s", trapped.report.message);
	/* It goes on with the true memory, and hears no more of it. */
	expect_silent(if (deed_len(got)) deed_at(got, 0) = 5);
	for (size_t y = 0; y < deed_tile_rows(tile); y++)
		expect_silent(deed_at(deed_tile_row(tile, y), 0) = 5);
}

Test(share, a_part_is_taken_as_it_was_shared_out)
{
	static const char *const said[] = { "shared out borrowed", "not taken as a tile",
					    "not shared out in tiles" };

	for (int how = 0; how < 3; how++) {
		deed_f32 ys = DEED_EMPTY;
		struct wrongly wrongly = { .how = how };
		struct deed_plan plan;

		make(&ys, 80);
		wrongly.y = deed_inout(&ys);
		deed_plan_tiles(&plan, 8, 10, 4, 10);
		if (how == 0)
			deed_share_borrowed(&plan, &wrongly.y, deed_by_rows(10));
		else if (how == 1)
			deed_share_inout(&plan, &wrongly.y, deed_by_tile(10));
		else
			deed_share_inout(&plan, &wrongly.y, deed_by_rows(10));
		run(&plan, takes_wrongly, &wrongly);
		cr_expect(wrongly.fault == DEED_E18, "%d: %s", how, trapped_id(wrongly.fault));
		cr_expect(strstr(wrongly.message, said[how]), "%s", wrongly.message);
		cr_expect(deed_at(wrongly.y, 40) == 5);
		deed_end(&ys, &wrongly.y);
		deed_drop(&ys);
	}
}

PART_FN(uses_the_outer_part)
{
	TRIAL(trial);

	if (part->index == 1) {
		trial->fault = fault_of((void)deed_part_inout(trial->outer, &trial->y));
		cr_expect(strstr(trapped.report.message, "part 3"), "%s", trapped.report.message);
	}
	trial->runs++;
}

PART_FN(nests_badly)
{
	TRIAL(trial);
	struct deed_plan inner;

	if (part->index != 3)
		return;
	trial->outer = part;
	deed_plan_chunks(&inner, 2, 1);
	run(&inner, uses_the_outer_part, trial);
}

Test(share, a_part_is_taken_by_its_own_task)
{
	const struct trial trial = try_parts(nests_badly);

	cr_expect(trial.fault == DEED_E20 && trial.runs == 2);
}

/* A report whose sentences are one line each. */
static const char *unbroken(char *text)
{
	for (char *at = text; (at = strstr(at, "\n       "));) {
		const char *const rest = at + 1 + strspn(at + 1, " ");

		*at = ' ';
		memmove(at + 1, rest, strlen(rest) + 1);
	}
	return text;
}

/* ---- jumps ---------------------------------------------------------------------------------- */

static jmp_buf land;

PART_FN(jumps)
{
	TRIAL(trial);

	trial->runs++;
	if (part->index == 1)
		longjmp(land, 1);
}

static void run_and_land(struct deed_plan *plan, struct trial *trial)
{
	if (!setjmp(land))
		cr_expect(deed_parallel_for(NULL, plan, jumps, trial) == 0);
}

/* The share is there yet: who meets it is told why. */
DEED_UNCHECKED Test(share, a_share_that_a_jump_has_left_is_told_as_such)
{
	for (int how = 0; how < 4; how++) {
		const uint64_t mark = deed_loans_mark();
		deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
		struct trial trial = { .runs = 0 };
		struct deed_plan plan, again, never;
		deed_f32_inout y;

		make(&xs, 80);
		make(&ys, 80);
		y = deed_inout(&ys);
		trial.y = y;
		deed_plan_chunks(&plan, 80, 10);
		deed_plan_chunks(&again, 80, 20);
		deed_plan_chunks(&never, 80, 40);
		deed_share_inout(&plan, &trial.y, DEED_BY_INDEX);
		deed_share_inout(&never, &xs, DEED_BY_INDEX);
		run_and_land(&plan, &trial);
		if (how == 0)
			expect_fault(DEED_E09, deed_share_inout(&again, &trial.y, DEED_BY_INDEX));
		else if (how == 1)
			expect_fault(DEED_E13, deed_at(y, 0) = 1);
		else if (how == 2)
			expect_fault(DEED_E09, (void)deed_borrow_part(&y, 5, 10));
		else
			expect_fault(DEED_E09, deed_share_inout(&again, &xs, DEED_BY_INDEX));
		/* What was shared out by another plan, no jump has left. */
		cr_expect(!strstr(unbroken(trapped.report.text), "deed_loans_unwind(mark)") ==
				  (how == 3),
			  "%d: %s", how, trapped.report.text);
		deed_loans_unwind(mark);
		deed_drop(&xs);
		deed_drop(&ys);
	}
}

static uint64_t late_mark;

PART_FN(unwinds)
{
	deed_f32 *const xs = context;

	if (part->index != 1)
		return;
	deed_loans_unwind(late_mark);
	(void)deed_inout(xs);
}

PART_FN(unwinds_and_drops)
{
	deed_f32 *const xs = context;

	if (part->index != 1)
		return;
	deed_loans_unwind(late_mark);
	deed_drop(xs);
}

static void run_and_unwind(struct deed_plan *plan)
{
	struct trial trial = { .runs = 0 };

	run_and_land(plan, &trial);
	deed_loans_unwind(late_mark);
}

/* The mark is younger than the share, which is there yet; where nobody has jumped, nobody is told
 * so. */
DEED_UNCHECKED Test(share, a_share_whose_parts_are_unwound_is_told_as_such)
{
	for (int how = 0; how < 3; how++) {
		const uint64_t mark = deed_loans_mark();
		deed_f32 xs = DEED_EMPTY;
		struct deed_plan plan;
		const char *text;

		make(&xs, 80);
		deed_plan_chunks(&plan, 80, 10);
		deed_share_inout(&plan, &xs, DEED_BY_INDEX);
		late_mark = deed_loans_mark();
		if (how == 0)
			expect_fault(DEED_E09, (void)!deed_parallel_for(NULL, &plan, unwinds, &xs));
		else if (how == 1)
			expect_fault(DEED_E08,
				     (void)!deed_parallel_for(NULL, &plan, unwinds_and_drops, &xs));
		else {
			run_and_unwind(&plan);
			expect_fault(DEED_E09, (void)deed_inout(&xs));
		}
		text = unbroken(trapped.report.text);
		cr_expect(strstr(text, "deed_loans_unwind() has left it before") &&
				  strstr(text, "landed, with a mark from before it is shared out"),
			  "%d: %s", how, text);
		cr_expect(!strstr(text, "longjmp") && !strstr(text, "a jump out of its"), "%d: %s",
			  how, text);
		deed_loans_unwind(mark);
		deed_drop(&xs);
	}
}

/* ---- the commonest slips have their own words ----------------------------------------------- */

/* Takes what was shared out before, in a part of a plan whose shares have ended. */
PART_FN(takes_what_is_over)
{
	TRIAL(trial);

	if (part->index)
		return;
	if (part->plan->columns > 1)
		trial->fault = fault_of((void)deed_part_tile_inout(part, &trial->y));
	else
		trial->fault = fault_of((void)deed_part_inout(part, &trial->y));
	trial->runs++;
}

static void expect_shared_once(struct trial *trial, struct deed_plan *plan, struct deed_rule rule,
			       const char *text)
{
	char call[128];

	deed_share_inout(plan, &trial->y, rule);
	run(plan, nothing, NULL);
	run(plan, takes_what_is_over, trial);
	snprintf(call, sizeof call, "deed_share_inout(&plan, &trial->y, %s)", text);
	cr_expect(trial->fault == DEED_E18 && strstr(trapped.report.message, "any more"), "%s: %s",
		  text, trapped.report.message);
	cr_expect(strstr(unbroken(trapped.report.text), call), "%s", trapped.report.text);
	/* After a new cut, nobody remembers. */
	deed_share_inout(plan, &trial->y, rule);
	run(plan, nothing, NULL);
	deed_plan_chunks(plan, 1, 1);
	run(plan, takes_what_is_over, trial);
	cr_expect(trial->fault == DEED_E18 && strstr(trapped.report.message, "not shared out to"));
}

Test(share, a_share_that_ended_with_the_sweep_before_is_told_with_its_rule)
{
	const size_t edges[] = { 0, 40, 80 };

	for (int i = 0; i < 9; i++) {
		deed_f32 ys = DEED_EMPTY;
		struct trial trial = { .runs = 0 };
		size_t width = 10;
		struct deed_plan plan;
		const struct deed_rule wide = deed_by_call(every_other, &width);
		const struct {
			struct deed_rule rule;
			const char *text;
		} rules[] = {
			{ DEED_BY_INDEX, "DEED_BY_INDEX" },
			{ deed_by_rows(1), "DEED_BY_INDEX" },
			{ deed_by_rows(40), "deed_by_rows(40)" },
			{ deed_by_part(40), "deed_by_part(40)" },
			{ deed_by_halo(0, 0), "deed_by_halo(0, 0)" },
			{ deed_by_edges(edges), "deed_by_edges(edges)" },
			{ wide, "deed_by_call(call, context)" },
			{ deed_covering(deed_by_edges(edges)),
			  "deed_covering(deed_by_edges(edges))" },
			{ deed_by_tile(8), "deed_by_tile(8)" },
		};

		cr_assert(ARRAY_LEN(rules) == 9);
		make(&ys, 80);
		{
			DEED_INOUT(v, &ys);

			trial.y = v;
			if (i == 8)
				deed_plan_tiles(&plan, 10, 8, 5, 4);
			else if (i == 0 || i == 1 || i == 4)
				deed_plan_chunks(&plan, 80, 40);
			else
				deed_plan_chunks(&plan, 2, 1);
			expect_shared_once(&trial, &plan, rules[i].rule, rules[i].text);
			cr_expect(trial.runs == 2);
		}
		deed_drop(&ys);
	}
}

PART_FN(takes_beside)
{
	TRIAL(trial);
	deed_f32_inout half, head;

	if (part->index)
		return;
	half = deed_slice(trial->y, 5, 40);
	head = deed_slice(trial->y, 0, 5);
	trial->fault = fault_of((void)deed_part_inout(part, &half));
	cr_expect(trial->fault == DEED_E18 && strstr(trapped.report.message, "`trial.other`") &&
			  strstr(unbroken(trapped.report.text),
				 "deed_part_inout(part, &trial.other)"),
		  "%s", trapped.report.text);
	/* What has no element of it is just not shared out. */
	trial->fault = fault_of((void)deed_part_inout(part, &head));
	cr_expect(trial->fault == DEED_E18 && strstr(trapped.report.text, "deed_share_inout("));
	trial->runs++;
}

Test(share, another_source_of_the_same_elements_is_told)
{
	deed_f32 ys = DEED_EMPTY;
	struct trial trial = { .runs = 0 };
	struct deed_plan plan;

	make(&ys, 80);
	{
		DEED_INOUT(v, &ys);

		trial.y = v;
		trial.other = deed_slice(v, 10, 80);
		deed_plan_chunks(&plan, 70, 35);
		deed_share_inout(&plan, &trial.other, DEED_BY_INDEX);
		run(&plan, takes_beside, &trial);
		cr_expect(trial.runs == 1);
	}
	deed_drop(&ys);
}

static void *take_elsewhere(void *context)
{
	struct trial *const trial = context;

	trial->fault = fault_of((void)deed_part_inout(trial->outer, &trial->y));
	return NULL;
}

PART_FN(takes_in_a_thread)
{
	TRIAL(trial);
	pthread_t thread;

	if (part->index != 3)
		return;
	trial->outer = part;
	cr_assert(pthread_create(&thread, NULL, take_elsewhere, trial) == 0);
	pthread_join(thread, NULL);
}

Test(share, a_thread_of_a_task_has_no_part)
{
	cr_expect(try_parts(takes_in_a_thread).fault == DEED_E20);
}

PART_FN(takes_of_a_changed_rule)
{
	TRIAL(trial);

	if (part->index == 1)
		trial->fault = fault_of((void)deed_part_inout(part, &trial->y));
	else
		(void)deed_part_inout(part, &trial->y);
	trial->runs++;
}

/* More than before, less, and nothing. */
Test(share, a_rule_that_says_something_else_is_told)
{
	static const size_t said[] = { 21, 19, 10 };

	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		deed_f32 ys = DEED_EMPTY;
		size_t edges[] = { 0, 10, 20, 30 };
		struct trial trial = { .owner = NULL };
		struct deed_plan plan;

		make(&ys, 80);
		{
			DEED_INOUT(v, &ys);

			trial.y = v;
			deed_plan_chunks(&plan, 3, 1);
			deed_share_inout(&plan, &trial.y, deed_by_edges(edges));
			edges[2] = said[i];
			run(&plan, takes_of_a_changed_rule, &trial);
			cr_expect(trial.fault == DEED_E15, "%zu: %s", said[i],
				  trapped_id(trial.fault));
		}
		deed_drop(&ys);
	}
}

PART_FN(counts_in_its_part)
{
	TRIAL(trial);

	if (part->index != 3)
		return;
	switch (trial->runs) {
	case 0:
		part->lo++;
		break;
	case 1:
		part->hi++;
		break;
	case 2:
		part->index++;
		break;
	default:
		part->x_hi++;
	}
	trial->fault = fault_of((void)deed_part_inout(part, &trial->y));
	cr_expect(strstr(trapped.report.text, "help: leave what `part` points to"), "%s",
		  trapped.report.text);
}

Test(share, a_part_that_was_written_to_is_told)
{
	for (size_t what = 0; what < 4; what++) {
		deed_f32 ys = DEED_EMPTY;
		struct trial trial = { .runs = what };
		struct deed_plan plan;

		make(&ys, 80);
		{
			DEED_INOUT(v, &ys);

			trial.y = v;
			deed_plan_chunks(&plan, 80, 10);
			deed_share_inout(&plan, &trial.y, DEED_BY_INDEX);
			run(&plan, counts_in_its_part, &trial);
			cr_expect(trial.fault == DEED_E15, "%zu: %s", what,
				  trapped_id(trial.fault));
		}
		deed_drop(&ys);
	}
}

/* ---- shares of shares ----------------------------------------------------------------------- */

struct nested {
	deed_f32_inout y;
	deed_f32_borrowed x;
	size_t seen;
	int depth;
};

PART_FN(adds_deeper)
{
	struct nested *const nested = context;
	struct nested mine = { .depth = nested->depth - 1 };
	struct deed_plan plan;

	mine.y = deed_part_inout(part, &nested->y);
	mine.x = deed_part_borrowed(part, &nested->x);
	if (!mine.depth) {
		deed_add_f32_by(mine.y, mine.x);
		nested->seen += deed_len(mine.y);
		return;
	}
	deed_plan_parts(&plan, deed_len(mine.y), 3);
	deed_share_inout(&plan, &mine.y, DEED_BY_INDEX);
	deed_share_borrowed(&plan, &mine.x, DEED_BY_INDEX);
	expect_silent((void)deed_at(mine.x, 0));
	run(&plan, adds_deeper, &mine);
	if (deed_len(mine.y))
		deed_at(mine.y, 0) += 0; /* the rights are back */
	nested->seen += mine.seen;
}

Test(share, a_part_may_be_shared_out_again)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	struct nested nested = { .depth = 4 };
	struct deed_plan plan;

	make(&ys, 1000);
	make(&xs, 1000);
	{
		DEED_INOUT(w, &xs);

		deed_fill(w, 2.0f);
	}
	{
		DEED_INOUT(v, &ys);
		DEED_BORROWED(r, &xs);

		nested.y = v;
		nested.x = r;
		deed_plan_parts(&plan, 1000, 5);
		deed_share_inout(&plan, &nested.y, DEED_BY_INDEX);
		deed_share_borrowed(&plan, &nested.x, DEED_BY_INDEX);
		run(&plan, adds_deeper, &nested);
		cr_expect(nested.seen == 1000);
		for (size_t i = 0; i < 1000; i++)
			cr_assert(deed_at(v, i) == 2);
	}
	deed_drop(&xs);
	deed_drop(&ys);
}

Test(share, a_slice_and_parts_of_one_view_are_shared_out_side_by_side)
{
	deed_f32 ys = DEED_EMPTY;
	struct deed_plan plan;
	struct job left, right;

	make(&ys, 100);
	{
		DEED_INOUT(v, &ys);

		left.y = deed_slice(v, 0, 40);
		right.y = deed_slice(v, 40, 80);
		left.seen = right.seen = 0;
		deed_plan_chunks(&plan, 40, 7);
		deed_share_inout(&plan, &left.y, DEED_BY_INDEX);
		expect_silent(deed_at(v, 40) = 0);
		deed_share_inout(&plan, &right.y, DEED_BY_INDEX);
		expect_silent(deed_at(v, 80) = 0);
		run(&plan, add_one, &right);
		cr_expect(right.seen == 40);
		cr_expect(deed_at(v, 39) == 0 && deed_at(v, 40) == 1 && deed_at(v, 80) == 0);
		/* one that goes over the other */
		deed_plan_chunks(&plan, 50, 50);
		left.y = deed_slice(v, 0, 50);
		deed_share_inout(&plan, &left.y, DEED_BY_INDEX);
		right.y = deed_slice(v, 49, 99);
		expect_fault(DEED_E09, deed_share_inout(&plan, &right.y, DEED_BY_INDEX));
		run(&plan, nothing, NULL);
	}
	deed_drop(&ys);
}

PART_FN(takes_nothing)
{
	struct job *const job = context;
	const deed_f32_inout y = deed_part_inout(part, &job->y);
	const deed_f32_borrowed x = deed_part_borrowed(part, &job->x);

	cr_expect(deed_len(y) == 0 && deed_len(x) == 0);
	deed_add_f32_by(y, x);
	job->seen++;
}

DEED_UNCHECKED Test(share, what_is_empty_is_fine)
{
	const size_t edges[] = { 0, 0, 0, 0 };
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	struct deed_plan plan;
	struct job job = { .seen = 0 };

	/* zeroed views, of which there may be several */
	memset(&job, 0, sizeof job);
	deed_plan_chunks(&plan, 3, 1);
	deed_share_borrowed(&plan, &job.x, deed_by_rows(0));
	deed_share_inout(&plan, &job.y, deed_by_edges(edges));
	run(&plan, takes_nothing, &job);
	cr_expect(job.seen == 3);
	/* nor need they be shared out */
	run(&plan, takes_nothing, &job);
	cr_expect(job.seen == 6);
	/* buffers of nothing */
	make(&xs, 0);
	make(&ys, 0);
	job.y = deed_inout(&ys);
	job.x = deed_borrow(&xs);
	deed_share_inout(&plan, &job.y, deed_by_part(0));
	deed_share_borrowed(&plan, &job.x, deed_by_rows(0));
	run(&plan, takes_nothing, &job);
	deed_plan_chunks(&plan, 0, 8);
	deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
	deed_share_borrowed(&plan, &job.x, DEED_BY_INDEX);
	run(&plan, takes_nothing, &job);
	cr_expect(job.seen == 9);
	deed_end(&ys, &job.y);
	deed_end(&xs, &job.x);
	deed_drop(&xs);
	deed_drop(&ys);
	/* parts of nothing */
	make(&xs, 10);
	job.y = deed_inout(&xs);
	memset(&job.x, 0, sizeof job.x);
	deed_plan_chunks(&plan, 3, 1);
	deed_share_inout(&plan, &job.y, deed_by_edges(edges));
	deed_share_borrowed(&plan, &job.x, deed_by_edges(edges));
	expect_silent(deed_fill(job.y, 0.0f));
	run(&plan, takes_nothing, &job);
	deed_end(&xs, &job.y);
	deed_drop(&xs);
}

struct columns_job {
	deed_f32_inout x;
	deed_i32_borrowed n;
};

PART_FN(writes_columns)
{
	struct columns_job *const job = context;
	const deed_f32_inout x = deed_part_inout(part, &job->x);
	const deed_i32_borrowed n = deed_part_borrowed(part, &job->n);

	for (size_t i = 0; i < deed_len(x); i++)
		deed_at(x, i) = (float)deed_at(n, i);
	if (part->index == 1)
		expect_fault(DEED_E15, (void)deed_at(x, 16));
}

#define POINT(FIELD) FIELD(float, x) FIELD(int32_t, n)
DEED_SOA(points, POINT);

Test(share, columns_are_shared_out_as_views_are)
{
	points ps = DEED_EMPTY;
	struct deed_plan plan;

	cr_assert(deed_soa_new(&ps, 40) == 0);
	{
		DEED_SOA_INOUT(x, &ps, x);
		DEED_SOA_BORROWED(n, &ps, n);
		struct columns_job job = { x, n };

		deed_plan_chunks(&plan, 40, 16);
		deed_share_inout(&plan, &job.x, DEED_BY_INDEX);
		deed_share_borrowed(&plan, &job.n, DEED_BY_INDEX);
		run(&plan, writes_columns, &job);
	}
	deed_soa_drop(&ps);
}

Test(share, continue_goes_on_with_the_true_memory)
{
	deed_f32 ys = DEED_EMPTY;
	struct deed_plan plan;
	struct job job = { .seen = 0 };

	make(&ys, 100);
	{
		DEED_INOUT(v, &ys);

		job.y = v;
		deed_plan_chunks(&plan, 100, 10);
		expect_fault(DEED_E19, deed_share_inout(&plan, &job.y, deed_by_halo(1, 0)));
		expect_silent(run(&plan, add_one, &job));
		cr_expect(job.seen == 109);
		cr_expect(deed_at(v, 8) == 1 && deed_at(v, 9) == 2 && deed_at(v, 99) == 1);
		deed_plan_chunks(&plan, 120, 50);
		job.seen = 0;
		expect_silent(); /* one report per buffer */
		(void)fault_count(deed_share_inout(&plan, &job.y, DEED_BY_INDEX));
		expect_silent(run(&plan, add_one, &job));
		cr_expect(job.seen == 100);
	}
	deed_drop(&ys);
}

PART_FN(ends_the_source)
{
	TRIAL(trial);
	const deed_f32_inout mine = deed_part_inout(part, &trial->y);

	deed_at(mine, 0) = 1;
	if (part->index == 1)
		trial->fault = fault_of(deed_end(trial->owner, &trial->y));
	if (part->index == 1 && trial->fault == DEED_NO_FAULT)
		trial->fault = fault_of(deed_at(mine, 1) = 1);
	trial->runs++;
}

static void *end_elsewhere(void *context)
{
	struct trial *const trial = context;

	deed_end(trial->owner, &trial->y);
	return NULL;
}

PART_FN(loses_the_source)
{
	TRIAL(trial);
	const deed_f32_inout mine = deed_part_inout(part, &trial->y);
	pthread_t thread;

	if (part->index == 1) {
		deed_at(mine, 0) = 1;
		cr_assert(pthread_create(&thread, NULL, end_elsewhere, trial) == 0);
		pthread_join(thread, NULL);
		trial->fault = fault_of(deed_at(mine, 1) = 1);
		cr_expect(fault_count((void)deed_part_inout(part, &trial->y)) == 1);
	} else if (part->index > 1) {
		trial->runs += fault_count((void)deed_part_inout(part, &trial->y));
	}
}

Test(share, a_share_whose_source_ends_has_no_parts_any_more)
{
	for (int how = 0; how < 2; how++) {
		deed_f32 ys = DEED_EMPTY;
		struct trial trial = { .owner = &ys };
		struct deed_plan plan;

		make(&ys, 80);
		trial.y = deed_inout(&ys);
		deed_plan_chunks(&plan, 80, 20);
		deed_share_inout(&plan, &trial.y, DEED_BY_INDEX);
		run(&plan, how ? loses_the_source : ends_the_source, &trial);
		cr_expect(trial.fault == (how ? DEED_E11 : DEED_E20), "%s",
			  trapped_id(trial.fault));
		if (!how)
			deed_end(&ys, &trial.y);
		deed_drop(&ys);
	}
}

Test(share, shares_that_are_not_run_end_with_their_source)
{
	deed_f32 ys = DEED_EMPTY;
	struct deed_plan plan;
	deed_f32_inout v;

	make(&ys, 80);
	v = deed_inout(&ys);
	deed_plan_chunks(&plan, 80, 20);
	deed_share_inout(&plan, &v, DEED_BY_INDEX);
	expect_silent(deed_end(&ys, &v));
	deed_plan_chunks(&plan, 80, 20);
	v = deed_inout(&ys);
	deed_share_inout(&plan, &v, DEED_BY_INDEX);
	run(&plan, nothing, NULL);
	deed_end(&ys, &v);
	deed_drop(&ys);
}

/* Nor may its parts, or another of them. */
PART_FN(unshares)
{
	TRIAL(trial);

	trial->runs += fault_count(deed_unshare(trial->plan));
	/* One report per buffer. */
	cr_expect(part->index || strstr(trapped.report.text, "is unshared, but its parts were"));
	deed_at(deed_part_inout(part, &trial->y), 0) = 1;
}

Test(share, what_is_shared_out_is_not_taken_back_while_parts_are_at_work)
{
	deed_f32 ys = DEED_EMPTY;
	struct trial trial = { .runs = 0 };
	struct deed_plan plan;

	make(&ys, 80);
	{
		DEED_INOUT(y, &ys);

		trial.y = y;
		trial.plan = &plan;
		deed_plan_chunks(&plan, 80, 20);
		deed_share_inout(&plan, &trial.y, DEED_BY_INDEX);
		run(&plan, unshares, &trial);
		cr_expect(trial.runs == 4);
		expect_silent(deed_unshare(&plan));
	}
	cr_expect(deed_stats().live_loans == 0);
	deed_drop(&ys);
}

PART_FN(unshares_another)
{
	TRIAL(trial);

	(void)part;
	trial->fault = fault_of(deed_unshare(trial->plan));
}

/* It is a loan of who has shared out. */
Test(share, parts_do_not_take_back_what_others_have_shared_out)
{
	deed_f32 xs = DEED_EMPTY;
	struct trial trial = { .runs = 0 };
	struct deed_plan plan, one;

	make(&xs, 80);
	trial.plan = &plan;
	deed_plan_chunks(&plan, 80, 20);
	deed_plan_chunks(&one, 1, 1);
	deed_share_inout(&plan, &xs, DEED_BY_INDEX);
	run(&one, unshares_another, &trial);
	cr_expect(trial.fault == DEED_E20, "%s", trapped_id(trial.fault));
	cr_expect(deed_stats().live_loans == 1);
	deed_unshare(&plan);
	deed_drop(&xs);
}

/* A jump has left the parts: not all may have ended. An unwinding says that they have. */
DEED_UNCHECKED Test(share, what_a_jump_has_left_shared_out_may_be_taken_back)
{
	const uint64_t mark = deed_loans_mark();
	deed_f32 xs = DEED_EMPTY;
	struct trial trial = { .runs = 0 };
	struct deed_plan plan;

	make(&xs, 80);
	deed_plan_chunks(&plan, 80, 10);
	deed_share_inout(&plan, &xs, DEED_BY_INDEX);
	run_and_land(&plan, &trial);
	expect_fault(DEED_E18, deed_unshare(&plan));
	cr_expect(strstr(unbroken(trapped.report.text), "deed_loans_unwind("));
	deed_loans_unwind(mark);
	expect_silent(deed_unshare(&plan));
	cr_expect(deed_stats().live_loans == 0);
	deed_drop(&xs);
}

static void *share_elsewhere(void *context)
{
	struct trial *const trial = context;

	deed_share_inout(trial->plan, trial->owner, deed_by_call(every_other, &trial->one));
	return NULL;
}

/* It may be taken back where the plan is, as it may be run there. */
Test(share, what_another_thread_has_shared_out_may_be_taken_back)
{
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan, copy;
	struct trial trial = { .owner = &xs, .plan = &plan, .one = 1 };
	pthread_t thread;

	make(&xs, 80);
	deed_plan_chunks(&plan, 40, 10);
	cr_assert(pthread_create(&thread, NULL, share_elsewhere, &trial) == 0);
	pthread_join(thread, NULL);
	cr_expect(deed_stats().live_loans == 4);
	copy = plan;
	expect_silent(deed_unshare(&plan));
	cr_expect(deed_stats().live_loans == 0);
	/* Of a copy of the plan nothing is given back a second time. */
	expect_silent(deed_unshare(&copy));
	deed_drop(&xs);
}

PART_FN(takes_in_vain)
{
	TRIAL(trial);
	const size_t before = trial->runs;

	trial->runs += fault_count((void)deed_part_inout(part, trial->owner));
	if (!before)
		snprintf(trial->message, sizeof trial->message, "%s", trapped.report.message);
}

/* How a share has ended, whose parts were not run. */
DEED_UNCHECKED Test(share, what_is_not_shared_out_any_more_is_told_with_its_end)
{
	static const char *const ends[] = { "deed_unshare() has taken it back",
					    "deed_unshare() has taken it back",
					    "deed_loans_unwind() has ended that",
					    "that ended when the parts were done" };

	for (size_t how = 0; how < ARRAY_LEN(ends); how++) {
		const uint64_t mark = deed_loans_mark();
		deed_f32 xs = DEED_EMPTY;
		struct trial trial = { .owner = &xs };
		struct deed_plan plan, copy;

		make(&xs, 80);
		deed_plan_chunks(&plan, 80, 10);
		deed_share_inout(&plan, &xs, DEED_BY_INDEX);
		copy = plan;
		if (how == 2)
			deed_loans_unwind(mark);
		else if (how == 3)
			run(&plan, nothing, NULL);
		else
			deed_unshare(&plan);
		cr_expect(deed_parallel_for(NULL, how == 1 ? &copy : &plan, takes_in_vain,
					    &trial) == 0);
		cr_expect(trial.runs == 8 && strstr(trial.message, ends[how]), "%zu: %zu, %s", how,
			  trial.runs, trial.message);
		deed_drop(&xs);
	}
}

/* Whoever meets what a plan has shared out that is not run is told how to take it back. */
Test(share, what_is_shared_out_by_a_plan_that_is_not_run_is_told_as_such)
{
	struct deed_plan lost, plan;

	for (int how = 0; how < 3; how++) {
		deed_f32 xs = DEED_EMPTY;

		make(&xs, 80);
		deed_plan_chunks(&lost, 80, 10);
		deed_plan_chunks(&plan, 80, 20);
		deed_share_inout(&lost, &xs, DEED_BY_INDEX);
		if (how == 0)
			expect_fault(DEED_E09, deed_share_inout(&plan, &xs, DEED_BY_INDEX));
		else if (how == 1)
			expect_fault(DEED_E09, (void)deed_inout(&xs));
		else
			expect_fault(DEED_E08, deed_drop(&xs));
		cr_expect(strstr(unbroken(trapped.report.text), "its plan was not run yet") &&
				  strstr(unbroken(trapped.report.text), "deed_unshare(&plan)"),
			  "%d: %s", how, trapped.report.text);
		deed_unshare(&lost);
		if (how == 0)
			run(&plan, nothing, NULL);
		deed_drop(&xs);
	}
}

Test(share, memory_stays_as_it_is)
{
	size_t edges[1001];
	deed_f32 ys = DEED_EMPTY;
	struct deed_plan plan;
	size_t before = 0;

	for (size_t i = 0; i < ARRAY_LEN(edges); i++)
		edges[i] = 2 * i;
	make(&ys, 4000);
	for (int round = 0; round < 300; round++) {
		DEED_INOUT(v, &ys);
		struct job job = { .y = v };

		deed_plan_chunks(&plan, 1000, 1);
		deed_share_inout(&plan, &job.y, deed_by_edges(edges));
		run(&plan, add_one, &job);
		deed_plan_chunks(&plan, 1000, 1);
		deed_share_inout(&plan, &job.y, deed_by_call(every_other, &(size_t){ 1 }));
		cr_expect(deed_stats().live_loans == 1001);
		run(&plan, add_one, &job);
		if (round == 20)
			before = deed_stats().ledger_bytes;
	}
	cr_expect(deed_stats().ledger_bytes == before, "%zu and %zu", before,
		  deed_stats().ledger_bytes);
	deed_drop(&ys);
}

/* ---- plans that are none -------------------------------------------------------------------- */

static struct deed_plan plan_of_bytes(int byte)
{
	struct deed_plan plan;

	memset(&plan, byte, sizeof plan);
	return plan;
}

/* What was never cut, or was written over since, as far as a plan can tell. */
Test(share, a_plan_that_was_never_cut)
{
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plans[11];

	make(&xs, 100);
	for (size_t i = 0; i < ARRAY_LEN(plans); i++)
		deed_plan_chunks(&plans[i], 100, 10);
	plans[0] = plan_of_bytes(0xaa);
	plans[1] = plan_of_bytes(0xff);
	plans[2] = plan_of_bytes(0x01);
	plans[3] = plan_of_bytes(0);
	plans[4].share_count = DEED_SHARES_MAX + 1;
	plans[5].err = 7;
	plans[6].share_err = -0x55555556;
	plans[7].parts = 11;
	plans[8].chunk = 0;
	plans[9].is_dynamic = 2;
	plans[10].is_tiles = 2;
	for (size_t i = 0; i < ARRAY_LEN(plans); i++) {
		struct deed_plan plan = plans[i];
		int err = 0;

		expect_fault(DEED_E18, err = deed_parallel_for(NULL, &plan, nothing, NULL));
		cr_expect(err == -EINVAL && strstr(trapped.report.text, "deed_plan_chunks("));
		/* Told once, and then it is a plan of no part. */
		expect_silent(err = deed_parallel_for(NULL, &plan, nothing, NULL));
		cr_expect(err == -EINVAL);
		plan = plans[i];
		expect_fault(DEED_E18, deed_share_inout(&plan, &xs, DEED_BY_INDEX));
		cr_expect(strstr(trapped.report.text, "deed_plan_chunks("));
		plan = plans[i];
		expect_fault(DEED_E18, deed_unshare(&plan));
		cr_expect(strstr(trapped.report.text, "deed_plan_chunks("));
		expect_silent(err = deed_parallel_for(NULL, &plan, nothing, NULL));
		cr_expect(err == -EINVAL && deed_stats().live_loans == 0);
		deed_plan_chunks(&plan, 100, 10);
		expect_silent(deed_share_inout(&plan, &xs, DEED_BY_INDEX));
		run(&plan, nothing, NULL);
	}
	deed_drop(&xs);
}

/* Of a plan of rows it would be their first elements, and no word. */
Test(share, tiles_are_of_a_plan_of_tiles)
{
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan;

	make(&xs, 80);
	for (int i = 0; i < 2; i++) {
		deed_plan_chunks(&plan, 8, 4);
		if (i)
			deed_plan_parts(&plan, 8, 2);
		expect_fault(DEED_E18, deed_share_inout(&plan, &xs, deed_by_tile(10)));
		cr_expect(strstr(trapped.report.text, "deed_plan_tiles("));
		cr_expect(plan.share_count == 0 && deed_stats().live_loans == 0);
		cr_expect(deed_parallel_for(NULL, &plan, nothing, NULL) == -EINVAL);
		run(&plan, nothing, NULL);
	}
	/* A column is tiles, too, if it was cut so: the others are padding. */
	deed_plan_tiles(&plan, 8, 1, 4, 1);
	expect_silent(deed_share_inout(&plan, &xs, deed_by_tile(10)));
	run(&plan, nothing, NULL);
	deed_drop(&xs);
}

Test(share, a_plan_of_whatever_size_is_one)
{
	static const size_t numbers[] = { 0, 1, 7, 64, (size_t)UINT32_MAX + 1, SIZE_MAX };
	struct deed_plan plan;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		for (size_t k = 0; k < ARRAY_LEN(numbers); k++) {
			deed_plan_chunks(&plan, numbers[i], numbers[k]);
			if (plan.err || plan.parts < 10000)
				expect_silent((void)!deed_parallel_for(NULL, &plan, nothing, NULL));
			deed_plan_parts(&plan, numbers[i], numbers[k]);
			if (plan.err || plan.parts < 10000)
				expect_silent((void)!deed_parallel_for(NULL, &plan, nothing, NULL));
			deed_plan_tiles(&plan, numbers[i], numbers[k], numbers[k], numbers[i]);
			deed_plan_dynamic(&plan);
			if (plan.err || plan.parts < 10000)
				expect_silent((void)!deed_parallel_for(NULL, &plan, nothing, NULL));
		}
}

/* ---- advice --------------------------------------------------------------------------------- */

/* Nobody has a part of a plan that is wrong: that is no news. */
Test(share, no_gap_is_told_of_a_plan_that_is_wrong)
{
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan;

	make(&xs, 100);
	deed_plan_chunks(&plan, 100, 0);
	expect_silent(deed_share_inout(&plan, &xs, DEED_BY_INDEX));
	cr_expect(deed_parallel_for(NULL, &plan, nothing, NULL) == -EINVAL);
	deed_plan_tiles(&plan, SIZE_MAX, SIZE_MAX, 1, 1);
	expect_silent(deed_share_borrowed(&plan, &xs, deed_by_tile(10)));
	cr_expect(deed_parallel_for(NULL, &plan, nothing, NULL) == -EOVERFLOW);
	deed_drop(&xs);
}

Test(share, a_gap_is_told_once_per_place)
{
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan;

	make(&xs, 100);
	for (int i = 0; i < 3; i++) {
		deed_plan_chunks(&plan, 90, 10);
		expect_fault(i ? DEED_NO_FAULT : DEED_A06,
			     deed_share_borrowed(&plan, &xs, DEED_BY_INDEX));
		if (!i) {
			cr_expect(strstr(trapped.report.message,
					 "no part has elements [90, 100) of `xs`"));
			cr_expect(trapped.report.sites[0].lo == 90 &&
				  trapped.report.sites[0].hi == 100);
		}
		run(&plan, nothing, NULL);
	}
	deed_plan_tiles(&plan, 9, 8, 2, 2);
	expect_fault(DEED_A06, deed_share_inout(&plan, &xs, deed_by_tile(10)));
	cr_expect(strstr(trapped.report.message, "[90, 100)"));
	run(&plan, nothing, NULL);
	deed_plan_tiles(&plan, 10, 8, 2, 2);
	expect_silent(deed_share_inout(&plan, &xs, deed_by_tile(10)));
	run(&plan, nothing, NULL);
	deed_plan_chunks(&plan, 9, 1);
	expect_silent(deed_share_inout(&plan, &xs, deed_by_halo(0, 0)));
	run(&plan, nothing, NULL);
	deed_plan_chunks(&plan, 9, 1);
	expect_fault(DEED_A06, deed_share_inout(&plan, &xs, deed_covering(deed_by_halo(0, 0))));
	run(&plan, nothing, NULL);
	deed_plan_chunks(&plan, 0, 1);
	expect_fault(DEED_A06, deed_share_inout(&plan, &xs, DEED_BY_INDEX));
	run(&plan, nothing, NULL);
	deed_drop(&xs);
}

/* Whether two parts of a rule write to one cache line, by looking at every byte. */
static bool shares_line(const struct deed_plan *plan, const struct deed_share *share, size_t align,
			size_t element)
{
	for (size_t base = 0; base < 64; base += align) {
		size_t writer[64] = { 0 };

		for (size_t index = 0; index < plan->parts; index++) {
			const struct deed_part part = deed_plan_part(plan, index);
			struct deed_extent extent;

			deed_share_extent_(share, &part, &extent);
			for (size_t y = 0; y < extent.rows; y++)
				for (size_t x = 0; x < extent.width; x++) {
					const size_t at = extent.lo + y * extent.pitch + x;

					for (size_t i = 0; i < element; i++) {
						size_t *const line =
							&writer[(base + at * element + i) / 64];

						if (*line && *line != index + 1)
							return true;
						*line = index + 1;
					}
				}
		}
	}
	return false;
}

Test(share, edges_that_split_cache_lines_are_found)
{
	static struct deed_site places[4000];
	uint64_t random = 11;
	size_t edges[65], seen[2] = { 0 };
	struct deed_range ranges[64];

	for (size_t round = 0; round < ARRAY_LEN(places); round++) {
		/* Rows of 64 bytes, or of nearly as many. */
		const size_t len = 1 + random_below(&random, 200),
			     scale = 1 + random_below(&random, 16);
		const size_t align = (size_t)1 << (2 + random_below(&random, 5));
		struct deed_share share = { .len = len, .is_inout = 1 };
		struct deed_plan plan;
		deed_f32 xs = DEED_EMPTY;
		bool expected, told;

		if (random_below(&random, 2))
			deed_plan_chunks(&plan, random_below(&random, 20) * scale / 2,
					 random_below(&random, 9) * scale + 1 - (scale > 1));
		else
			deed_plan_tiles(&plan, random_below(&random, 6),
					random_below(&random, 3) * 16, 1 + random_below(&random, 3),
					8 + 8 * random_below(&random, 2));
		if (plan.err || plan.parts > 60)
			continue;
		share.rule = random_below(&random, 3) || !plan.is_tiles
				     ? draw_rule(&random, &plan, edges, ranges, len)
				     : deed_by_tile(16 * random_below(&random, 3));
		if (len > 200 || wrong_by_counting(&plan, &share, true) % DEED_ADVISORY_FIRST)
			continue;
		cr_assert(deed_new_aligned(&xs, len, align) == 0);
		expected = shares_line(&plan, &share, align < 16 ? 16 : align, sizeof(float));
		{
			/* A place of its own, each time: what is told once is not told again. */
			struct deed_site *const here = &places[round];
			DEED_HOT("here");

			*here = *DEED_HERE("&xs", xs.tag);
			share.rule.covers = 0;
			told = fault_of(deed_share_(&plan, deed_source_owner_(&xs.h), share.rule,
						    DEED_LEND_INOUT, DEED_FRAME, sizeof(float),
						    here)) == DEED_A03;
		}
		run(&plan, nothing, NULL);
		cr_assert(told == expected, "round %zu: %d", round, told);
		seen[told]++;
		deed_drop(&xs);
	}
	cr_expect(seen[0] > 100 && seen[1] > 100, "%zu %zu", seen[0], seen[1]);
}

PART_FN(takes_long)
{
	struct timespec now, began;

	(void)part;
	(void)context;
	clock_gettime(CLOCK_MONOTONIC, &began);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - began.tv_sec) * 1000000000 + now.tv_nsec - began.tv_nsec < 3000);
}

Test(share, an_edge_that_splits_a_cache_line_is_told_once_and_in_a_hot_region_only)
{
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan;

	cr_assert(deed_new_aligned(&xs, 1000, 64) == 0);
	deed_plan_chunks(&plan, 1000, 100);
	expect_silent(deed_share_inout(&plan, &xs, DEED_BY_INDEX));
	run(&plan, nothing, NULL);
	{
		DEED_HOT("sum");

		for (int i = 0; i < 2; i++) {
			expect_fault(i ? DEED_NO_FAULT : DEED_A03,
				     deed_share_inout(&plan, &xs, DEED_BY_INDEX));
			run(&plan, takes_long, NULL);
		}
		expect_silent(deed_share_borrowed(&plan, &xs, DEED_BY_INDEX));
		run(&plan, takes_long, NULL);
		deed_plan_parts(&plan, 1000, 5);
		expect_silent(deed_share_inout(&plan, &xs, DEED_BY_INDEX));
		run(&plan, takes_long, NULL);
		deed_plan_chunks(&plan, 1000, 1);
		expect_fault(DEED_A03, deed_share_inout(&plan, &xs, deed_by_part(1)));
		cr_expect(strstr(trapped.report.message, "parts 0 and 1 of `xs`"));
		cr_expect(strstr(trapped.report.text, "deed_by_part(16)"));
		cr_expect(trapped_sites(DEED_ROLE_HOT, 0) == 1 &&
			  trapped_sites(DEED_ROLE_PART, 0) == 2);
		run(&plan, takes_long, NULL);
	}
	deed_drop(&xs);
}

Test(share, parts_that_are_too_small_are_told_in_a_hot_region)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 1000, 1);
	expect_silent(run(&plan, nothing, NULL));
	{
		DEED_HOT("sum");

		expect_silent(cr_expect(deed_parallel_for(NULL, &plan, takes_long, NULL) == 0));
		for (int i = 0; i < 2; i++)
			expect_fault(i ? DEED_NO_FAULT : DEED_A05,
				     cr_expect(deed_parallel_for(NULL, &plan, nothing, NULL) == 0));
		deed_plan_chunks(&plan, 1000, 1000);
		expect_silent(cr_expect(deed_parallel_for(NULL, &plan, nothing, NULL) == 0));
		deed_plan_chunks(&plan, 0, 1000);
		expect_silent(cr_expect(deed_parallel_for(NULL, &plan, nothing, NULL) == 0));
	}
}

/* ---- on threads ----------------------------------------------------------------------------- */

struct crowd {
	deed_u32_inout y, z;
	deed_u32_borrowed x;
	_Atomic size_t elements;
};

PART_FN(works_in_a_crowd)
{
	struct crowd *const crowd = context;
	const deed_u32_inout y = deed_part_inout(part, &crowd->y);
	const deed_u32_borrowed x = deed_part_borrowed(part, &crowd->x);
	const deed_u32_inout z = deed_part_inout(part, &crowd->z);

	for (size_t i = 0; i < deed_len(y); i++)
		deed_at(y, i) += deed_len(x) ? deed_at(x, 0) : 1;
	if (deed_len(z) > 1) {
		DEED_INOUT_PART(first, &z, 0, 1);
		DEED_INOUT_PART(rest, &z, 1, deed_len(z));

		deed_at(first, 0)++;
		for (size_t i = 0; i < deed_len(rest); i++)
			deed_at(rest, i)++;
	}
	atomic_fetch_add(&crowd->elements, deed_len(y) + deed_len(z));
}

static void do_nothing(struct deed_part *part, void *unused)
{
	(void)part;
	(void)unused;
}

/* The copy knows where the original's ranges were. */
Test(share, that_was_copied_with_its_plan_gives_nothing_back_twice)
{
	size_t edges[] = { 0, 10, 50, 100 };
	deed_f32 xs = DEED_EMPTY;
	struct deed_plan plan, copy;
	deed_f32_inout x;
	char *room;

	cr_assert(deed_new_zeroed(&xs, 100) == 0);
	x = deed_inout(&xs);
	deed_plan_chunks(&plan, 3, 1);
	deed_share_inout(&plan, &x, deed_by_edges(edges));
	copy = plan;
	cr_assert(deed_parallel_for(NULL, &plan, do_nothing, NULL) == 0);
	/* Where they were, there is something else now. */
	room = mmap(copy.shares[0].told, 1, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	cr_assert(room == (char *)copy.shares[0].told, "something else is there");
	*room = 1;
	cr_expect(deed_parallel_for(NULL, &copy, do_nothing, NULL) == 0);
	cr_expect(msync(room, 1, MS_ASYNC) == 0, "it was unmapped");
	munmap(room, 1);
	deed_end(&xs, &x);
	deed_drop(&xs);
}

Test(share, threads_take_their_parts_side_by_side)
{
	enum { REGIONS = 300, PARTS = 50 };
	static const unsigned workers[] = { 1, 2, 8 };
	size_t edges[PARTS + 1];
	deed_u32 xs = DEED_EMPTY, ys = DEED_EMPTY, zs = DEED_EMPTY;

	for (size_t i = 0; i <= PARTS; i++)
		edges[i] = 7 * i;
	cr_assert(deed_new_zeroed(&xs, COUNT) == 0 && deed_new_zeroed(&ys, COUNT) == 0 &&
		  deed_new_zeroed(&zs, COUNT) == 0);
	{
		DEED_INOUT(x, &xs);

		deed_fill(x, 1);
	}
	for (size_t w = 0; w < ARRAY_LEN(workers); w++) {
		struct deed_pool *pool = NULL;
		struct crowd crowd = { .elements = 0 };

		cr_assert(deed_pool_new(&pool, workers[w]) == 0);
		for (size_t region = 0; region < REGIONS; region++) {
			struct deed_plan plan;
			DEED_INOUT(y, &ys);
			DEED_INOUT(z, &zs);
			DEED_BORROWED(x, &xs);

			crowd.y = y;
			crowd.z = z;
			crowd.x = x;
			deed_plan_chunks(&plan, COUNT, COUNT / PARTS);
			if (region % 2)
				deed_plan_dynamic(&plan);
			deed_share_inout(&plan, &crowd.y, DEED_BY_INDEX);
			deed_share_inout(&plan, &crowd.z, deed_by_edges(edges));
			deed_share_borrowed(&plan, &crowd.x, deed_by_halo(region % 5, 2));
			cr_assert(deed_parallel_for(pool, &plan, works_in_a_crowd, &crowd) == 0);
		}
		cr_expect(crowd.elements == (size_t)REGIONS * (COUNT + 7 * PARTS));
		cr_expect(deed_pool_free(&pool) == 0);
	}
	{
		DEED_BORROWED(y, &ys);
		DEED_BORROWED(z, &zs);

		for (size_t i = 0; i < COUNT; i++) {
			cr_assert(deed_at(y, i) == 3 * REGIONS);
			cr_assert(deed_at(z, i) == (i < 7 * PARTS ? 3 * REGIONS : 0));
		}
	}
	deed_drop(&xs);
	deed_drop(&ys);
	deed_drop(&zs);
}
