/* SPDX-License-Identifier: MIT
 *
 * lib/trap/finding.h - the memory of a finding: see story.h.
 */
#ifndef DEED_FINDING_H
#define DEED_FINDING_H

#include "stack.h"
#include "story.h"

#define DEED_FIRST_SITES 128

struct deed_finding {
	struct deed_report report;
	struct deed_finding *older; /* of this thread */
	const void *frame;	    /* of the function that the verb is written in */
	bool is_follow_on;
	size_t site_limit, site_count;
	struct deed_report_site *sites; /* behind this struct, or pages of their own */
	size_t more_bytes;		/* of those */
	struct deed_report_site events[DEED_EVENTS];
	uintptr_t stack[DEED_STACK_MAX];
	char message[512];
	char in_place[DEED_CALL_TEXT];
	struct deed_plain name;
	struct deed_report_site first_sites[DEED_FIRST_SITES];
};

/* The next site; the last one again when there is no memory for more. */
struct deed_report_site *deed_finding_new_site(struct deed_finding *finding);

#endif
