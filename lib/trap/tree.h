/* SPDX-License-Identifier: MIT
 *
 * lib/trap/tree.h - the loan tree: admission and ends.
 *
 * The owner is the root. A loan is a child of the owner or of another loan, and only the
 * direct children of one source are ever compared:
 *
 *     admit(source, kind, region) unless a live direct child of the source shares a byte
 *     with the region, and the new loan or that child is inout
 *
 * That is enough (shown by exhaustive search of the model in the tests): what lies deeper
 * lies inside a direct child. They are compared one by one, which where few live at once is
 * quicker than to keep an order. n of one source that live at once take n^2 / 2 comparisons: 10000
 * ranges 0.1 s, as many tiles 0.9 s.
 *
 * Check and record are one critical section: under the cell's shard lock, with LOCK set in
 * the cell's word, so that whole-buffer loans, which are one compare-and-swap of that word,
 * wait. Two threads that ask for conflicting loans at once never both pass.
 */
#ifndef DEED_TREE_H
#define DEED_TREE_H

#include "cell.h"
#include "deed/plan.h"
#include "loan.h"
#include "story.h"
#include "thread.h"

/* Everything that a request for a loan says. */
struct deed_ask {
	const struct deed_site *at;
	const void *frame;
	uint32_t cell, parent; /* parent: slot of the source loan, 0 for the owner */
	bool is_inout, is_guard, is_raw, is_arenas, is_share;
	bool is_gone;	  /* it was refused, for its bytes have ended */
	bool is_unnoted;  /* the history is told by the caller, or need not know: see history.h */
	bool is_static;	  /* of a raw ask: as deed_history_is_static() says */
	uintptr_t raw_lo; /* of a raw ask: all that is asked for, though the region is less */
	size_t raw_bytes;
	struct deed_region region;
	/* Of a share with gaps: the ranges of bytes that it is of, in order and apart; the region
	 * is their hull. Each has a row, and the loan is that of the first. */
	const struct deed_range *runs;
	size_t run_count;
	uint64_t group;
	uint32_t stack; /* kept, if loans have one; taken before any lock */
};

/* The stack of a loan, if DEED_OPTIONS=loan_stacks=1. No lock. */
uint32_t deed_ask_stack(const struct deed_thread *me, const void *frame);

/* Tells in a finding what is asked for, and of a raw ask how much that is of all of it. */
void deed_ask_tell(struct deed_finding *finding, const struct deed_ask *ask);

/* The i-th of the runs, as a region. */
static inline struct deed_region deed_ask_run(const struct deed_ask *ask, size_t i)
{
	const struct deed_range run = ask->runs[i];

	return (struct deed_region){ run.lo, run.hi - run.lo, 0, 1 };
}

/* As deed_loan_scale(), of a loan that has not begun. */
struct deed_scale deed_ask_scale(const struct deed_ask *ask);

/* deed_loan_fill - writes the row of a loan that is about to begin. */
void deed_loan_fill(struct deed_thread *me, struct deed_loan *row, const struct deed_ask *ask);

/* deed_admit - the admission of a region loan; the caller holds the shard lock and knows that the
 * source is live and holds the region. Returns the loan, or 0 and, in *ret_finding, the conflict.
 */
uint64_t deed_admit(struct deed_thread *me, const struct deed_ask *ask,
		    struct deed_finding **ret_finding);
/* The same for a whole-buffer loan of the owner that the quick way could not decide. A null
 * `ret_finding`: the caller tells of a conflict. */
uint64_t deed_admit_whole(struct deed_thread *me, const struct deed_ask *ask,
			  struct deed_finding **ret_finding);

/* deed_end_tree - ends a live loan and its children, under the shard lock. False if the loan was
 * not live any more. Its row has `marks` from then on, as deed_end_loan() says. */
bool deed_end_tree(struct deed_thread *me, uint32_t slot, uint64_t loan, uint64_t marks,
		   const struct deed_site *at);

/* deed_parts_next - of the parts that were taken of a share, which are in no list: the first row
 * from slot `from` on that is one, and live; 0 if none is. Any thread; in time in proportion to the
 * most loans ever live at once. */
uint32_t deed_parts_next(uint32_t share, uint32_t from);

/* deed_parent_mark - says of a live loan that it has children, unless it has ended: its quick end
 * looks at this mark. deed_parent_unmark - takes the mark off again if no child came of it. */
static inline bool deed_parent_mark(struct deed_loan *row, uint64_t loan)
{
	uint64_t word = deed_loan_word(row);

	while (deed_word_is(word, loan) && (word & DEED_LOAN_LIVE))
		if (__atomic_compare_exchange_n(&row->word, &word, word | DEED_LOAN_CHILD, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			return true;
	return false;
}

static inline void deed_parent_unmark(struct deed_loan *row)
{
	if (!row->first_child)
		__atomic_and_fetch(&row->word, ~DEED_LOAN_CHILD, __ATOMIC_ACQ_REL);
}

/* Lists of siblings are newest first; the first one's `previous` is the last one. */
static inline void deed_list_put(uint32_t *head, struct deed_loan *row, uint32_t slot)
{
	struct deed_loan *const first = *head ? deed_loan_at(*head) : row;

	row->next = *head;
	row->previous = *head ? first->previous : slot;
	first->previous = slot;
	*head = slot;
}

static inline void deed_list_take(uint32_t *head, const struct deed_loan *row)
{
	if (*head == deed_slot_of(row))
		*head = row->next;
	else
		deed_loan_at(row->previous)->next = row->next;
	if (row->next)
		deed_loan_at(row->next)->previous = row->previous;
	else if (*head)
		deed_loan_at(*head)->previous = row->previous;
}

/* In a child process, only its own thread is left. */
void deed_end_loans_of_others(struct deed_thread *me);

#endif
