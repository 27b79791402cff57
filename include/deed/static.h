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
 *     xs.is.owned         default: given up on some way to here      E03 E04 E05
 *                         strict: not proved, or still owned         E01 E02 E03 E04 E05 E17
 *     xs.is.gone          it was given up on every way here          E03 E04 E05
 *     xs.is.lent          it is borrowed, or a part of it is lent    E06 E07 E08 E09
 *     xs.is.borrowed      all of it is borrowed                      E09
 *     xs.is.lent_inout    all of it is lent inout                    E06 E07 E08 E09 E13
 *     xs.is.open          its inout loan was ended on some way       E12 E18
 *     xs.is.writable      this function promised DEED_READS          E04 E05 E07 E09
 *
 * the_end_of_xs_0 is where the block of DEED_AUTO(family, xs) is left. A leak is reported where
 * ways meet on which it is owned and not: behind the return that leaks, often at the closing
 * brace. Clang 14 says `mutex` for some of the kinds.
 *
 * There are two levels. The *default* knows nothing of an owner until it sees a verb, and says
 * only what follows from the verbs. It asks for no word, but where a function fills or lends
 * what its caller gave up or ended. The *strict* level (checkflags_strict, DEED_STRICT=1) wants
 * ownership proved. It finds leaks, live owners that are overwritten, and a deed_new() whose
 * result nobody looked at (E17, E02, E01). examples/queue.c is written for it. It asks for
 *
 *     words        DEED_TAKES, DEED_GIVES, DEED_READS or DEED_WRITES at every function, of
 *                  every owner that comes in by pointer
 *     truth tests  if (deed_new(&xs, n)), or err = deed_new(&xs, n); if (err). What is tested
 *                  by < 0, or assigned in the condition, counts as not owned; so does what is
 *                  made by ||, where a DEED_AUTO was made before
 *     ladders      labels that drop what there is, and one state where two ways meet: no
 *                  clean-up that settles what may be owned
 *
 * What is followed is told by how an argument is written, macros expanded:
 *
 *     &xs, &s.xs              a variable or a member of one: all of the above
 *     p, &p->xs               behind a pointer: loans, and what is given up on every way. Of
 *                             the pointer it is taken that nobody sets it anew. (The strict
 *                             level follows it as a variable.)
 *     &a[i], f(), p + 1, p++, nothing, for it may be another one the next time
 *     c ? p : q
 *
 * RIGHT, AND SAID TO BE WRONG. For whatever owner is followed there is one remedy in place: to ask
 *
 *     (void)deed_owns(&xs);
 *
 * Whoever asks knows more than can be followed, so that what was known of xs is forgotten there,
 * its loans as well, until the next verb. It stands between what was done and what is said;
 * where a loop is in between, before the loop. (At the strict level it means that xs owns
 * nothing that is proved.) What else helps:
 *
 *     an owner is given up, and then filled by a      DEED_GIVES at that function, of a
 *       function, or by assignment                    file-scope owner, too
 *     a function takes or ends loans for its caller   DEED_LOANS at that function
 *     a loop ends loans, or a condition decides       guards
 *       twice whether it does
 *     a condition decides twice:                      deed_settle() without asking; leave a
 *       if (c) move it ... if (!c) drop it            loop after a move
 *     an owner is given up before a loop that fills   declare it in the loop
 *       it and gives it up
 *     a pointer or a view is set anew after a drop    a variable for each
 *       or a loan
 *     a word's owner is an element, f() or p++: all   a variable for each, declared in the
 *       of them are one, '#undefined' may be any      loop
 *     an owner has two names, and one of them is      one name in a function
 *       used to give up, fill or end
 *     a function does not return                      noreturn at that function
 *     deed_loans_unwind(), loans of nothing           DEED_UNCHECKED at the function around it
 *     strict: an owner is returned by value, or in    DEED_GIVES of an argument; a pointer to
 *       a new struct                                  a pointer is (*ret)
 *
 * WRONG, AND NOT SAID. Trap builds see it:
 *
 *     given up on some way only, or in a loop: what is behind a pointer; what a function gave
 *       or took; what goes to DEED_WRITES or DEED_TAKES then
 *     lent on some way only, or in a loop, and given up
 *     elements of arrays, two names for one owner
 *     borrowed loans: ended twice, or one of two; parts that overlap; views whose loan
 *       ended; whether an index is in range
 *     an owner that is still empty; what an argument does to the owner beside it
 *     bodies of DEED_GIVES, DEED_TAKES_IF_0 and DEED_LOANS functions; and that a DEED_WRITES
 *       body gives up (strict: that is said), or overwrites what is behind a pointer
 *     constructors, destructors and catch blocks
 *     what follows a guard in its block, and the end of DEED_AUTO, before clang 18 and in
 *       C++; the strict level takes DEED_AUTO for leaks there
 *
 * Clang's time and memory grow with the number of verbs in a function times that of its variables,
 * those in guards and deed_fill() too: a second at 200 verbs, some 20 s and 3 GB at 800. So it is
 * functions of a thousand verbs that want DEED_UNCHECKED, or to be several; so do those of 60 open
 * guards and ten returns, of which it says what is not so.
 *
 * In C++, words name pointers, not references.
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
 * They stand behind the first declaration of a function, once: again behind its definition,
 * DEED_TAKES would take for the second time what it took. Not behind a pointer to functions. They
 * name up to eight owners by address, and say what becomes of them. Callers are held to them, and
 * so is the body. To a compiler that does not run the twin they are nothing; to who reads they are
 * something.
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
