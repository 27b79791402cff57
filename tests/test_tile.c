/* SPDX-License-Identifier: MIT
 *
 * tests/test_tile.c - rectangles conflict exactly where they share an element.
 *
 * Every small tile, one pitch or two, against a bitmap of its elements: the verdict must be
 * that of the bitmaps, and never that of the hulls.
 */
#include "trapped.h"

TestSuite(tile, .init = trapped_begin, .fini = trapped_end, .timeout = 300);

enum { PITCH_MAX = 6, ROWS_MAX = 4, ELEMENTS = PITCH_MAX * ROWS_MAX };

struct rectangle {
	size_t pitch, y, x, rows, width;
	uint32_t bits;
};

/* Every tile of a matrix with rows of `pitch` that fits ELEMENTS, empty ones too. */
static size_t every_rectangle(size_t pitch, struct rectangle *ret)
{
	size_t count = 0;

	for (size_t y = 0; y < ROWS_MAX; y++)
		for (size_t rows = 0; y + rows <= ROWS_MAX; rows++)
			for (size_t x = 0; x < pitch; x++)
				for (size_t width = 0; x + width <= pitch; width++) {
					struct rectangle tile = { pitch, y, x, rows, width, 0 };

					for (size_t i = 0; i < rows; i++)
						for (size_t k = 0; k < width; k++)
							tile.bits |= 1u
								     << ((y + i) * pitch + x + k);
					ret[count++] = tile;
				}
	return count;
}

/* 14 ways to choose rows of ROWS_MAX, none included, by 27 to choose columns of PITCH_MAX. */
enum { TILES_MAX = 14 * 27 };

static deed_f32_tile_inout take(deed_f32 *xs, const struct rectangle *tile)
{
	return deed_tile_inout(xs, tile->pitch, tile->y, tile->x, tile->rows, tile->width);
}

static size_t faults(void)
{
	const struct deed_statistics stats = deed_stats();

	return stats.reports + stats.follow_ons;
}

/* All pairs of two pitches; returns how many verdicts differ from the bitmaps'. One buffer for all:
 * after its first report the faults are counted. */
static size_t wrong_verdicts(size_t pitch, size_t other_pitch, size_t *pairs)
{
	static struct rectangle first[TILES_MAX], second[TILES_MAX];
	const size_t first_count = every_rectangle(pitch, first);
	const size_t second_count = every_rectangle(other_pitch, second);
	deed_f32 xs = DEED_EMPTY;
	size_t wrong = 0;

	cr_assert(first_count <= TILES_MAX && second_count <= TILES_MAX);
	cr_assert(deed_new(&xs, ELEMENTS) == 0);
	trapped_arm(0);
	for (size_t i = 0; i < first_count; i++) {
		deed_f32_tile_inout held = take(&xs, &first[i]), asked;

		for (size_t k = 0; k < second_count; k++) {
			const size_t before = faults();
			const bool meets = first[i].bits & second[k].bits;
			bool refused;

			asked = take(&xs, &second[k]);
			refused = faults() != before;
			deed_end(&xs, &asked);
			++*pairs;
			if (refused == meets)
				continue;
			if (!wrong++)
				cr_log_error("pitch %zu, %zu,%zu %zux%zu and pitch %zu, %zu,%zu "
					     "%zux%zu: meet %d, refused %d",
					     pitch, first[i].y, first[i].x, first[i].rows,
					     first[i].width, other_pitch, second[k].y, second[k].x,
					     second[k].rows, second[k].width, meets, refused);
		}
		deed_end(&xs, &held);
	}
	(void)trapped_disarm();
	deed_drop(&xs);
	return wrong;
}

Test(tile, tiles_of_one_pitch_conflict_exactly_where_they_meet)
{
	size_t pairs = 0;

	for (size_t pitch = 1; pitch <= PITCH_MAX; pitch++)
		cr_expect(wrong_verdicts(pitch, pitch, &pairs) == 0);
	printf("test_tile: %zu pairs of one pitch\n", pairs);
}

Test(tile, tiles_of_two_pitches_conflict_exactly_where_they_meet)
{
	size_t pairs = 0;

	for (size_t pitch = 1; pitch <= PITCH_MAX; pitch++)
		for (size_t other = 1; other <= PITCH_MAX; other++)
			if (other != pitch)
				cr_expect(wrong_verdicts(pitch, other, &pairs) == 0);
	printf("test_tile: %zu pairs of two pitches\n", pairs);
}

