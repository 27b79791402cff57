/* SPDX-License-Identifier: MIT
 *
 * tests/trap/wrong_family.c - a callback takes its context for a buffer of another type.
 */
#include <deed.h>

static void on_done(void *context)
{
	deed_f64 *samples = context;
	DEED_INOUT(view, samples);

	deed_fill(view, 0.0);
}

static void run(void (*done)(void *context), void *context)
{
	done(context);
}

int main(void)
{
	DEED_AUTO(deed_f32, samples);

	if (deed_new_zeroed(&samples, 480))
		return 1;
	run(on_done, &samples);
	return 0;
}
