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
	const void *data = share->data;

	deed_share_extent_(share, part, ret);
	if (!share->loan)
		data = deed_cell_at(deed_loan_cell(deed_loan_at(deed_loan_slot(share->lent))))
			       ->base;
	return deed_trap_reborrow(data, share->len & DEED_LEN_MAX, share->lent,
				  flags & DEED_LEND_INOUT, ret, frame, at);
}
