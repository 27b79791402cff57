/* SPDX-License-Identifier: MIT
 *
 * deed/report.h - what deed tells: faults as values, dumps, statistics.
 *
 *     static void on_fault(const struct deed_report *report, void *context)
 *     {
 *             log_write(context, report->text, report->text_bytes);
 *     }
 *     ...
 *     deed_on_fault(on_fault, log);
 *
 * Everything here exists in both flavours. A release build has no ledger: it never calls
 * the handler, its dumps say so in one line, and its statistics count what it counts.
 */
#ifndef DEED_REPORT_H
#define DEED_REPORT_H

#include "deed/config.h"
#include "deed/fault.h"
#include "deed/handle.h"

/* What happened at a place that a report names. */
enum deed_role {
	DEED_ROLE_HERE,	     /* the broken rule itself: always the first site */
	DEED_ROLE_ALLOCATED, /* made by new, from or clone */
	DEED_ROLE_ADOPTED,   /* made from foreign memory, or static */
	DEED_ROLE_RESIZED,
	DEED_ROLE_MOVED,
	DEED_ROLE_DROPPED,
	DEED_ROLE_RELEASED,
	DEED_ROLE_LENT_BORROWED,
	DEED_ROLE_LENT_INOUT,
	DEED_ROLE_ENDED, /* of a loan */
	DEED_ROLE_FREED, /* of a block of the malloc family; a realloc() has RESIZED it */
	DEED_ROLE_RESET, /* ended with its arena: a reset, a rewind or a close */
	DEED_ROLE_HOT,	 /* the hot region that an advisory is about begins */
	DEED_ROLE_TEAM,	 /* deed_parallel_for(), whose parts other places are in; or deed_async() */
	DEED_ROLE_PART,	 /* what a part is to have of what the first site shares out */
};

/* One place. Ranges are elements of the buffer, [lo, hi); lo == hi means no range. A tile's range
 * is its first row, and `rows` says how many it has, `pitch` elements apart. A PART's range is
 * counted in what is shared out.
 */
struct deed_report_site {
	enum deed_role role;
	const struct deed_site *site; /* null if the story is forgotten */
	unsigned thread;	      /* 1 is the first thread that used deed */
	size_t lo, hi, rows, pitch;
	const char *target; /* of a move: what it moved to; of a loan that was asked for: "inout" or
			     * "borrowed"; of what was shared out and ENDED, where E18 tells of
			     * it: the rule as code; of E15: "row", "tile", or "operand" (all of
			     * a view, among several); of E26: the in-place form's call; else "" */
	const char *verb;   /* of the first: what the program does there, where it is known:
			     * "dropped", "released"; of a loan that is an arena's, over a
			     * caller's block: "opened"; of one that a part has of what is shared
			     * out: "taken"; of one that this is shared out by, where its plan has
			     * not been run: "not run yet", where a jump out of
			     * deed_parallel_for() has left it so: "left by a jump", where
			     * deed_loans_unwind() has: "left by unwinding", of others by which a
			     * view is shared out, and no owner: "as a view"; where one ENDED
			     * without its parts: "unshared"; where deed_loans_unwind() has ENDED
			     * it, or another loan: "unwound"; of an arena's
			     * RESET to a mark: "rewound"; of a TEAM that is a deed_async(), and of
			     * a move by it: "handed over"; null or "" else */
	int is_guard;	    /* the end of a block ends the loan, or did this: a guard or DEED_AUTO,
			     * whose declaration is the place */
	int is_copy;	    /* of the first: the handle is a bit copy of one that ended */
	int has_ended;	    /* a loan that ended while the report was made */
	size_t of;	    /* of the first, of E15: how many there are; its range is counted in
			     * what was asked, not in the buffer; else 0 */
	size_t asked; /* of the first, of E09, E19 and E20 by DEED_LEND: how many elements were
		       * asked for, */
	size_t asked_lo, asked_hi; /* and which of them the buffer's [lo, hi) are; else 0 */
	size_t repeats;	    /* of a leak: how many buffers this site stands for; of a hot region, at
			     * exit: how much of A01 it had; else 1 */
	size_t bytes;	    /* of a leak: what they hold together */
	size_t part, parts; /* the part of a plan that did it, of how many; 0 parts: none */
	size_t part_lo, part_hi;      /* its indices; of a tile its rows, */
	size_t part_x_lo, part_x_hi;  /* and its columns; of others 0 and 1 */
	int is_async;		      /* a task of deed_async() did it, which the part began, if
				       * there is one */
	const struct deed_site *team; /* where the plan was worked on, or deed_async() was called
				       * outside of parts, if it is known */
	size_t shared_into;   /* of a place that shares out, and of the loan that this is: how many
			       * parts the plan has; else 0 */
	size_t shared_beside; /* of a place that shares out: how much the plan shares out besides */
	const uintptr_t *stack; /* return addresses, innermost first */
	size_t stack_len;
};

/* The buffer that a report is about. `id` is 0 if there is none (an empty handle, say). */
struct deed_report_buffer {
	uint64_t id;	   /* the ledger's row and life, unique in the process */
	const char *name;  /* the text of the variable that owns it, or owned it last */
	const char *type;  /* "f32"; "" for elements that C gives no name of */
	const char *kind;  /* "heap", "foreign", "arena" (a buffer in one), "static", "malloc",
			    * "raw" (lent by address alone), "whole arena" */
	const char *state; /* "live", "moved", "dropped", "released", "freed", "reset"; of memory in
			    * quarantine though its buffer lives, "left behind by a resize" */
	const void *base;
	size_t count, bytes, element_bytes, align;
};

