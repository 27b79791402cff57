/* SPDX-License-Identifier: MIT
 *
 * examples/faults/lend_overlap.c - a blur is asked to work in place, and cannot.
 */
#include <deed.h>
#include <stdlib.h>

static void blur(float *out, const float *in, size_t count)
{
	DEED_LEND(o, out, count);
	DEED_LEND_CONST(i, in, count);

	out[0] = in[0];
	for (size_t at = 1; at < count; at++)
		out[at] = (in[at - 1] + in[at]) / 2;
}

int main(void)
{
	float *line = calloc(320, sizeof *line);

	if (!line)
		return 1;
	line[0] = 1.0f;
	blur(line, line, 320);
	free(line);
	return 0;
}
