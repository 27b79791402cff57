/* SPDX-License-Identifier: MIT
 *
 * lib/trap/taking.c - what is wrong with how a part takes its own.
 *
 * The commonest slips have words of their own: a share that ended with the deed_parallel_for()
 * before, another view or the owner of what was shared out, and a part that is not what the
 * function was given.
 */
#include "taking.h"

#include "layout.h"
#include "rights.h"
#include "shard.h"
#include "story.h"

/* Adds the share's loan while it lives, or else, if its row still tells of it, how it ended. */
static void tell_share(struct deed_finding *finding, const struct deed_share *share)
{
	const uint32_t slot = deed_loan_slot(share->lent);
	const struct deed_loan *const row = deed_loan_at(slot);
	const uint32_t cell = slot ? deed_loan_cell(row) : 0;

	if (!slot || share->lent == DEED_LOAN_REFUSED)
		return;
	deed_shard_take(cell);
	if (deed_loan_is_told(row, share->lent)) {
		deed_finding_cell(finding, cell);
		if (deed_word_is(deed_loan_word(row), share->lent))
			deed_finding_loan(finding, slot);
		else
			deed_finding_loan_story(finding, slot);
		deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	}
	deed_shard_give(cell);
}

/* The finding, of a share or of none. */
static struct deed_finding *begin(struct deed_thread *me, enum deed_fault fault,
				  const struct deed_taking *taking, const struct deed_share *share,
				  const char *verb)
{
	struct deed_finding *const finding =
		deed_finding_begin(me, fault, taking->at, taking->frame);

	deed_finding_does(finding, verb, false);
	deed_finding_asks(finding, taking->flags & DEED_LEND_INOUT,
			  (struct deed_region){ 0, 0, 0, 1 }, (struct deed_scale){ 0, 0 });
	if (share)
		tell_share(finding, share);
	return finding;
}

/* ---- of the part ---------------------------------------------------------------------------- */

/* Each by itself, for compilers that do not optimise copy a struct by memcpy(). */
__attribute__((noinline, no_sanitize_address)) struct deed_part deed_part_said(
	const struct deed_part *part)
{
	struct deed_part said = { .index = part->index, .lo = part->lo, .hi = part->hi };

	said.x_lo = part->x_lo;
	said.x_hi = part->x_hi;
	said.worker = part->worker;
	said.plan = part->plan;
	return said;
}

bool deed_taking_is_of_copy(const struct deed_task *task, const struct deed_part *said)
{
	return task && task->team && said->plan == task->team->plan && said->index == task->index;
}

bool deed_taking_is_of_around(const struct deed_task *task, const struct deed_part *part)
{
	while (task && task->team && (task = task->team->outer))
		if (task->part == part)
			return true;
	return false;
}

bool deed_part_is_not_ours(const struct deed_part *part, const char *verb, const void *frame,
			   const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding;
	struct deed_tale tale;

	if (!me) /* a signal handler that interrupted the ledger: cancelling is safe there */
		return false;
	deed_task_see(me, frame, at);
	if ((me->task && me->task->part == part) || deed_taking_is_of_around(me->task, part)) {
		deed_leave(me);
		return false;
	}
	tale = deed_tale_of_thread(me);
	finding = deed_finding_begin(me, DEED_E20, at, frame);
	deed_finding_does(finding, verb, false);
	deed_finding_say(finding, "`%s` is %s in %s, but it is over, another's, or a copy",
			 deed_plain(at->text).text, verb, deed_tale_name(&tale).text);
	deed_raise(me, finding);
	return true;
}

struct deed_finding *deed_taking_of_others(struct deed_thread *me, const struct deed_taking *taking)
{
	const struct deed_part said = deed_part_said(taking->part);
	const struct deed_tale tale = deed_tale_of_thread(me);
	const struct deed_plain name = deed_plain(taking->at->text);
	struct deed_finding *finding;

	if (deed_taking_is_of_copy(me->task, &said)) {
		finding =
			begin(me, DEED_E20, taking, taking->share, "taken with a copy of the part");
		deed_finding_say(finding,
				 "`%s` is taken with a copy of part %zu, not with the part that "
				 "its function was given",
				 name.text, said.index);
	} else if (deed_taking_is_of_around(me->task, taking->part)) {
		finding = begin(me, DEED_E20, taking, taking->share, "taken with the part around");
		deed_finding_say(finding,
				 "`%s` is taken with part %zu of the plan around, in %s of the one "
				 "inside",
				 name.text, said.index, deed_tale_name(&tale).text);
	} else if (deed_task_is_unwound(me, said.index)) {
		finding = begin(me, DEED_E20, taking, taking->share, "taken after unwinding");
		deed_finding_say(finding,
				 "what part %zu has of `%s` is taken, but deed_loans_unwind() has "
				 "ended that part: its mark is from before that began",
				 said.index, name.text);
	} else {
		finding = begin(me, DEED_E20, taking, taking->share, "taken");
		deed_finding_say(finding, "what part %zu has of `%s` is taken by %s", said.index,
				 name.text, deed_tale_name(&tale).text);
	}
	return finding;
}

