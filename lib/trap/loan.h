/* SPDX-License-Identifier: MIT
 *
 * lib/trap/loan.h - the rows of the loan table.
 *
 * A loan is (slot, generation). Its row is two cache lines in one reserved table, so that
 * inline code can look at the state word without a call:
 *
 *     word:  generation:40 | task:17 | flags:7     LIVE, or LIVE|WRITES: deed_at() need not ask
 *
 *     FREE --begin--> LIVE <--> LIVE|CHILD --end--> FREE of the next generation
 *                                          \--end of its parent, or end of a guard's
 *                                              loan by hand--> ORPHAN --its own end--> FREE
 *
 * A loan that something else ended keeps its row until its own end comes by, so that this
 * end is told from a second one (E12). A child view may never be ended by itself, which is
 * legal; so orphans of plain loans are kept in a queue, and the oldest make room. From then
 * on a first end is not told from a second one, and both are silent.
 *
 * Generations only grow; a slot whose generation is used up is retired. So a stale loan
 * never matches. The rest of a row is written before its word says LIVE, and stays until
 * the slot is used again: that is the story of an ended loan.
 *
 * A live word names the task that took the loan, by its number, 0 outside of all tasks. What
 * follows the number counts its zeros: so the bits of no task are among those of another, and one
 * mask lets pass what is the task's own, and what is of no task, and nothing else:
 *
 *     task:  zeros of the number:4 | number:13
 *
 * Locks: a thread's own slots need none; the shared queues are under ROWS.
 */
#ifndef DEED_LOAN_H
#define DEED_LOAN_H

#include "../base.h"
#include "deed/trap.h"
#include "region.h"

struct deed_thread;

/* LIVE and WRITES are in deed/trap.h. */
#define DEED_LOAN_CHILD ((uint64_t)4)	 /* it has live children */
#define DEED_LOAN_ORPHAN ((uint64_t)8)	 /* ended, but not by its own end */
#define DEED_LOAN_BY_HAND ((uint64_t)16) /* an ORPHAN guard that deed_end() ended */
#define DEED_LOAN_GENERATION_MAX (((uint64_t)1 << 40) - 1)

#define DEED_LOAN_DIRTY ((uint64_t)32)	/* a FREE row whose second line is not neutral */
#define DEED_LOAN_LAPSED ((uint64_t)64) /* a FREE row that was an ORPHAN to the last */

#define DEED_TASK_NUMBER_BITS 13
#define DEED_TASKS_MAX (((uint32_t)1 << DEED_TASK_NUMBER_BITS) - 1)
#define DEED_LOAN_TASK_SHIFT 7
_Static_assert(DEED_LOAN_LAPSED << 1 == (uint64_t)1 << DEED_LOAN_TASK_SHIFT &&
		       DEED_LOAN_TASK_SHIFT + DEED_TASK_NUMBER_BITS + 4 == DEED_LOAN_SLOT_BITS,
	       "flags, task and generation fill a word");

struct deed_loan {
	uint64_t word;
	const struct deed_site *site;
	uintptr_t frame; /* of the function that took it */
	union {
		struct {
			uint32_t cell, parent;
		};
		uint64_t place; /* both, as one store */
	};
	union {
		struct {
			uint32_t thread;
			uint32_t is_inout : 1, is_guard : 1, is_whole : 1, is_raw : 1,
				is_arenas : 1, is_share : 1, is_part : 1;
			uint32_t task : 17;	  /* number of the task that took it; 0: none */
			uint32_t is_unshared : 1; /* how a share has ended */
		};
		uint64_t who; /* all of them, as one store: DEED_WHO_WHOLE() */
	};
	uint64_t sequence; /* of its thread */
	const struct deed_site *end_site;
	uint32_t slot;	   /* its own number */
	uint32_t ended_in; /* of an ended loan: the generation of its cell then, its low bits */
	/* The second line, which a whole-buffer loan leaves as it finds it, neutral: lo 0, pitch 0,
	 * rows 1, no stack, no children, no pieces, ended by its own thread. */
	size_t lo, width, pitch, rows; /* in bytes; a whole-buffer loan's width is its cell's */
	uint64_t group;		       /* the invocation of a guard: see raw.c; of a share, how
					* many parts it is for */
	uint32_t stack;
	union {
		uint32_t first_child;
		uint32_t end_thread; /* of an ended loan; 0: the one that took it */
	};
	union {
		struct {
			uint32_t next, previous; /* siblings: see tree.h; of a free row, the next
						  * one */
		};
		const char *data; /* of a part, which has none: where it begins */
	};
	union {
		uint32_t next_guard;	/* of the same thread, the next older one */
		uint32_t first_run;	/* of a share: the row that stands for all of it */
		uint32_t element_bytes; /* of a part */
	};
	/* Of a raw lend that lies in several cells, or of a share that has gaps. */
	uint32_t next_piece;
};

