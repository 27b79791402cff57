/* SPDX-License-Identifier: MIT
 *
 * tests/test_noted.c - what parts have had of a buffer, against a bitmap for each of them.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "trap/noted.h"

TestSuite(noted, .timeout = 120);

enum { BYTES = 96, PARTS = 6, PLACES = 2 };

static const struct deed_site places[PLACES];

static uint64_t state;

static size_t below(size_t limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (size_t)((state * 0x2545f4914f6cdd1du >> 32) * limit >> 32);
}

/* What is there is right: whose each byte is. */
struct bitmaps {
	bool reads[PARTS][BYTES], writes[PARTS][BYTES];
};

static struct deed_region range(void)
{
	const size_t lo = below(BYTES);
	const size_t width = 1 + below(below(4) ? 8 : BYTES);

	return (struct deed_region){ lo, deed_min(width, BYTES - lo), 0, 1 };
}

static struct deed_region tile(void)
{
	const size_t pitch = 4 + below(12);
	struct deed_region region = { below(20), 1 + below(pitch), pitch, 1 + below(6) };

	while (deed_region_hi(region) > BYTES)
		region.rows--;
	return region;
}

static bool has(struct deed_region region, size_t byte)
{
	for (size_t row = 0; row < region.rows; row++)
		if (byte - region.lo - row * region.pitch < region.width)
			return true;
	return false;
}

/* Whether the bitmaps say that it meets another's. */
static bool should_meet(const struct bitmaps *maps, const struct deed_note *note)
{
	for (size_t part = 0; part < PARTS; part++)
		for (size_t byte = 0; byte < BYTES && part != note->part; byte++)
			if (has(note->region, byte) &&
			    (maps->writes[part][byte] ||
			     (maps->reads[part][byte] && deed_note_writes(note))))
				return true;
	return false;
}

static void mark(struct bitmaps *maps, const struct deed_note *note)
{
	for (size_t byte = 0; byte < BYTES; byte++)
		if (has(note->region, byte))
			(deed_note_writes(note) ? maps->writes : maps->reads)[note->part][byte] =
				true;
}

/* One of the first `parts`. */
static struct deed_note any_note(size_t parts, bool with_tiles)
{
	return (struct deed_note){ .at = &places[below(PLACES)],
				   .region = with_tiles && below(2) ? tile() : range(),
				   .part = below(parts),
				   .role = below(3) ? DEED_ROLE_LENT_BORROWED
						    : DEED_ROLE_LENT_INOUT };
}

Test(noted, a_meeting_is_found_where_bitmaps_have_one)
{
	struct deed_paper paper = { 0 };
	size_t met = 0, not_met = 0;

	state = 88172645463325252u;
	for (int round = 0; round < 20000; round++) {
		struct deed_notes notes = { 0 };
		struct bitmaps maps;

		memset(&maps, 0, sizeof maps);
		for (int k = 0; k < 40; k++) {
			const struct deed_note note = any_note(round % 3 ? PARTS : 2, round % 2);
			const bool expected = should_meet(&maps, &note);
			struct deed_note other;

			cr_assert(deed_notes_meet(&notes, &note, &other) == expected,
				  "round %d, note %d: %d is wrong", round, k, !expected);
			met += expected;
			not_met += !expected;
			if (expected) {
				cr_assert(other.part != note.part);
				cr_assert(deed_region_meets(other.region, note.region));
				continue;
			}
			deed_notes_put(&notes, &paper, &note);
			mark(&maps, &note);
		}
		deed_notes_free(&notes, &paper);
	}
	cr_expect(met > 100000 && not_met > 100000);
	deed_paper_free(&paper);
	cr_expect(deed_paper_bytes() == 0);
}

/* Of a matrix of bytes: who writes each, 0 for nobody, and who reads it. */
enum { SIDE = 64, MANY_PARTS = 60 };

struct matrix {
	uint64_t writes[SIDE * SIDE], reads[SIDE * SIDE];
};

/* Most are of one pitch and small; others go around the ends of rows, or are of another pitch. */
static struct deed_region tile_of_matrix(void)
{
	const size_t pitch = below(10) ? SIDE : 40 + below(60);
	struct deed_region region = { below(SIDE * SIDE), 1 + below(below(8) ? 9 : 40), pitch,
				      1 + below(below(8) ? 9 : 60) };

