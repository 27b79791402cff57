/* SPDX-License-Identifier: MIT
 *
 * tests/race/race.h - what the race programs share.
 *
 * Two threads, the first of which goes first: the second sleeps meanwhile. A sleep orders
 * nothing for ThreadSanitizer, so whatever order it sees between the two comes from what
 * they call in between. If that were the ledger's locks, the race on `raced` would be
 * hidden.
 */
#ifndef RACE_H
#define RACE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "deed.h"

/* Long against what the first thread does before its end, on a machine that is busy. */
enum { FIRST_GOES_FIRST_US = 300000 };

#define require(condition)                                                                         \
	((condition) ? (void)0                                                                     \
		     : (fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition),    \
			exit(3)))

/* Volatile only so that compilers keep writes that nobody reads: to ThreadSanitizer it is a
 * variable as any other. */
static volatile int raced __attribute__((unused));

/* The name is what run.sh looks for in ThreadSanitizer's report. */
static __attribute__((noinline, unused)) void racy_write(int value)
{
	raced = value;
}

static __attribute__((unused)) void run_two(void *(*first)(void *), void *(*second)(void *))
{
	pthread_t thread[2];

	require(pthread_create(&thread[0], NULL, first, NULL) == 0);
	require(pthread_create(&thread[1], NULL, second, NULL) == 0);
	require(pthread_join(thread[0], NULL) == 0);
	require(pthread_join(thread[1], NULL) == 0);
}

/* The same over an owner of ten elements. */
static __attribute__((unused)) void run_two_over(deed_i32 *shared, void *(*first)(void *),
						 void *(*second)(void *))
{
	require(deed_new_zeroed(shared, 10) == 0);
	run_two(first, second);
	deed_drop(shared);
}

/* The two threads of most programs: write then use deed, and use deed then write. */
#define RACE_AROUND(use)                                                                           \
	static void *write_then_use(void *unused)                                                  \
	{                                                                                          \
		(void)unused;                                                                      \
		racy_write(1);                                                                     \
		use();                                                                             \
		return NULL;                                                                       \
	}                                                                                          \
	static void *use_then_write(void *unused)                                                  \
	{                                                                                          \
		(void)unused;                                                                      \
		usleep(FIRST_GOES_FIRST_US);                                                       \
		use();                                                                             \
		racy_write(2);                                                                     \
		return NULL;                                                                       \
	}

#endif
