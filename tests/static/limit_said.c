/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_said.c - what is right, but is said to be wrong, because it cannot be
 * followed; and after each what is followed instead.
 */
#include "legal.h"

static int fill_unsaid(deed_f32 *ret)
{
	return deed_new_zeroed(ret, 4);
}

static int fill(deed_f32 *ret) DEED_GIVES(ret);
static int fill(deed_f32 *ret)
{
	return deed_new_zeroed(ret, 4);
}

/* A function that does not say so fills what was given up. */
LEGAL(filled_again_unsaid)
{
	deed_f32 a = DEED_EMPTY;

	if (fill(&a))
		return;
	deed_drop(&a);
	if (fill_unsaid(&a) || !yes)
		return;
	/* expect: calling function 'deed_drop'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_drop(&a);
	if (fill(&a)) /* it says so */
		return;
	deed_drop(&a);
	if (fill_unsaid(&a) || !deed_owns(&a)) /* it is asked for */
		return;
	deed_drop(&a);
}

/* An owner is emptied by assignment. */
LEGAL(emptied_by_assignment)
{
	deed_f32 a = DEED_EMPTY;

	if (fill(&a))
		return;
	deed_drop(&a);
	a = (deed_f32)DEED_EMPTY;
	/* expect: calling function 'deed_drop'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_drop(&a);
	deed_settle(&a);
	if (yes)
		deed_drop(&a);
}

static void finish_unsaid(deed_f32 *owner, deed_f32_inout view)
{
	deed_end(owner, &view);
}

static void finish(deed_f32 *owner, deed_f32_inout view) DEED_LOANS(owner);
static void finish(deed_f32 *owner, deed_f32_inout view)
{
	deed_end(owner, &view);
}

/* A function that does not say so ends a loan of its caller. */
LEGAL(ended_elsewhere_unsaid)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1) || deed_new(&b, (size_t)yes))
		return;
	finish_unsaid(&a, deed_inout(&a));
	/* expect: cannot call function 'deed_drop'
	 * while inout loan 'a.is.lent_inout' is held */
	deed_drop(&a);
	finish(&b, deed_inout(&b)); /* it says so */
	deed_drop(&b);
}

/* A condition keeps a loop from a second end. */
LEGAL(ended_once_in_a_loop)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1) || deed_new(&b, 1))
		return;
	/* note-..14: the other acquisition of mutex 'a.is.open' is here */
	/* note-15..: the other acquisition of inout loan 'a.is.open' is here */
	deed_f32_inout v = deed_inout(&a);
	for (int i = 0; i < 3; i++)
		if (i == yes)
			/* expect-..14: mutex 'a.is.open' is acquired exclusively and shared
			 * in the same scope */
			/* expect-15..: inout loan 'a.is.open' is acquired exclusively and shared
			 * in the same scope */
			deed_end(&a, &v);
	/* expect: cannot call function 'deed_drop'
	 * while inout loan 'a.is.lent_inout' is held */
	deed_drop(&a);
	deed_f32_inout w = deed_inout(&b);
	for (int i = 0; i < 3; i++)
		if (i == yes) {
			deed_end(&b, &w);
			break; /* by leaving it */
		}
	deed_drop(&b);
}

static deed_f32_inout whole_unsaid(deed_f32 *owner)
{
	return deed_inout(owner);
}

static deed_f32_inout whole_of(deed_f32 *owner) DEED_LOANS(owner);
static deed_f32_inout whole_of(deed_f32 *owner)
{
	return deed_inout(owner);
}

/* A function that does not say so takes a loan for its caller, where one was ended. */
LEGAL(taken_elsewhere_unsaid)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	deed_f32_inout v = deed_inout(&a);
	deed_end(&a, &v);
	v = whole_unsaid(&a);
	/* expect: calling function 'deed_end'
	 * requires holding inout loan 'a.is.open' exclusively */
	deed_end(&a, &v);
	if (yes)
		v = whole_of(&a); /* it says so */
	else
		v = whole_of(&a);
	deed_end(&a, &v);
	deed_drop(&a);
}

/* One condition decides twice. */
LEGAL(condition_asked_twice)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	if (yes)
		deed_move(&b, &a);
	if (!yes)
		/* expect: calling function 'deed_drop'
		 * requires holding ownership 'a.is.owned' exclusively */
		deed_drop(&a);
	if (deed_owns(&a)) /* asked for what it stands for */
		deed_drop(&a);
	deed_settle(&a); /* or not asked at all */
	deed_drop(&b);
}

