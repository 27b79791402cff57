/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/histogram.h - how often each value of a byte occurs, added to what was counted.
 */

static void histogram_u8(uint64_t *restrict counts, const uint8_t *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		counts[x[i]]++;
}
