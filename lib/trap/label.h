/* SPDX-License-Identifier: MIT
 *
 * lib/trap/label.h - the words of a report that every format shows.
 */
#ifndef DEED_LABEL_H
#define DEED_LABEL_H

#include "deed/report.h"
#include "writer.h"

/* "lent_inout": a role as machines read it. */
const char *deed_role_id(enum deed_role role);
/* "lent inout": in a list of events. */
const char *deed_role_name(enum deed_role role);
bool deed_role_is_loan(enum deed_role role);

/* "part 3 of 8 ([48, 64))", "part 3 of 8 (rows [0, 16), columns [32, 48))", "of deed_async()":
 * which task a place is in. Nothing if it is in none. */
void deed_put_part(struct deed_writer *out, const struct deed_report_site *site);
bool deed_site_is_in_task(const struct deed_report_site *site);
/* Whether two places are in parts of one plan, as far as that is known. */
bool deed_sites_are_of_one_plan(const struct deed_report_site *a, const struct deed_report_site *b);
/* Whether the part is one of a plan of tiles. */
bool deed_site_is_of_tile(const struct deed_report_site *site);

/* Whether a site is a loan that may write, or asks for one. */
bool deed_site_is_inout(const struct deed_report_site *site);
/* Whether the program did that at a site, or the loan of the site has that word: "taken". */
bool deed_site_has_verb(const struct deed_report_site *site, const char *verb);
/* Whether the site has a range; and how many rows its tile has, 1 if it is none. */
bool deed_site_has_range(const struct deed_report_site *site);
size_t deed_site_rows(const struct deed_report_site *site);
/* The range in words: "elements [0, 50)", "element 7", "elements [0, 50) of each of 8 rows, 100
 * apart". Nothing if there is none. */
void deed_put_range(struct deed_writer *out, const struct deed_report_site *site);
/* deed_put_common - the elements that two ranges share, in the same words; false, and nothing, if
 * they share none or one of them is no range. */
bool deed_put_common(struct deed_writer *out, const struct deed_report_site *a,
		     const struct deed_report_site *b);

/* The first site that tells how the handle of the fault ended: moved, dropped, resized or released;
 * and the first loan, from `from` on. Null if there is none. */
const struct deed_report_site *deed_site_that_ended(const struct deed_report *report);
const struct deed_report_site *deed_site_of_loan(const struct deed_report *report, size_t from);
/* Whether the report is about a buffer of that kind. */
bool deed_report_is_of_kind(const struct deed_report *report, const char *kind);
/* Whether a loan ended with the block of its guard, which is declared where the loan begins. */
bool deed_site_ended_with_block(const struct deed_report *report,
				const struct deed_report_site *loan);
/* Whether a site is that of a hot region whose advisories were counted. */
bool deed_site_is_counted(const struct deed_report *report, const struct deed_report_site *site);
/* Whether a loan is of a column, which has two words between its parentheses. */
bool deed_site_is_of_column(const struct deed_report_site *loan);
/* Whether a loan is what a buffer was shared out by. */
bool deed_site_is_share(const struct deed_report_site *loan);
/* Whether the fault is that a task returned without ending its loan: nothing was jumped over. */
bool deed_report_is_of_task_end(const struct deed_report *report);
/* Whether the fault is that a part takes what is not shared out to it, or of another part. */
bool deed_report_is_of_taking(const struct deed_report *report);
/* Whether it is that a plan is cancelled, or asked about, with a part that is over or another's. */
bool deed_report_is_of_cancelling(const struct deed_report *report);
/* Where a loan of the report ended; null if none has. */
const struct deed_report_site *deed_site_of_end(const struct deed_report *report);
/* Whether the fault is that a plan was never cut. */
bool deed_report_is_of_no_plan(const struct deed_report *report);
/* Whether it is that a plan of no tiles was to share out in tiles. */
bool deed_report_is_of_plan_at_work(const struct deed_report *report);
bool deed_report_lacks_tiles(const struct deed_report *report);
/* Whether a loan is what a part has of that. */
bool deed_site_is_part(const struct deed_report_site *loan);
/* Whether a place shares out, and the fault is in the plan: see deed_finding_shares(). */
bool deed_report_is_of_plan(const struct deed_report *report);
/* Whether a loan is that of an arena over a caller's block. */
bool deed_site_is_arenas(const struct deed_report_site *loan);
/* Whether a range is all of the report's buffer. */
bool deed_site_is_whole(const struct deed_report *report, const struct deed_report_site *site);
/* Whether a conflict is likely one between two arguments of a call: one function lends two
 * different pointers, and no variable of its own. */
bool deed_report_is_about_arguments(const struct deed_report *report);

/* Whether the fault is a raw pointer's, found in memory or by the processor, and no verb's. */
bool deed_report_is_about_pointer(const struct deed_report *report);
/* How the scratch of a part is asked for, if not with that part, nor with another one. */
#define DEED_ASKED_WITH_COPY "asked for with a copy of the part"
#define DEED_ASKED_WITH_AROUND "asked for with the part around"

/* deed_site_is_of_scratch - of deed_part_scratch(). deed_report_is_of_scratch - the arena that it
 * is about, or the buffer, is one. */
bool deed_site_is_of_scratch(const struct deed_report_site *site);
bool deed_report_is_of_scratch(const struct deed_report *report);

/* What happened at a site, as it stands under its source line: "moved to `ys` here"; at the fault's
 * own place, label_here.c says it. */
void deed_put_label(struct deed_writer *out, const struct deed_report *report,
		    const struct deed_report_site *site);
void deed_put_label_here(struct deed_writer *out, const struct deed_report *report,
			 const struct deed_report_site *site);
/* " (inout, exclusive)" */
void deed_put_kind(struct deed_writer *out, const char *kind);
/* "shared out (inout, exclusive) here, to 8 parts" */
void deed_put_shared_out(struct deed_writer *out, const char *kind, size_t parts);

/* deed_site_next - goes through the sites in the order in which a report shows them: the fault,
 * where a loan ended, who holds the buffer, what ended or moved it, where it came from. Of a
 * leak, where it came from is first. Null after the last. A cursor begins as { 0 }.
 */
struct deed_site_cursor {
	int rank;
	size_t next;
};
const struct deed_report_site *deed_site_next(const struct deed_report *report,
					      struct deed_site_cursor *cursor);
/* The place that stands for the whole report: the fault's, or the first whose file is known. Or
 * null. */
const struct deed_site *deed_site_of_report(const struct deed_report *report);

/* "buffer 1: `xs`, f32[1000], 4000 bytes, aligned to 16, heap, live, at 0x5581". */
void deed_put_buffer(struct deed_writer *out, const struct deed_report_buffer *buffer);
/* The message, or one made from the name of the fault if there is none. */
void deed_put_message(struct deed_writer *out, const struct deed_report *report);
/* What to write instead, in one sentence (help.c). */
void deed_put_help(struct deed_writer *out, const struct deed_report *report);

#endif
