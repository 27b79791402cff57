/* SPDX-License-Identifier: MIT
 *
 * lib/trap/lend_raw.c - DEED_LEND: what is asked is checked here, and lent in raw.c.
 */
#include "deed/border.h"

#include "grant.h"
#include "guard.h"
#include "history.h"
#include "raw.h"
#include "task.h"

DEED_EXPORT struct deed_grant deed_trap_lend_raw(const void *data, size_t count, unsigned flags,
						 const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	struct deed_ask ask = {
		.at = at, .frame = frame, .is_inout = flags & DEED_LEND_INOUT, .is_guard = true
	};
	struct deed_finding *finding = NULL;
	struct deed_grant grant = { (void *)(uintptr_t)data, 0 };
	size_t len = count;
	const struct deed_plain name = deed_plain(at->text);
	size_t bytes = 0;

	if (!me) {
		deed_reentered(at, frame);
		return deed_refused(deed_self, (void *)(uintptr_t)data, count);
	}
	deed_task_see(me, frame, at);
	ask.stack = deed_ask_stack(me, frame);
	(void)deed_guards_end_jumped_over(me, at, frame);
	if (__builtin_mul_overflow(count, at->element_bytes, &bytes) ||
	    bytes > SIZE_MAX - (uintptr_t)data) {
		finding = deed_finding_begin(me, DEED_E15, at, frame);
		deed_finding_does(finding, "lent", false);
		deed_finding_say(finding,
				 "`%s` is lent with %zu elements, more than memory holds%s",
				 name.text, count,
				 count > SIZE_MAX / 2 ? ": did the count go below 0?" : "");
		len = 0;
	} else if (!data && bytes) {
		finding = deed_finding_begin(me, DEED_E18, at, frame);
		deed_finding_does(finding, "lent", false);
		deed_finding_say(finding, "`%s` is lent with %zu elements, but is a null pointer",
				 name.text, count);
		len = 0;
	} else if (bytes) {
		ask.group = deed_invocation(me, at, frame);
		ask.is_static = deed_is_in_team(me) && deed_history_is_static(me, data, bytes);
		grant.loan = deed_raw_lend(me, &ask, data, bytes, &finding);
	}
	if (ask.is_gone) {
		deed_raise(me, finding);
		return deed_refused_scratch(me, len, at->element_bytes);
	}
	/* All of it, though what it meets may have taken it in pieces. */
	ask.region = (struct deed_region){ 0, bytes, 0, 1 };
	return deed_grant_or_refuse(me, &ask, grant, len, finding);
}
