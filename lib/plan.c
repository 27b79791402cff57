/* SPDX-License-Identifier: MIT
 *
 * lib/plan.c - which elements of a shared buffer are a part's.
 *
 * The rules are arithmetic on the part's indices, in elements. Where it would overflow, the
 * bounds stop at SIZE_MAX, which fits no buffer: a trap build finds such a rule when the buffer is
 * shared out, before any part is taken.
 */
#include "deed/plan.h"

#include "base.h"

static size_t times(size_t a, size_t b)
{
	size_t product;

	return __builtin_mul_overflow(a, b, &product) ? SIZE_MAX : product;
}

static size_t plus(size_t a, size_t b)
{
	size_t sum;

	return __builtin_add_overflow(a, b, &sum) ? SIZE_MAX : sum;
}

static struct deed_extent tile(const struct deed_share *share, const struct deed_part *part)
{
	const struct deed_extent tile = { plus(times(part->lo, share->rule.a), part->x_lo),
					  part->x_hi - part->x_lo, share->rule.a,
					  part->hi - part->lo };

	return tile;
}

DEED_EXPORT void deed_share_extent_(const struct deed_share *share, const struct deed_part *part,
				    struct deed_extent *ret)
{
	const struct deed_rule *const rule = &share->rule;
	const size_t len = share->len & DEED_LEN_MAX;
	struct deed_range range = { 0, 0 };

	switch (rule->kind) {
	case DEED_RULE_INDEX:
		range.lo = times(part->lo, rule->a);
		range.hi = times(part->hi, rule->a);
		break;
	case DEED_RULE_PART:
		range.lo = times(part->index, rule->a);
		range.hi = plus(range.lo, rule->a);
		break;
	case DEED_RULE_HALO:
		range.lo = part->lo - deed_min(part->lo, rule->a);
		range.hi = deed_min(len, plus(part->hi, rule->b));
		break;
	case DEED_RULE_EDGES:
		range.lo = rule->edges[part->index];
		range.hi = rule->edges[part->index + 1];
		break;
	case DEED_RULE_CALL:
		range = rule->call(part, rule->context);
		break;
	case DEED_RULE_TILE:
		*ret = tile(share, part);
		return;
	}
	ret->lo = range.lo;
	ret->width = range.lo <= range.hi ? range.hi - range.lo : SIZE_MAX;
	ret->pitch = 0;
	ret->rows = 1;
}
