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

static void show_all(deed_f32 *samples, deed_f32 *other) DEED_READS(samples);
static void show_all(deed_f32 *samples, deed_f32 *other)
{
	/* expect: calling function 'deed_inout_part'
	 * requires holding right to write 'samples->is.writable' exclusively */
	deed_f32_inout v = deed_inout_part(samples, 0, 1);
	deed_end(samples, &v);
	/* expect: calling function 'deed_tile_inout'
	 * requires holding right to write 'samples->is.writable' exclusively */
	deed_f32_tile_inout t = deed_tile_inout(samples, 1, 0, 0, 1, 1);
	deed_end(samples, &t);
	/* expect: calling function 'deed_swap'
	 * requires holding right to write 'samples->is.writable' exclusively */
	deed_swap(samples, other);
	/* expect: calling function 'deed_move'
	 * requires holding right to write 'samples->is.writable' exclusively */
	deed_move(other, samples);
	/* expect: calling function 'deed_settle'
	 * requires holding right to write 'samples->is.writable' exclusively */
	deed_settle(samples);
	/* expect: calling function 'deed_release'
	 * requires holding right to write 'samples->is.writable' exclusively */
	(void)deed_release(samples);
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
	else if (argc == 2)
		show_on(&a);
	else
		show_all(&a, &a);
	return (int)deed_len(a);
}
