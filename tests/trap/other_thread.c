/* SPDX-License-Identifier: MIT
 *
 * tests/trap/other_thread.c - a worker fills a buffer, and nobody waits for it.
 */
#include <deed.h>
#include <pthread.h>
#include <semaphore.h>

static sem_t is_filling, may_finish;
static deed_f64 result;

static void *worker(void *unused)
{
	DEED_INOUT(view, &result);

	sem_post(&is_filling);
	sem_wait(&may_finish);
	deed_fill(view, 1.0);
	return unused;
}

static double first(const deed_f64 *numbers)
{
	DEED_BORROWED(view, numbers);

	return deed_at(view, 0);
}

int main(void)
{
	pthread_t thread;

	if (deed_new_zeroed(&result, 8) || sem_init(&is_filling, 0, 0) ||
	    sem_init(&may_finish, 0, 0))
		return 1;
	if (pthread_create(&thread, NULL, worker, NULL))
		return 1;
	sem_wait(&is_filling);
	return first(&result) > 0.0; /* pthread_join() comes first */
}