	if (region.lo % SIDE + region.width > SIDE && below(10))
		region.lo -= region.lo % SIDE;
	while (deed_region_hi(region) > SIDE * SIDE) {
		region.rows -= region.rows > 1;
		region.lo /= 2;
	}
	return region;
}

/* Whether it is to be met; if not, it is noted. */
static bool meets_in(struct matrix *matrix, const struct deed_note *note)
{
	const uint64_t own = (uint64_t)1 << note->part;
	const bool writes = deed_note_writes(note);
	uint64_t others = 0;

	for (size_t row = 0; row < note->region.rows; row++)
		for (size_t i = 0; i < note->region.width; i++) {
			const size_t at = note->region.lo + row * note->region.pitch + i;

			others |= matrix->writes[at] | (writes ? matrix->reads[at] : 0);
		}
	if (others & ~own)
		return true;
	for (size_t row = 0; row < note->region.rows; row++)
		for (size_t i = 0; i < note->region.width; i++)
			(writes ? matrix->writes
				: matrix->reads)[note->region.lo + row * note->region.pitch + i] |=
				own;
	return false;
}

Test(noted, a_meeting_of_many_tiles_is_found)
{
	static struct matrix matrix;
	struct deed_paper paper = { 0 };
	size_t met = 0, not_met = 0;

	state = 88172645463325252u;
	for (int round = 0; round < 300; round++) {
		const size_t readers = below(20);
		struct deed_notes notes = { 0 };

		memset(&matrix, 0, sizeof matrix);
		for (int k = 0; k < 400; k++) {
			const struct deed_note note = { .at = &places[below(PLACES)],
							.region = tile_of_matrix(),
							.part = below(MANY_PARTS),
							.role = below(20) < readers
									? DEED_ROLE_LENT_BORROWED
									: DEED_ROLE_LENT_INOUT };
			const bool expected = meets_in(&matrix, &note);
			struct deed_note other;

			cr_assert(deed_notes_meet(&notes, &note, &other) == expected,
				  "round %d, note %d: %d is wrong", round, k, !expected);
			met += expected;
			not_met += !expected;
			if (!expected)
				deed_notes_put(&notes, &paper, &note);
		}
		deed_notes_free(&notes, &paper);
	}
	cr_expect(met > 30000 && not_met > 30000, "%zu, %zu", met, not_met);
	deed_paper_free(&paper);
}

static void put(struct deed_notes *notes, struct deed_paper *paper, size_t part, size_t lo,
		size_t width, enum deed_role role)
{
	const struct deed_note note = {
		.at = &places[0], .region = { lo, width, 0, 1 }, .part = part, .role = role
	};
	struct deed_note other;

	cr_assert(!deed_notes_meet(notes, &note, &other));
	deed_notes_put(notes, paper, &note);
}

Test(noted, what_is_known_takes_no_memory)
{
	struct deed_paper paper = { 0 };
	struct deed_notes notes = { 0 };
	size_t bytes;

	for (size_t i = 0; i < 1000; i++)
		put(&notes, &paper, i, 64 * i, 64, DEED_ROLE_LENT_INOUT);
	bytes = deed_paper_bytes();
	for (size_t turn = 0; turn < 100; turn++)
		for (size_t i = 0; i < 1000; i++) {
			put(&notes, &paper, i, 64 * i, 64, DEED_ROLE_LENT_INOUT);
			put(&notes, &paper, i, 64 * i + turn % 60, 4, DEED_ROLE_LENT_BORROWED);
		}
	cr_expect(deed_paper_bytes() == bytes);
	deed_notes_free(&notes, &paper);
	for (size_t i = 0; i < 100000; i++)
		put(&notes, &paper, i, 0, 1000, DEED_ROLE_LENT_BORROWED);
	cr_expect(deed_paper_bytes() == bytes);
	deed_notes_free(&notes, &paper);
	for (size_t i = 0; i < 100000; i++) /* there, and back */
		put(&notes, &paper, 0, 4 * (i < 50000 ? i : 150000 - i), 4,
		    DEED_ROLE_LENT_BORROWED);
	cr_expect(deed_paper_bytes() == bytes);
	deed_notes_free(&notes, &paper);
	deed_paper_free(&paper);
}

