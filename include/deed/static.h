/* SPDX-License-Identifier: MIT
 *
 * deed/static.h - the static twin: ownership checked before the program runs, by stock Clang.
 *
 *     clang $(pkg-config --variable=checkflags deed) app.c
 *
 *     app.c:9:2: warning: calling function 'deed_drop' requires holding ownership
 *     'xs.is.owned' exclusively
 *
 * The flags are -fsyntax-only -Wthread-safety -DDEED_STATIC=1: a run of its own, that makes no
 * object. In it the verbs tell Clang's thread-safety analysis what they ask and do, and Clang
 * follows every owner through every function as it would follow a lock. Nothing of this is
 * there in any other build.
 *
 * What it says is said of locks. In its sentences `xs` is the owner, `xs.is` its state, and
 * what comes then is what is wrong:
 *
 *     xs.is.owned         it was given up on some way here           E03 E04 E05
 *     xs.is.gone          it was given up on every way here          E03 E04 E05
 *     xs.is.lent          it is borrowed, or a part of it is lent    E06 E07 E08 E09
 *     xs.is.lent_inout    all of it is lent inout                    E06 E07 E08 E09 E13
 *     xs.is.open          no inout loan of it is open                E12 E18
 *     xs.is.writable      this function promised DEED_READS
 *
 * There are two levels. The *default* knows nothing of an owner until it sees a verb, and says
 * only what follows from the verbs: it needs no annotation. The *strict* level
 * (checkflags_strict, DEED_STRICT=1) wants ownership proved. It finds leaks, live owners that
 * are overwritten, and a deed_new() whose result nobody looked at (E17, E02, E01). It asks for
 *
 *     words        DEED_TAKES, DEED_GIVES, DEED_READS or DEED_WRITES at every function, of
 *                  every owner that comes in by pointer
 *     truth tests  if (deed_new(&xs, n)), or of the variable that holds the result; not < 0
 *     ladders      labels that drop what there is, and one state where two ways meet: no
 *                  clean-up that settles what may be owned
 *
 * What is followed is told by how an argument is written:
 *
 *     &xs, &s.xs              a variable or a member of one: all of the above
 *     p, &p->xs               behind a pointer: loans, and what is given up on every way. Of
 *                             the pointer it is taken that nobody sets it anew. (The strict
 *                             level follows it as a variable.)
 *     &a[i], f(), p + 1,      nothing, for it may be another one the next time. (What the
 *     c ? p : q               strict level sees made there, is a leak to it.)
 *
 * What is right, cannot be followed, and may be said to be wrong; and what to write there:
 *
 *     an owner is given up, and then filled by a      DEED_GIVES at that function; or ask
 *       function, or by assignment                    deed_owns(&xs), for what was known is
 *                                                     then forgotten; or deed_settle() it
 *     a function takes or ends loans for its caller   DEED_LOANS at that function
 *     a loop ends loans, or a condition decides       guards; or DEED_LOANS at a function that
 *       twice whether it does                         ends them
 *     a condition decides twice:                      ask deed_owns(&xs), or deed_settle()
 *       if (c) move it ... if (!c) drop it            without asking; leave a loop after a move
 *     a pointer is set anew after a drop              a variable for each
 *     words, and elements of one array, or p++;       a loop, or variables
 *       macros that hide a subscript
 *     one owner by two spellings: &s.xs, &(&s)->xs    one spelling in a function
 *     a file-scope owner is given up, and filled by   DEED_GIVES(&xs) at that function
 *       a function
 *     a function that does not return                 noreturn at that function
 *     deed_loans_unwind(), loans of nothing           DEED_UNCHECKED at the function around it
 *
 * What is wrong, and not said. Trap builds see it:
 *
 *     given up on some way only, or in a loop: an owner
 *       that a function gave or took; or that goes to
 *       DEED_WRITES or DEED_TAKES then
 *     elements of arrays, two names for one owner
 *     borrowed loans: ended twice, or one of two;
 *       parts that overlap; views whose loan ended
 *     an owner that is still empty
 *     bodies of DEED_GIVES and DEED_LOANS functions
 *     what follows a guard in its block, and the
 *       end of DEED_AUTO, before clang 18 and in C++;
 *       the strict level takes DEED_AUTO for leaks
 *
 * Clang's time and memory grow with the number of verbs in a function times that of its variables,
 * those in guards and deed_fill() too: a second at 200 verbs, some 20 s and 3 GB at 800. So it is
 * functions of a thousand verbs that want DEED_UNCHECKED, or to be several.
 *
 * In C++, words name pointers, not references, and members as &this->xs; constructors and
 * destructors are not looked into.
 */
#ifndef DEED_STATIC_H
#define DEED_STATIC_H

#include "deed/config.h"