/* The same for sizes that small numbers do not reach: random ones against bitmaps of bytes. */
Test(tile, large_random_tiles_conflict_exactly_where_they_meet)
{
	enum { COUNT = 3000, ROUNDS = 4000 };
	static unsigned char covered[COUNT];
	deed_u16 xs = DEED_EMPTY;
	uint64_t state = 20;
	size_t wrong = 0, met = 0;

	cr_assert(deed_new(&xs, COUNT) == 0);
	trapped_arm(0);
	for (int round = 0; round < ROUNDS; round++) {
		struct rectangle tile[2];
		deed_u16_tile_inout held, asked;
		bool meets = false;
		size_t before;

		for (size_t i = 0; i < 2; i++) {
			const size_t pitch = 1 + random_below(&state, 120);

			tile[i].pitch = i && random_below(&state, 2) ? tile[0].pitch : pitch;
			tile[i].y = random_below(&state, COUNT / tile[i].pitch);
			tile[i].x = random_below(&state, tile[i].pitch);
			tile[i].rows = random_below(&state, COUNT / tile[i].pitch - tile[i].y + 1);
			tile[i].width = random_below(&state, tile[i].pitch - tile[i].x) / 3 + 1;
		}
		memset(covered, 0, sizeof covered);
		for (size_t i = 0; i < 2; i++)
			for (size_t y = 0; y < tile[i].rows; y++)
				for (size_t x = 0; x < tile[i].width; x++) {
					unsigned char *const at =
						&covered[(tile[i].y + y) * tile[i].pitch +
							 tile[i].x + x];

					meets |= i && *at;
					*at = 1;
				}
		held = deed_tile_inout(&xs, tile[0].pitch, tile[0].y, tile[0].x, tile[0].rows,
				       tile[0].width);
		before = faults();
		asked = deed_tile_inout(&xs, tile[1].pitch, tile[1].y, tile[1].x, tile[1].rows,
					tile[1].width);
		wrong += (faults() != before) != meets;
		met += meets;
		deed_end(&xs, &asked);
		deed_end(&xs, &held);
	}
	(void)trapped_disarm();
	cr_expect(wrong == 0, "%zu of %d verdicts are wrong", wrong, ROUNDS);
	cr_expect(met > ROUNDS / 20 && met < ROUNDS - ROUNDS / 20); /* or it tested nothing */
	deed_drop(&xs);
}

Test(tile, a_tile_and_a_range_conflict_exactly_where_they_meet)
{
	static struct rectangle tiles[TILES_MAX];
	deed_f32 xs = DEED_EMPTY;
	size_t wrong = 0;

	cr_assert(deed_new(&xs, ELEMENTS) == 0);
	trapped_arm(0);
	for (size_t pitch = 1; pitch <= PITCH_MAX; pitch++) {
		const size_t count = every_rectangle(pitch, tiles);

		for (size_t i = 0; i < count; i++)
			for (size_t lo = 0; lo < ELEMENTS; lo += 3)
				for (size_t hi = lo; hi <= ELEMENTS; hi++) {
					const uint32_t bits = (uint32_t)(((uint64_t)1 << hi) -
									 ((uint64_t)1 << lo));
					deed_f32_inout range = deed_inout_part(&xs, lo, hi);
					const size_t before = faults();
					deed_f32_tile_inout tile = take(&xs, &tiles[i]);

					wrong += (faults() != before) !=
						 ((tiles[i].bits & bits) != 0);
					deed_end(&xs, &tile);
					deed_end(&xs, &range);
				}
	}
	(void)trapped_disarm();
	cr_expect(wrong == 0, "%zu verdicts are wrong", wrong);
	deed_drop(&xs);
}

static deed_f32 matrix(size_t rows, size_t columns)
{
	deed_f32 m = DEED_EMPTY;

	cr_assert(deed_new2(&m, rows, columns) == 0);
	{
		DEED_INOUT(v, &m);
		for (size_t i = 0; i < rows * columns; i++)
			deed_at(v, i) = (float)i;
	}
	return m;
}

Test(tile, all_columns_of_a_matrix_are_lent_at_once)
{
	deed_f32 m = matrix(50, 40);
	deed_f32_tile_inout column[40];

	for (size_t x = 0; x < 40; x++)
		expect_silent(column[x] = deed_tile_inout(&m, 40, 0, x, 50, 1));
	cr_expect(deed_stats().live_loans == 40);
	for (size_t x = 0; x < 40; x++)
		for (size_t y = 0; y < 50; y++)
			expect_silent(cr_expect(deed_at(deed_tile_row(column[x], y), 0) ==
						(float)(y * 40 + x)));
	for (size_t x = 0; x < 40; x++)
		expect_silent(deed_end(&m, &column[x]));
	expect_silent(deed_drop(&m));
}

