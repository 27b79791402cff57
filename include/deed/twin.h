/* SPDX-License-Identifier: MIT
 *
 * deed/twin.h - what the static twin is made of: words and verbs, told to Clang as locks.
 *
 * deed/static.h says what it is for, and includes this in a run of the twin alone.
 *
 * The state of a handle is made of words, each of which the analysis takes for a lock: held
 * exclusively, held shared, or not held. No word has a value.
 *
 *                  exclusively     shared                  not held
 *     owned        owns            given up on some way    unknown
 *     open         lent inout      not lent inout          unknown
 *     writable     may be given up promised DEED_READS     unknown
 *     gone lent borrowed lent_inout    it is so            unknown
 *
 * All of them are *asserted* to be held, not acquired. That is never wrong, and does nothing to
 * a word that is held already. Where two ways meet, the word stays as far as both have it, without
 * a sound: held on one of them is unknown, exclusive on one and shared on the other is shared. At
 * the back edge of a loop alone that is said, and so finds a move in a loop. (At the strict level
 * `owned` is a lock as any other: acquired, released, and held on all ways or none.)
 */
#ifndef DEED_TWIN_H
#define DEED_TWIN_H

#include "deed/static.h"

#if DEED_TWIN

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
	deed_lent_word borrowed;
	deed_inout_word lent_inout;
	deed_inout_word open;
	deed_owned_word unasked; /* no verb asks for it, or does anything to it */
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
#define DEED_CAN_WRITE_PART DEED_CAN_READ DEED_NOT(is->borrowed) DEED_WHOLLY(is->writable)

#define DEED_ASKS(name, attributes) int(name)(const struct deed_state *is) attributes
#define DEED_DOES(name, attributes) int name(const struct deed_state *is) attributes

/* DEED_PICK_BY(condition, name, ...) calls the first of two functions if the condition, of the text
 * of an argument, is true, else the second: they differ in attributes alone.
 */
#ifdef __cplusplus
extern "C++" {
template <int> struct deed_if {
};
}
#define DEED_PICKED(type, name, parameters, yes, no)                                               \
	extern "C++" type name(deed_if<1>, DEED_REST parameters) yes;                              \
	extern "C++" type name(deed_if<0>, DEED_REST parameters) no;
#define DEED_REST(...) __VA_ARGS__
#define DEED_PICK_BY(condition, name, ...) name(deed_if<((condition) ? 1 : 0)>(), __VA_ARGS__)
#else
#define DEED_PICKED(type, name, parameters, yes, no)                                               \
	type name##yes_ parameters yes;                                                            \
	type name##no_ parameters no;
