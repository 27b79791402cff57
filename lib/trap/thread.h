/* SPDX-License-Identifier: MIT
 *
 * lib/trap/thread.h - what the ledger knows of a thread.
 *
 * Made at the thread's first verb, in pages of its own; ended by the thread's exit. Only
 * the thread itself touches it, but for `id`, which others read in reports.
 */
#ifndef DEED_THREAD_H
#define DEED_THREAD_H

#include "../base.h"
#include "deed/config.h"

/* Free loan slots that a thread keeps. Taking from one end and giving to the other, and never
 * below SLOTS_KEPT, it lets that many other loans come and go before a slot is used again:
 * so long the story of an ended loan can be told. 64 rows of two cache lines stay in L1. */
#define DEED_SLOTS_KEPT 64
#define DEED_SLOTS_MAX 256

/* A frame as it lies on the stack. */
struct deed_stack_frame {
	uintptr_t next, return_address;
};

/* A stack that was kept, and the frames that it was walked by: while they are the same the stack
 * is, which costs half of walking it. As many as the default stack_depth has; of longer ones none
 * are here. */
struct deed_recent_stack {
	uintptr_t first, frame; /* the innermost address, and the first of the frames */
	uint32_t id, age;	/* 0: none; see unload.h */
	uint32_t depth, count;	/* stack_depth then; how many frames are here */
	struct deed_stack_frame frames[16] __attribute__((aligned(16)));
};

struct deed_finding;
struct deed_hot_region;
struct deed_loan;
struct deed_scratch;
struct deed_task;

struct deed_thread {
	/* One cache line: after the work of a part of some ten thousand bytes each line that is
	 * asked for is a wait. */
	uint32_t id __attribute__((aligned(64))); /* 1 is the first thread that used deed */
	uint32_t inside;			  /* 1 while it is inside the ledger */
	uint64_t loans_taken;			  /* ever: the sequence number of its next loan */
	struct deed_task *task;			  /* that it works on; null outside: see task.h */
	uint32_t in_task;			  /* its number; 0 outside */
	uint32_t task_live;  /* loans taken by it, and not ended; parts of shares left out */
	uint64_t task_first; /* sequence number of its first loan */
	uint32_t slots_head, slots_tail; /* of the ring, counted without end */
	uint32_t task_index;		 /* of its part */
	uint16_t hot_count;		 /* open hot regions: see hot_region.c */
	bool hot_waited;		 /* for a buffer, in one, and nothing was told of it yet */
	bool task_is_noted;		 /* what it works on: see tale.h */
	uint64_t whole; /* `who` of a plain whole-buffer borrow of this thread, see loan.h; in a
			 * task that of none, so that no quick end takes place */

	uintptr_t stack_lo, stack_hi;
	uint32_t guards;	    /* slot of its newest guard, 0 if none; see loan.h */
	uint32_t first_number;	    /* of its outermost task, whether it is in one; 0: not yet */
	struct deed_loan *next_row; /* in a task: deed_next_row as it was, and will be */
	struct deed_loan *slots[DEED_SLOTS_MAX];
	struct deed_finding *findings; /* reports under way, or jumped out of */
	struct deed_finding *spare;    /* pages for the next one */
	size_t refused_len;	       /* of the view that it was last refused */
	struct deed_scratch *scratch;  /* what continue mode hands out when memory is gone */
	struct deed_hot_region *hot;
	uint64_t fork_room[18];			      /* of process.c, while it forks */
	struct deed_thread *next;		      /* all threads alive */
	uint32_t recent_turn;			      /* which of two is replaced next */
	struct deed_recent_stack recent_stacks[8][2]; /* see stack.c */
};

/* Few words in static TLS, with those of deed_trap_rights: more could keep a shared library from
 * being dlopen()ed. The second is the row that the thread's next loan goes into, null until it has
 * slots, and in a task: a quick loan finds it with one load, instead of through the thread, the
 * ring and the table. */
extern DEED_HIDDEN __thread struct deed_thread *deed_self
	__attribute__((tls_model("initial-exec")));
extern DEED_HIDDEN __thread struct deed_loan *deed_next_row
	__attribute__((tls_model("initial-exec")));

/* The record of a thread that has none: the process stops if there is no memory for it, or there is
 * none, for those who can do without. */
DEED_COLD struct deed_thread *deed_thread_start(void);
DEED_COLD struct deed_thread *deed_thread_try_start(void);

/* deed_enter - the calling thread, marked as inside the ledger; null if it was inside already: a
 * signal handler interrupted a verb of its own thread (E24). deed_leave() is a plain store, so that
 * a handler that longjmp()s out of a report, after deed left, finds the mark clear.
 */
static inline struct deed_thread *deed_enter(void)
{
	struct deed_thread *me = deed_self;

	if (DEED_UNLIKELY(!me))
		me = deed_thread_start();
	if (DEED_UNLIKELY(me->inside))
		return NULL;
	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return me;
}

static inline void deed_leave(struct deed_thread *me)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	me->inside = 0;
}

static inline uint32_t deed_slots_count(const struct deed_thread *me)
{
	return me->slots_tail - me->slots_head;
}

/* Whether `frame` is on the thread's own stack, and not on a coroutine's or a signal's. */
static inline bool deed_on_own_stack(const struct deed_thread *me, uintptr_t frame)
{
	return frame >= me->stack_lo && frame < me->stack_hi;
}

/* Once, before the first thread's record is made. Not at that time: what a thread does once and
 * others wait for is order that ThreadSanitizer would take for the program's. */
void deed_threads_init(void);

/* The ledger is about to be unloaded, with the plugin that it is a part of: threads that end later
 * must not come back to it. */
void deed_threads_done(void);

/* Whether the thread with this id has not exited. */
bool deed_thread_is_alive(uint32_t id);

/* `bytes` zeroed bytes of the thread's own; null if there are none. Good until the next call. */
void *deed_thread_scratch(struct deed_thread *me, size_t bytes);

void deed_thread_fork_prepare(void);
/* In the child only the calling thread is left. */
void deed_thread_fork_done(bool is_child);

/* Stops the process: the ledger cannot go on, and going on without it would miss faults. */
DEED_COLD void deed_ledger_stops(const char *why) __attribute__((noreturn));

#endif
