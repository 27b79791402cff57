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
#define DEED_READS(...) DEED_SAYS_READS(__VA_ARGS__)

/* DEED_WRITES - lends the owner for writing, or resizes it; it owns afterwards.
 *
 *     void plate_step(struct plate *plate) DEED_WRITES(&plate->now, &plate->next);
 *
 * A caller owns it and has not lent it.
 */
#define DEED_WRITES(...) DEED_SAYS_WRITES(__VA_ARGS__)

/* DEED_TAKES - gives the owner up: moves it on, or drops it.
 *
 *     void publish(deed_f32 *samples) DEED_TAKES(samples);
 *
 * A caller owns it, has not lent it, and does not use it afterwards. At the strict level the
 * body gives it up on every way.
 */
#define DEED_TAKES(...) DEED_SAYS_TAKES(__VA_ARGS__)

/* DEED_GIVES - makes the owner own, if the function returns 0.
 *
 *     int load(deed_u8 *ret, const char *path) DEED_GIVES(ret);
 *
 * The body is not looked into.
 */
#define DEED_GIVES(...) DEED_SAYS_GIVES(__VA_ARGS__)

/* DEED_LOANS - takes or ends loans of the owner for its caller: what was known of them is not,
 * afterwards.
 *
 *     deed_u8_inout frame_open(struct frame *frame) DEED_LOANS(&frame->pixels);
 *     void frame_close(struct frame *frame, deed_u8_inout pixels) DEED_LOANS(&frame->pixels);
 *
 * The body is not looked into.
 */
#define DEED_LOANS(...) DEED_SAYS_LOANS(__VA_ARGS__)

/* DEED_UNCHECKED - the body is not looked into: for what is right and cannot be followed.
 *
 *     DEED_UNCHECKED static void drop_all_but_one(deed_f32 *owners, size_t count, size_t one)
 */
#define DEED_UNCHECKED DEED_SAYS_UNCHECKED

/* ---- what the verbs say ---------------------------------------------------------------------
 *
 * A verb hands an owner to its function as DEED_SAY(verb, owner, text): the address of the
 * owner's core, and in a run of the twin, before that, calls of functions that no library has,
 * whose attributes are all that matters. `text` is what the owner is called at the call site.
 */
#if !DEED_STATIC || !defined(__clang__)

#define DEED_STATE_MEMBER
#define DEED_SAY(verb, handle, text) (&(handle)->h)
#define DEED_SAY_LENT(verb, source, text, flags) (&(source)->h)
#define DEED_SAY_VALUE(verb, handle, text) ((handle).h)
#define DEED_SAY_MOVE(to, to_text, from, from_text) (&(to)->h)
#define DEED_SAY_END(source, source_text, view, view_text) (&(source)->h)
#define DEED_SAY_MADE(ret, text, call) call
#define DEED_SAY_OWNS(owner, text, call) call
#define DEED_SAY_GUARD(view, source)
#define DEED_SAY_AUTO(name)
#define DEED_SAYS_READS(...)
#define DEED_SAYS_WRITES(...)
#define DEED_SAYS_TAKES(...)
#define DEED_SAYS_GIVES(...)
#define DEED_SAYS_LOANS(...)
#define DEED_SAYS_UNCHECKED

#else

/* The state of a handle is made of words, each of which the analysis takes for a lock: held
 * exclusively, held shared, or not held. No word has a value.
 *
 *                  exclusively     shared                  not held
 *     owned        owns            given up on some way    unknown
 *     open         lent inout      not lent inout          unknown
 *     writable     may be given up promised DEED_READS     unknown
 *     gone lent lent_inout    it is so                     unknown
 *
 * All of them are *asserted* to be held, not acquired. That is never wrong, does nothing to a
 * word that is held already, and where two ways meet, the word stays as far as both have it,
 * without a sound: held on one of them is unknown, exclusive on one and shared on the other is
 * shared. At the back edge of a loop alone that is said, and so finds a move in a loop. (At the
 * strict level `owned` is a lock as any other: acquired, released, and held on all ways or none.)
 */
