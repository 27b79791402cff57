/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_take_while_lent.c - a function is given what is lent
 *
 * fault: E06
 */
#include <deed.h>

static void publish(deed_f32 *samples) DEED_TAKES(samples);
static void publish(deed_f32 *samples)
{
	DEED_AUTO(deed_f32, mine);

	deed_move(&mine, samples);
}

static void zero(deed_f32 *samples) DEED_WRITES(samples);
static void zero(deed_f32 *samples)
{
	DEED_INOUT(v, samples);
	deed_fill(v, 0.0f);
}

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
	deed_f32_borrowed v = deed_borrow(&a);
	if (argc == 1)
		/* expect: cannot call function 'publish'
		 * while loan 'a.is.lent' is held */
		publish(&a);
	else
		/* expect: cannot call function 'zero'
		 * while loan 'a.is.lent' is held */
		zero(&a);
	deed_end(&a, &v);
	deed_f32_inout w = deed_inout(&a);
	/* expect: cannot call function 'first'
	 * while inout loan 'a.is.lent_inout' is held */
	(void)first(&a);
	/* expect: cannot call function 'zero'
	 * while inout loan 'a.is.lent_inout' is held */
	zero(&a);
	deed_end(&a, &w);
	deed_drop(&a);
	return 0;
}
