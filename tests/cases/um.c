/* SPDX-License-Identifier: MIT
 *
 * tests/cases/um.c - use after move, and moves that are fine.
 */
#include "case.h"

static void *read_and_drop(void *argument)
{
	deed_i32 *const mine = argument;

	CHECK(READ(mine, 3) == 0);
	deed_drop(mine);
	return NULL;
}

/* A thread is given the buffer; after the join its giver reads the old handle. */
TRAP(UM01, E03)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;
	pthread_t thread;

	MAKE(&a, 100);
	deed_move(&b, &a);
	CHECK(pthread_create(&thread, NULL, read_and_drop, &b) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	HERE;
	(void)READ(&a, 2);
}

/* One buffer is given away twice. */
TRAP(UM03, E03)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	GIVE(consume, &a);
	HERE;
	GIVE(consume, &a);
}

/* A loop gives away what was made before the loop: its first round may, its second may not. */
TRAP(UM05, E03)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	for (int i = 0; i < 10; i++) {
		if (i == 1)
			HERE;
		GIVE(consume, &a);
	}
}

struct slot_holder {
	deed_i32 slot;
};

/* Taken out of a struct's slot, then given away twice under the new name. */
TRAP(UM07, E03)
{
	struct slot_holder o = { 0 };
	deed_i32 a = DEED_EMPTY, v = DEED_EMPTY;

	MAKE(&a, 100);
	deed_move(&o.slot, &a);
	deed_move(&v, &o.slot);
	GIVE(consume, &v);
	HERE;
	GIVE(consume, &v);
}

/* Moved, then dropped under the new name, then lent under the old one: the move is the cause. */
TRAP(UM09, E03)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;
	deed_i32_borrowed late;

	MAKE(&a, 100);
	deed_move(&b, &a);
	deed_drop(&b);
	HERE;
	late = deed_borrow(&a);
	deed_end(&a, &late);
}

/* The outer loop makes a new buffer each round; the inner one gives it away once too often. */
TRAP(UM11, E03)
{
	for (int outer = 0; outer < 2; outer++) {
		deed_i32 a = DEED_EMPTY;

		MAKE(&a, 100);
		for (int inner = 0; inner <= outer; inner++) {
			if (inner == 1)
				HERE;
			GIVE(consume, &a);
		}
	}
}

static void consume_each(handles *list)
{
	handles_inout items = deed_inout(list);

	for (size_t i = 0; i < deed_len(items); i++)
		GIVE(consume, &deed_at(items, i));
	deed_end(list, &items);
	deed_drop(list);
}

/* A list is walked by value, which takes the list too; then something is appended to it. */
TRAP(UM13, E03)
{
	handles list = DEED_EMPTY;

	MAKE(&list, 3);
	{
		DEED_INOUT(items, &list);
		for (size_t i = 0; i < 3; i++)
			MAKE(&deed_at(items, i), 100);
	}
	GIVE(consume_each, &list);
	HERE;
	CHECK(deed_resize(&list, 4) == -EPERM);
}

static int use_up(deed_i32 *owned)
{
	deed_drop(owned);
	return 0;
}

DEED_UNCHECKED static void use_or_return(deed_i32 *ret, deed_i32 *owned)
{
	if (GIVE(use_up, owned))
		return;
	HERE;
	deed_move(ret, owned);
}

/* A function gives its owned parameter to a test, and then returns it. */
TRAP(UM15, E03)
{
	deed_i32 a = DEED_EMPTY, result = DEED_EMPTY;

	MAKE(&a, 100);
	use_or_return(&result, &a);
	deed_settle(&result);
}

struct window {
	deed_i32 child;
	int32_t (*on_click)(deed_i32 *captured);
	deed_i32 *captured;
};

static int32_t click(deed_i32 *captured)
{
	HERE;
	return READ(captured, 0);
}

/* A window takes over its button; the button's callback still knows it by the old name. */
TRAP(UM17, E03)
{
	deed_i32 button = DEED_EMPTY;
	struct window window = { .on_click = click, .captured = &button };

	MAKE(&button, 100);
	deed_move(&window.child, &button);
	(void)window.on_click(window.captured);
	deed_drop(&window.child);
}