/* The thread, the flags of a verb, and is_whole, as they lie in `who` (little endian, bit fields
 * from the lowest bit up, as gcc and clang lay them out). */
#define DEED_WHO_IS_INOUT ((uint64_t)1 << 32)
#define DEED_WHO_IS_WHOLE ((uint64_t)4 << 32)
#define DEED_WHO_IS_SHARE ((uint64_t)32 << 32)
#define DEED_WHO_IS_PART ((uint64_t)64 << 32)
#define DEED_WHO_IS_UNSHARED ((uint64_t)1 << 56)
#define DEED_WHO_TASK(number) ((uint64_t)(number) << 39)
#define DEED_WHO_WHOLE(thread, flags)                                                              \
	((uint64_t)(thread) | (uint64_t)(flags) << 32 | DEED_WHO_IS_WHOLE)

_Static_assert(sizeof(struct deed_loan) == sizeof(struct deed_loan_row),
	       "one row, two views of it");

/* Where the rows are that a use of a view is checked by. Together in one cache line: between two
 * checks a program may have gone through more memory than its first-level cache holds, and then
 * each line that the next one depends on is a wait of its own.
 */
struct deed_tables {
	struct deed_loan_row *loans; /* deed_trap_loans, as the library finds it quicker */
	uint32_t loan_limit;	     /* how many: a slot below it is safe to look at */
	struct deed_cell *cells;     /* the first DEED_CELL_CHUNK_ROWS of them, once there is one */
};
extern DEED_HIDDEN struct deed_tables deed_tables __attribute__((aligned(64)));

static inline struct deed_loan *deed_loan_at(uint32_t slot)
{
	return (struct deed_loan *)&deed_tables.loans[slot];
}

static inline uint32_t deed_slot_of(const struct deed_loan *row)
{
	return row->slot;
}

static inline uint32_t deed_loan_slot(uint64_t loan)
{
	return (uint32_t)(loan & DEED_LOAN_SLOT_MASK);
}

/* A piece of a lend by address, which ends with the lend's main row: see raw.c. Or that of an
 * arena's block, which lends nothing on, and ends with the arena. */
static inline bool deed_loan_is_piece(const struct deed_loan *row)
{
	return row->is_raw && !row->is_guard;
}

static inline uint64_t deed_loan_word(const struct deed_loan *row)
{
	return __atomic_load_n(&row->word, __ATOMIC_ACQUIRE);
}

/* What a word says of a task, and what it says. */
static inline uint64_t deed_task_bits(uint32_t number)
{
	const uint32_t zeros = DEED_TASK_NUMBER_BITS - (uint32_t)__builtin_popcount(number);

	return number ? (uint64_t)(number | zeros << DEED_TASK_NUMBER_BITS) << DEED_LOAN_TASK_SHIFT
		      : 0;
}

static inline uint32_t deed_word_task(uint64_t word)
{
	return (uint32_t)(word >> DEED_LOAN_TASK_SHIFT) & DEED_TASKS_MAX;
}

/* The word of a loan that begins in a free row. */
static inline uint64_t deed_live_word(uint64_t word, bool is_inout, uint32_t task)
{
	return (word & ~DEED_LOAN_SLOT_MASK) | DEED_LOAN_LIVE | (is_inout ? DEED_LOAN_WRITES : 0) |
	       deed_task_bits(task);
}

static inline bool deed_word_is(uint64_t word, uint64_t loan)
{
	return (word ^ loan) >> DEED_LOAN_SLOT_BITS == 0;
}

/* Of any bits. */
static inline bool deed_loan_is_live(uint64_t loan)
{
	const uint32_t slot = deed_loan_slot(loan);
	const uint64_t word =
		slot < deed_tables.loan_limit ? deed_loan_word(deed_loan_at(slot)) : 0;

	return deed_word_is(word, loan) && (word & DEED_LOAN_LIVE);
}

static inline uint64_t deed_loan_id(const struct deed_loan *row, uint32_t slot)
{
	return (deed_loan_word(row) & ~DEED_LOAN_SLOT_MASK) | slot;
}

