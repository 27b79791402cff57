/* SPDX-License-Identifier: MIT
 *
 * tests/filestat/bytes.c - writes COUNT bytes of a kind, the same ones every time.
 *
 *     bytes random COUNT SEED      evenly spread
 *     bytes biased COUNT SEED      small ones more often than large ones
 *     bytes same COUNT BYTE        all equal
 *     bytes ramp COUNT STEP        0, STEP, 2 * STEP ... modulo 256
 *
 * The generator is Vigna's splitmix64: a counter, stirred.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t stir(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

int main(int argc, char **argv)
{
	const char *kind;
	uint64_t count, seed;

	if (argc != 4)
		return 2;
	kind = argv[1];
	count = strtoull(argv[2], NULL, 0);
	seed = strtoull(argv[3], NULL, 0);
	for (uint64_t i = 0; i < count; i++) {
		const uint64_t word = stir((seed << 40) + i * 0x9e3779b97f4a7c15u);
		uint64_t byte = seed;

		if (!strcmp(kind, "random"))
			byte = word;
		else if (!strcmp(kind, "biased"))
			byte = (word & 0xff) * (word >> 8 & 0xff) >> 8;
		else if (!strcmp(kind, "ramp"))
			byte = i * seed;
		if (putchar((int)(byte & 0xff)) == EOF)
			return 1;
	}
	return fflush(stdout) ? 1 : 0;
}
