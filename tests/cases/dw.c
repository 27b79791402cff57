/* SPDX-License-Identifier: MIT
 *
 * tests/cases/dw.c - drops, moves and resizes of what is lent.
 *
 * In continue mode the refused drop changes nothing: the buffer is still there for who
 * borrowed it, and nobody drops it again. What is then left over belongs to the story that
 * was reported, so that no leak follows.
 */
#include "case.h"

/* Given away while borrowed. */
TRAP(DW01, E06)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed b;

	MAKE(&a, 100);
	b = deed_borrow(&a);
	HERE;
	GIVE(consume, &a);
	CHECK(deed_at(b, 0) == 0);
	deed_end(&a, &b);
}

/* Dropped while borrowed. */
TRAP(DW07, E08)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed b;

	MAKE(&a, 100);
	b = deed_borrow(&a);
	HERE;
	deed_drop(&a);
	CHECK(deed_at(b, 0) == 0);
	deed_end(&a, &b);
}

/* An assignment of a new buffer ends the old one first, and somebody borrows that. */
TRAP(DW09, E08)
{
	deed_i32 x = DEED_EMPTY;
	deed_i32_borrowed d;

	MAKE(&x, 100);
	d = deed_borrow(&x);
	HERE;
	deed_settle(&x);
	CHECK(deed_new(&x, 100) == -EPERM);
	CHECK(deed_at(d, 0) == 0);
	deed_end(&x, &d);
}

struct editor {
	deed_i32_inout text;
	int changes;
};

static void drop_it(deed_i32 *a)
{
	HERE;
	deed_drop(a);
}

static void edit(struct editor editor, void (*callback)(deed_i32 *), deed_i32 *argument)
{
	callback(argument);
	deed_at(editor.text, 0) = editor.changes;
}

/* A struct with an inout in it is passed by value; a callback drops the buffer meanwhile. */
TRAP(DW11, E08)
{
	struct editor editor = { { { 0 } }, 1 };
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	editor.text = deed_inout(&a);
	edit(editor, drop_it, &a);
	deed_end(&a, &editor.text);
}

struct reader {
	deed_i32 *source;
	sem_t lent, go_on;
};

static void *hold_a_borrow(void *argument)
{
	struct reader *const reader = argument;
	DEED_BORROWED(b, reader->source);

	sem_post(&reader->lent);
	sem_wait(&reader->go_on);
	CHECK(total_of(b) == 0);
	return NULL;
}

/* A thread holds a borrow when the buffer is dropped; it is joined only afterwards. */
TRAP(DW13, E08)
{
	deed_i32 a = DEED_EMPTY;
	struct reader reader = { .source = &a };
	pthread_t thread;

	MAKE(&a, 100);
	CHECK(sem_init(&reader.lent, 0, 0) == 0 && sem_init(&reader.go_on, 0, 0) == 0);
	CHECK(pthread_create(&thread, NULL, hold_a_borrow, &reader) == 0);
	sem_wait(&reader.lent);
	HERE;
	deed_drop(&a);
	sem_post(&reader.go_on);
	CHECK(pthread_join(thread, NULL) == 0);
}

/* A loop over a borrow makes the buffer longer. */
TRAP(DW17, E07)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_BORROWED(b, &a);
		for (size_t i = 0; i < deed_len(b); i++) {
			if (i == 0)
				HERE;
			CHECK(deed_resize(&a, 101 + deed_len(b)) == -EPERM);
		}
	}
	deed_drop(&a);
}

/* A part is lent while the buffer grows: far, or by so little that malloc would not move it. */
TRAP(DW19, E07)
{
	const size_t from = shape ? 1 : 2, to = shape ? 2 : 17;
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed slice;

	MAKE(&a, from);
	slice = deed_borrow_part(&a, 0, 1);
	HERE;
	CHECK(deed_resize(&a, to) == -EPERM);
	CHECK(deed_len(a) == from && deed_at(slice, 0) == 0);
	deed_end(&a, &slice);
	deed_drop(&a);
}

/* A borrow of a temporary is over before the temporary is, within one statement. */
CLEAN(DW27)
{
	const int32_t x = __extension__({
		DEED_AUTO(deed_i32, temporary);
		MAKE(&temporary, 100);
		WRITE(&temporary, 7, 42);
		DEED_BORROWED(b, &temporary);
		total_of(b);
	});

	CHECK(x == 42);
}

static size_t length_of(deed_i32_borrowed view)
{
	return deed_len(view);
}

/* A length that was read through a borrow outlives it, and the buffer may be dropped. */
CLEAN(DW29)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed b;
	size_t count;

	MAKE(&a, 100);
	b = deed_borrow(&a);
	count = length_of(b);
	deed_end(&a, &b);
	deed_drop(&a);
	CHECK(count == 100);
}

static int32_t lend_and_sum(const deed_i32 *a)
{
	DEED_BORROWED(b, a);

	return total_of(b);
}

/* A call that borrows for its own length, then a drop. */
CLEAN(DW31)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	CHECK(lend_and_sum(&a) == 0);
	deed_drop(&a);
}

struct note {
	const deed_i32 *source;
	deed_i32_borrowed view;
};

static void note_done(struct note *note)
{
	deed_end(note->source, &note->view);
}

/* A struct that holds a borrow is done with before what it borrows from. */
DEED_UNCHECKED CLEAN(DW33)
{
	deed_i32 a = DEED_EMPTY;
	struct note note;

	MAKE(&a, 100);
	note.source = &a;
	note.view = deed_borrow(&a);
	CHECK(deed_at(note.view, 5) == 0);
	note_done(&note);
	deed_drop(&a);
}

static void pass_through(deed_i32 *ret, deed_i32 *owned)
{
	WRITE(owned, 0, READ(owned, 0) + 1);
	deed_move(ret, owned);
}

static void update_slot(handles_inout x)
{
	deed_i32 given = DEED_EMPTY, y = DEED_EMPTY;

	deed_move(&given, &deed_at(x, 0));
	pass_through(&y, &given);
	deed_move(&deed_at(x, 0), &y);
}

/* What an inout slot owns is moved out, changed, and moved back in before the inout ends. */
CLEAN(DW35)
{
	handles slot = DEED_EMPTY;

	MAKE(&slot, 1);
	{
		DEED_INOUT(x, &slot);
		MAKE(&deed_at(x, 0), 100);
		update_slot(x);
		update_slot(x);
		CHECK(READ(&deed_at(x, 0), 0) == 2);
		deed_drop(&deed_at(x, 0));
	}
	deed_drop(&slot);
}

/* Grown by one, again and again; each time the last element is written, and no loan is held. */
CLEAN(DW37)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 0);
	for (size_t count = 1; count < 50; count++) {
		CHECK(deed_resize(&a, count) == 0);
		WRITE(&a, count - 1, (int32_t)count);
	}
	for (size_t i = 0; i < 49; i++)
		CHECK(READ(&a, i) == (int32_t)i + 1);
	deed_drop(&a);
}

static int32_t first_of(struct note note)
{
	return deed_at(note.view, 0);
}

/* A struct with a borrow in it is passed to a call; later the borrow ends, then the buffer. */
CLEAN(DW39)
{
	deed_i32 a = DEED_EMPTY;
	struct note note;

	MAKE(&a, 100);
	note.source = &a;
	note.view = deed_borrow(&a);
	CHECK(first_of(note) == 0);
	deed_end(&a, &note.view);
	deed_drop(&a);
}