/* Each round of a loop gives the buffer away and makes a new one. */
CLEAN(UM21)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	for (int i = 0; i < 10; i++) {
		GIVE(consume, &a);
		MAKE(&a, 100);
	}
	GIVE(consume, &a);
}

/* One branch gives the buffer away and makes another, the other branch keeps it. */
CLEAN(UM23)
{
	for (int c = 0; c < 2; c++) {
		deed_i32 a = DEED_EMPTY;

		MAKE(&a, 100);
		if (condition(c)) {
			GIVE(consume, &a);
			MAKE(&a, 100);
		}
		GIVE(consume, &a);
	}
}

/* Both branches give the buffer away; one of them runs. */
CLEAN(UM25)
{
	for (int c = 0; c < 2; c++) {
		deed_i32 a = DEED_EMPTY;

		MAKE(&a, 100);
		if (condition(c))
			GIVE(consume, &a);
		else
			GIVE(consume, &a);
		CHECK(!deed_owns(&a));
	}
}

/* The branch that would give the buffer away is not taken. */
DEED_UNCHECKED CLEAN(UM27)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	if (condition(0))
		GIVE(consume, &a);
	CHECK(READ(&a, 99) == 0);
	deed_drop(&a);
}

static void renew(deed_i32 *ret, deed_i32 *owned) DEED_GIVES(ret) DEED_TAKES(owned);
static void renew(deed_i32 *ret, deed_i32 *owned)
{
	deed_drop(owned);
	MAKE(ret, 200);
}

/* A function ends what it is given and returns a new buffer, which takes the old name. */
CLEAN(UM29)
{
	deed_i32 a = DEED_EMPTY, given = DEED_EMPTY;

	MAKE(&a, 100);
	deed_move(&given, &a);
	renew(&a, &given);
	CHECK(deed_len(a) == 200);
	deed_drop(&a);
}

static void read_ten_and_drop(deed_i32 *owned)
{
	CHECK(READ(owned, 0) == 10);
	deed_drop(owned);
}

/* A callee owns, reads and ends its parameter; the caller leaves it alone from then on. */
CLEAN(UM31)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	WRITE(&a, 0, 10);
	GIVE(read_ten_and_drop, &a);
}

static void consume_two(deed_i32 *first, deed_i32 *second)
{
	deed_drop(first);
	deed_drop(second);
}

/* A chain of owners for a moment each, the last of them given away beside a fresh one. */
CLEAN(UM33)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY;
	deed_i32 first = DEED_EMPTY, second = DEED_EMPTY;

	MAKE(&a, 100);
	deed_move(&b, &a);
	deed_move(&c, &b);
	MAKE(&first, 100);
	deed_move(&second, &c);
	consume_two(&first, &second);
}

/* A branch moves the buffer into another name; the exit ends it under the name that has it. */
CLEAN(UM35)
{
	for (int c = 0; c < 2; c++) {
		deed_i32 a = DEED_EMPTY, o = DEED_EMPTY;

		MAKE(&a, 100);
		if (condition(c))
			deed_move(&o, &a);
		CHECK(deed_owns(&a) == !c && deed_owns(&o) == c);
		deed_settle(&a);
		deed_settle(&o);
	}
}

static void assign_twice(int drop_first, int make_again)
{
	deed_i32 v = DEED_EMPTY, w = DEED_EMPTY;

	make_counted(&v, 100, 1);
	make_counted(&w, 100, 2);
	if (drop_first)
		deed_drop(&v);
	deed_settle(&v); /* what an assignment does to the old value */
	deed_move(&v, &w);
	if (make_again)
		make_counted(&w, 100, 3);
	deed_settle(&w);
	deed_settle(&v);
}

