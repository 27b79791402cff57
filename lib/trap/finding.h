/* SPDX-License-Identifier: MIT
 *
 * lib/trap/finding.h - the memory of a finding: see story.h.
 */
#ifndef DEED_FINDING_H
#define DEED_FINDING_H

#include "stack.h"
#include "story.h"
#include "tale.h"

#define DEED_FIRST_SITES 128
/* Of teams that a report names: those of nested ones may be more. */
#define DEED_FINDING_TEAMS 4

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
	struct {
		const struct deed_site *site;
		uint32_t thread;
		bool is_async;
	} teams[DEED_FINDING_TEAMS]; /* of the parts that its sites are in */
	struct deed_report_site first_sites[DEED_FIRST_SITES];
};

/* The next site; the last one again when there is no memory for more. */
struct deed_report_site *deed_finding_new_site(struct deed_finding *finding);
/* Says of a site which task did it. */
void deed_finding_by(struct deed_finding *finding, struct deed_report_site *site,
		     const struct deed_tale *tale);

#endif
