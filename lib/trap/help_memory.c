/* SPDX-License-Identifier: MIT
 *
 * lib/trap/help_memory.c - what to write instead, where memory is what it is about: blocks of the
 * malloc family, bytes beside buffers, leaks, arenas, and what is slow in hot regions.
 */
#include "help.h"

#include <string.h>

#include "options.h"
#include "plain.h"

static bool is_same_line(const struct deed_report_site *a, const struct deed_report_site *b)
{
	return a && a->site && b->site && a->site->line == b->site->line && *a->site->file &&
	       !strcmp(a->site->file, b->site->file);
}

/* Of blocks of the malloc family, and of what was taken for one. */
void deed_help_block(struct deed_writer *out, const struct deed_report *report)
{
	const struct deed_report_site *const end = deed_site_that_ended(report);

	if (deed_report_has_verb(report, "freed by its size"))
		deed_put_text(out, "say the bytes that it was asked for, or leave them out: "
				   "deed_free() needs none");
	else if (report->fault == DEED_E18 && deed_report_is_of_kind(report, "arena"))
		deed_put_text(out, "delete it: memory of an arena needs no free, and ends with the "
				   "arena");
	else if (report->fault == DEED_E18)
		deed_put_text(out, deed_report_has_verb(report, "reallocated")
					   ? "reallocate what deed_malloc() and its kin gave, by "
					     "the address that they gave"
					   : "free what deed_malloc() and its kin gave, by the "
					     "address that they gave; deed_drop() ends owners");
	else if (report->fault == DEED_E17)
		deed_put_text(out, report->buffer.id ? "deed_free() it after its last use"
						     : "deed_free() each after its last use");
	else if (end && end->role == DEED_ROLE_RESIZED)
		deed_put_text(out, "use the address that deed_realloc() returned, and no other "
				   "copy of the old one");
	else if (report->fault == DEED_E21)
		deed_put_text(out, "free it before the reset, or not at all: what an arena gave "
				   "ends with it");
	else if (report->fault == DEED_E04)
		deed_put_text(out, "free it after its last use: deed_realloc() takes what lives, "
				   "or null");
	else if (is_same_line(end, report->sites))
		deed_put_text(out, "two copies of one pointer are freed by the same line: give "
				   "each a block of its own, or free it where one of them ends");
	else
		deed_put_text(out, "delete one of the two; a pointer that is set to NULL when it "
				   "was freed may be freed again");
}

/* Of bytes in an arena, which no pages guard. */
static const char over_the_edge[] = "a raw pointer ran over the edge: AddressSanitizer stops there";

void deed_help_still_used(struct deed_writer *out, const struct deed_report *report)
{
	deed_put_text(out, "a raw pointer to it is still used: ");
	if (!deed_report_is_of_kind(report, "arena"))
		deed_put_text(out, "DEED_OPTIONS=guard=1, or ");
	deed_put_text(out, "AddressSanitizer");
	deed_put_text(out,
		      deed_report_is_of_kind(report, "arena") ? " stops there" : ", stops there");
}

/* Of bytes around a buffer. */
void deed_help_edge(struct deed_writer *out, const struct deed_report *report)
{
	if (deed_report_is_about_pointer(report) && report->sites[0].site)
		deed_put_text(out, "check the raw pointer's index against deed_len() of the view "
				   "that it came from, or use deed_at(), which does");
	else if (deed_report_is_of_kind(report, "arena"))
		deed_put_text(out, over_the_edge);
	else if (deed_options.guard)
		deed_put_text(out, "a raw pointer ran over the edge, and not as far as to the page "
				   "that guard=1 stops at: AddressSanitizer stops at any byte");
	else
		deed_put_text(out, deed_fault_help(report->fault));
}

/* Whether what leaked ends in several ways. */
static bool are_mixed(const struct deed_report *report)
{
	const char *verb = NULL;

	for (size_t i = 1; i < report->site_count; i++) {
		const struct deed_report_site *const site = &report->sites[i];

		if (!site->verb || !*site->verb)
			continue;
		if (verb && strcmp(verb, site->verb) != 0)
			return true;
		verb = site->verb;
	}
	return false;
}

void deed_help_leak(struct deed_writer *out, const struct deed_report *report)
{
	const char *text = "";
	const struct deed_report_site *moved = NULL;

	if (deed_report_has_verb(report, "never closed")) {
		deed_put_text(out, "deed_arena_close() each when all of its buffers are done with; "
				   "deed_arena_immortal() says that it lives for ever");
		return;
	}
	if (are_mixed(report)) {
		deed_put_text(out, "end each after its last use: deed_drop() owners, deed_free() "
				   "blocks, deed_arena_close() arenas");
		return;
	}
	if (!report->buffer.id && deed_report_has_verb(report, "never awaited")) {
		deed_put_text(out, "deed_await() each struct deed_async on every way out of the "
				   "scope that it is declared in, and drop what it gives back");
		return;
	}
	for (size_t i = 0; i < report->event_count; i++)
		if (report->events[i].role == DEED_ROLE_MOVED)
			moved = &report->events[i];
	if (moved && deed_site_has_verb(moved, "handed over")) {
		deed_help_await(out, moved, moved->site ? moved->site->text : "");
		deed_put_text(out, " gives the owner back, which is to be dropped then");
		return;
	}
	for (size_t i = 0; i < report->site_count && report->buffer.id && !moved; i++)
		if ((report->sites[i].role == DEED_ROLE_ALLOCATED ||
		     report->sites[i].role == DEED_ROLE_ADOPTED) &&
		    report->sites[i].site)
			text = report->sites[i].site->text;
	/* A swap has given it to another owner. */
	if (report->buffer.name && strcmp(report->buffer.name, deed_plain(text).text) != 0)
		text = "";
	if (deed_help_is_simple(text))
		deed_help_call(out, report, "drop", text);
	else
		deed_help_verb(out, report, report->buffer.id ? "drop() it" : "drop() each");
	deed_put_format(out,
			" after its last use; %s does so at the end of its block; "
			"%simmortal() says that it lives for ever",
			deed_help_is_of_rows(report) ? "DEED_SOA_AUTO" : "DEED_AUTO",
			deed_help_is_of_rows(report) ? "deed_soa_" : "deed_");
}

