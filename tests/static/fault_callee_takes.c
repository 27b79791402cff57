/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_callee_takes.c - a function takes what it promised only to read
 *
 * fault: E04
 */
#include <deed.h>

static void publish(deed_f32 *samples) DEED_TAKES(samples);
static void publish(deed_f32 *samples)
{
	deed_drop(samples);
}

static void show(deed_f32 *samples) DEED_READS(samples);
static void show(deed_f32 *samples)
{
	/* expect: calling function 'deed_drop'
	 * requires holding right to write 'samples->is.writable' exclusively */
	deed_drop(samples);
}

static void show_on(deed_f32 *samples) DEED_READS(samples);
static void show_on(deed_f32 *samples)
{
	/* expect: calling function 'publish'
	 * requires holding right to write 'samples->is.writable' exclusively */
	publish(samples);
}

static void show_more(deed_f32 *samples) DEED_READS(samples);
static void show_more(deed_f32 *samples)
{
	{
		/* expect: calling function 'deed_inout'
		 * requires holding right to write 'samples->is.writable' exclusively */
		DEED_INOUT(v, samples);
		deed_fill(v, 0.0f);
	}
	/* expect: calling function 'deed_resize'
	 * requires holding right to write 'samples->is.writable' exclusively */
	if (deed_resize(samples, 2))
		return;
}

int main(int argc, char **argv)
{
	deed_f32 a = DEED_EMPTY;

	(void)argv;
	if (deed_new_zeroed(&a, 8))
		return 1;
	show_more(&a);
	if (argc == 1)
		show(&a);
	else
		show_on(&a);
	return (int)deed_len(a);
}
