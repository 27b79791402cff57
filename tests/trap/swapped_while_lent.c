/* SPDX-License-Identifier: MIT
 *
 * tests/trap/swapped_while_lent.c - two buffers of a simulation change places while one of them is
 * read.
 */
#include <deed.h>

struct world {
	deed_f32 now, next;
};

static void step(struct world *world)
{
	deed_f32_borrowed now = deed_borrow(&world->now);

	{
		DEED_INOUT(next, &world->next);
		for (size_t i = 0; i < deed_len(now); i++)
			deed_at(next, i) = 0.5f * deed_at(now, i);
	}
	deed_swap(&world->now, &world->next);
	deed_end(&world->next, &now);
}

int main(void)
{
	struct world world = { 0 };

	if (deed_new_zeroed(&world.now, 100) || deed_new_zeroed(&world.next, 100))
		return 1;
	step(&world);
	deed_drop(&world.now);
	deed_drop(&world.next);
	return 0;
}
