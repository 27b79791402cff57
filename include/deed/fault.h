/* SPDX-License-Identifier: MIT
 *
 * deed/fault.h - the one table of everything that deed can report.
 *
 * A *fault* is a broken ownership rule; a trap build reports it and stops. An
 * *advisory* is a slow thing that is not wrong; it is reported and the program
 * goes on. Ids never change their meaning. The README's table is printed from
 * this list (`make fault-table`).
 */
#ifndef DEED_FAULT_H
#define DEED_FAULT_H

#include "deed/config.h"

/* X(id, name, one line of help) */
#define DEED_FAULT_TABLE(X)                                                                        \
	X(E01, "use of an empty handle",                                                           \
	  "make it own something first: deed_new(), deed_adopt(), or a move into it")              \
	X(E02, "live owner overwritten",                                                           \
	  "drop the old buffer first, or deed_settle() it if it may be empty")                     \
	X(E03, "use after move",                                                                   \
	  "use the handle that it was moved to, or deed_clone() it before the move")               \
	X(E04, "use after drop", "drop it after its last use, or move it to who needs it longer")  \
	X(E05, "double drop", "exactly one place drops; a maybe-owner is for deed_settle()")       \
	X(E06, "move while lent", "end every loan before the move, or move later")                 \
	X(E07, "resize while lent",                                                                \
	  "end every loan before resizing: the elements move to a new address")                    \
	X(E08, "drop while lent", "end every loan before the drop, or drop later")                 \
	X(E09, "conflicting loan",                                                                 \
	  "one inout, or many borrowed: end the earlier loan first, or lend disjoint parts")       \
	X(E10, "inout from borrowed",                                                              \
	  "a read-only loan cannot lend for writing: take inout from the owner")                   \
	X(E11, "use of an ended loan",                                                             \
	  "take a new loan from the owner; a view does not outlive its loan")                      \
	X(E12, "loan ended twice",                                                                 \
	  "end each loan once; a guard (DEED_INOUT, DEED_BORROWED) ends its own")                  \
	X(E13, "access while lent", "use the view that it was lent to, or end that loan first")    \
	X(E14, "loan outlives its scope",                                                          \
	  "call deed_loans_mark() before setjmp(), and deed_loans_unwind() where the jump lands")  \
	X(E15, "out of bounds", "check the index or range against deed_len()")                     \
	X(E16, "bit copy of an owner",                                                             \
	  "hand owners over with deed_move(); pin_handles=1 asked for this report")                \
	X(E17, "leak", "drop it, move it to an owner that is dropped, or deed_immortal() it")      \
	X(E18, "wrong handle, source or memory",                                                   \
	  "start handles as DEED_EMPTY, end a loan through its source, lend no null pointer")      \
	X(E19, "tasks overlap",                                                                    \
	  "give the tasks disjoint parts (deed_share_inout()), a slot each, or let them only "     \
	  "read")                                                                                  \
	X(E20, "another task's loan",                                                              \
	  "a task takes its own (deed_part_inout()), and only reads what was lent before it")      \
	X(E21, "use after arena reset",                                                            \
	  "an arena's buffers end with it: reset later, or deed_clone() what must live on")        \
	X(E22, "element type mismatch",                                                            \
	  "use the family that the buffer was made with; deed_bytes() shows any view as bytes")    \
	X(E23, "bytes changed under a borrow",                                                     \
	  "somebody wrote through a raw pointer while the buffer was lent read only")              \
	X(E24, "ledger re-entered by a signal handler",                                            \
	  "use no deed verb in a handler that can interrupt one; set a flag instead")              \
	X(E25, "bytes outside the buffer",                                                         \
	  "a raw pointer ran over the edge: DEED_OPTIONS=guard=1, or AddressSanitizer, stops "     \
	  "there")                                                                                 \
	X(E26, "kernel operands overlap",                                                          \
	  "use disjoint parts or a copy, or the in-place form of a kernel that has one")

#define DEED_ADVISORY_TABLE(X)                                                                     \
	X(A01, "allocation in a hot region", "allocate before the region and reuse")               \
	X(A02, "boundary traffic in a hot region", "convert once at the border")                   \
	X(A03, "part edge splits a cache line",                                                    \
	  "cut parts at multiples of the cache line, as deed_plan_parts() does")                   \
	X(A04, "operand not aligned", "allocate with deed_new_aligned() or from an arena")         \
	X(A05, "parts too small", "make fewer, larger parts, which pay for their hand-over")       \
	X(A06, "gap in a covering plan",                                                           \
	  "the rule says that it covers: give every element to a part, or share out a slice")

enum deed_fault {
	DEED_NO_FAULT = 0,
#define DEED_FAULT_ENUM(id, name, help) DEED_##id,
	DEED_FAULT_TABLE(DEED_FAULT_ENUM)
	/* Advisories start here; DEED_FAULT_COUNT is one past the last fault. */
	DEED_FAULT_COUNT,
	DEED_ADVISORY_FIRST = 100,
	DEED_ADVISORY_TABLE(DEED_FAULT_ENUM)
#undef DEED_FAULT_ENUM
		DEED_ADVISORY_END
};

DEED_BEGIN_C

/* deed_fault_id - "E03" for DEED_E03; "E??" for what is no fault.
 * deed_fault_name - "use after move".
 * deed_fault_help - the one line of help that a report ends with.
 *
 * Static strings, in both flavours; any thread; signal-safe.
 */
const char *deed_fault_id(enum deed_fault fault);
const char *deed_fault_name(enum deed_fault fault);
const char *deed_fault_help(enum deed_fault fault);

DEED_END_C

#endif
