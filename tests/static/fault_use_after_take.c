/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_use_after_take.c - an owner is used after a function has taken it
 *
 * fault: E03
 */
#include <deed.h>

static void publish(deed_f32 *samples) DEED_TAKES(samples);
static void publish(deed_f32 *samples)
{
	DEED_AUTO(deed_f32, mine);

	deed_move(&mine, samples);
}

static float first(const deed_f32 *samples) DEED_READS(samples);
static float first(const deed_f32 *samples)
{
	DEED_BORROWED(v, samples);
	return deed_at(v, 0);
}

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	publish(&a);
	/* expect: cannot call function 'first' while state 'a.is.gone' is held */
	(void)first(&a);
	/* expect: cannot call function 'publish' while state 'a.is.gone' is held */
	publish(&a);
	/* expect: cannot call function 'deed_len' while state 'a.is.gone' is held */
	return (int)deed_len(a);
}
