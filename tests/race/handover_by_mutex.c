/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/handover_by_mutex.c - owners that move between threads under the program's own mutex.
 */
#include "race.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static deed_i32 box;

static void *send(void *unused)
{
	(void)unused;
	for (int i = 0; i < 500; i++) {
		deed_i32 xs = DEED_EMPTY;

		require(deed_new(&xs, 10) == 0);
		{
			DEED_INOUT(v, &xs);
			deed_fill(v, i);
		}
		pthread_mutex_lock(&lock);
		while (deed_owns(&box))
			pthread_cond_wait(&changed, &lock);
		deed_move(&box, &xs);
		pthread_cond_signal(&changed);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void *receive(void *unused)
{
	(void)unused;
	for (int i = 0; i < 500; i++) {
		deed_i32 xs = DEED_EMPTY;

		pthread_mutex_lock(&lock);
		while (!deed_owns(&box))
			pthread_cond_wait(&changed, &lock);
		deed_move(&xs, &box);
		pthread_cond_signal(&changed);
		pthread_mutex_unlock(&lock);
		{
			DEED_INOUT(v, &xs);
			require(deed_at(v, 9) == i);
			deed_at(v, 9) = 0;
		}
		deed_drop(&xs);
	}
	return NULL;
}

int main(void)
{
	run_two(send, receive);
	return 0;
}