#define DEED_A(attribute) __attribute__((attribute))
#define DEED_BE(...) DEED_A(assert_capability(__VA_ARGS__))
#define DEED_BE_SHARED(...) DEED_A(assert_shared_capability(__VA_ARGS__))
#define DEED_NOT(...) DEED_A(locks_excluded(__VA_ARGS__))
/* Not held from here on; to let go of what is not held would be wrong. */
#define DEED_FORGET(...) DEED_BE_SHARED(__VA_ARGS__) DEED_A(release_generic_capability(__VA_ARGS__))
/* Wrong only if it is held shared: what is unknown becomes held, and goes through. */
#define DEED_WHOLLY(...) DEED_BE(__VA_ARGS__) DEED_A(requires_capability(__VA_ARGS__))

/* The names are those of the sentences. */
typedef char DEED_A(capability("ownership")) deed_owned_word;
typedef char DEED_A(capability("state")) deed_gone_word;
typedef char DEED_A(capability("right to write")) deed_writable_word;
typedef char DEED_A(capability("loan")) deed_lent_word;
typedef char DEED_A(capability("inout loan")) deed_inout_word;

struct deed_state {
	deed_owned_word owned;
	deed_gone_word gone;
	deed_writable_word writable;
	deed_lent_word lent;
	deed_inout_word lent_inout;
	deed_inout_word open;
};
#define DEED_STATE_MEMBER struct deed_state is;

/* What a verb asks. Its function has the verb's name, which the sentences say. */
#if DEED_STRICT
#define DEED_OWNED(owned, gone) DEED_A(requires_capability(owned))
#define DEED_OWNED_TO_LOSE
#else
#define DEED_OWNED(owned, gone) DEED_NOT(gone) DEED_WHOLLY(owned)
#define DEED_OWNED_TO_LOSE DEED_OWNED(is->owned, is->gone)
#endif
#define DEED_CAN_LOSE DEED_OWNED_TO_LOSE DEED_CAN_CHANGE
#define DEED_CAN_CHANGE DEED_NOT(is->lent) DEED_NOT(is->lent_inout) DEED_WHOLLY(is->writable)
#define DEED_CAN_READ DEED_OWNED(is->owned, is->gone) DEED_NOT(is->lent_inout)
#define DEED_CAN_WRITE DEED_OWNED(is->owned, is->gone) DEED_CAN_CHANGE
#define DEED_CAN_WRITE_PART DEED_CAN_READ DEED_WHOLLY(is->writable)

#define DEED_ASKS(name, attributes) int(name)(const struct deed_state *is) attributes
#define DEED_DOES(name, attributes) int name(const struct deed_state *is) attributes

DEED_BEGIN_C

DEED_ASKS(deed_move, DEED_CAN_LOSE);
DEED_ASKS(deed_drop, DEED_CAN_LOSE);
DEED_ASKS(deed_release, DEED_CAN_LOSE);
DEED_ASKS(deed_settle, DEED_CAN_CHANGE);
DEED_ASKS(deed_swap, DEED_CAN_CHANGE);
DEED_ASKS(deed_resize, DEED_CAN_WRITE);
DEED_ASKS(deed_immortal, DEED_OWNED(is->owned, is->gone));
DEED_ASKS(deed_clone, DEED_CAN_READ);
DEED_ASKS(deed_borrow, DEED_CAN_READ);
DEED_ASKS(deed_borrow_part, DEED_CAN_READ);
DEED_ASKS(deed_tile_borrow, DEED_CAN_READ);
DEED_ASKS(deed_inout, DEED_CAN_WRITE);
DEED_ASKS(deed_inout_part, DEED_CAN_WRITE_PART);
DEED_ASKS(deed_tile_inout, DEED_CAN_WRITE_PART);
DEED_ASKS(deed_reborrow, DEED_NOT(is->lent_inout));
DEED_ASKS(deed_split, DEED_NOT(is->lent_inout));
DEED_ASKS(deed_end, DEED_WHOLLY(is->open));
int(deed_len)(struct deed_state is) DEED_OWNED(is.owned, is.gone);