void deed_help_slow(struct deed_writer *out, const struct deed_report *report)
{
	if (deed_report_has_verb(report, "waited") || deed_report_has_verb(report, "counted waits"))
		deed_put_text(out, "lend once, before the region, or give each thread a buffer of "
				   "its own");
	else if (deed_report_has_verb(report, "resized"))
		deed_put_text(out, "resize once, before the region, to the most that it needs");
	else
		deed_put_text(out, deed_fault_help(report->fault));
}

void deed_help_unaligned(struct deed_writer *out, const struct deed_report *report)
{
	const char *owner = "";

	for (size_t i = 0; i < report->site_count; i++)
		if (report->sites[i].role == DEED_ROLE_ALLOCATED && report->sites[i].site)
			owner = report->sites[i].site->text;
	if (report->buffer.align >= 64)
		deed_put_text(out, "the buffer is aligned: begin parts and rows at multiples of 64 "
				   "bytes");
	else if (deed_report_is_of_kind(report, "heap") && deed_help_is_simple(owner))
		deed_put_format(out, "make it with `deed_new_aligned(%s, %zu, 64)`", owner,
				report->buffer.count);
	else if (deed_report_is_of_kind(report, "heap"))
		deed_put_text(out, deed_fault_help(report->fault));
	else
		deed_put_text(out, "align the memory where it comes from, to 64 bytes: alignas, or "
				   "aligned_alloc()");
}

/* Whether the thread that is at work on the arena is the one that comes to it here. */
static bool is_reentry(const struct deed_report *report)
{
	const struct deed_report_site *const work = deed_site_of_loan(report, 0);

	return work && work->thread == report->sites[0].thread;
}

/* Of a fault of an arena itself. */
void deed_help_arena(struct deed_writer *out, const struct deed_report *report)
{
	const char *text = deed_help_text(report);

	switch (report->fault) {
	case DEED_E02:
		deed_put_text(out, "put `deed_arena_close");
		deed_help_argument(out, text);
		deed_put_text(out, "` before this line: it gives back what the arena still holds");
		break;
	case DEED_E09:
		deed_put_text(out,
			      is_reentry(report)
				      ? "an arena's allocator takes its memory elsewhere: what "
					"it needs itself goes into another arena"
				      : "give each thread an arena of its own, or take a lock "
					"around all that is done with this one");
		break;
	case DEED_E17:
		for (size_t i = 0; i < report->site_count; i++)
			if (report->sites[i].role == DEED_ROLE_ALLOCATED && report->sites[i].site)
				text = report->sites[i].site->text;
		deed_put_text(out, "`deed_arena_close");
		deed_help_argument(out, text);
		deed_put_text(out, "` when all of its buffers are done with; deed_arena_immortal() "
				   "says that it lives for ever");
		break;
	case DEED_E20:
		if (deed_report_has_verb(report, DEED_ASKED_WITH_COPY)) {
			deed_put_text(out, "a part is known by its address: call "
					   "deed_part_scratch() with the one that the function was "
					   "given");
			break;
		}
		deed_put_text(out, deed_site_is_in_task(report->sites) && !report->sites[0].is_async
					   ? "each part carves from its own: call "
					     "deed_part_scratch() with the part that its function "
					     "was given"
					   : "the scratch of a part is for its own function: "
					     "others carve from a DEED_SCRATCH, or an arena of "
					     "their own");
		break;
	case DEED_E21:
		if (deed_report_is_of_scratch(report)) {
			deed_put_text(out, "the scratch of a part ends with it: what is to stay "
					   "lies in an arena of your own");
			break;
		}
		deed_put_text(out, deed_report_has_verb(report, "rewound")
					   ? "a mark is good until what was carved before it ends: "
					     "take it anew after a reset, and rewind to inner "
					     "marks before outer ones"
					   : "pass an arena by its address, and close it after its "
					     "last use");
		break;
	case DEED_E18:
		deed_put_text(out,
			      deed_report_has_verb(report, "rewound")
				      ? "rewind an arena to a mark of its own: of this very "
					"one, since it was opened"
			      : !report->buffer.id
				      ? "initialise an arena with DEED_ARENA_EMPTY, or zero the "
					"struct that it is in, before its first use"
				      : "pass an arena by its address; one that is moved to "
					"another place is not used in its old one again");
		break;
	case DEED_E25:
		deed_put_text(out, over_the_edge);
		break;
	default:
		deed_put_text(out, deed_fault_help(report->fault));
	}
}
