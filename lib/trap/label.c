/* SPDX-License-Identifier: MIT
 *
 * lib/trap/label.c - what each fault says at each of its places.
 *
 * Somebody reads this at night who has never heard of deed. So a label says what happened
 * on that line in plain words, as a part of the story: `dropped here again`, `the earlier
 * loan (borrowed, read-only) begins here`. Both words that deed made up for loans are
 * explained where they stand.
 */
#include "label.h"

#include <string.h>

/* ---- labels --------------------------------------------------------------------------------- */

static bool is_arena(const struct deed_report *report)
{
	return deed_report_is_of_kind(report, "whole arena");
}

static bool is_static(const struct deed_report *report)
{
	return deed_report_is_of_kind(report, "static");
}

/* A block of the malloc family. */
static bool is_block(const struct deed_report *report)
{
	return deed_report_is_of_kind(report, "malloc");
}

static bool is_of_rows(const struct deed_report *report)
{
	return report->buffer.type && !strcmp(report->buffer.type, "row");
}

/* Both words mean something to who knows deed; the other half of each pair is for who does not. */
void deed_put_kind(struct deed_writer *out, const char *kind)
{
	if (!strcmp(kind, "inout"))
		deed_put_text(out, " (inout, exclusive)");
	else if (!strcmp(kind, "borrowed"))
		deed_put_text(out, " (borrowed, read-only)");
	else if (*kind)
		deed_put_format(out, " (%.64s)", kind);
}

void deed_put_shared_out(struct deed_writer *out, const char *kind, size_t parts)
{
	deed_put_text(out, "shared out");
	deed_put_kind(out, kind);
	deed_put_format(out, " here, to %zu part%s", parts, parts == 1 ? "" : "s");
}

static void put_loan(struct deed_writer *out, const struct deed_report *report,
		     const struct deed_report_site *site)
{
	const char *before = "lent", *after = " here";

	if (is_arena(report)) {
		deed_put_text(out, "at work on it here, and not done yet");
		return;
	}
	if (deed_site_is_share(site)) {
		deed_put_shared_out(out, site->role == DEED_ROLE_LENT_INOUT ? "inout" : "borrowed",
				    site->shared_into);
		return;
	}
	switch (report->fault) {
	case DEED_E06:
	case DEED_E07:
	case DEED_E08:
	case DEED_E17:
		after = site->has_ended ? " here" : " here, and not ended yet";
		break;
	case DEED_E09:
		before = "the earlier loan";
		after = " begins here";
		break;
	case DEED_E10:
		before = "the loan that it comes from";
		after = " begins here";
		break;
	case DEED_E13:
		/* Of a view: first who has it now, then the view itself. */
		if (deed_site_has_verb(report->sites, "cloned") || report->site_count < 3 ||
		    !deed_role_is_loan(report->sites[2].role)) {
			after = " here, and not ended yet";
		} else if (site == report->sites + 1) {
			before = "lent on";
			after = " here, and not ended yet";
		} else {
			before = "the loan that is used";
			after = " begins here";
		}
		break;
	case DEED_E19:
		if (deed_report_is_of_plan(report)) {
			before = "the loan that is shared out";
			after = " begins here";
		} else {
			before = "the other part's loan";
			after = " began here";
		}
		break;
	case DEED_E20:
		before = "the loan that is used";
		after = " begins here";
		break;
	case DEED_E11:
		before = "the loan";
		after = deed_site_ended_with_block(report, site) ? " ended at the end of this block"
								 : " begins here";
		break;
	case DEED_E18:
		before = "the loan";
		after = " was taken from this";
		break;
	case DEED_E14:
		after = site->is_guard ? " here until the end of this block"
				       : " here, and not ended yet";
		break;
	case DEED_E12:
	case DEED_E15:
	case DEED_E22:
		before = "the loan";
		after = " begins here";
		break;
	default:
		break;
	}
	deed_put_text(out, before);
	deed_put_kind(out, site->role == DEED_ROLE_LENT_INOUT ? "inout" : "borrowed");
	deed_put_text(out, after);
}