DEED_DOES(deed_is_unknown_, DEED_FORGET(is->owned, is->gone));
DEED_DOES(deed_is_owned_, DEED_BE(is->owned));
int deed_view_is_owned_(struct deed_state is) DEED_BE(is.owned);
DEED_DOES(deed_is_owned_or_not_, DEED_BE_SHARED(is->owned));
DEED_DOES(deed_is_gone_, DEED_BE(is->gone));
DEED_DOES(deed_is_not_gone_, DEED_FORGET(is->gone));
DEED_DOES(deed_is_lent_, DEED_BE(is->lent));
DEED_DOES(deed_is_lent_inout_, DEED_BE(is->lent_inout, is->open));
DEED_DOES(deed_is_not_lent_, DEED_FORGET(is->lent));
DEED_DOES(deed_is_not_lent_inout_, DEED_FORGET(is->lent_inout));
DEED_DOES(deed_is_unknown_open_, DEED_FORGET(is->open));
DEED_DOES(deed_is_not_open_, DEED_BE_SHARED(is->open));
DEED_DOES(deed_is_acquired_, DEED_A(acquire_capability(is->owned)));
DEED_DOES(deed_is_given_up_, DEED_A(release_capability(is->owned)));
DEED_CHECK_RESULT int deed_is_made_(const struct deed_state *is, int err)
	DEED_A(try_acquire_capability(0, is->owned));
int deed_is_ours_(const struct deed_state *is, int owns)
	DEED_A(try_acquire_capability(1, is->owned));

/* Which way is taken cannot be known. */
extern int deed_either_way_;

DEED_END_C

/* What a verb does then. `place`: it does it to a variable, or a member of one. */
#if DEED_STRICT
#define DEED_GAINS(is, place) ((place) ? deed_is_acquired_(is) : deed_is_owned_(is))
#define DEED_LOSES(is, place) deed_is_given_up_(is)
#define DEED_SETTLES(is, place) deed_is_unknown_(is)
#define DEED_OWNS_NOW(is, place) (deed_is_unknown_(is), deed_is_owned_(is))
#define DEED_SAY_MADE(ret, text, call) deed_is_made_(&(ret)->is, call)
#define DEED_SAY_OWNS(owner, text, call)                                                           \
	deed_is_ours_((deed_is_unknown_(&(owner)->is), &(owner)->is), call)
#else
/* What DEED_READS says of an owner behind a pointer holds until the end of the body: what such a
 * body may ask leaves `owned` alone there. */
#define DEED_GAINS(is, place) (deed_is_unknown_(is), (place) ? deed_is_owned_(is) : 0)
#define DEED_LOSES(is, place)                                                                      \
	((place) ? (deed_is_unknown_(is), deed_is_owned_or_not_(is)) : deed_is_gone_(is))
#define DEED_SETTLES(is, place) ((place) ? deed_is_unknown_(is) : deed_is_not_gone_(is))
#define DEED_OWNS_NOW(is, place)                                                                   \
	((place) ? (deed_is_unknown_(is), deed_is_owned_(is)) : deed_is_not_gone_(is))
#define DEED_SAY_MADE(ret, text, call) (DEED_TELL(DEED_GAINS, &(ret)->is, text), call)
#define DEED_SAY_OWNS(owner, text, call) (DEED_TELL(DEED_SETTLES, &(owner)->is, text), call)
#endif
#define DEED_LENDS(is, place) deed_is_lent_(is)
#define DEED_LENDS_PART(is, place) (deed_is_unknown_open_(is), deed_is_lent_(is))
#define DEED_LENDS_INOUT(is, place) (deed_is_unknown_open_(is), deed_is_lent_inout_(is))
#define DEED_ENDS_BORROWED(is, place) deed_is_not_lent_(is)
#define DEED_ENDS_INOUT(is, place)                                                                 \
	(deed_is_not_lent_(is), deed_is_not_lent_inout_(is),                                       \
	 deed_either_way_ ? (deed_is_unknown_open_(is), deed_is_not_open_(is)) : 0)
