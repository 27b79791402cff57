/* SPDX-License-Identifier: MIT
 *
 * tests/trap/pthread_exit.c - a thread ends itself deep inside a block that has lent a buffer.
 */
#include <deed.h>
#include <pthread.h>

static void check(int32_t temperature)
{
	if (temperature == 0)
		pthread_exit(NULL);
}

static void *watch(void *context)
{
	const deed_i32 *sensors = context;
	DEED_BORROWED(temperatures, sensors);

	for (size_t i = 0; i < deed_len(temperatures); i++)
		check(deed_at(temperatures, i));
	return NULL;
}

int main(void)
{
	deed_i32 sensors = DEED_EMPTY;
	pthread_t thread;

	if (deed_new_zeroed(&sensors, 3))
		return 1;
	if (pthread_create(&thread, NULL, watch, &sensors) || pthread_join(thread, NULL))
		return 1;
	deed_drop(&sensors);
	return 0;
}
