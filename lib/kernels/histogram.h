/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/histogram.h - how often each value of a byte occurs, added to what was counted.
 *
 * A byte that is like one shortly before waits until that one is counted. So each of eight bytes in
 * a row is counted in a table of its own, and what is left is a load and a store per byte of
 * whatever data: the processor's limit, which the obvious loop only reaches where like bytes are
 * far apart, or where the processor foresees them. Small counters take less of the cache and of the
 * time that clearing and adding up the tables takes, which only pays from some bytes on.
 */

enum { HISTOGRAM_TABLES = 8, HISTOGRAM_MANY = 2048 };

static void histogram_u8(uint64_t *restrict counts, const uint8_t *restrict x, size_t count)
{
#if WIDTH > 0
	while (count >= HISTOGRAM_MANY) {
		/* As many as each of the counters can count. */
		const size_t row_count = count / HISTOGRAM_TABLES < UINT16_MAX
						 ? count / HISTOGRAM_TABLES
						 : UINT16_MAX;
		uint16_t table[HISTOGRAM_TABLES][256] = { { 0 } };

		for (size_t row = 0; row < row_count; row++, x += HISTOGRAM_TABLES)
			for (size_t i = 0; i < HISTOGRAM_TABLES; i++)
				table[i][x[i]]++;
		for (size_t value = 0; value < 256; value++) {
			uint32_t sum = 0;

			for (size_t i = 0; i < HISTOGRAM_TABLES; i++)
				sum += table[i][value];
			counts[value] += sum;
		}
		count -= row_count * HISTOGRAM_TABLES;
	}
#endif
	for (size_t i = 0; i < count; i++)
		counts[x[i]]++;
}