#define DEED_PICK_BY(condition, name, ...)                                                         \
	__builtin_choose_expr(__builtin_constant_p((condition) ? 1 : deed_either_way_),            \
			      name##yes_, name##no_)(__VA_ARGS__)
#endif

DEED_BEGIN_C

DEED_ASKS(deed_move, DEED_CAN_LOSE);
DEED_ASKS(deed_drop, DEED_CAN_LOSE);
DEED_ASKS(deed_release, DEED_CAN_LOSE);
DEED_ASKS(deed_async, DEED_CAN_LOSE);
DEED_ASKS(deed_settle, DEED_CAN_CHANGE);
DEED_ASKS(deed_swap, DEED_CAN_CHANGE);
DEED_ASKS(deed_resize, DEED_CAN_WRITE);
DEED_ASKS(deed_soa_push, DEED_CAN_WRITE);
DEED_ASKS(deed_soa_set, DEED_CAN_WRITE);
DEED_ASKS(deed_immortal, DEED_OWNED(is->owned, is->gone));
DEED_ASKS(deed_clone, DEED_CAN_READ);
DEED_ASKS(deed_borrow, DEED_CAN_READ);
DEED_ASKS(deed_borrow_part, DEED_CAN_READ);
DEED_ASKS(deed_tile_borrow, DEED_CAN_READ);
DEED_ASKS(deed_inout, DEED_CAN_WRITE);
DEED_ASKS(deed_inout_part, DEED_CAN_WRITE_PART);
DEED_ASKS(deed_tile_inout, DEED_CAN_WRITE_PART);
DEED_ASKS(deed_share_inout, DEED_CAN_WRITE_PART);
DEED_ASKS(deed_share_borrowed, DEED_CAN_READ);
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
DEED_DOES(deed_is_borrowed_, DEED_BE(is->lent, is->borrowed));
DEED_DOES(deed_is_lent_inout_, DEED_BE(is->lent_inout, is->open));
DEED_DOES(deed_is_not_lent_, DEED_FORGET(is->lent, is->borrowed));
DEED_DOES(deed_is_not_lent_inout_, DEED_FORGET(is->lent_inout));
DEED_DOES(deed_is_unknown_open_, DEED_FORGET(is->open));
DEED_DOES(deed_is_not_open_, DEED_BE_SHARED(is->open));
DEED_DOES(deed_is_acquired_, DEED_A(acquire_capability(is->owned)));
DEED_DOES(deed_is_given_up_, DEED_A(release_capability(is->owned)));

/* Picked while it is parsed, as Clang looks at the function that is called in a condition, and at
 * what stands in an attribute, and sees through no conditional expression there.
 */
DEED_PICKED(DEED_CHECK_RESULT int, deed_is_made_, (const struct deed_state *is, int err),
	    DEED_A(try_acquire_capability(0, is->owned)), )
DEED_PICKED(int, deed_is_ours_, (const struct deed_state *is, int owns),
	    DEED_A(try_acquire_capability(1, is->owned)), )
DEED_PICKED(deed_owned_word, deed_owned_behind_, (const struct deed_state *is),
	    DEED_A(lock_returned(is->unasked)), DEED_A(lock_returned(is->owned)))

/* Which way is taken cannot be known. */
extern int deed_either_way_;

DEED_END_C

/* What a verb does then. `place`: it does it to a variable, or a member of one. */
#if DEED_STRICT
#define DEED_GAINS(is, place) ((place) ? deed_is_acquired_(is) : deed_is_owned_(is))
#define DEED_LOSES(is, place) deed_is_given_up_(is)
#define DEED_SETTLES(is, place) deed_is_unknown_(is)
#define DEED_OWNS_NOW(is, place) (deed_is_unknown_(is), deed_is_owned_(is))
#define DEED_SAY_MADE(ret, call)                                                                   \
	DEED_PICK_BY(DEED_IS_FOLLOWED(#ret), deed_is_made_, &(ret)->is, call)
#define DEED_SAY_OWNS(owner, call)                                                                 \
	DEED_PICK_BY(DEED_IS_FOLLOWED(#owner), deed_is_ours_,                                      \
		     (DEED_TELL(DEED_IS_ASKED_FOR, &(owner)->is, #owner), &(owner)->is), call)
#else
/* What DEED_READS says of an owner behind a pointer holds until the end of the body: what such a
 * body may ask leaves `owned` alone there. */
#define DEED_GAINS(is, place) (deed_is_unknown_(is), (place) ? deed_is_owned_(is) : 0)
#define DEED_LOSES(is, place)                                                                      \
	((place) ? (deed_is_unknown_(is), deed_is_owned_or_not_(is)) : deed_is_gone_(is))
#define DEED_SETTLES(is, place) ((place) ? deed_is_unknown_(is) : deed_is_not_gone_(is))
#define DEED_OWNS_NOW(is, place)                                                                   \
	((place) ? (deed_is_unknown_(is), deed_is_owned_(is)) : deed_is_not_gone_(is))
#define DEED_SAY_MADE(ret, call) (DEED_TELL(DEED_GAINS, &(ret)->is, #ret), call)
#define DEED_SAY_OWNS(owner, call) (DEED_TELL(DEED_IS_ASKED_FOR, &(owner)->is, #owner), call)
#endif
/* Whoever asks knows more than can be followed: nothing is known any more. */
#define DEED_IS_ASKED_FOR(is, place) (DEED_SETTLES(is, place), DEED_ENDS_CHILDREN(is, place))
#define DEED_LENDS(is, place) deed_is_lent_(is)
#define DEED_LENDS_ALL(is, place) deed_is_borrowed_(is)
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
/* Where it fails, the owner is still one: what is known of it is nothing. */
#define DEED_THEN_deed_async DEED_SETTLES
#define DEED_THEN_deed_settle DEED_SETTLES
#define DEED_THEN_deed_swap DEED_OWNS_NOW
#define DEED_THEN_deed_resize DEED_DOES_NOTHING
#define DEED_THEN_deed_soa_push DEED_DOES_NOTHING
#define DEED_THEN_deed_soa_set DEED_DOES_NOTHING
#define DEED_THEN_deed_immortal DEED_OWNS_NOW
#define DEED_THEN_deed_clone DEED_DOES_NOTHING
#define DEED_THEN_deed_borrow DEED_LENDS_ALL
#define DEED_THEN_deed_borrow_part DEED_LENDS
#define DEED_THEN_deed_tile_borrow DEED_LENDS
#define DEED_THEN_deed_inout DEED_LENDS_INOUT
#define DEED_THEN_deed_inout_part DEED_LENDS_PART
#define DEED_THEN_deed_tile_inout DEED_LENDS_PART
/* Until deed_parallel_for() returns, which is not followed. */
#define DEED_THEN_deed_share_inout DEED_DOES_NOTHING
#define DEED_THEN_deed_share_borrowed DEED_DOES_NOTHING
#define DEED_THEN_deed_reborrow DEED_LENDS_PART
#define DEED_THEN_deed_split DEED_LENDS_PART
#define DEED_THEN_deed_end DEED_ENDS_INOUT

/* How an argument is written, macros expanded. An element of an array and the result of a call are
 * another one the next time; the analysis would take them for the same. Clang knows these
 * characters before it looks at the ways through a function, and leaves out the way that is not
 * there.
 */
#define DEED_IS_FOLLOWED(text)                                                                     \
	(!DEED_WITH(text, '[') && !DEED_WITH(text, '?') && !DEED_WITH(text, '+') &&                \
	 !DEED_WITH(text, '=') && DEED_IS_ARROWS(text, DEED_IS_ARROWS_3) &&                        \
	 (!DEED_WITH(text, '(') || DEED_IS_GROUPED(text)))
/* Each '-' is that of an arrow; at most four. */
#define DEED_IS_ARROWS(text, rest)                                                                 \
	(!DEED_WITH(text, '-') || (*DEED_PAST(text, '-') == '>' && rest(DEED_PAST(text, '-'))))
#define DEED_IS_ARROWS_3(text) DEED_IS_ARROWS_2(text, DEED_IS_ARROWS_1)
#define DEED_IS_ARROWS_2(text, rest)                                                               \
	(!DEED_WITH(text, '-') || (*DEED_PAST(text, '-') == '>' && rest(DEED_PAST(text, '-'))))
#define DEED_IS_ARROWS_1(text)                                                                     \
	(!DEED_WITH(text, '-') ||                                                                  \
	 (*DEED_PAST(text, '-') == '>' && !DEED_WITH(DEED_PAST(text, '-'), '-')))
/* &xs or &s.xs, in up to two parentheses; or &(&s)->xs. */
#define DEED_IS_PLACE(text)                                                                        \
	(!DEED_WITH(text, '*') &&                                                                  \
	 DEED_IS_NEAR((text) + (*(text) == '(') + (*(text) == '(' && *((text) + 1) == '(')))
#define DEED_IS_NEAR(text)                                                                         \
	(*(text) == '&' &&                                                                         \
	 (!DEED_WITH(text, '>') ||                                                                 \
	  (*((text) + 1) == '(' && *((text) + 2) == '&' && *DEED_PAST(text, ')') == '-' &&         \
	   !DEED_WITH(DEED_PAST(text, '>'), '>'))))
/* At most two parentheses, neither of them after the name of a function, nor around a cast. */
#define DEED_IS_GROUPED(text)                                                                      \
	((*(text) == '(' || DEED_OPENS(DEED_PAST(text, '(')[-2])) &&                               \
	 !DEED_IN_NAME(*DEED_PAST(text, ')')) && *DEED_PAST(text, ')') != '(' &&                   \
	 (!DEED_WITH(DEED_PAST(text, '('), '(') ||                                                 \
	  (DEED_OPENS(DEED_PAST(DEED_PAST(text, '('), '(')[-2]) &&                                 \
	   !DEED_WITH(DEED_PAST(DEED_PAST(text, '('), '('), '('))))
#define DEED_OPENS(c) ((c) == '(' || (c) == '&' || (c) == '*')
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

#define DEED_SAY(verb, handle)                                                                     \
	(DEED_ASK_AND_TELL(verb, &(handle)->is, &(handle)->h, #handle), &(handle)->h)
#define DEED_SAY_VALUE(verb, handle)                                                               \
	((void)(DEED_IS_FOLLOWED(#handle) && deed_either_way_                                      \
			? DEED_ASKED(DEED_CORE(handle), deed_view_is_owned_((handle).is),          \
				     (verb)((handle).is))                                          \
			: 0),                                                                      \
	 (handle).h)
/* In this order: a move to where it is does nothing. */
#define DEED_SAY_MOVE(to, from)                                                                    \
	(DEED_ASK_AND_TELL(deed_move, &(from)->is, &(from)->h, #from),                             \
	 DEED_TELL(DEED_GAINS, &(to)->is, #to), &(to)->h)
#define DEED_SAY_END(source, view)                                                                 \
	(DEED_TELL(DEED_ENDS_CHILDREN, &(view)->is, #view),                                        \
	 DEED_IS_A(deed_inout, &(view)->h)                                                         \
		 ? DEED_ASK_AND_TELL(deed_end, &(source)->is, &(source)->h, #source)               \
		 : DEED_TELL(DEED_ENDS_BORROWED, &(source)->is, #source),                          \
	 &(source)->h)
/* A view that is set anew has no children. */
#define DEED_SAY_SET(view) (DEED_TELL(DEED_ENDS_CHILDREN, &(view)->is, #view), &(view)->h)

/* From clang 18 on, what ends a variable is part of the way. Its function has to name the source,
 * so each guard declares one of its own; in C++ templates such a function loses its attributes.
 * Where that does not work, a guard asks, and does nothing.
 */
#if __clang_major__ >= 18 && !defined(__cplusplus)
#define DEED_SAY_LENT(verb, source, flags) DEED_SAY(verb, source)
#define DEED_SAY_GUARD(view, source)                                                               \
	DEED_AT_END(                                                                               \
		view, __COUNTER__,                                                                 \
		DEED_FORGET((source)->is.lent, (source)->is.borrowed, (source)->is.lent_inout))
#define DEED_SAY_AUTO(name)                                                                        \
	DEED_AT_END(name, __COUNTER__,                                                             \
		    DEED_NOT((name).is.lent) DEED_NOT((name).is.lent_inout)                        \
			    DEED_FORGET((name).is.owned))
#define DEED_AT_END(name, n, attributes) DEED_AT_END_(name, n, attributes)
#define DEED_AT_END_(name, n, attributes)                                                          \
	void the_end_of_##name##_##n(const int *) attributes;                                      \
	DEED_CLEANUP(the_end_of_##name##_##n) const int name##_end_ = 0;
#else
#define DEED_SAY_LENT(verb, source, flags)                                                         \
	((flags)&DEED_LEND_GUARD                                                                   \
		 ? (void)(DEED_IS_FOLLOWED(#source) ? DEED_ASK(verb, &(source)->is, &(source)->h)  \
						    : 0)                                           \
		 : DEED_ASK_AND_TELL(verb, &(source)->is, &(source)->h, #source),                  \
	 &(source)->h)
#define DEED_SAY_GUARD(view, source)
#define DEED_SAY_AUTO(name)
#endif

/* A word of the state of each owner: DEED_EACH(gone, a, b) is (a)->is.gone, (b)->is.gone. */
#define DEED_EACH(word, ...)                                                                       \
	DEED_COUNT(EACH, __VA_ARGS__, 9, 9, 9, 9, 9, 9, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)           \
	(word, __VA_ARGS__)
#define DEED_COUNT(do, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16,      \
		   count, ...)                                                                     \
	DEED_##do##_##count
#define DEED_EACH_1(word, owner) DEED_THE_##word(owner)
#define DEED_EACH_2(word, owner, ...) DEED_THE_##word(owner), DEED_EACH_1(word, __VA_ARGS__)
#define DEED_EACH_3(word, owner, ...) DEED_THE_##word(owner), DEED_EACH_2(word, __VA_ARGS__)
#define DEED_EACH_4(word, owner, ...) DEED_THE_##word(owner), DEED_EACH_3(word, __VA_ARGS__)
#define DEED_EACH_5(word, owner, ...) DEED_THE_##word(owner), DEED_EACH_4(word, __VA_ARGS__)
#define DEED_EACH_6(word, owner, ...) DEED_THE_##word(owner), DEED_EACH_5(word, __VA_ARGS__)
#define DEED_EACH_7(word, owner, ...) DEED_THE_##word(owner), DEED_EACH_6(word, __VA_ARGS__)
#define DEED_EACH_8(word, owner, ...) DEED_THE_##word(owner), DEED_EACH_7(word, __VA_ARGS__)
#define DEED_EACH_9(word, owner, ...) DEED_THE_##word(owner)
#define DEED_THE_gone(owner) (owner)->is.gone
#define DEED_THE_owned(owner) (owner)->is.owned
#define DEED_THE_writable(owner) (owner)->is.writable
#define DEED_THE_lent(owner) (owner)->is.lent
#define DEED_THE_borrowed(owner) (owner)->is.borrowed
#define DEED_THE_lent_inout(owner) (owner)->is.lent_inout
#define DEED_THE_open(owner) (owner)->is.open
/* `owned`, if it is behind a pointer. */
#define DEED_THE_owned_behind(owner)                                                               \
	DEED_PICK_BY(DEED_IS_PLACE(#owner), deed_owned_behind_, &(owner)->is)

/* What is required of a caller is held at the beginning of the body, and at its end: at the default
 * level that `owned` is, of who only reads what is behind a pointer. A body that writes may give it
 * up, and fill it again; and of a variable it may be asked whether it owns.
 */
#if DEED_STRICT
#define DEED_SAYS_OWNED(...) DEED_A(requires_capability(DEED_EACH(owned, __VA_ARGS__)))
#define DEED_SAYS_WRITES(...) DEED_SAYS_OWNED(__VA_ARGS__) DEED_SAYS_CHANGES(__VA_ARGS__)
#define DEED_SAYS_TAKES(...)                                                                       \
	DEED_A(release_capability(DEED_EACH(owned, __VA_ARGS__))) DEED_SAYS_CHANGES(__VA_ARGS__)
#define DEED_SAYS_TAKES_IF_0(...)                                                                  \
	DEED_SAYS_TAKES(__VA_ARGS__)                                                               \
	DEED_A(try_acquire_capability(1, DEED_EACH(owned, __VA_ARGS__)))
#define DEED_SAYS_GIVES(...) DEED_A(try_acquire_capability(0, DEED_EACH(owned, __VA_ARGS__)))
#else
#define DEED_SAYS_OWNED(...)                                                                       \
	DEED_NOT(DEED_EACH(gone, __VA_ARGS__)) DEED_WHOLLY(DEED_EACH(owned_behind, __VA_ARGS__))
#define DEED_SAYS_WRITES(...) DEED_NOT(DEED_EACH(gone, __VA_ARGS__)) DEED_SAYS_CHANGES(__VA_ARGS__)
#define DEED_SAYS_TAKES(...) DEED_SAYS_WRITES(__VA_ARGS__) DEED_BE(DEED_EACH(gone, __VA_ARGS__))
#define DEED_SAYS_TAKES_IF_0(...)                                                                  \
	DEED_SAYS_WRITES(__VA_ARGS__)                                                              \
	DEED_WHOLLY(DEED_EACH(owned, __VA_ARGS__)) DEED_SAYS_GIVES(__VA_ARGS__)
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
	DEED_FORGET(DEED_EACH(borrowed, __VA_ARGS__))                                              \
	DEED_FORGET(DEED_EACH(lent_inout, __VA_ARGS__))                                            \
	DEED_FORGET(DEED_EACH(open, __VA_ARGS__)) DEED_SAYS_UNCHECKED
/* Said once, of whoever names more than can be counted. */
#define DEED_AT_MOST_8(...)                                                                        \
	DEED_COUNT(SAYS, __VA_ARGS__, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, 8, 8, 8, 8,  \
		   8, 8, 8, 8, 0)
#define DEED_SAYS_8
#define DEED_SAYS_MORE DEED_A(aligned(a_word_names_at_most_8_owners))
#define DEED_SAYS_UNCHECKED DEED_A(no_thread_safety_analysis)

#endif

#endif
