/* SPDX-License-Identifier: MIT
 *
 * tests/cases/lk.c - leaks, and what only looks like one.
 *
 * The line of a leak is the line that made the buffer, and the fault comes at the end of
 * the program. Nothing is guessed from what points where: who owns at the end has leaked.
 */
#include "case.h"

/* Made, filled, and left behind. */
TRAP(LK01, E17)
{
	deed_i32 a = DEED_EMPTY;

	HERE;
	MAKE(&a, 100);
	WRITE(&a, 0, 5);
}

static int make_two(void)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;

	HERE;
	MAKE(&a, 100);
	if (deed_new(&b, SIZE_MAX) != 0)
		return -1;
	deed_drop(&b);
	deed_drop(&a);
	return 0;
}

/* The second of two buffers cannot be made, and the early return forgets the first. */
TRAP(LK03, E17)
{
	CHECK(make_two() == -1);
}

struct holder {
	int number;
	deed_i32 buffer;
};

static void hold_one(void)
{
	struct holder local = { .number = 1 };
	deed_i32 a = DEED_EMPTY;

	HERE;
	MAKE(&a, 100);
	deed_move(&local.buffer, &a);
}

/* A local struct owns when its function returns. */
TRAP(LK05, E17)
{
	hold_one();
}

/* The parent is dropped, and the child that it held is not. */
TRAP(LK07, E17)
{
	handles parent = DEED_EMPTY;

	MAKE(&parent, 1);
	{
		DEED_INOUT(slots, &parent);
		HERE;
		MAKE(&deed_at(slots, 0), 100);
	}
	deed_drop(&parent);
}

/* One branch gives the buffer away; the other one runs. */
TRAP(LK09, E17)
{
	deed_i32 a = DEED_EMPTY;

	HERE;
	MAKE(&a, 100);
	if (condition(0))
		GIVE(consume, &a);
}

/* A plain assignment overwrites an owner; the drop ends the second buffer, the first is lost. */
TRAP(LK11, E17)
{
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;

	HERE;
	MAKE(&a, 100);
	MAKE(&b, 50);
	a = b;
	deed_drop(&a);
}

/* The same by making into an owner that owns: that is found at once. */
TRAP(LK11b, E02)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	HERE;
	CHECK(deed_new(&a, 50) == -EPERM);
	CHECK(deed_len(a) == 100);
	deed_drop(&a);
}

/* A node may hold the bits of an owner of nodes. */
struct node {
	uint64_t owner[2];
};

DEED_DEFINE(nodes, struct node);

static void put_away(const nodes *into, nodes *owner)
{
	nodes target = *into;

	{
		DEED_INOUT(slots, &target);
		memcpy(deed_at(slots, 0).owner, owner, sizeof *owner);
	}
	*owner = (nodes)DEED_EMPTY;
}

/* The only handle of a buffer lies in the buffer itself. */
TRAP(LK13, E17)
{
	nodes a = DEED_EMPTY, bits;

	HERE;
	MAKE(&a, 1);
	memcpy(&bits, &a, sizeof bits);
	put_away(&bits, &a);
}

/* Two buffers hold the handles of each other. */
TRAP(LK15, E17)
{
	nodes pair[2] = { 0 }, first;

	for (int i = 0; i < 2; i++) {
		HERE;
		MAKE(&pair[i], 1);
	}
	memcpy(&first, &pair[0], sizeof first);
	put_away(&pair[1], &pair[0]);
	put_away(&first, &pair[1]);
}

static __thread deed_i32 left_behind;

static void *leave_behind(void *unused)
{
	(void)unused;
	HERE;
	MAKE(&left_behind, 100);
	return NULL;
}

/* A thread exits with an owner in its thread-local storage. */
TRAP(LK17, E17)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, leave_behind, NULL) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
}

/* A thousand buffers of one byte, lost on one line: one record that counts them. */
TRAP(LK19, E17)
{
	for (int i = 0; i < 1000; i++) {
		deed_u8 a = DEED_EMPTY;

		HERE; /* in every round, so that no round is compiled apart from the others */
		MAKE(&a, 1);
	}
}

/* One buffer is declared immortal, another is just left behind: the second is the leak. */
TRAP(LK21, E17)
{
	deed_i32 forever = DEED_EMPTY, a = DEED_EMPTY;

	MAKE(&forever, 100);
	deed_immortal(&forever);
	HERE;
	MAKE(&a, 100);
}

/* The function that is called last drops. */
CLEAN(LK23)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	WRITE(&a, 0, 5);
	consume(&a);
}

struct errand {
	sem_t begin;
	deed_i32 buffer;
};

static void *run_errand(void *argument)
{
	struct errand *const errand = argument;

	sem_wait(&errand->begin); /* the program ends before this one begins */
	deed_drop(&errand->buffer);
	return NULL;
}

/* A buffer is on its way to a detached thread, which has not begun when the program ends. */
CLEAN(LK31)
{
	static struct errand errand;
	pthread_t thread;
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	deed_move(&errand.buffer, &a);
	CHECK(sem_init(&errand.begin, 0, 0) == 0);
	CHECK(pthread_create(&thread, NULL, run_errand, &errand) == 0);
	CHECK(pthread_detach(thread) == 0);
}
