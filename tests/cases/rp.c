/* SPDX-License-Identifier: MIT
 *
 * tests/cases/rp.c - stories that are told for what the report of them says.
 *
 * tests/test_cases.c reads the reports; here is only what they are about.
 */
#include <unistd.h>

#include "case.h"

enum { MANY = 20, THREADS = 8 };

OWN_FRAME static void make_in_one(deed_i32 *a)
{
	MAKE(a, 100);
	NOT_A_TAIL_CALL;
}

OWN_FRAME static void drop_in_two(deed_i32 *a)
{
	deed_drop(a);
	NOT_A_TAIL_CALL;
}

OWN_FRAME static void drop_in_three(deed_i32 *a)
{
	HERE;
	deed_drop(a);
	NOT_A_TAIL_CALL;
}

/* Three functions: the second drop's, the first drop's, the maker's. */
REPORT(RP01, E05)
{
	deed_i32 a = DEED_EMPTY;

	make_in_one(&a);
	drop_in_two(&a);
	drop_in_three(&a);
}

OWN_FRAME static void make_deep(deed_i32 *a, int depth)
{
	if (depth > 0)
		make_deep(a, depth - 1);
	else
		MAKE(a, 100);
	NOT_A_TAIL_CALL;
}

OWN_FRAME static void drop_deep(deed_i32 *a, int depth)
{
	if (depth > 0)
		drop_deep(a, depth - 1);
	else
		deed_drop(a);
	NOT_A_TAIL_CALL;
}

/* Every stack of the story is deeper than what is kept of one. */
REPORT(RP03, E05)
{
	deed_i32 a = DEED_EMPTY;

	make_deep(&a, 300);
	drop_deep(&a, 300);
	drop_deep(&a, 300);
}

/* Many buffers, each dropped three times: a report each, and no more. */
REPORT(RP05, E05)
{
	deed_i32 many[MANY] = { 0 };

	for (int i = 0; i < MANY; i++)
		MAKE(&many[i], 10 + (size_t)i);
	for (int times = 0; times < 3; times++)
		for (int i = 0; i < MANY; i++)
			deed_drop(&many[i]);
}

static pthread_barrier_t all_ready;

DEED_UNCHECKED static void *drop_twice_together(void *unused)
{
	deed_i32 a = DEED_EMPTY;

	(void)unused;
	MAKE(&a, 100);
	deed_drop(&a);
	pthread_barrier_wait(&all_ready);
	deed_drop(&a);
	return NULL;
}

/* Eight threads commit the same crime in the same moment. */
REPORT(RP07, E05)
{
	pthread_t thread[THREADS];

	CHECK(pthread_barrier_init(&all_ready, NULL, THREADS) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&thread[i], NULL, drop_twice_together, NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(thread[i], NULL) == 0);
}

OWN_FRAME static void drop_again(deed_i32 *a)
{
	HERE;
	deed_drop(a);
	NOT_A_TAIL_CALL;
}

/* A double drop, for the one line that says it all. */
REPORT(RP09, E05)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	deed_drop(&a);
	drop_again(&a);
}

/* The program has closed its standard error when it breaks the rule. */
REPORT(RP11, E05)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	close(STDERR_FILENO);
	deed_drop(&a);
	HERE;
	deed_drop(&a);
}

static void count_call(const struct deed_report *report, void *context)
{
	int *const calls = context;

	CHECK(report->fault == DEED_E04 && strcmp(report->id, "E04") == 0);
	CHECK(report->text && report->text_bytes == strlen(report->text));
	CHECK(strstr(report->text, "E04") && report->text[report->text_bytes - 1] == '\n');
	++*calls;
}

/* The program has a handler of its own: it gets the text, once, and the program goes on. */
REPORT(RP13, E04)
{
	deed_i32 a = DEED_EMPTY;
	int calls = 0;

	deed_on_fault(count_call, &calls);
	MAKE(&a, 100);
	deed_drop(&a);
	(void)READ(&a, 0);
	(void)READ(&a, 0);
	CHECK(calls == 1);
	deed_on_fault(NULL, NULL);
}

/* A conflict has two sides. */
REPORT(RP15, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_inout m;
	deed_i32_borrowed b;

	MAKE(&a, 100);
	m = deed_inout(&a);
	HERE;
	b = deed_borrow(&a);
	deed_end(&a, &b);
	deed_end(&a, &m);
	deed_drop(&a);
}

/* Of several loans of parts, past and present, one overlaps the one that is asked for. */
REPORT(RP17, E09)
{
	deed_i32 a = DEED_EMPTY;
	deed_i32_borrowed past, far, asked;
	deed_i32_inout m;

	MAKE(&a, 100);
	past = deed_borrow_part(&a, 0, 10);
	deed_end(&a, &past);
	far = deed_borrow_part(&a, 50, 60);
	m = deed_inout_part(&a, 3, 7);
	HERE;
	asked = deed_borrow_part(&a, 5, 9);
	deed_end(&a, &asked);
	deed_end(&a, &m);
	deed_end(&a, &far);
	deed_drop(&a);
}

/* Resized to the same length, a smaller or a larger one; then read behind the end. */
REPORT(RP19, E15)
{
	static const size_t before[3] = { 5, 10, 2 };
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, before[shape]);
	CHECK(deed_resize(&a, 5) == 0);
	HERE;
	(void)READ(&a, 5);
	deed_drop(&a);
}

/* A dropped buffer is used when so many others have come and gone that its story is forgotten. */
REPORT(RP21, E04)
{
	deed_i32 old = DEED_EMPTY, young = DEED_EMPTY;

	MAKE(&old, 100);
	deed_drop(&old);
	for (int i = 0; i < 1000; i++) {
		MAKE(&young, 1);
		deed_drop(&young);
	}
	HERE;
	(void)READ(&old, 0);
}

/* The drop was two hundred calls deep. */
REPORT(RP23, E04)
{
	deed_i32 a = DEED_EMPTY;

	MAKE(&a, 100);
	drop_deep(&a, 200);
	HERE;
	(void)READ(&a, 5);
}
