/* SPDX-License-Identifier: MIT
 *
 * lib/trap/plan_check.c - what is wrong with a plan, and with the parts of a share, in the words of
 * its rule.
 */
#include "layout.h"

#include "share.h"

#include "story.h"

/* Says what it is about: the share, and the buffer. Under the shard lock, if there is one. */
void deed_layout_tell(struct deed_finding *finding, const struct deed_ask *ask,
		      const struct deed_layout *layout)
{
	deed_finding_shares(finding, layout->plan, layout->share);
	if (ask->cell) {
		deed_finding_cell(finding, ask->cell);
		if (ask->parent)
			deed_finding_loan(finding, ask->parent);
		deed_finding_event(finding, ask->cell, 0, DEED_ROLE_ALLOCATED);
	}
}

/* Says which elements of the source it is about. */
void deed_layout_tell_range(struct deed_finding *finding, const struct deed_ask *ask,
			    const struct deed_layout *layout, size_t lo, size_t hi)
{
	const struct deed_share *const share = layout->share;
	const struct deed_region region = { share->offset + lo * share->element_bytes,
					    (hi - lo) * share->element_bytes, 0, 1 };
	const struct deed_scale scale = ask->parent
						? deed_loan_scale(deed_loan_at(ask->parent))
						: (struct deed_scale){ 0, share->element_bytes };
	const struct deed_elements elements = deed_scaled(scale, region);

	deed_finding_range(finding, elements.lo, elements.hi);
}

/* The sentence about a part that leaves the source. */
static void say_outside(struct deed_finding *finding, const char *name,
			const struct deed_layout *layout, const struct deed_extent *extent)
{
	const struct deed_part part = deed_plan_part(layout->plan, layout->outside);
	const struct deed_rule *const rule = &layout->share->rule;
	const size_t of = layout->plan->parts;

	if (deed_share_is_told(layout->share) && extent->lo > layout->share->told[part.index].hi)
		deed_finding_say(
			finding, "part %zu of %zu of `%s` begins at element %zu and ends at %zu",
			part.index, of, name, extent->lo, layout->share->told[part.index].hi);
	else if (rule->kind == DEED_RULE_TILE && part.x_hi > rule->a)
		deed_finding_say(finding,
				 "part %zu of %zu of `%s` is columns [%zu, %zu), but its rows have "
				 "%zu",
				 part.index, of, name, part.x_lo, part.x_hi, rule->a);
	else if (rule->kind == DEED_RULE_TILE)
		deed_finding_say(finding,
				 "part %zu of %zu of `%s` is rows [%zu, %zu), but it has %zu rows "
				 "of %zu",
				 part.index, of, name, part.lo, part.hi, layout->len / rule->a,
				 rule->a);
	else if (rule->kind == DEED_RULE_HALO)
		deed_finding_say(finding,
				 "part %zu of %zu of `%s` is of [%zu, %zu), but it has %zu",
				 part.index, of, name, part.lo, part.hi, layout->len);
	else
		deed_finding_say(
			finding, "part %zu of %zu of `%s` is elements [%zu, %zu), but it has %zu",
			part.index, of, name, extent->lo, deed_extent_hi(extent), layout->len);
}

/* Adds what a part is to have. */
void deed_layout_tell_part(struct deed_finding *finding, const struct deed_layout *layout,
			   size_t index)
{
	const struct deed_extent extent = deed_layout_extent(layout->plan, layout->share, index);

	deed_finding_part(finding, layout->plan, index, &extent,
			  deed_share_is_told(layout->share) ? layout->share->told[index].hi
			  : extent.rows == 1		    ? deed_extent_hi(&extent)
							    : extent.lo + extent.width);
}