#define DEED_ENDS_CHILDREN(is, place)                                                              \
	(deed_is_not_lent_(is), deed_is_not_lent_inout_(is), deed_is_unknown_open_(is))
#define DEED_DOES_NOTHING(is, place) 0

#define DEED_THEN_deed_move DEED_LOSES
#define DEED_THEN_deed_drop DEED_LOSES
#define DEED_THEN_deed_release DEED_LOSES
#define DEED_THEN_deed_settle DEED_SETTLES
#define DEED_THEN_deed_swap DEED_OWNS_NOW
#define DEED_THEN_deed_resize DEED_DOES_NOTHING
#define DEED_THEN_deed_immortal DEED_OWNS_NOW
#define DEED_THEN_deed_clone DEED_DOES_NOTHING
#define DEED_THEN_deed_borrow DEED_LENDS
#define DEED_THEN_deed_borrow_part DEED_LENDS
#define DEED_THEN_deed_tile_borrow DEED_LENDS
#define DEED_THEN_deed_inout DEED_LENDS_INOUT
#define DEED_THEN_deed_inout_part DEED_LENDS_PART
#define DEED_THEN_deed_tile_inout DEED_LENDS_PART
#define DEED_THEN_deed_reborrow DEED_LENDS_PART
#define DEED_THEN_deed_split DEED_LENDS_PART
#define DEED_THEN_deed_end DEED_ENDS_INOUT

/* How an argument is written. An element of an array and the result of a call are another one the
 * next time; the analysis would take them for the same. Clang knows these characters before it
 * looks at the ways through a function, and leaves out the way that is not there.
 */
#define DEED_IS_FOLLOWED(text)                                                                     \
	(!DEED_WITH(text, '[') && !DEED_WITH(text, '?') && !DEED_WITH(text, '+') &&                \
	 !DEED_WITH(text, '=') && (!DEED_WITH(text, '-') || *DEED_PAST(text, '-') == '>') &&       \
	 (!DEED_WITH(text, '(') || DEED_IS_GROUPED(text)))
#define DEED_IS_PLACE(text)                                                                        \
	((text)[*(text) == '('] == '&' && !DEED_WITH(text, '>') && !DEED_WITH(text, '*'))
/* At most two parentheses, neither of them after the name of a function, nor around a cast. */
#define DEED_IS_GROUPED(text)                                                                      \
	((*(text) == '(' || !DEED_IN_NAME(DEED_PAST(text, '(')[-2])) &&                            \
	 !DEED_IN_NAME(*DEED_PAST(text, ')')) && *DEED_PAST(text, ')') != '(' &&                   \
	 (!DEED_WITH(DEED_PAST(text, '('), '(') ||                                                 \
	  (!DEED_IN_NAME(DEED_PAST(DEED_PAST(text, '('), '(')[-2]) &&                              \
	   !DEED_WITH(DEED_PAST(DEED_PAST(text, '('), '('), '('))))
#define DEED_WITH(text, c) (__builtin_strchr(text, c) != 0)
#define DEED_PAST(text, c) (__builtin_strchr(text, c) + 1)
#define DEED_IN_NAME(c)                                                                            \
	(((c) >= 'a' && (c) <= 'z') || ((c) >= 'A' && (c) <= 'Z') || ((c) >= '0' && (c) <= '9') || \
	 (c) == '_')

/* Something asked: on one of two ways, so that what the question asserts is not known after it. */
#define DEED_ASK(verb, is, core)                                                                   \
	(deed_either_way_ ? DEED_ASKED(core, deed_is_owned_(is), (verb)(is)) : 0)
#define DEED_TELL(what, is, text)                                                                  \
	((void)(DEED_IS_FOLLOWED(text) ? what(is, DEED_IS_PLACE(text)) : 0))
