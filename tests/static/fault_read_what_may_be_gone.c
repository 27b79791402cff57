/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_read_what_may_be_gone.c - a function is given what was dropped on one way
 *
 * fault: E04
 */
#include <deed.h>

static float first(const deed_f32 *samples) DEED_READS(samples);
static float first(const deed_f32 *samples)
{
	DEED_BORROWED(v, samples);
	return deed_at(v, 0);
}

int main(int argc, char **argv)
{
	deed_f32 a = DEED_EMPTY;

	(void)argv;
	if (deed_new_zeroed(&a, 8))
		return 1;
	if (argc == 1)
		deed_drop(&a);
	/* expect-..14: calling function 'first'
	 * requires holding mutex 'a.is.owned' exclusively */
	/* expect-15..: calling function 'first'
	 * requires holding ownership 'a.is.owned' exclusively */
	(void)first(&a);
	deed_settle(&a);
	return 0;
}