/* A window that goes over all of a matrix: what it has covered is one tile again and again. */
Test(noted, windows_side_by_side_become_one)
{
	struct deed_paper paper = { 0 };
	struct deed_notes notes = { 0 };
	struct deed_note note = { .at = &places[0], .role = DEED_ROLE_LENT_BORROWED }, other;

	for (size_t y = 0; y < 300; y++)
		for (size_t x = 0; x < 300; x++) {
			note.region = (struct deed_region){ 400 * y + x, 3, 400, 3 };
			deed_notes_put(&notes, &paper, &note);
		}
	cr_expect(deed_paper_bytes() <= 32 << 10, "%zu bytes", deed_paper_bytes());
	note.part = 1;
	note.role = DEED_ROLE_LENT_INOUT;
	note.region = (struct deed_region){ 302, 98, 400, 302 };
	cr_expect(!deed_notes_meet(&notes, &note, &other));
	note.region.lo--;
	cr_expect(deed_notes_meet(&notes, &note, &other) && other.part == 0);
	deed_notes_free(&notes, &paper);
	deed_paper_free(&paper);
}

/* Each of another task. Compared one by one they would take longer than a test may. */
static void put_many(size_t rows_of_tiles, size_t step, enum deed_role role)
{
	enum { TILES = 200000 };
	struct deed_paper paper = { 0 };
	struct deed_notes notes = { 0 };
	const size_t columns = TILES / rows_of_tiles, pitch = 4 * columns;

	for (size_t i = 0; i < TILES; i++) {
		/* In no order. */
		const size_t tile = i * 7919 % TILES;
		const struct deed_note note = {
			.at = &places[0],
			.region = { (tile / columns * 5 + tile * step % 97) * pitch +
					    tile % columns * 4,
				    4, pitch, step ? 100 : 5 },
			.part = i,
			.role = role
		};
		struct deed_note other;

		cr_assert(!deed_notes_meet(&notes, &note, &other));
		deed_notes_put(&notes, &paper, &note);
		cr_assert(role == DEED_ROLE_LENT_BORROWED ||
			  deed_notes_meet(&notes,
					  &(struct deed_note){ .at = &places[0],
							       .region = note.region,
							       .part = TILES,
							       .role = DEED_ROLE_LENT_BORROWED },
					  &other));
		cr_assert(role == DEED_ROLE_LENT_BORROWED || other.part == i);
	}
	deed_notes_free(&notes, &paper);
	deed_paper_free(&paper);
}

Test(noted, many_tiles_take_no_square_of_their_number)
{
	put_many(1, 0, DEED_ROLE_LENT_INOUT);	/* columns */
	put_many(1, 1, DEED_ROLE_LENT_INOUT);	/* that begin at rows of their own */
	put_many(400, 0, DEED_ROLE_LENT_INOUT); /* a matrix of matrices */
	put_many(400, 0, DEED_ROLE_LENT_BORROWED);
}

static void see(const struct deed_site **at, void *context)
{
	*at = &places[1];
	++*(size_t *)context;
}

Test(noted, every_place_is_seen)
{
	struct deed_paper paper = { 0 };
	struct deed_notes notes = { 0 };
	struct deed_note note = { .at = &places[0],
				  .region = { 5, 1, 10, 3 },
				  .part = 9,
				  .role = DEED_ROLE_LENT_INOUT },
			 other;
	size_t seen = 0;

	deed_notes_put(&notes, &paper, &note);
	put(&notes, &paper, 1, 100, 50, DEED_ROLE_LENT_BORROWED);
	put(&notes, &paper, 2, 120, 50, DEED_ROLE_LENT_BORROWED);
	deed_notes_see(&notes, see, &seen);
	cr_expect(seen == 5, "a tile, three spans, of which two parts have one: %zu", seen);
	note.part = 3;
	for (size_t lo = 15; lo < 170; lo += 31) {
		note.region = (struct deed_region){ lo, 20, 0, 1 };
		if (deed_notes_meet(&notes, &note, &other))
			cr_expect(other.at == &places[1]);
	}
	deed_notes_free(&notes, &paper);
	deed_paper_free(&paper);
}