#define DEED_ASK_AND_TELL(verb, is, core, text)                                                    \
	((void)(DEED_IS_FOLLOWED(text) ? DEED_ASK(verb, is, core) : 0),                            \
	 DEED_TELL(DEED_THEN_##verb, is, text))
/* A view can be lent, and its length asked for, though it owns nothing. */
#if DEED_STRICT
#define DEED_ASKED(core, owns, question) ((void)(DEED_IS_A(deed_owner, core) ? 0 : owns), question)
#else
#define DEED_ASKED(core, owns, question) question
#endif
#ifdef __cplusplus
extern "C++" {
template <typename Core> constexpr int deed_is_a_(const Core *)
{
	return 1;
}
template <typename Core> constexpr int deed_is_a_(const void *)
{
	return 0;
}
}
#define DEED_IS_A(type, core) deed_is_a_<struct type>(core)
#else
#define DEED_IS_A(type, core)                                                                      \
	_Generic((core), struct type * : 1, const struct type * : 1, default : 0)
#endif

#define DEED_SAY(verb, handle, text)                                                               \
	(DEED_ASK_AND_TELL(verb, &(handle)->is, &(handle)->h, text), &(handle)->h)
#define DEED_SAY_VALUE(verb, handle, text)                                                         \
	((void)(DEED_IS_FOLLOWED(text) && deed_either_way_                                         \
			? DEED_ASKED(DEED_CORE(handle), deed_view_is_owned_((handle).is),          \
				     (verb)((handle).is))                                          \
			: 0),                                                                      \
	 (handle).h)
/* In this order: a move to where it is does nothing. */
#define DEED_SAY_MOVE(to, to_text, from, from_text)                                                \
	(DEED_ASK_AND_TELL(deed_move, &(from)->is, &(from)->h, from_text),                         \
	 DEED_TELL(DEED_GAINS, &(to)->is, to_text), &(to)->h)
#define DEED_SAY_END(source, source_text, view, view_text)                                         \
	(DEED_TELL(DEED_ENDS_CHILDREN, &(view)->is, view_text),                                    \
	 DEED_IS_A(deed_inout, &(view)->h)                                                         \
		 ? DEED_ASK_AND_TELL(deed_end, &(source)->is, &(source)->h, source_text)           \
		 : DEED_TELL(DEED_ENDS_BORROWED, &(source)->is, source_text),                      \
	 &(source)->h)

/* From clang 18 on, what ends a variable is part of the way. Its function has to name the source,
 * so each guard declares one of its own; in C++ templates such a function loses its attributes.
 * Where that does not work, a guard asks, and does nothing.
 */
#if __clang_major__ >= 18 && !defined(__cplusplus)
#define DEED_SAY_LENT(verb, source, text, flags) DEED_SAY(verb, source, text)
#define DEED_SAY_GUARD(view, source)                                                               \
	DEED_AT_END(view, __COUNTER__, DEED_FORGET((source)->is.lent, (source)->is.lent_inout))
#define DEED_SAY_AUTO(name)                                                                        \
	DEED_AT_END(name, __COUNTER__,                                                             \
		    DEED_NOT((name).is.lent) DEED_NOT((name).is.lent_inout)                        \
			    DEED_FORGET((name).is.owned))
#define DEED_AT_END(name, n, attributes) DEED_AT_END_(name, n, attributes)
#define DEED_AT_END_(name, n, attributes)                                                          \
	void name##_ends_##n(const int *) attributes;                                              \
	DEED_CLEANUP(name##_ends_##n) const int name##_end_ = 0;
#else
#define DEED_SAY_LENT(verb, source, text, flags)                                                   \
	((flags)&DEED_LEND_GUARD                                                                   \
		 ? (void)(DEED_IS_FOLLOWED(text) ? DEED_ASK(verb, &(source)->is, &(source)->h)     \
						 : 0)                                              \
		 : DEED_ASK_AND_TELL(verb, &(source)->is, &(source)->h, text),                     \
	 &(source)->h)
#define DEED_SAY_GUARD(view, source)
#define DEED_SAY_AUTO(name)
#endif

/* A word of the state of each owner: DEED_EACH(gone, a, b) is (a)->is.gone, (b)->is.gone. */
#define DEED_EACH(word, ...) DEED_EACH_OF(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, 0)(word, __VA_ARGS__)
#define DEED_EACH_OF(_1, _2, _3, _4, _5, _6, _7, _8, count, ...) DEED_EACH_##count
#define DEED_EACH_1(word, owner) (owner)->is.word
#define DEED_EACH_2(word, owner, ...) (owner)->is.word, DEED_EACH_1(word, __VA_ARGS__)
#define DEED_EACH_3(word, owner, ...) (owner)->is.word, DEED_EACH_2(word, __VA_ARGS__)
#define DEED_EACH_4(word, owner, ...) (owner)->is.word, DEED_EACH_3(word, __VA_ARGS__)
#define DEED_EACH_5(word, owner, ...) (owner)->is.word, DEED_EACH_4(word, __VA_ARGS__)
#define DEED_EACH_6(word, owner, ...) (owner)->is.word, DEED_EACH_5(word, __VA_ARGS__)
#define DEED_EACH_7(word, owner, ...) (owner)->is.word, DEED_EACH_6(word, __VA_ARGS__)
#define DEED_EACH_8(word, owner, ...) (owner)->is.word, DEED_EACH_7(word, __VA_ARGS__)

/* What is required of a caller is held at the beginning of the body, and at its end: at the default
 * level that `owned` is, of who only reads. A body that writes may give it up, and fill it again.
 */
#if DEED_STRICT
#define DEED_SAYS_OWNED(...) DEED_A(requires_capability(DEED_EACH(owned, __VA_ARGS__)))
#define DEED_SAYS_WRITES(...) DEED_SAYS_OWNED(__VA_ARGS__) DEED_SAYS_CHANGES(__VA_ARGS__)
#define DEED_SAYS_TAKES(...)                                                                       \
	DEED_A(release_capability(DEED_EACH(owned, __VA_ARGS__))) DEED_SAYS_CHANGES(__VA_ARGS__)
#define DEED_SAYS_GIVES(...) DEED_A(try_acquire_capability(0, DEED_EACH(owned, __VA_ARGS__)))
#else
#define DEED_SAYS_OWNED(...)                                                                       \
	DEED_NOT(DEED_EACH(gone, __VA_ARGS__)) DEED_WHOLLY(DEED_EACH(owned, __VA_ARGS__))
#define DEED_SAYS_WRITES(...) DEED_NOT(DEED_EACH(gone, __VA_ARGS__)) DEED_SAYS_CHANGES(__VA_ARGS__)
#define DEED_SAYS_TAKES(...) DEED_SAYS_WRITES(__VA_ARGS__) DEED_BE(DEED_EACH(gone, __VA_ARGS__))
#define DEED_SAYS_GIVES(...)                                                                       \
	DEED_FORGET(DEED_EACH(owned, __VA_ARGS__))                                                 \
	DEED_FORGET(DEED_EACH(gone, __VA_ARGS__)) DEED_SAYS_UNCHECKED
#endif
#define DEED_SAYS_READS(...)                                                                       \
	DEED_SAYS_OWNED(__VA_ARGS__)                                                               \
	DEED_NOT(DEED_EACH(lent_inout, __VA_ARGS__))                                               \
	DEED_BE(DEED_EACH(writable, __VA_ARGS__))                                                  \
	DEED_A(requires_shared_capability(DEED_EACH(writable, __VA_ARGS__)))
#define DEED_SAYS_CHANGES(...)                                                                     \
	DEED_NOT(DEED_EACH(lent, __VA_ARGS__))                                                     \
	DEED_NOT(DEED_EACH(lent_inout, __VA_ARGS__)) DEED_WHOLLY(DEED_EACH(writable, __VA_ARGS__))
#define DEED_SAYS_LOANS(...)                                                                       \
	DEED_FORGET(DEED_EACH(lent, __VA_ARGS__))                                                  \
	DEED_FORGET(DEED_EACH(lent_inout, __VA_ARGS__))                                            \
	DEED_FORGET(DEED_EACH(open, __VA_ARGS__)) DEED_SAYS_UNCHECKED
#define DEED_SAYS_UNCHECKED DEED_A(no_thread_safety_analysis)

#endif

#endif
