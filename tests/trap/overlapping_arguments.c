/* SPDX-License-Identifier: MIT
 *
 * tests/trap/overlapping_arguments.c - a function that was promised two buffers is called with one.
 */
#include <deed.h>

static void shift_right(float *out, const float *in, size_t count)
{
	DEED_LEND(o, out, count);
	DEED_LEND_CONST(i, in, count);

	for (size_t n = 0; n < count; n++)
		out[n] = in[n];
}

int main(void)
{
	float line[101] = { 1.0f };

	shift_right(line + 1, line, 100);
	return 0;
}