/* ---- of the source -------------------------------------------------------------------------- */

/* The share that ended when the last deed_parallel_for() of the plan returned. */
static const struct deed_share *share_of_before(const struct deed_taking *taking)
{
	const struct deed_plan *const plan = taking->part->plan;

	for (uint32_t i = plan->share_count; i < plan->shared_before; i++)
		if (plan->shares[i].data == taking->source->data &&
		    plan->shares[i].len == taking->source->len &&
		    plan->shares[i].loan == taking->source->loan)
			return &plan->shares[i];
	return NULL;
}

/* The share whose elements the source has, too, but is another handle of. */
static const struct deed_share *share_beside(const struct deed_taking *taking)
{
	const struct deed_plan *const plan = taking->part->plan;
	const struct deed_share_source *const source = taking->source;
	const uintptr_t lo =
		(uintptr_t)(source->owner ? deed_share_base(source->owner) : source->data);
	const uintptr_t hi = lo + (source->len & DEED_LEN_MAX) * taking->at->element_bytes;

	for (uint32_t i = 0; lo && i < plan->share_count; i++) {
		const struct deed_share *const share = &plan->shares[i];
		const uintptr_t base = (uintptr_t)share->base;

		if (share->lent && share->lent != DEED_LOAN_REFUSED && base < hi &&
		    lo < base + (share->len & DEED_LEN_MAX) * share->element_bytes)
			return share;
	}
	return NULL;
}

/* The loan that the source is shared out by, though not to these parts: the plan was cut again
 * since, or it is another one; 0 if there is none. */
static uint64_t lent_elsewhere(const struct deed_taking *taking)
{
	const struct deed_share_source *const source = taking->source;
	struct deed_loan *const of = deed_loan_at(deed_loan_slot(source->loan));
	const uint32_t cell = source->owner ? deed_word_slot(deed_handle_word(source->owner))
			      : source->loan && source->loan != DEED_LOAN_REFUSED
				      ? deed_loan_cell(of)
				      : 0;
	struct deed_region asked = { 0, (source->len & DEED_LEN_MAX) * taking->at->element_bytes, 0,
				     1 };
	uint64_t lent = 0;
	uint32_t slot;

	if (!cell || !deed_cell_at(cell))
		return 0;
	deed_shard_take(cell);
	if (!source->owner)
		asked.lo = (uintptr_t)source->data - (uintptr_t)deed_cell_at(cell)->base;
	if (source->owner)
		slot = deed_word_generation(deed_handle_word(source->owner) ^
					    deed_cell_word(deed_cell_at(cell)))
			       ? 0
			       : deed_cell_at(cell)->regions;
	else
		slot = deed_word_is(deed_loan_word(of), source->loan) ? of->first_child : 0;
	for (; slot && !lent; slot = deed_loan_at(slot)->next)
		if (deed_loan_at(slot)->is_share &&
		    deed_region_meets(deed_loan_region(deed_loan_at(slot)), asked))
			lent = deed_loan_id(deed_loan_at(deed_loan_at(slot)->first_run),
					    deed_loan_at(slot)->first_run);
	deed_shard_give(cell);
	return lent;
}

/* Whether the part is as it was told: then it is the plan that is another one by now. */
static bool is_plan_cut_again(const struct deed_task *task, const struct deed_part *part,
			      const struct deed_tale *told)
{
	return part->plan == task->plan && part->index == told->part && part->lo == told->lo &&
	       part->hi == told->hi && part->x_lo == told->x_lo && part->x_hi == told->x_hi;
}

struct deed_finding *deed_taking_of_changed(struct deed_thread *me,
					    const struct deed_taking *taking)
{
	const struct deed_part *const part = taking->part;
	const struct deed_tale told = deed_tale_of_thread(me);
	const struct deed_share elsewhere = { .lent = lent_elsewhere(taking) };
	const struct deed_plain name = deed_plain(taking->at->text);
	struct deed_finding *finding;

	if (is_plan_cut_again(me->task, part, &told)) {
		finding = begin(me, DEED_E18, taking, taking->share ? taking->share : &elsewhere,
				"taken of a plan cut again");
		deed_finding_say(finding,
				 "`%s` is taken by part %zu of %zu, but their plan was cut again "
				 "while they run",
				 name.text, told.part, told.parts);
		return finding;
	}
	finding = begin(me, DEED_E15, taking, taking->share, "taken of a changed part");
	deed_finding_say(finding,
			 "`%s` is taken by part %zu, [%zu, %zu), which says of itself that it is "
			 "part %zu, [%zu, %zu): it was written to",
			 name.text, told.part, told.lo, told.hi, part->index, part->lo, part->hi);
	return finding;
}

