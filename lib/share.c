/* SPDX-License-Identifier: MIT
 *
 * lib/share.c - buffers are shared out to the parts of a plan.
 *
 * A share is kept in the plan: the source as it was given, and the rule. A part finds it by the
 * source's address and length, for a release build knows no more of a source; so elements of one
 * address and length have one rule, in both flavours. What is checked of a share is trap/share.c's.
 */
#include "deed/share.h"

#include "base.h"
#include "trap/share.h"

static bool is_same_rule(const struct deed_rule *a, const struct deed_rule *b)
{
	return a->kind == b->kind && a->a == b->a && a->b == b->b && a->edges == b->edges &&
	       a->call == b->call && a->context == b->context;
}

/* Whether elements that begin at `data` are shared out already, by another rule. */
static bool is_ambiguous(const struct deed_plan *plan, const void *data, size_t len,
			 const struct deed_rule *rule)
{
	for (uint32_t i = 0; i < plan->share_count; i++) {
		const struct deed_share *const share = &plan->shares[i];
		const void *const there = DEED_TRAP ? share->base : share->data;

		if (len && there == data && (share->len & DEED_LEN_MAX) == len &&
		    !is_same_rule(&share->rule, rule))
			return true;
	}
	return false;
}

/* Whether the rule is for tiles, of which the plan, of one column, would give the first alone. */
static bool lacks_tiles(const struct deed_plan *plan, const struct deed_rule *rule)
{
	return rule->kind == DEED_RULE_TILE && !plan->is_tiles;
}

/* 0, or the error of one more share. */
static int refuses(const struct deed_plan *plan, const void *data, size_t len,
		   const struct deed_rule *rule)
{
	if ((rule->kind == DEED_RULE_EDGES && !rule->edges) ||
	    (rule->kind == DEED_RULE_CALL && !rule->call) || lacks_tiles(plan, rule))
		return -EINVAL;
	if (plan->share_count == DEED_SHARES_MAX)
		return -ENOSPC;
	return is_ambiguous(plan, data, len, rule) ? -EEXIST : 0;
}

DEED_EXPORT void deed_share_(struct deed_plan *plan, struct deed_share_source source,
			     struct deed_rule rule, unsigned is_inout, const void *frame,
			     size_t size, const struct deed_site *at)
{
	const void *const data =
		DEED_TRAP && source.owner ? deed_share_base(source.owner) : source.data;
	struct deed_share *share;
	int err;

	if (DEED_TRAP &&
	    !(deed_plan_is_cut(plan, "shared out by what is no plan", frame, at) &&
	      deed_plan_is_idle(plan, "shared out by a plan that is at work", frame, at)))
		return;
	err = refuses(plan, data, source.len & DEED_LEN_MAX, &rule);
	if (err) {
		plan->share_err = plan->share_err ? plan->share_err : err;
		if (DEED_TRAP && lacks_tiles(plan, &rule))
			deed_plan_lacks_tiles(plan, frame, at);
		return;
	}
	share = &plan->shares[plan->share_count];
	share->data = source.data;
	share->len = source.len;
	share->loan = source.loan;
	share->rule = rule;
	share->element_bytes = (uint32_t)size;
	share->is_inout = (uint16_t)is_inout;
	share->index = (uint16_t)plan->share_count++;
	if (DEED_TRAP)
		deed_share_out(plan, share, source.owner, frame, at);
}

DEED_EXPORT void deed_unshare_(struct deed_plan *plan, const void *frame,
			       const struct deed_site *at)
{
	if (DEED_TRAP && !(deed_plan_is_cut(plan, "unshared, but is no plan", frame, at) &&
			   deed_unshare_all(plan, frame, at)))
		return;
	plan->share_count = 0;
	plan->share_err = 0;
}

DEED_EXPORT void *deed_part_at_(const struct deed_part *part, const void *data, size_t len,
				size_t size, struct deed_extent *ret)
{
	const struct deed_share *share = part->plan->shares;
	const struct deed_share *const end = share + part->plan->share_count;

	while (share < end && (share->data != data || share->len != len))
		share++;
	if (share < end)
		deed_share_extent_(share, part, ret);
	else
		*ret = (struct deed_extent){ 0, 0, 0, 1 };
	return (char *)(uintptr_t)data + ret->lo * size;
}