/* A report. It and all it points to live until the handler returns. */
struct deed_report {
	enum deed_fault fault;
	const char *id;	     /* "E03" */
	const char *name;    /* "use after move" */
	const char *help;    /* what to write instead, in this very case; one line */
	const char *message; /* one sentence about this very case */
	struct deed_report_buffer buffer;
	const struct deed_report_site *sites; /* the first is where it happened */
	size_t site_count;
	const struct deed_report_site *events; /* the last events of the buffer, oldest first */
	size_t event_count;
	size_t number;	  /* of this report in the process, from 1 */
	const char *text; /* the whole report as DEED_OPTIONS asks for it; ends with a newline */
	size_t text_bytes;
};

/* A handler of faults. It may return: the program goes on as with on_fault=continue. It may
 * longjmp() out, after deed_loans_unwind() where that matters. It may use deed. It runs on the
 * thread that broke the rule, and several threads may be in it at once. An exit of the process does
 * not wait for it.
 */
typedef void (*deed_fault_fn)(const struct deed_report *report, void *context);

/* Statistics: since the start of the process unless said otherwise. Release builds fill in
 * `flavour`, `allocator`, the foreign buffers and the pages; the rest is 0.
 */
struct deed_statistics {
	const char *flavour;	/* "release" or "trap" */
	const char *allocator;	/* what backs deed_new(): "jemalloc" where the program has it,
				 * "libc", or "libc (AddressSanitizer)" */
	size_t foreign_buffers; /* adopted, or in memory of an allocator, and not yet ended, now */
	size_t page_bytes;	/* mapped for deed_pages() and deed_huge_pages(), now */
	size_t huge_page_bytes; /* of them, where the system makes them huge if it can */
	size_t live_buffers;	/* now */
	size_t live_bytes;	/* now */
	size_t live_bytes_max;	/* at the fullest moment */
	size_t buffers_made;	/* ever */
	size_t quarantine_buffers; /* ended, whose memory waits before it is used again, now */
	size_t quarantine_bytes;   /* of it, with all that is around it, now */
	size_t live_loans;	   /* now */
	size_t reports;		   /* of faults, written or handed to the handler */
	size_t advisories;	   /* the same of advisories */
	size_t follow_ons;	   /* faults counted under an earlier report of the same buffer */
	size_t in_flight;	   /* buffers in the hands of threads still running at exit */
	size_t ledger_bytes;	   /* memory of the ledger itself: rows, loans, stacks, history */
	size_t stacks;		   /* different stacks kept */
};

DEED_BEGIN_C

/* deed_on_fault - has `handler` called with every report, instead of writing it and stopping. It is
 * that of an advisory if its fault is above DEED_ADVISORY_FIRST: nothing is wrong then.
 *
 * Null takes the handler away again. `context` is handed to it as it is, and must stay as long
 * as a fault may come. Any thread; the change is seen by the next fault, and a handler that is
 * running meanwhile runs to its end. Constant time. Nothing in release builds.
 */
void deed_on_fault(deed_fault_fn handler, void *context);

/* deed_dump - writes who holds the buffer of an owner or view, by address, to where reports go.
 * deed_dump_all - the same for every live buffer.
 *
 * Never a fault, whatever the handle holds. Any thread; other threads' loans may come and go
 * while the text is made. It takes time in proportion to the loans, and for all to the buffers
 * ever live at once. Nothing is kept.
 */
#define deed_dump(handle) deed_dump_(&(handle)->h, sizeof((handle)->h), #handle)
void deed_dump_(const void *core, size_t core_bytes, const char *text);
void deed_dump_all(void);

/* deed_check_all - looks for bytes that were written where nobody owns them.
 *
 * That is next to any live buffer of the deed_new() family or in an arena (E25), and in memory that
 * has ended and still waits in quarantine, or for the end of its arena (E04).
 *
 * The same is looked at when a buffer is dropped, resized or released, when ended memory leaves the
 * quarantine, and at exit. This is for finding the place in a long run: between two calls of which
 * the first is silent and the second is not, somebody wrote. Each buffer is reported once; the
 * report names the call.
 *
 * What had no place in the quarantine, or ended with DEED_OPTIONS=fill=0, is not looked at.
 *
 * Returns how many buffers it looked at; 0 in release builds. Any thread, while others work. It
 * takes time in proportion to the buffers ever live at once, and to the bytes in quarantine.
 */
#define deed_check_all() deed_check_all_(DEED_HERE("", (unsigned char *)0))
size_t deed_check_all_(const struct deed_site *at);

/* deed_stats - the numbers, consistent each by itself, and not with each other while other threads
 * are at work. A value; its strings are constants. Any thread. Time in proportion to the most loans
 * ever live at once.
 */
struct deed_statistics deed_stats(void);

/* deed_stats_json - the same as one JSON object, as snprintf() does: writes at most `size` bytes
 * with the closing null, and returns how many characters the whole has. `buffer` may be null if
 * `size` is 0. Threads and cost as deed_stats().
 */
size_t deed_stats_json(char *buffer, size_t size);

DEED_END_C

#endif