static void put_birth(struct deed_writer *out, const struct deed_report *report,
		      const struct deed_report_site *site)
{
	const bool is_leak = report->fault == DEED_E17;
	const bool is_single = is_leak && site->repeats == 1 && report->buffer.id;

	if (is_leak && !is_single)
		deed_put_format(out, "%zu %s%s, %zu byte%s, ", site->repeats,
				deed_site_has_verb(site, "never closed") ? "arena" : "buffer",
				site->repeats == 1 ? "" : "s", site->bytes,
				site->bytes == 1 ? "" : "s");
	else if (report->fault == DEED_E02 && !is_arena(report))
		deed_put_text(out, "what it owns was ");
	if (site->role == DEED_ROLE_ADOPTED && is_static(report))
		deed_put_text(out, "declared here to be static data");
	else if (site->role == DEED_ROLE_ADOPTED && deed_site_has_verb(report->sites, "adopted"))
		deed_put_text(out, "adopted here first");
	else if (site->role == DEED_ROLE_ADOPTED)
		deed_put_text(out, "taken over here from elsewhere (adopted)");
	else if (is_arena(report) && deed_site_is_of_scratch(site))
		deed_put_text(out, "this scratch begins here, and ends with its part");
	else if (is_arena(report))
		deed_put_text(out, "the arena begins here");
	else if (is_leak && deed_site_has_verb(site, "never closed"))
		deed_put_text(out, site->repeats == 1 ? "begins here" : "begin here");
	else
		deed_put_text(out, "allocated here");
	if (report->fault == DEED_E22 && site->site && site->site->type && *site->site->type)
		deed_put_format(out, " as %.64s", site->site->type);
	if (is_single)
		deed_put_text(out, is_block(report)   ? ", and never freed"
				   : is_arena(report) ? ", and is never closed"
						      : ", and never dropped");
}

static void put_end(struct deed_writer *out, const struct deed_report *report,
		    const struct deed_report_site *site)
{
	const struct deed_report_site *const loan = deed_site_of_loan(report, 0);

	if (site->is_guard)
		deed_put_text(out, "the loan ended at the end of the block that this is in");
	else if (loan && deed_site_is_part(loan))
		deed_put_format(out, "the parts run here: the loan ended when part %zu was done",
				loan->part);
	else if (!(loan && deed_site_is_share(loan)) && deed_site_has_verb(site, "unwound"))
		deed_put_text(out, "an unwinding ended the loan");
	else if (loan && deed_site_is_share(loan))
		deed_put_text(out,
			      deed_site_has_verb(site, "unshared") ? "taken back here"
			      : deed_site_has_verb(site, "unwound")
				      ? "an unwinding ended what was shared out"
			      : report->fault == DEED_E18
				      ? "the parts ran here before: that ended what was shared out"
				      : "the loan ended here");
	else
		deed_put_text(out, report->fault == DEED_E12 ? "ended here first"
							     : "the loan ended here");
}

/* Of a buffer; or of its arena, where it is no end. */
static void put_reset(struct deed_writer *out, const struct deed_report *report,
		      const struct deed_report_site *site)
{
	if (site->is_guard)
		deed_put_text(out, deed_site_is_of_scratch(site)
					   ? "this scratch ended with its part"
					   : "this scratch ended with its block");
	else
		deed_put_text(out, !is_arena(report) ? "ended here with its arena"
				   : deed_site_has_verb(site, "rewound") ? "rewound here"
									 : "reset here");
}

/* What a plan gives a part. */
static void put_part(struct deed_writer *out, const struct deed_report_site *site)
{
	deed_put_part(out, site);
	deed_put_text(out, " is to have ");
	if (site->lo > site->hi)
		deed_put_format(out, "elements from %zu on, which end before they begin", site->lo);
	else if (deed_site_has_range(site))
		deed_put_range(out, site);
	else
		deed_put_text(out, "no element");
}

/* What another part did, where the role does not say it: "read here", of a row; "swapped here". */
static bool put_deed_of_part(struct deed_writer *out, const struct deed_report *report,
			     const struct deed_report_site *site)
{
	const bool is_said = report->fault == DEED_E19 && site->verb && *site->verb &&
			     (deed_role_is_loan(site->role) || site->role == DEED_ROLE_MOVED);

	if (is_said)
		deed_put_format(out, "%.64s here", site->verb);
	return is_said;
}

