/* SPDX-License-Identifier: MIT
 *
 * tests/trap/leak_adopted.c - adopted memory is never dropped, so its deleter never runs.
 */
#include <deed.h>
#include <stdlib.h>

static void free_it(void *data, size_t bytes, void *context)
{
	(void)bytes;
	(void)context;
	free(data);
}

static int read_packet(void)
{
	deed_u8 packet = DEED_EMPTY;

	return deed_adopt(&packet, calloc(1, 1500), 1500, free_it, NULL);
}

int main(void)
{
	return read_packet() != 0;
}
