/* SPDX-License-Identifier: MIT
 *
 * tests/cases/case.h - what an acceptance case is written with.
 *
 * A case is a small story of a few buffers that the suites of other memory-safe systems
 * tell in their own languages, told again in deed. list.def registers it:
 *
 *     TRAP(UM03, E03)         the story breaks one rule, and this is the fault
 *     {
 *             deed_i32 a = DEED_EMPTY;
 *
 *             MAKE(&a, 100);
 *             GIVE(consume, &a);
 *             HERE;                   the fault is on the next line
 *             GIVE(consume, &a);
 *     }
 *     CLEAN(UM21) { ... }     the story breaks none: not a word, leaks included
 *     REPORT(RP01, E05) { ... }   the story is told for what the report of it says
 *
 * Every case goes on after its fault and ends as if nothing had happened, because it also
 * runs with on_fault=continue. A story with several endings has shapes: the case runs
 * once for each `shape` in [0, shapes). Functions and macros here take owners by address.
 */
#ifndef DEED_CASE_H
#define DEED_CASE_H

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deed.h"

/* The fault is part of the name, so that a case and its entry in list.def cannot disagree: the
 * program would not link. */
#define CASE(name) void case_##name(int shape __attribute__((unused)))
#define TRAP_SHAPES(id, fault, shapes, options) CASE(id##_##fault);
#define TRAP(id, fault) CASE(id##_##fault);
#define CLEAN(id) CASE(id##_clean);
#define REPORT(id, fault) CASE(id##_##fault);
#include "list.def"
#undef TRAP_SHAPES
#undef TRAP
#undef CLEAN
#undef REPORT
#define TRAP(id, fault) DEED_UNCHECKED CASE(id##_##fault)
#define CLEAN(id) CASE(id##_clean)
#define REPORT(id, fault) DEED_UNCHECKED CASE(id##_##fault)

/* Tells the test where the fault will be: on the line below. */
#define HERE case_here(__FILE__, __LINE__ + 1)
/* Tells the test which buffer the report must be about, by the name of its variable. */
#define ABOUT(variable) case_about(#variable)
/* Tells the test what the report's message must mention. */
#define SAYS(text) case_says(text)
/* What must hold, in whatever mode the case runs. */
#define CHECK(e) ((e) ? (void)0 : case_failed(__FILE__, __LINE__, #e))

/* Makes an owner of `count` zeroed elements. */
#define MAKE(owner, count) CHECK(deed_new_zeroed(owner, count) == 0)

/* One element through a loan that lives no longer than that; the value is evaluated before it. */
#define READ(owner, index)                                                                         \
	(__extension__({                                                                           \
		const __auto_type read_view_ = deed_borrow(owner);                                 \
		const __auto_type read_value_ = deed_at(read_view_, (index));                      \
		deed_end(owner, &read_view_);                                                      \
		read_value_;                                                                       \
	}))
#define WRITE(owner, index, value)                                                                 \
	(__extension__({                                                                           \
		const __typeof__(*(owner)->tag) write_value_ = (value);                            \
		const __auto_type write_view_ = deed_inout(owner);                                 \
		deed_at(write_view_, (index)) = write_value_;                                      \
		deed_end(owner, &write_view_);                                                     \
	}))

/* Calls `function` with an owner that `owner` has moved to: an owned parameter. */
#define GIVE(function, owner)                                                                      \
	(__extension__({                                                                           \
		__typeof__(*(owner)) given_ = DEED_EMPTY;                                          \
		deed_move(&given_, owner);                                                         \
		function(&given_);                                                                 \
	}))

/* An owner of handles, as containers of owners are. */
DEED_DEFINE(handles, deed_i32);

/* A function whose frame is its own, and whose calls are not jumps: for stories about stacks. */
#define OWN_FRAME __attribute__((noinline))
#define NOT_A_TAIL_CALL __asm__ volatile("")

void case_here(const char *file, int line);
void case_about(const char *variable);
void case_says(const char *words);
__attribute__((noreturn)) void case_failed(const char *file, int line, const char *what);

/* Ends what it is given. */
void consume(deed_i32 *owned);
/* Reads, or writes, all of a view. */
int32_t total_of(deed_i32_borrowed view);
void add_one(deed_i32_inout view);

/* The condition `value`, which no optimiser knows. */
int condition(int value);

/* Adopts `count` zeroed elements whose end case_ended() counts, and notes in the order of ends. */
void make_counted(deed_i32 *ret, size_t count, int number);
int case_ended(int number);
/* The number of the buffer that ended `at`-th, from 0; -1 if fewer ended. */
int case_end_order(int at);
/* As if none had ended. */
void case_forget_ends(void);

/* The same crimes in another file: other.c. */
struct other_parcel {
	int number;
	deed_i32 buffer;
};
void other_drop(deed_i32 *owner);
int32_t other_read(deed_i32 *owner);
void other_drop_parcel(struct other_parcel parcel);

#endif