static const char *why_ended(const struct deed_share *share)
{
	const struct deed_loan *const row = deed_loan_at(deed_loan_slot(share->lent));
	const char *const verb = deed_loan_is_told(row, share->lent) ? deed_loan_end_verb(row) : "";

	return !strcmp(verb, "unshared") ? "deed_unshare() has taken it back"
	       : *verb			 ? "deed_loans_unwind() has ended that"
					 : "that ended when the parts were done";
}

static struct deed_finding *unshared(struct deed_thread *me, const struct deed_taking *taking)
{
	const struct deed_share *const before =
		taking->before ? taking->before : share_of_before(taking);
	const struct deed_share *const beside = before ? NULL : share_beside(taking);
	const struct deed_share elsewhere = { .lent = before || beside ? 0
								       : lent_elsewhere(taking) };
	const char *const verb = beside				  ? "taken from another source"
				 : elsewhere.lent		  ? "taken of another cut"
				 : taking->flags & DEED_LEND_TILE ? "taken as a tile"
								  : "taken";
	struct deed_finding *const finding = begin(me, DEED_E18, taking,
						   before	    ? before
						   : elsewhere.lent ? &elsewhere
								    : beside,
						   verb);
	const struct deed_plain name = deed_plain(taking->at->text);

	if (before)
		deed_finding_rule(finding, &before->rule);
	if (before)
		deed_finding_say(finding, "`%s` is not shared out any more: %s", name.text,
				 why_ended(before));
	else if (beside)
		deed_finding_say(
			finding,
			"`%s` was not shared out to the parts of this plan, but `%s` of the same "
			"buffer was",
			name.text,
			deed_plain(deed_loan_at(deed_loan_slot(beside->lent))->site->text).text);
	else if (elsewhere.lent)
		deed_finding_say(finding,
				 "`%s` is shared out, but not to these parts: the plan was cut "
				 "again after that, or it is another one",
				 name.text);
	else
		deed_finding_say(finding, "`%s` was not shared out to the parts of this plan",
				 name.text);
	return finding;
}

struct deed_finding *deed_taking_of_unshared(struct deed_thread *me,
					     const struct deed_taking *taking)
{
	const struct deed_share *const share = taking->share;
	const struct deed_plain name = deed_plain(taking->at->text);
	const bool is_tile = taking->flags & DEED_LEND_TILE;
	struct deed_finding *finding;

	if (!share)
		return unshared(me, taking);
	finding = begin(me, DEED_E18, taking, share, is_tile ? "taken as a tile" : "taken");
	if ((taking->flags & DEED_LEND_INOUT) && !share->is_inout)
		deed_finding_say(finding,
				 "`%s` is taken for writing, but was shared out borrowed, to be "
				 "read only",
				 name.text);
	else if (is_tile)
		deed_finding_say(finding,
				 "`%s` is taken as a tile, but was not shared out in tiles",
				 name.text);
	else
		deed_finding_say(finding,
				 "`%s` was shared out in tiles, but is not taken as a tile",
				 name.text);
	return finding;
}

struct deed_finding *deed_taking_of_other_type(struct deed_thread *me,
					       const struct deed_taking *taking)
{
	const uint32_t slot = deed_loan_slot(taking->share->lent);
	const uint32_t cell = deed_loan_cell(deed_loan_at(slot));
	struct deed_finding *finding;

	deed_shard_take(cell);
	finding = deed_loan_of_others(me, slot, "taken", taking->frame, taking->at);
	deed_shard_give(cell);
	return finding;
}

/* ---- of the rule ---------------------------------------------------------------------------- */

struct deed_finding *deed_taking_of_other_range(struct deed_thread *me,
						const struct deed_taking *taking,
						const struct deed_extent *extent)
{
	const struct deed_share *const share = taking->share;
	const size_t index = taking->part->index;
	const struct deed_range told = share->told[index];
	struct deed_finding *const finding = begin(
		me, DEED_E15, taking, share,
		share->rule.kind == DEED_RULE_EDGES ? "taken by other edges" : "taken otherwise");

	deed_finding_say(finding,
			 "part %zu of `%s` is elements [%zu, %zu) here, but was [%zu, %zu) when it "
			 "was shared out",
			 index, deed_plain(taking->at->text).text, extent->lo,
			 deed_extent_hi(extent), told.lo, told.hi);
	return finding;
}
