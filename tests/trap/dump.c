/* SPDX-License-Identifier: MIT
 *
 * tests/trap/dump.c - who holds what, asked for at any time; and the statistics.
 *
 * status: 0
 */
#include <deed.h>
#include <stdio.h>

struct vertex {
	float x, y, z;
};
DEED_DEFINE(vertices, struct vertex);

static void print_statistics(void)
{
	char json[512];

	deed_stats_json(json, sizeof json);
	fprintf(stderr, "%s\n", json);
}

static void show(const vertices *points, deed_f32_inout *weights)
{
	DEED_BORROWED_PART(first, points, 0, 10);
	DEED_TILE_INOUT(column, weights, 8, 0, 2, 4, 1);
	deed_u8 nothing = DEED_EMPTY;

	deed_dump(points);
	deed_dump(&first);
	deed_dump(weights);
	deed_dump(&nothing);
	fputs("and all:\n", stderr);
	deed_dump_all();
}

int main(void)
{
	DEED_AUTO(vertices, points);
	DEED_AUTO(deed_f32, weights);

	if (deed_new_zeroed(&points, 100) || deed_new2(&weights, 4, 8))
		return 1;
	{
		DEED_BORROWED(shape, &points);
		deed_f32_inout training = deed_inout(&weights);

		show(&points, &training);
		print_statistics();
		deed_end(&weights, &training);
	}
	print_statistics();
	return 0;
}