void deed_put_label(struct deed_writer *out, const struct deed_report *report,
		    const struct deed_report_site *site)
{
	if (put_deed_of_part(out, report, site))
		return;
	switch (site->role) {
	case DEED_ROLE_HERE:
		deed_put_label_here(out, report, site);
		break;
	case DEED_ROLE_ALLOCATED:
	case DEED_ROLE_ADOPTED:
		put_birth(out, report, site);
		break;
	case DEED_ROLE_RESIZED:
		if (is_block(report)) {
			deed_put_text(out, "reallocated here: what it was before ended with that");
			break;
		}
		deed_put_text(out,
			      deed_report_is_about_pointer(report) ? "resized here, to other memory"
			      : report->fault == DEED_E04 || report->fault == DEED_E05
				      ? (is_of_rows(report)
						 ? "the columns moved here: older copies of the "
						   "handle are stale"
						 : "ended by this resize: older copies of the "
						   "handle are stale")
				      : "resized here");
		break;
	case DEED_ROLE_MOVED:
		deed_put_text(out, "moved ");
		if (site->target && *site->target) {
			deed_put_text(out, "to ");
			deed_put_name(out, site->target);
		} else {
			deed_put_text(out, "away");
		}
		deed_put_text(out, deed_site_has_verb(site, "handed over")
					   ? " here, by deed_async()"
					   : " here");
		break;
	case DEED_ROLE_DROPPED:
		deed_put_text(out, site->is_guard ? "declared here, and dropped at the end of its "
						    "block"
				   : is_arena(report)			 ? "closed here"
				   : deed_site_has_verb(site, "settled") ? "settled here"
									 : "dropped here");
		deed_put_text(out, report->fault == DEED_E05 ? " first" : "");
		break;
	case DEED_ROLE_FREED:
		deed_put_text(out, report->fault == DEED_E05 ? "freed here first" : "freed here");
		break;
	case DEED_ROLE_RELEASED:
		deed_put_text(out, "released here: given back as a raw pointer");
		break;
	case DEED_ROLE_RESET:
		put_reset(out, report, site);
		break;
	case DEED_ROLE_LENT_BORROWED:
	case DEED_ROLE_LENT_INOUT:
		put_loan(out, report, site);
		break;
	case DEED_ROLE_ENDED:
		put_end(out, report, site);
		break;
	case DEED_ROLE_HOT:
		deed_put_text(out, "inside this region, which ends with its block");
		break;
	case DEED_ROLE_TEAM:
		deed_put_text(out, deed_site_has_verb(site, "handed over")
					   ? "handed to the background here"
					   : "the parts run here");
		break;
	case DEED_ROLE_PART:
		put_part(out, site);
		break;
	}
}

/* ---- the buffer ----------------------------------------------------------------------------- */

static const char *kind_in_words(const char *kind)
{
	if (!strcmp(kind, "foreign"))
		return "foreign memory";
	if (!strcmp(kind, "arena"))
		return "in an arena";
	if (!strcmp(kind, "whole arena"))
		return "an arena";
	if (!strcmp(kind, "static"))
		return "static data";
	if (!strcmp(kind, "raw"))
		return "memory lent by its address";
	return strcmp(kind, "dead") != 0 ? kind : "";
}

static void put_word(struct deed_writer *out, const char *word)
{
	if (word && *word) {
		deed_put_text(out, ", ");
		deed_put_text(out, word);
	}
}

void deed_put_buffer(struct deed_writer *out, const struct deed_report_buffer *buffer)
{
	deed_put_format(out, "buffer %llu: ", (unsigned long long)buffer->id);
	if (buffer->name && *buffer->name) {
		deed_put_name(out, buffer->name);
		deed_put_text(out, ", ");
	}
	/* How many rows there are, the owner alone knows. */
	if (buffer->type && !strcmp(buffer->type, "row"))
		deed_put_format(out, "room for %zu rows", buffer->count);
	else if (buffer->type && *buffer->type)
		deed_put_format(out, "%.64s[%zu]", buffer->type, buffer->count);
	else
		deed_put_format(out, "%zu element%s of %zu byte%s", buffer->count,
				buffer->count == 1 ? "" : "s", buffer->element_bytes,
				buffer->element_bytes == 1 ? "" : "s");
	deed_put_format(out, ", %zu byte%s", buffer->bytes, buffer->bytes == 1 ? "" : "s");
	if (buffer->align)
		deed_put_format(out, ", aligned to %zu", buffer->align);
	put_word(out, buffer->kind ? kind_in_words(buffer->kind) : NULL);
	put_word(out, buffer->state);
	if (buffer->base)
		deed_put_format(out, ", at 0x%zx", (size_t)(uintptr_t)buffer->base);
}

void deed_put_message(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_site *const site = deed_site_of_report(report);

	if (report->message && *report->message) {
		deed_put_text(out, report->message);
	} else if (site && site->text && *site->text) {
		deed_put_name(out, site->text);
		deed_put_text(out, " breaks the rule here");
	} else {
		deed_put_text(out, "a rule is broken here");
	}
}