/* A condition keeps a loop from a second move. */
LEGAL(moved_once_in_a_loop)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY, d = DEED_EMPTY;
	int is_moved = 0;

	/* note-..14: the other acquisition of mutex 'a.is.owned' is here */
	/* note-15..: the other acquisition of ownership 'a.is.owned' is here */
	if (deed_new(&a, 1) || deed_new(&c, 1))
		return;
	for (int i = 0; i < 3; i++)
		if (!is_moved && i == yes) {
			/* expect-..14: mutex 'a.is.owned' is acquired exclusively and shared
			 * in the same scope */
			/* expect-15..: ownership 'a.is.owned' is acquired exclusively and shared
			 * in the same scope */
			deed_move(&b, &a);
			is_moved = 1;
		}
	for (int i = 0; i < 3; i++)
		if (i == yes) {
			deed_move(&d, &c);
			break; /* by leaving it */
		}
	deed_drop(&b);
	deed_drop(&d);
}

struct node {
	struct node *next;
	deed_f32 values;
};

/* A pointer is set anew. */
LEGAL(pointer_set_anew)
{
	struct node last = { NULL, DEED_EMPTY }, first = { &last, DEED_EMPTY };
	struct node *node = &first;

	if (fill(&first.values))
		return;
	deed_drop(&node->values);
	node = node->next;
	if (!yes)
		return;
	/* expect: cannot call function 'deed_drop' while state 'node->values.is.gone' is held */
	deed_drop(&node->values);
	for (struct node *each = &first; each; each = each->next) /* another one in each round */
		deed_settle(&each->values);
}

static void take(deed_f32 *owner) DEED_TAKES(owner);
static void take(deed_f32 *owner)
{
	deed_settle(owner);
}

/* Words do not tell elements of an array apart. */
LEGAL(elements_by_word)
{
	deed_f32 a[2] = { DEED_EMPTY, DEED_EMPTY };

	if (fill(&a[0]) || fill(&a[1]))
		return;
	take(&a[0]);
	/* expect: cannot call function 'take' while state 'a[1].is.gone' is held */
	take(&a[1]);
	for (int i = 0; i < 1 + yes; i++) { /* another one in each round */
		if (fill(&a[i]))
			return;
		take(&a[i]);
	}
}

static deed_f32 global;

static void renew_unsaid(void)
{
	deed_settle(&global);
	if (fill(&global))
		abort();
}

static int renew(void) DEED_GIVES(&global);
static int renew(void)
{
	renew_unsaid();
	return 0;
}

/* A file-scope owner is filled by a function that does not say so. */
LEGAL(file_scope_owner)
{
	renew_unsaid();
	deed_drop(&global);
	renew_unsaid();
	/* expect: calling function 'deed_drop'
	 * requires holding ownership 'global.is.owned' exclusively */
	deed_drop(&global);
	if (renew() || !yes) /* it says so */
		return;
	deed_drop(&global);
}

/* A loan of nothing conflicts with nothing. */
LEGAL(loans_of_nothing)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 0))
		return;
	deed_f32_borrowed v = deed_borrow(&a);
	/* expect: cannot call function 'deed_inout'
	 * while loan 'a.is.lent' is held */
	deed_f32_inout w = deed_inout(&a);
	deed_end(&a, &w);
	if (yes)
		deed_end(&a, &v);
	deed_drop(&a);
}

/* Loans are ended by unwinding. */
LEGAL(unwound)
{
	deed_f32 a = DEED_EMPTY;
	uint64_t mark;

	if (fill(&a))
		return;
	mark = deed_loans_mark();
	deed_f32_borrowed v = deed_borrow(&a);
	(void)sum(v);
	deed_loans_unwind(mark);
	/* expect: cannot call function 'deed_drop'
	 * while loan 'a.is.lent' is held */
	deed_drop(&a);
	(void)yes;
}

static void give_up_unsaid(const char *why)
{
	(void)puts(why);
	exit(1);
}

__attribute__((noreturn)) static void give_up(const char *why)
{
	(void)puts(why);
	exit(1);
}

/* A function that does not say so does not return. */
LEGAL(does_not_return)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1) || deed_new(&b, 1))
		return;
	if (!yes) {
		deed_drop(&a);
		give_up_unsaid("no");
	}
	/* expect: calling function 'deed_drop'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_drop(&a);
	if (!yes) {
		deed_drop(&b);
		give_up("no"); /* it says so */
	}
	deed_drop(&b);
}

/* All of it by a word for the function. */
DEED_UNCHECKED LEGAL(unchecked)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (fill(&a))
		return;
	if (yes)
		deed_move(&b, &a);
	if (!yes)
		deed_drop(&a);
	if (fill_unsaid(&a))
		return;
	finish_unsaid(&a, deed_inout(&a));
	deed_drop(&a);
	deed_drop(&b);
}

int main(int argc, char **argv)
{
	(void)argv;
	filled_again_unsaid(argc);
	emptied_by_assignment(argc);
	ended_elsewhere_unsaid(argc);
	taken_elsewhere_unsaid(argc);
	ended_once_in_a_loop(argc);
	condition_asked_twice(argc);
	moved_once_in_a_loop(argc);
	pointer_set_anew(argc);
	elements_by_word(argc);
	file_scope_owner(argc);
	loans_of_nothing(argc);
	unwound(argc);
	does_not_return(argc);
	unchecked(argc);
	return 0;
}
