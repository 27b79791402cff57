/* SPDX-License-Identifier: MIT
 *
 * examples/own_kernel.c - a kernel of one's own: pointers, a count, and a claim in front.
 *
 *     cc -O3 own_kernel.c $(pkg-config --cflags --libs deed)
 *     cc -O3 -g own_kernel.c $(pkg-config --cflags --libs deed-trap)
 *
 * Heat flows along a rod: each step makes the next temperatures of the present ones. The loop
 * promises the compiler, by `restrict`, that the two do not overlap, which is what lets it
 * compute several of them at a time. heat() claims its operands, which is what makes the promise
 * true: whoever calls it with two views of one rod is told so (E26), and with views of two lengths
 * as well (E15). In a release build nothing is left of it.
 */
#include <deed.h>
#include <deed/kernels.h>

#include <stdio.h>

enum { POINTS = 1000, STEPS = 2000 };

/* Both ends stay as they are. */
static void heat_raw(float *restrict next, const float *restrict now, size_t count)
{
	for (size_t i = 1; i + 1 < count; i++)
		next[i] = now[i] + 0.25f * (now[i - 1] - 2 * now[i] + now[i + 1]);
}

static void heat(deed_f32_inout next, deed_f32_borrowed now)
{
	if (deed_claim(next, now))
		heat_raw(deed_data(next), deed_data(now), deed_len(now));
}

static void run(deed_f32_inout a, deed_f32_inout b)
{
	for (int step = 0; step < STEPS; step += 2) {
		heat(b, deed_reading(a));
		heat(a, deed_reading(b));
	}
}

int main(void)
{
	DEED_AUTO(deed_f32, rod);
	DEED_AUTO(deed_f32, other);

	if (deed_new_aligned(&rod, POINTS, 64) || deed_new_aligned(&other, POINTS, 64)) {
		fputs("own_kernel: out of memory\n", stderr);
		return 1;
	}
	{
		DEED_INOUT(a, &rod);
		DEED_INOUT(b, &other);

		deed_fill_f32(a, 20);
		deed_at(a, 0) = 100;
		deed_copy(b, a);
		run(a, b);
		printf("%d points after %d steps: %.1f degrees on average, %.1f at the tenth\n",
		       POINTS, STEPS, (double)deed_sum_f32(a) / (double)POINTS,
		       (double)deed_at(a, 10));
	}
	return 0;
}
