/* SPDX-License-Identifier: MIT
 *
 * lib/trap/story.h - a fault, from its discovery to its report.
 *
 * Whoever finds a fault holds a lock, and the report needs facts that this lock keeps
 * still; but a report is delivered with no lock held, because its handler may use deed or
 * jump away. So the facts are copied into a *finding* under the lock, and the finding is
 * raised after it is given back.
 *
 *     f = deed_finding_begin(me, DEED_E03, at, frame);
 *     deed_finding_cell(f, slot);           the buffer: name, size, last events
 *     deed_finding_event(f, slot, i);       a place in its life
 *     deed_finding_loan(f, loan_slot);      a holder
 *     deed_finding_say(f, "...");           one sentence
 *     ... give the lock back ...
 *     deed_raise(me, f);                    returns if the program goes on; has left the ledger
 *
 * One report per buffer: the second fault of the same cell is counted, not delivered. Advisories
 * are findings, too, and stand outside of that.
 */
#ifndef DEED_STORY_H
#define DEED_STORY_H

#include "cell.h"
#include "deed/report.h"
#include "loan.h"
#include "plain.h"
#include "tale.h"
#include "thread.h"

/* The memory of a thread's findings, when it exits. */
void deed_findings_end_with_thread(struct deed_thread *me);

/* What a sentence calls the buffer of a cell: as its owner is named, or "u8[100] of requests", for
 * what deed_arena_alloc() and deed_arena_new() gave. */
struct deed_plain deed_cell_name(const struct deed_cell *cell);
/* What a report calls the end of an ended cell's memory: "after its drop". */
const char *deed_end_name(const struct deed_cell *cell);

struct deed_finding *deed_finding_begin(struct deed_thread *me, enum deed_fault fault,
					const struct deed_site *at, const void *frame);
/* Under the cell's shard lock. */
void deed_finding_cell(struct deed_finding *finding, uint32_t slot);
/* The event `i` of the cell; -1 says that it is forgotten, and `role` what it would have been. */
void deed_finding_event(struct deed_finding *finding, uint32_t slot, int i, enum deed_role role);
void deed_finding_loan(struct deed_finding *finding, uint32_t loan_slot);
/* The beginning and the end of a loan that is over, whose row still tells of it. */
void deed_finding_loan_story(struct deed_finding *finding, uint32_t loan_slot);
/* deed_finding_holder - the same, sorted in among the holders: by thread, in the order in which
 * they were taken; false if the loan ended meanwhile and its row does not tell of it any more.
 * deed_finding_all_loans - every live loan of the cell, but for parts of shares, which come and go:
 * their share stands for them. Before any other site.
 * deed_finding_only_holder - the holder, if there is one. */
bool deed_finding_holder(struct deed_finding *finding, uint64_t loan);
void deed_finding_all_loans(struct deed_finding *finding, uint32_t cell_slot);
const struct deed_report_site *deed_finding_only_holder(const struct deed_finding *finding);
/* What the program does at the place of the fault, in the words of its verb: "dropped", "released".
 * `by_block` says that no line of its own does it, but the end of a block. */
void deed_finding_does(struct deed_finding *finding, const char *verb, bool by_block);
/* The fault's handle is a bit copy of another. */
void deed_finding_is_copy(struct deed_finding *finding);
/* The range that the fault itself is about, in elements of the buffer. */
void deed_finding_range(struct deed_finding *finding, size_t lo, size_t hi);
/* The range that was asked for, counted in what it was asked of, which has `len`. `what` is what is
 * counted, "row", or asked for, "tile", if that is not elements; "operand" of a whole view that
 * does not fit the others of its operation; else "". */
void deed_finding_misses(struct deed_finding *finding, size_t lo, size_t hi, size_t len,
			 const char *what);
/* Of E26: the call that does the same in place. */
#define DEED_CALL_TEXT 256
void deed_finding_in_place(struct deed_finding *finding, const char *call);
/* deed_finding_task_site - what a task did, that need not be live any more, of `region` of the
 * buffer (of no bytes: no range): the loan that it took, or that it MOVED it, and so on. `tale`:
 * see tale.h. Loans of live tasks, deed_finding_loan() tells of as of all others, and which task
 * the fault itself is in is told, too, and where the tasks were asked for.
 */
void deed_finding_task_site(struct deed_finding *finding, enum deed_role role,
			    const struct deed_site *at, uint32_t thread,
			    const struct deed_tale *tale, struct deed_region region,
			    struct deed_scale scale);
/* deed_finding_shares - the fault is in sharing out by this plan.
 * deed_finding_part - which elements part `index` is to have of that: up to `hi`, which may lie
 * before their beginning. */
void deed_finding_shares(struct deed_finding *finding, const struct deed_plan *plan,
			 const struct deed_share *share);
void deed_finding_part(struct deed_finding *finding, const struct deed_plan *plan, size_t index,
		       const struct deed_extent *extent, size_t hi);
/* The rule of a share that is over, after deed_finding_loan_story(), as code: "deed_by_rows(8)". */
void deed_finding_rule(struct deed_finding *finding, const struct deed_rule *rule);
/* The loan that was asked for. */
void deed_finding_asks(struct deed_finding *finding, bool is_inout, struct deed_region region,
		       struct deed_scale scale);
/* The same of a lend by address, in bytes: `width` of the `all` that were asked for, from `from`
 * on, are the region. */
void deed_finding_asks_by_address(struct deed_finding *finding, size_t from, size_t width,
				  size_t all);
/* A leak site, which stands for `repeats` buffers of `bytes` bytes together. */
void deed_finding_leaks(struct deed_finding *finding, uint32_t slot, size_t repeats, size_t bytes);
/* deed_finding_region - the hot region that an advisory is about. deed_finding_repeats - how many
 * times the fault's place stands for. */
void deed_finding_region(struct deed_finding *finding, const struct deed_site *at);
void deed_finding_repeats(struct deed_finding *finding, size_t repeats);
void deed_finding_say(struct deed_finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Adds to the sentence of what no verb is at fault for when it was noticed: "at exit". */
void deed_finding_noticed(struct deed_finding *finding, const char *when);
/* The sentence of E11, E12, or E18 of a view that no loan is known of; after its sites. */
void deed_finding_say_ended(struct deed_finding *finding, const char *name);
/* The sentence of E22: `name` is used as elements of one type, and `birth`, of elements of `bytes`
 * bytes, made it of another. */
void deed_finding_say_types(struct deed_finding *finding, const char *name,
			    const struct deed_site *at, const struct deed_site *birth,
			    size_t bytes);
size_t deed_finding_sites(const struct deed_finding *finding);

void deed_raise(struct deed_thread *me, struct deed_finding *finding);

/* deed_reentered - E24, for an entry that deed_enter() turned away. */
DEED_COLD void deed_reentered(const struct deed_site *at, const void *frame);

/* A buffer as reports describe it; its name lies in *name. Under the shard lock. */
struct deed_report_buffer deed_describe(const struct deed_cell *cell, struct deed_plain *name);

size_t deed_follow_ons(void);

#endif
