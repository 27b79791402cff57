/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_columns.c (C, C++) - struct of arrays: fields of every kind, members of structs,
 * const owners, verbs as expressions.
 */
#include "deed.h"
#include "deed/soa.h"

struct soa_colour {
	float r, g, b;
};
typedef const char *soa_word;
struct soa_line {
	double of[4];
} __attribute__((aligned(64)));

#define SOA_KINDS(FIELD)                                                                           \
	FIELD(uint8_t, small)                                                                      \
	FIELD(double, wide)                                                                        \
	FIELD(struct soa_colour, colour)                                                           \
	FIELD(soa_word, word)                                                                      \
	FIELD(struct soa_line, line)                                                               \
	FIELD(char, h)                                                                             \
	FIELD(float, tag)
DEED_SOA(soa_kinds, SOA_KINDS);

#define SOA_ONE(FIELD) FIELD(int16_t, only)
DEED_SOA(soa_ones, SOA_ONE);

struct soa_world {
	soa_kinds kinds;
	soa_ones ones;
};

static double soa_total(const soa_kinds *kinds)
{
	DEED_SOA_BORROWED(weights, kinds, wide);
	DEED_SOA_BORROWED(line, kinds, line);
	deed_f32_borrowed tag = deed_soa_borrow(kinds, tag);
	double total = 0;

	for (size_t i = 0; i < deed_len(weights); i++)
		total += deed_at(weights, i) + (double)deed_at(tag, i) + deed_at(line, i).of[3];
	deed_soa_end(kinds, &tag);
	return total;
}

static int soa_fill(struct soa_world *world)
{
	const struct soa_line line = { { 0, 0, 0, 1 } };
	const struct soa_colour colour = { 1, 2, 3 };
	const soa_kinds_row row = { 1, 2.0, colour, "word", line, 'c', 3.0f };
	soa_kinds_row rows[2];
	soa_kinds copy = DEED_EMPTY;
	int err = deed_soa_new(&world->kinds, 0);

	if (!err)
		err = deed_soa_push(&world->kinds, row);
	if (!err)
		err = deed_soa_push(&world->kinds, deed_soa_get(&world->kinds, 0));
	if (!err)
		err = deed_soa_reserve(&world->kinds, 1000);
	if (err)
		return err;
	{
		DEED_SOA_INOUT(painted, &world->kinds, colour);
		DEED_SOA_INOUT(h, &world->kinds, h);

		deed_at(painted, 1).g = 5;
		deed_at(h, 0) = 'd';
	}
	deed_soa_to(rows, &world->kinds);
	err = deed_soa_from(&copy, rows, 2);
	if (err)
		return err;
	deed_soa_set(&copy, 0, deed_soa_get(&copy, 1));
	deed_soa_drop(&world->kinds);
	deed_soa_move(&world->kinds, &copy);
	return deed_soa_resize(&world->kinds, 2);
}

int main(void)
{
	struct soa_world world = { DEED_EMPTY, DEED_EMPTY };
	DEED_SOA_AUTO(soa_ones, ones);
	int failed = soa_fill(&world);

	failed |= deed_soa_new_zeroed(&ones, 3);
	failed |= deed_soa_get(&ones, 2).only != 0;
	failed |= deed_soa_get(&world.kinds, 0).colour.g != 5;
	failed |= deed_soa_get(&world.kinds, 1).h != 'c';
	failed |= soa_total(&world.kinds) != 2 * (2.0 + 3.0 + 1.0);
	failed |= deed_soa_len(world.kinds) != 2 || !deed_soa_owns(&world.kinds);
	deed_soa_settle(&world.kinds);
	deed_soa_settle(&world.ones);
	return failed;
}
