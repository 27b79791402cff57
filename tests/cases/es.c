/* SPDX-License-Identifier: MIT
 *
 * tests/cases/es.c - views that outlive their loans.
 *
 * A C block ends its guards whatever becomes of copies of their views. So an escape is
 * found where the escaped view is used: the loan ended, and the report says where.
 */
#include "case.h"

/* A borrow leaves the scope of its buffer in a variable outside. */
TRAP(ES01, E11)
{
	deed_i32_borrowed out;

	{
		DEED_AUTO(deed_i32, a);
		MAKE(&a, 100);
		DEED_BORROWED(b, &a);
		out = b;
	}
	HERE;
	(void)deed_at(out, 0);
}

static deed_i32_borrowed kept_borrow;
static deed_i32_inout kept_inout;

static void keep_borrow(deed_i32_borrowed parameter)
{
	kept_borrow = parameter;
}

static void keep_inout(deed_i32_inout parameter)
{
	kept_inout = parameter;
}

static void write_kept(void)
{
	HERE;
	deed_at(kept_inout, 0) = 3;
}

/* A callee keeps its borrowed parameter for later. */
TRAP(ES03, E11)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_BORROWED(b, &a);
		keep_borrow(b);
	}
	HERE;
	(void)deed_at(kept_borrow, 0);
	deed_drop(&a);
}

/* A callee keeps its inout parameter; the buffer's scope ends; another function writes to it. */
TRAP(ES05, E11)
{
	{
		DEED_AUTO(deed_i32, a);
		MAKE(&a, 100);
		DEED_INOUT(m, &a);
		keep_inout(m);
	}
	write_kept();
}

static deed_i32_borrowed borrow_of_a_local(void)
{
	DEED_AUTO(deed_i32, local);
	MAKE(&local, 100);
	DEED_BORROWED(b, &local);

	return b;
}

/* A function returns a borrow of its own local buffer. */
TRAP(ES07, E11)
{
	const deed_i32_borrowed b = borrow_of_a_local();

	HERE;
	(void)deed_at(b, 0);
}

/* A callee keeps its inout; after the call the owner writes; then the kept one is used. */
TRAP(ES09, E11)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_INOUT(m, &a);
		keep_inout(m);
	}
	WRITE(&a, 0, 1);
	write_kept();
	deed_drop(&a);
}

/* A borrow ends, the owner writes, and the borrow is passed to a reader. */
TRAP(ES11, E11)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed b;

	MAKE(&a, 100);
	b = deed_borrow(&a);
	deed_end(&a, &b);
	WRITE(&a, 0, 1);
	HERE;
	(void)deed_data(b);
	deed_drop(&a);
}

/* An ended borrow lies in a cell of the heap, from where it is loaded and read. */
TRAP(ES13, E11)
{
	deed_i32_borrowed *const cell = malloc(sizeof *cell), loaded;
	deed_i32 a = DEED_EMPTY;

	CHECK(cell);
	MAKE(&a, 100);
	*cell = deed_borrow(&a);
	deed_end(&a, cell);
	loaded = *cell;
	HERE;
	(void)deed_at(loaded, 0);
	deed_drop(&a);
	free(cell);
}

/* An inout ends, and is then passed to a function that writes through it. */
TRAP(ES15, E11)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	kept_inout = deed_inout(&a);
	deed_end(&a, &kept_inout);
	write_kept();
	deed_drop(&a);
}

static deed_i32_borrowed last_of(const deed_i32_borrowed *container)
{
	return deed_slice(*container, deed_len(*container) - 1, deed_len(*container));
}

static deed_i32_borrowed last_of_a_temporary(void)
{
	DEED_AUTO(deed_i32, container);
	MAKE(&container, 3);
	DEED_BORROWED(b, &container);

	return last_of(&b);
}

/* The last element of a temporary container is borrowed, and leaves the chain of calls. */
TRAP(ES19, E11)
{
	const deed_i32_borrowed last = last_of_a_temporary();

	HERE;
	(void)deed_at(last, 0);
}

static deed_i32_borrowed second_of(const deed_i32_inout *m)
{
	return deed_borrow_part(m, 1, 2);
}

/* A function lends on for reading what it was lent for writing; its caller reads that. */
CLEAN(ES21)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_inout m;
	deed_i32_borrowed second;

	MAKE(&a, 100);
	m = deed_inout(&a);
	deed_at(m, 1) = 2;
	second = second_of(&m);
	CHECK(deed_at(second, 0) == 2);
	deed_end(&m, &second);
	deed_at(m, 1) = 3;
	deed_end(&a, &m);
	deed_drop(&a);
}

/* A value that was copied out of a borrow is used after the borrow's scope. */
CLEAN(ES23)
{
	deed_i32 a = DEED_EMPTY;
	int32_t copied;

	MAKE(&a, 100);
	WRITE(&a, 5, 6);
	{
		DEED_BORROWED(b, &a);
		copied = deed_at(b, 5);
	}
	CHECK(copied == 6);
	deed_drop(&a);
}

struct scoped {
	deed_i32_borrowed view;
	sem_t go_on;
};

static void *read_late(void *argument)
{
	struct scoped *const scoped = argument;

	sem_wait(&scoped->go_on);
	CHECK(total_of(scoped->view) == 0);
	return NULL;
}

/* A thread reads a borrow at the very end of the scope that lends it; the scope waits for it. */
CLEAN(ES27)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	{
		DEED_BORROWED(b, &a);
		struct scoped scoped = { .view = b };
		pthread_t thread;

		CHECK(sem_init(&scoped.go_on, 0, 0) == 0);
		CHECK(pthread_create(&thread, NULL, read_late, &scoped) == 0);
		sem_post(&scoped.go_on);
		CHECK(pthread_join(thread, NULL) == 0);
	}
	deed_drop(&a);
}
