/* SPDX-License-Identifier: MIT
 *
 * lib/trap/share.c - buffers are shared out, and parts taken.
 */
#include "deed/lend.h"
#include "deed/plan.h"

#include "task.h"
#include "tree.h"

DEED_EXPORT void deed_trap_share(struct deed_plan *plan, struct deed_share *share,
				 const struct deed_owner *owner, const void *frame,
				 const struct deed_site *at)
{
	const struct deed_extent all = { 0, share->len & DEED_LEN_MAX, 0, 1 };
	const unsigned flags = share->is_inout ? DEED_LEND_INOUT : DEED_LEND_BORROWED;

	(void)plan;
	share->lent = (owner ? deed_trap_lend_part(owner, flags, &all, frame, at)
			     : deed_trap_reborrow(share->data, share->len, share->loan, flags, &all,
						  frame, at))
			      .loan;
}

DEED_EXPORT struct deed_grant deed_trap_part(struct deed_part *part, const struct deed_share *share,
					     unsigned flags, struct deed_extent *ret,
					     const void *frame, const struct deed_site *at)
{
	const uint32_t parent = deed_loan_slot(share->lent);
	const size_t element = at->element_bytes;
	struct deed_thread *const me = deed_enter();
	struct deed_ask ask = { .at = at,
				.frame = frame,
				.cell = deed_loan_cell(deed_loan_at(parent)),
				.parent = parent,
				.is_inout = flags & DEED_LEND_INOUT };
	struct deed_grant grant;
	struct deed_loan *row;
	uint32_t slot;

	deed_share_extent_(share, part, ret);
	grant.data = share->loan ? (char *)(uintptr_t)share->data + ret->lo * element
				 : (char *)deed_cell_at(ask.cell)->base + ret->lo * element;
	ask.region = (struct deed_region){ (size_t)((char *)grant.data -
						    (char *)deed_cell_at(ask.cell)->base),
					   ret->width * element, ret->pitch * element, ret->rows };
	slot = deed_slot_take(me);
	row = deed_loan_at(slot);
	deed_loan_fill(me, row, &ask);
	deed_loan_set_who(row, row->who | DEED_WHO_IS_PART);
	row->next_part = me->task->parts;
	me->task->parts = slot;
	__atomic_store_n(&row->word, deed_live_word(row->word, ask.is_inout, me->in_task),
			 __ATOMIC_RELEASE);
	grant.loan = deed_loan_id(row, slot);
	deed_leave(me);
	return grant;
}