/* E15. */
struct deed_finding *deed_layout_leaves(struct deed_thread *me, const struct deed_ask *ask,
					const struct deed_layout *layout)
{
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E15, ask->at, ask->frame);
	const struct deed_extent extent =
		deed_layout_extent(layout->plan, layout->share, layout->outside);

	deed_layout_tell(finding, ask, layout);
	deed_layout_tell_part(finding, layout, layout->outside);
	say_outside(finding, deed_plain(ask->at->text).text, layout, &extent);
	return finding;
}

/* E19. */
struct deed_finding *deed_layout_overlaps(struct deed_thread *me, const struct deed_ask *ask,
					  const struct deed_layout *layout)
{
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E19, ask->at, ask->frame);
	const struct deed_extent one =
		deed_layout_extent(layout->plan, layout->share, layout->first);
	const struct deed_extent other =
		deed_layout_extent(layout->plan, layout->share, layout->second);
	const size_t lo = deed_max(one.lo, other.lo),
		     hi = deed_min(deed_extent_hi(&one), deed_extent_hi(&other));
	const struct deed_plain name = deed_plain(ask->at->text);

	deed_layout_tell(finding, ask, layout);
	deed_layout_tell_part(finding, layout, layout->first);
	deed_layout_tell_part(finding, layout, layout->second);
	deed_layout_tell_range(finding, ask, layout, lo, hi);
	if (hi - lo == 1)
		deed_finding_say(finding, "parts %zu and %zu of `%s` both write element %zu",
				 layout->first, layout->second, name.text, lo);
	else
		deed_finding_say(finding,
				 "parts %zu and %zu of `%s` both write elements [%zu, %zu)",
				 layout->first, layout->second, name.text, lo, hi);
	return finding;
}

/* ---- plans ---------------------------------------------------------------------------------- */

#define ERRNO_MAX 4095

static bool is_error(int err)
{
	return err <= 0 && err >= -ERRNO_MAX;
}

/* What is in memory that nobody wrote to is seldom what cutting makes of it. A program may take the
 * last parts away, but there are no others. */
static bool is_cut(const struct deed_plan *plan)
{
	struct deed_plan again;

	if (plan->is_dynamic > 1 || plan->is_tiles > 1 || plan->share_count > DEED_SHARES_MAX ||
	    plan->shared_before > DEED_SHARES_MAX || !is_error(plan->err) ||
	    !is_error(plan->share_err))
		return false;
	deed_plan_tiles(&again, plan->count, plan->columns, plan->chunk, plan->x_chunk);
	return plan->parts <= again.parts && (plan->err || !again.err);
}

/* E18. */
static struct deed_finding *is_none(struct deed_thread *me, const char *verb, const void *frame,
				    const struct deed_site *at)
{
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E18, at, frame);

	deed_finding_does(finding, verb, false);
	deed_finding_say(finding, "`%s` is %s: it was never cut into parts, or was written over",
			 deed_plain(at->text).text, verb);
	return finding;
}

bool deed_plan_is_cut(struct deed_plan *plan, const char *verb, const void *frame,
		      const struct deed_site *at)
{
	struct deed_thread *me;

	if (DEED_LIKELY(is_cut(plan)))
		return true;
	deed_plan_chunks(plan, 0, 0);
	me = deed_enter();
	if (me)
		deed_raise(me, is_none(me, verb, frame, at));
	else
		deed_reentered(at, frame);
	return false;
}

/* E18. */
static struct deed_finding *is_of_no_tiles(struct deed_thread *me, const struct deed_plan *plan,
					   const void *frame, const struct deed_site *at)
{
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E18, at, frame);

	deed_finding_does(finding, "shared out in tiles, which the plan has not", false);
	deed_finding_say(finding,
			 "`%s` is shared out in tiles, but the %zu parts of the plan are no tiles",
			 deed_plain(at->text).text, plan->parts);
	return finding;
}

void deed_plan_lacks_tiles(const struct deed_plan *plan, const void *frame,
			   const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();

	if (me)
		deed_raise(me, is_of_no_tiles(me, plan, frame, at));
	else
		deed_reentered(at, frame);
}