Test(tile, rows_of_a_tile_are_its_elements)
{
	deed_f32 m = matrix(8, 100);

	{
		DEED_TILE_INOUT(left, &m, 100, 2, 10, 3, 50);
		DEED_TILE_BORROWED(right, &m, 100, 2, 60, 3, 40);
		DEED_BORROWED_PART(above, &m, 0, 200);

		cr_expect(deed_tile_rows(left) == 3 && deed_tile_width(left) == 50);
		expect_silent({
			for (size_t y = 0; y < 3; y++) {
				const deed_f32_inout row = deed_tile_row(left, y);
				float *const p = deed_data(row);

				cr_expect(deed_len(row) == 50);
				cr_expect(p[0] == (float)((y + 2) * 100 + 10));
				p[49] = -1;
				cr_expect(deed_at(deed_tile_row(right, y), 0) ==
					  (float)((y + 2) * 100 + 60));
			}
			(void)deed_at(above, 199);
		});
	}
	{
		DEED_BORROWED(all, &m);
		cr_expect(deed_at(all, 259) == -1 && deed_at(all, 260) == 260);
	}
	deed_drop(&m);
}

Test(tile, a_row_outside_its_tile_is_out_of_bounds)
{
	static const size_t rows[] = { 3, 4, SIZE_MAX };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		deed_f32 m = matrix(8, 10);
		deed_f32_tile_inout tile = deed_tile_inout(&m, 10, 2, 1, 3, 5);
		deed_f32_inout row;

		expect_fault(DEED_E15, row = deed_tile_row(tile, rows[i]));
		cr_expect(deed_len(row) == 0);
		deed_end(&m, &tile);
		deed_drop(&m);
	}
}

