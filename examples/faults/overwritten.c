/* SPDX-License-Identifier: MIT
 *
 * examples/faults/overwritten.c - a loop makes a buffer anew without ending the last one.
 */
#include <deed.h>

int main(void)
{
	deed_f32 line = DEED_EMPTY;

	for (size_t len = 100; len < 400; len += 100) {
		if (deed_new(&line, len))
			return 1;
		DEED_INOUT(samples, &line);
		deed_fill(samples, 1.0f);
	}
	deed_drop(&line);
	return 0;
}