/* deed_loan_look - whose loan the row is of, and of what, as any thread may ask of any row at any
 * time; false if it is of none. The row's thread may be filling it in for another loan meanwhile.
 * So what is asked for is written and read at once, and counts if the row is live as the same loan
 * before and after. A thread that sees the new `place` or `who` sees the new word too: hence
 * release there, and acquire here.
 */
struct deed_look {
	uint64_t loan;
	uint32_t cell, thread, task;
	bool is_inout, is_whole;
};

/* Others read its halves by their own names. */
typedef uint64_t __attribute__((may_alias)) deed_whole_word;

static inline void deed_loan_set_place(struct deed_loan *row, uint64_t place)
{
	__atomic_store_n((deed_whole_word *)&row->place, place, __ATOMIC_RELEASE);
}

static inline void deed_loan_set_who(struct deed_loan *row, uint64_t who)
{
	__atomic_store_n((deed_whole_word *)&row->who, who, __ATOMIC_RELEASE);
}

static inline uint32_t deed_loan_cell(const struct deed_loan *row)
{
	return (uint32_t)__atomic_load_n((const deed_whole_word *)&row->place, __ATOMIC_ACQUIRE);
}

static inline bool deed_loan_look(uint32_t slot, struct deed_look *ret)
{
	const struct deed_loan *const row = deed_loan_at(slot);
	const uint64_t word = deed_loan_word(row);
	uint64_t who;

	if (!(word & DEED_LOAN_LIVE))
		return false;
	who = __atomic_load_n((const deed_whole_word *)&row->who, __ATOMIC_ACQUIRE);
	ret->cell = deed_loan_cell(row);
	ret->loan = (word & ~DEED_LOAN_SLOT_MASK) | slot;
	ret->thread = (uint32_t)who;
	ret->task = deed_word_task(word);
	ret->is_inout = word & DEED_LOAN_WRITES;
	ret->is_whole = who & DEED_WHO_IS_WHOLE;
	return deed_word_is(deed_loan_word(row), word);
}

/* Whether the row of a loan still tells of it: nobody has begun to fill it in for another. */
static inline bool deed_loan_is_told(const struct deed_loan *row, uint64_t loan)
{
	const uint64_t word = deed_loan_word(row);

	return deed_word_is(word, loan) ||
	       (word >> DEED_LOAN_SLOT_BITS == (loan >> DEED_LOAN_SLOT_BITS) + 1 &&
		!(word & DEED_LOAN_LIVE) && row->site);
}

/* Whether the hull of a region loan and [lo, hi) are apart. What is not may yet share no byte, if
 * one is a tile: deed_region_meets() tells.
 */
static inline bool deed_loan_is_apart(const struct deed_loan *row, size_t lo, size_t hi)
{
	return row->lo >= hi || lo >= row->lo + (row->rows - 1) * row->pitch + row->width;
}

/* The region of a live loan. */
struct deed_region deed_loan_region(const struct deed_loan *row);

/* deed_loan_scale - how reports count the bytes of a loan: in elements of its cell, from the first;
 * in a column, in elements of that, from its first. `element` 0: they do not, for bytes of columns
 * lent by address, and where a parent that would know the column is over.
 * deed_scaled - a region in elements; lo == hi if that is not known.
 */
struct deed_scale {
	size_t from, element;
};
struct deed_elements {
	size_t lo, hi, pitch;
};
struct deed_scale deed_loan_scale(const struct deed_loan *row);
struct deed_elements deed_scaled(struct deed_scale scale, struct deed_region region);

/* Notes where a loan ends, and in which life of its cell: after it has been taken out of its list.
 */
void deed_loan_note_end(const struct deed_thread *me, struct deed_loan *row,
			const struct deed_site *at);
/* Whether the cell of an ended loan still has the life that the loan was of. */
bool deed_loan_is_of_this_life(const struct deed_loan *row);

/* One past the highest slot ever used: what a scan of the table goes up to. */
uint32_t deed_loans_made(void);

static inline void deed_loan_neutral(struct deed_loan *row)
{
	row->lo = 0;
	row->pitch = 0;
	row->rows = 1;
	row->stack = 0;
	row->first_child = 0; /* and end_thread */
	row->next_piece = 0;
}

void deed_loans_init(void);
void deed_loans_fork_prepare(void);
void deed_loans_fork_done(void);
size_t deed_loans_bytes(void);

#endif
