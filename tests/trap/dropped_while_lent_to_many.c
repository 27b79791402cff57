/* SPDX-License-Identifier: MIT
 *
 * tests/trap/dropped_while_lent_to_many.c - a buffer is dropped while loans of several kinds and
 * threads live.
 */
#include <deed.h>
#include <pthread.h>
#include <semaphore.h>

static deed_f32 audio;
static sem_t is_playing, may_stop;

static void *play(void *unused)
{
	DEED_BORROWED_PART(next, &audio, 480, 960);

	sem_post(&is_playing);
	sem_wait(&may_stop);
	return deed_at(next, 0) > 1.0f ? &audio : unused;
}

static void unload(void)
{
	deed_drop(&audio);
}

int main(void)
{
	pthread_t player;

	if (deed_new_zeroed(&audio, 960) || sem_init(&is_playing, 0, 0) ||
	    sem_init(&may_stop, 0, 0) || pthread_create(&player, NULL, play, NULL))
		return 1;
	sem_wait(&is_playing);
	DEED_INOUT_PART(mixed, &audio, 0, 480);
	DEED_BORROWED_PART(peaks, &mixed, 0, 100);
	unload();
	return deed_at(peaks, 0) > 1.0f;
}