/* Two variables, conditionally dropped, assigned to and made again: all four ways. */
CLEAN(UM37)
{
	for (int way = 0; way < 4; way++) {
		case_forget_ends();
		assign_twice(condition(way & 1), condition(way >> 1));
		CHECK(case_ended(1) == 1 && case_ended(2) == 1 && case_ended(3) == way >> 1);
	}
}

struct five {
	deed_i32 fields[5];
};

/* A struct's fields are set or not, two of five are dropped by hand, the struct ends the rest. */
CLEAN(UM39)
{
	for (int round = 0; round < 2; round++) {
		struct five s = { 0 };

		case_forget_ends();
		for (int i = 0; i < 5; i++)
			if (condition(round == 0 || i % 2 == 0))
				make_counted(&s.fields[i], 10, i);
		deed_drop(&s.fields[1]); /* owns nothing in the second round */
		deed_drop(&s.fields[4]);
		for (int i = 0; i < 5; i++)
			deed_settle(&s.fields[i]);
		for (int i = 0; i < 5; i++)
			CHECK(case_ended(i) == (round == 0 || i % 2 == 0));
	}
}

/* One of three is taken out, all three are assigned anew, then two of the new ones are taken. */
CLEAN(UM41)
{
	deed_i32 array[3] = { 0 }, taken[3] = { 0 };

	for (int i = 0; i < 3; i++)
		make_counted(&array[i], 10, i);
	deed_move(&taken[0], &array[2]);
	for (int i = 0; i < 3; i++) {
		deed_settle(&array[i]);
		make_counted(&array[i], 10, 3 + i);
	}
	CHECK(case_ended(0) == 1 && case_ended(1) == 1 && case_ended(2) == 0);
	deed_move(&taken[1], &array[1]);
	deed_move(&taken[2], &array[2]);
	for (int i = 0; i < 3; i++) {
		deed_settle(&taken[i]);
		deed_settle(&array[i]);
	}
	for (int i = 0; i < 6; i++)
		CHECK(case_ended(i) == 1);
}

/* Slots of an array are taken one after the other; the untouched ones end in place. */
CLEAN(UM43)
{
	deed_i32 array[4] = { 0 }, two = DEED_EMPTY, one = DEED_EMPTY;

	for (int i = 0; i < 4; i++)
		MAKE(&array[i], 10);
	deed_move(&two, &array[2]);
	deed_move(&one, &array[1]);
	deed_drop(&two);
	deed_drop(&one);
	deed_drop(&array[0]);
	deed_drop(&array[3]);
}

/* A loop drops the buffer and empties the handle, so that more drops are nothing to do. */
DEED_UNCHECKED CLEAN(UM45)
{
	deed_i32 p = DEED_EMPTY;

	MAKE(&p, 100);
	for (int i = 0; condition(i < 3); i++) {
		deed_drop(&p);
		p = (deed_i32)DEED_EMPTY;
	}
	deed_drop(&p);
}

struct outer {
	deed_i32 own, inner;
};

static void outer_done(struct outer *s)
{
	deed_drop(&s->own);
	deed_settle(&s->inner);
}

/* A field may have been dropped before its struct ends: it ends once, and in the right order. */
CLEAN(UM47)
{
	enum { OWN = 1, INNER = 2 };

	for (int c = 0; c < 2; c++) {
		struct outer s = { 0 };

		case_forget_ends();
		make_counted(&s.own, 10, OWN);
		make_counted(&s.inner, 10, INNER);
		if (condition(c))
			deed_drop(&s.inner);
		outer_done(&s);
		CHECK(case_end_order(0) == (c ? INNER : OWN));
		CHECK(case_end_order(1) == (c ? OWN : INNER));
		CHECK(case_end_order(2) == -1);
	}
}

/* A result that nobody keeps ends with its statement, not with the block around it. */
CLEAN(UM49)
{
	deed_i32 kept = DEED_EMPTY;

	make_counted(&kept, 10, 1);
	{
		DEED_AUTO(deed_i32, unused);
		make_counted(&unused, 10, 2);
	}
	CHECK(case_ended(2) == 1 && case_ended(1) == 0);
	deed_drop(&kept);
}
