/* SPDX-License-Identifier: MIT
 *
 * examples/plate.c - heat spreads over a plate: how a program with several buffers looks.
 *
 *     cc plate.c $(pkg-config --cflags --libs deed)               release
 *     cc -g plate.c $(pkg-config --cflags --libs deed-trap)       trap
 *
 *     struct plate     now     rows * columns degrees; lent in parts and tiles
 *                      next    the step in the making; swapped with `now` when it is made
 *                      sums    one for each column
 *
 * A plate owns its three buffers. plate_done() ends any plate: a whole one, an empty one,
 * one that lost a buffer to a move. A function that needs a buffer for itself declares it
 * with DEED_AUTO. A function that works on degrees takes a view, borrowed if it looks and
 * inout if it writes, and does not care who owns them. One that works on a plate's owners
 * says behind its prototype what it does with them, which clang checks before the program
 * runs. Loans are guards, here as in most programs: they end where their block does.
 */
#include <deed.h>
#include <stdio.h>

struct plate {
	size_t rows, columns;
	deed_f64 now, next, sums;
};

/* ---- its life ------------------------------------------------------------------------------- */

/* Error paths as a ladder: a label says what it undoes, in reverse order. */
static int plate_init(struct plate *plate, size_t rows, size_t columns)
{
	int err;

	*plate = (struct plate){ .rows = rows, .columns = columns };
	err = deed_new2(&plate->now, rows, columns);
	if (err)
		return err;
	err = deed_new2(&plate->next, rows, columns);
	if (err)
		goto drop_now;
	err = deed_new_zeroed(&plate->sums, columns);
	if (err)
		goto drop_next;
	{
		DEED_INOUT(degrees, &plate->now); /* in a block: C jumps over no guard's birth */
		deed_fill(degrees, 0.0);
	}
	return 0;

drop_next:
	deed_drop(&plate->next);
drop_now:
	deed_drop(&plate->now);
	return err;
}

/* The same thought with a single exit: settle what there is, of a plate or of half of one. */
static void plate_done(struct plate *plate)
{
	deed_settle(&plate->now);
	deed_settle(&plate->next);
	deed_settle(&plate->sums);
}

static int plate_clone(struct plate *ret, const struct plate *plate)
{
	int err;

	*ret = (struct plate){ .rows = plate->rows, .columns = plate->columns };
	err = deed_clone(&ret->now, &plate->now);
	if (!err)
		err = deed_clone(&ret->next, &plate->next);
	if (!err)
		err = deed_clone(&ret->sums, &plate->sums);
	if (err)
		plate_done(ret);
	return err;
}

/* Moves out of the plate, and in: the old degrees end, the new ones are the plate's. */
static void plate_take(struct plate *plate, deed_f64 *ret) DEED_TAKES(&plate->now)
{
	deed_move(ret, &plate->now);
}

static void plate_give(struct plate *plate, deed_f64 *degrees) DEED_TAKES(degrees)
{
	deed_settle(&plate->now);
	deed_move(&plate->now, degrees);
}

/* ---- what happens to it --------------------------------------------------------------------- */

/* A tile is exactly its rectangle: two that share no element may be lent for writing at once. */
static void plate_heat(struct plate *plate, size_t y, size_t x, size_t size, double degrees)
	DEED_WRITES(&plate->now)
{
	DEED_TILE_INOUT(spot, &plate->now, plate->columns, y, x, size, size);

	for (size_t row = 0; row < deed_tile_rows(spot); row++)
		deed_fill(deed_tile_row(spot, row), degrees);
}

/* Two disjoint parts of one loan, each as good as a loan of its own. */
static void plate_edges(struct plate *plate, double top_degrees, double bottom_degrees)
	DEED_WRITES(&plate->now)
{
	DEED_INOUT(all, &plate->now);
	DEED_INOUT_PART(top, &all, 0, plate->columns);
	DEED_INOUT_PART(bottom, &all, deed_len(all) - plate->columns, deed_len(all));

	deed_fill(top, top_degrees);
	deed_fill(bottom, bottom_degrees);
}

/* Everything inside the edges becomes the mean of its four neighbours. */
static void spread(deed_f64_inout to, deed_f64_borrowed from, size_t columns)
{
	const size_t last = deed_len(from) - columns;
	const double *f = deed_data(from);
	double *t;

	deed_copy(to, from);
	t = deed_data(to);
	for (size_t row = columns; row < last; row += columns)
		for (size_t i = row + 1; i < row + columns - 1; i++)
			t[i] = (f[i - columns] + f[i - 1] + f[i + 1] + f[i + columns]) / 4;
}

static void plate_step(struct plate *plate) DEED_WRITES(&plate->now, &plate->next)
{
	{
		DEED_BORROWED(now, &plate->now);
		DEED_INOUT(next, &plate->next);

		spread(next, now, plate->columns);
	}
	deed_swap(&plate->now, &plate->next); /* nothing is lent any more: they may change places */
}

/* ---- what can be seen of it ----------------------------------------------------------------- */

static void plate_print(const struct plate *plate) DEED_READS(&plate->now)
{
	static const char shades[] = " .:-=+*#%@";
	DEED_BORROWED(degrees, &plate->now);

	for (size_t i = 0; i < deed_len(degrees); i++) {
		(void)putchar(shades[(int)(deed_at(degrees, i) / 10.1)]);
		if ((i + 1) % plate->columns == 0)
			(void)putchar('\n');
	}
}

/* The warmest column. The new sums are made beside the old ones, which stay if that fails. */
static int plate_warmest(struct plate *plate, size_t *ret_column)
{
	DEED_AUTO(deed_f64, fresh);
	size_t warmest = 0;
	int err;

	err = deed_new_zeroed(&fresh, plate->columns);
	if (err)
		return err; /* there is nothing to undo: `fresh` ends itself, here and everywhere */
	{
		DEED_BORROWED(degrees, &plate->now);
		DEED_INOUT(sum, &fresh);

		for (size_t i = 0; i < deed_len(degrees); i++)
			deed_at(sum, i % plate->columns) += deed_at(degrees, i);
		for (size_t x = 0; x < plate->columns; x++)
			if (deed_at(sum, x) > deed_at(sum, warmest))
				warmest = x;
	}
	deed_swap(&plate->sums, &fresh);
	*ret_column = warmest;
	return 0;
}

int main(void)
{
	struct plate plate, cooler = { 0 }, absurd;
	DEED_AUTO(deed_f64, result);
	size_t warmest;
	int err;

	err = plate_init(&plate, 18, 64);
	if (err)
		return 1;
	plate_edges(&plate, 100.0, 20.0);
	plate_heat(&plate, 9, 40, 5, 100.0);
	err = plate_clone(&cooler, &plate);
	if (err)
		goto done;

	for (int step = 0; step < 25; step++)
		plate_step(&plate);
	err = plate_warmest(&plate, &warmest);
	if (err)
		goto done;
	plate_print(&plate);
	(void)printf("warmest in column %zu\n", warmest);

	plate_take(&plate, &result); /* out of one plate, into another */
	plate_give(&cooler, &result);
	if (plate_init(&absurd, SIZE_MAX, 2)) /* more than there can be: an error, not a fault */
		(void)puts("no plate has SIZE_MAX rows");
	else
		plate_done(&absurd);
done:
	plate_done(&cooler);
	plate_done(&plate);
	return err ? 1 : 0;
}