/* 1: this is a run of the static twin; and with DEED_STRICT 1, at the strict level. */
#ifndef DEED_STATIC
#define DEED_STATIC 0
#endif
#ifndef DEED_STRICT
#define DEED_STRICT 0
#endif
#ifdef __clang__
#define DEED_TWIN DEED_STATIC
#else
#define DEED_TWIN 0
#endif

/* ---- words for prototypes -------------------------------------------------------------------
 *
 * They stand behind the first declaration of a function, once (not again behind its definition,
 * and not behind a pointer to functions), name up to eight owners by address, and say what becomes
 * of them. Callers are held to them, and so is the body. To a compiler that does not run the twin
 * they are nothing; to who reads they are something.
 */

/* DEED_READS - borrows the owner, and leaves it as it is.
 *
 *     float mean(const deed_f32 *samples) DEED_READS(samples);
 *
 * A caller owns it and has not lent it inout. The body neither gives it up nor lends it inout.
 */
#define DEED_READS(...) DEED_AT_MOST_8(__VA_ARGS__) DEED_SAYS_READS(__VA_ARGS__)

/* DEED_WRITES - lends the owner for writing, or resizes it; it owns afterwards.
 *
 *     void plate_step(struct plate *plate) DEED_WRITES(&plate->now, &plate->next);
 *
 * A caller owns it and has not lent it.
 */
#define DEED_WRITES(...) DEED_AT_MOST_8(__VA_ARGS__) DEED_SAYS_WRITES(__VA_ARGS__)

/* DEED_TAKES - gives the owner up: moves it on, or drops it.
 *
 *     void publish(deed_f32 *samples) DEED_TAKES(samples);
 *
 * A caller owns it, has not lent it, and does not use it afterwards. At the strict level the
 * body gives it up on every way.
 */
#define DEED_TAKES(...) DEED_AT_MOST_8(__VA_ARGS__) DEED_SAYS_TAKES(__VA_ARGS__)

/* DEED_TAKES_IF_0 - DEED_TAKES, if the function returns 0; if not, its caller still owns.
 *
 *     int queue_push(struct queue *queue, deed_f32 *samples) DEED_TAKES_IF_0(samples);
 *
 * A caller owns it, and has not lent it. The body is not looked into.
 */
#define DEED_TAKES_IF_0(...) DEED_AT_MOST_8(__VA_ARGS__) DEED_SAYS_TAKES_IF_0(__VA_ARGS__)

/* DEED_GIVES - makes the owner own, if the function returns 0.
 *
 *     int load(deed_u8 *ret, const char *path) DEED_GIVES(ret);
 *
 * The body is not looked into.
 */
#define DEED_GIVES(...) DEED_AT_MOST_8(__VA_ARGS__) DEED_SAYS_GIVES(__VA_ARGS__)

/* DEED_LOANS - takes or ends loans of the owner for its caller: what was known of them is not,
 * afterwards.
 *
 *     deed_u8_inout frame_open(struct frame *frame) DEED_LOANS(&frame->pixels);
 *     void frame_close(struct frame *frame, deed_u8_inout pixels) DEED_LOANS(&frame->pixels);
 *
 * The body is not looked into.
 */
#define DEED_LOANS(...) DEED_AT_MOST_8(__VA_ARGS__) DEED_SAYS_LOANS(__VA_ARGS__)

/* DEED_UNCHECKED - the body is not looked into: for what is right and cannot be followed.
 *
 *     DEED_UNCHECKED static void drop_all_but_one(deed_f32 *owners, size_t count, size_t one)
 */
#define DEED_UNCHECKED DEED_SAYS_UNCHECKED

/* ---- what the verbs say ---------------------------------------------------------------------
 *
 * A verb hands an owner to its function as DEED_SAY(verb, owner): the address of the owner's
 * core, and in a run of the twin, before that, calls of functions that no library has, whose
 * attributes are all that matters.
 */
#if DEED_TWIN
#include "deed/twin.h"
#else
#define DEED_STATE_MEMBER
#define DEED_SAY(verb, handle) (&(handle)->h)
#define DEED_SAY_LENT(verb, source, flags) (&(source)->h)
#define DEED_SAY_VALUE(verb, handle) ((handle).h)
#define DEED_SAY_MOVE(to, from) (&(to)->h)
#define DEED_SAY_END(source, view) (&(source)->h)
#define DEED_SAY_SET(view) (&(view)->h)
#define DEED_SAY_MADE(ret, call) call
#define DEED_SAY_OWNS(owner, call) call
#define DEED_SAY_GUARD(view, source)
#define DEED_SAY_AUTO(name)
#define DEED_AT_MOST_8(...)
#define DEED_SAYS_READS(...)
#define DEED_SAYS_WRITES(...)
#define DEED_SAYS_TAKES(...)
#define DEED_SAYS_TAKES_IF_0(...)
#define DEED_SAYS_GIVES(...)
#define DEED_SAYS_LOANS(...)
#define DEED_SAYS_UNCHECKED
#endif

#endif