Test(tile, a_tile_outside_its_source_is_out_of_bounds)
{
	static const struct {
		size_t pitch, y, x, rows, width;
		bool fits;
	} tiles[] = {
		{ 10, 0, 0, 8, 10, true },
		{ 10, 7, 0, 1, 10, true },
		{ 10, 0, 9, 8, 1, true },
		{ 10, 0, 0, 9, 1, false },
		{ 10, 8, 0, 1, 1, false },
		{ 10, 7, 9, 1, 2, false },
		{ 10, 0, 5, 1, 6, false }, /* out of its row, inside the buffer */
		{ 10, 0, 11, 1, 1, false },
		{ 80, 0, 0, 1, 80, true },
		{ 81, 0, 0, 1, 80, true }, /* the last row need not be whole */
		{ 81, 0, 0, 1, 81, false },
		{ 79, 1, 0, 1, 1, true },
		{ 79, 1, 1, 1, 1, false },
		{ SIZE_MAX, 0, 0, 1, 80, true },
		{ SIZE_MAX, 1, 0, 1, 1, false },
		{ SIZE_MAX, 0, 0, 2, 1, false },
		{ SIZE_MAX / 2, 2, 2, 1, 1, false }, /* y * pitch + x wraps to the beginning */
		{ (size_t)1 << 62, 4, 0, 1, 1, false },
		{ (size_t)1 << 62, 0, 0, 5, 1, false },
		{ 10, SIZE_MAX, 0, 1, 1, false },
		{ 10, 0, SIZE_MAX, 1, 1, false },
		{ 10, 0, 0, SIZE_MAX, 1, false },
		{ 10, 0, 0, 1, SIZE_MAX, false },
		{ 10, 0, 1, 1, SIZE_MAX, false },
		{ 10, 0, 0, SIZE_MAX / 10 + 1, 1, false },
		{ 10, 8, 0, 0, 1, true },
		{ 10, 9, 0, 0, 1, false }, /* where it begins is checked, though it is empty */
		{ 10, 9, 3, 2, 0, false },
		{ 10, SIZE_MAX, 0, 0, 0, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(tiles); i++)
		for (int kind = 0; kind < 4; kind++) {
			deed_f32 m = matrix(8, 10);
			deed_f32_inout v = { 0 };
			deed_f32_tile_inout writer;
			deed_f32_tile_borrowed reader;
			const size_t pitch = tiles[i].pitch, y = tiles[i].y, x = tiles[i].x;
			const size_t rows = tiles[i].rows, width = tiles[i].width;
			enum deed_fault got;

			if (kind > 1)
				v = deed_inout(&m);
			trapped_arm(0);
			if (kind == 0) {
				writer = deed_tile_inout(&m, pitch, y, x, rows, width);
				deed_end(&m, &writer);
			} else if (kind == 1) {
				reader = deed_tile_borrow(&m, pitch, y, x, rows, width);
				deed_end(&m, &reader);
			} else if (kind == 2) {
				writer = deed_tile_inout(&v, pitch, y, x, rows, width);
				deed_end(&v, &writer);
			} else {
				reader = deed_tile_borrow(&v, pitch, y, x, rows, width);
				deed_end(&v, &reader);
			}
			got = trapped_disarm();
			cr_expect(got == (tiles[i].fits ? DEED_NO_FAULT : DEED_E15),
				  "tile %zu, kind %d: %s", i, kind, trapped_id(got));
			deed_end(&m, &v);
			deed_drop(&m);
		}
}

DEED_UNCHECKED Test(tile, a_tile_is_a_loan_as_any_other)
{
	deed_f32 m = matrix(8, 10), n = DEED_EMPTY;
	deed_f32_tile_inout tile = deed_tile_inout(&m, 10, 1, 2, 3, 4);
	deed_f32_inout row, other_row, child;

	expect_silent(row = deed_tile_row(tile, 0));
	expect_silent(other_row = deed_tile_row(tile, 1));
	expect_silent(child = deed_inout_part(&row, 1, 3));
	expect_fault(DEED_E13, (void)deed_data(row));
	/* The child suspends its elements and no others. */
	cr_expect(fault_count((void)deed_data(other_row)) == 0);
	cr_expect(fault_count(deed_at(row, 0) = 1) == 0);
	cr_expect(fault_count(deed_at(row, 2) = 1) == 1);
	cr_expect(fault_count(deed_drop(&m)) == 1);
	cr_expect(fault_count(deed_move(&n, &m)) == 1);
	expect_silent(deed_end(&m, &tile));
	cr_expect(fault_count((void)deed_data(other_row)) == 1);
	cr_expect(fault_count((void)deed_data(child)) == 1);
	cr_expect(fault_count(deed_end(&m, &tile)) == 1);
	deed_drop(&m);
}

Test(tile, a_report_gives_the_shape_of_a_tile)
{
	deed_f32 m = matrix(8, 10);
	deed_f32_tile_borrowed tile = deed_tile_borrow(&m, 10, 1, 2, 3, 4);
	deed_f32_inout v;
	bool named = false;

	expect_fault(DEED_E09, v = deed_inout_part(&m, 35, 36));
	deed_end(&m, &v);
	for (size_t i = 0; i < trapped.report.site_count; i++) {
		const struct trapped_site *const site = &trapped.report.sites[i];

		named |= site->role == DEED_ROLE_LENT_BORROWED && site->lo == 12 &&
			 site->hi == 16 && site->pitch == 10;
	}
	cr_expect(named, "%s", trapped.report.text);
	deed_end(&m, &tile);
	deed_drop(&m);
}

DEED_UNCHECKED Test(tile, empty_tiles_conflict_with_nothing)
{
	deed_f32 m = matrix(8, 10);
	deed_f32_inout all = deed_inout(&m);

	expect_silent({
		DEED_TILE_INOUT(no_rows, &m, 10, 3, 3, 0, 5);
		DEED_TILE_INOUT(no_width, &m, 10, 3, 3, 5, 0);
		DEED_TILE_BORROWED(neither, &m, 10, 8, 0, 0, 0);
		cr_expect(deed_tile_rows(no_rows) == 0 && deed_tile_width(no_width) == 0);
		(void)neither;
	});
	cr_expect(deed_stats().live_loans == 1);
	deed_end(&m, &all);
	deed_drop(&m);
}

Test(tile, tiles_of_views_count_from_the_view)
{
	deed_f32 m = matrix(10, 10);

	{
		DEED_INOUT_PART(lower, &m, 50, 100);
		DEED_TILE_INOUT(tile, &lower, 10, 1, 1, 2, 2);

		expect_silent(cr_expect(deed_at(deed_tile_row(tile, 1), 1) == 72));
		expect_silent(deed_at(lower, 10) = 0);
		expect_fault(DEED_E13, deed_at(lower, 11) = 0);
	}
	deed_drop(&m);
}

/* What continue mode gives instead of memory that is gone has room for all rows, or is no tile. */
DEED_UNCHECKED Test(tile, a_tile_of_a_dropped_buffer_has_rows_to_write)
{
	static const size_t pitches[] = { 10, 1000, 100000, (size_t)1 << 40, SIZE_MAX / 8 };

	for (size_t i = 0; i < ARRAY_LEN(pitches); i++) {
		deed_f32 m = matrix(8, 10);
		deed_f32_tile_inout tile = { 0 };

		deed_drop(&m);
		expect_fault(DEED_E04, tile = deed_tile_inout(&m, pitches[i], 0, 0, 8, 10));
		cr_expect(deed_tile_rows(tile) == (pitches[i] <= 100000 ? 8 : 0));
		for (size_t y = 0; y < deed_tile_rows(tile); y++)
			expect_silent(deed_fill(deed_tile_row(tile, y), 1.0f));
	}
}
