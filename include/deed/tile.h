/* SPDX-License-Identifier: MIT
 *
 * deed/tile.h - rectangles of a row-major matrix, lent exactly.
 *
 *     deed_f32 m = DEED_EMPTY;                          8 rows of 100
 *     ... deed_new2(&m, 8, 100) ...
 *     DEED_TILE_INOUT(left, &m, 100, 0, 0, 8, 50);      columns [0, 50)
 *     DEED_TILE_INOUT(right, &m, 100, 0, 50, 8, 50);    columns [50, 100): no conflict
 *     float *row = deed_data(deed_tile_row(left, 3));
 *
 * Two tiles conflict when they share an element, and only then: the columns of one matrix
 * are disjoint although their hulls overlap. A tile has a type of its own, so that what
 * expects contiguous elements refuses it; take its rows instead.
 */
#ifndef DEED_TILE_H
#define DEED_TILE_H

#include "deed/handle.h"
#include "deed/lend.h"
#include "deed/trap.h"

/* deed_tile_borrow, deed_tile_inout - a loan of a rectangle of `source`.
 *
 * `source`, an owner or a view by address, is read as rows of `pitch` elements. The tile is
 * `rows` rows of `width` elements, and begins at column `x` of row `y`. E15 unless it lies
 * inside: x + width <= pitch, and its last element is one of the source's. Ended by
 * deed_end(source, &tile), on any thread. The other faults are those of deed_borrow() and
 * deed_inout(). A tile without rows or columns is empty: it lends nothing. Nothing but the
 * address is computed in release builds.
 */
#define deed_tile_borrow(source, pitch, y, x, rows, width)                                         \
	DEED_TAKE_TILE_BORROWED(source, pitch, y, x, rows, width, #source, 0)
#define deed_tile_inout(source, pitch, y, x, rows, width)                                          \
	DEED_TAKE_TILE_INOUT(source, pitch, y, x, rows, width, #source, 0)

/* Guards, as in deed/lend.h. */
#define DEED_TILE_BORROWED(tile, source, pitch, y, x, rows, width)                                 \
	DEED_SAY_GUARD(tile, source)                                                               \
	DEED_GUARD(tile, (source)->tile_borrowed,                                                  \
		   DEED_TAKE_TILE_BORROWED(source, pitch, y, x, rows, width, #source,              \
					   DEED_LEND_GUARD))
#define DEED_TILE_INOUT(tile, source, pitch, y, x, rows, width)                                    \
	DEED_SAY_GUARD(tile, source)                                                               \
	DEED_GUARD(                                                                                \
		tile, (source)->tile_inout,                                                        \
		DEED_TAKE_TILE_INOUT(source, pitch, y, x, rows, width, #source, DEED_LEND_GUARD))

/* deed_tile_row - row `y` of a tile, as a contiguous view of the same loan, and as good as long:
 * nothing is recorded, and there is nothing to end. E15 unless y < rows.
 */
#define deed_tile_row(tile, y)                                                                     \
	DEED_AS((tile).row,                                                                        \
		DEED_TILE_PICK(tile, deed_tile_row_borrowed_, deed_tile_row_inout_)(               \
			(tile).h, (y), sizeof *(tile).tag, DEED_HERE(#tile, (tile).tag)))

/* deed_tile_rows, deed_tile_width - the shape of a tile, in rows and in elements of one. Metadata:
 * never a fault.
 */
#define deed_tile_rows(tile) ((size_t)(tile).h.rows)
#define deed_tile_width(tile) ((size_t)(tile).h.width)

/* ---- inline bodies -------------------------------------------------------------------------- */

#ifdef __cplusplus
extern "C++" {
template <typename B, typename I>
DEED_INLINE constexpr B deed_tile_pick_(const struct deed_tile_borrowed *, B borrowed, I)
{
	return borrowed;
}
template <typename B, typename I>
DEED_INLINE constexpr I deed_tile_pick_(const struct deed_tile_inout *, B, I inout)
{
	return inout;
}
}
#define DEED_TILE_PICK(tile, borrowed, inout)                                                      \
	deed_tile_pick_((__typeof__((tile).h) *)0, borrowed, inout)
#else
#define DEED_TILE_PICK(tile, borrowed, inout)                                                      \
	_Generic(DEED_CORE(tile), struct deed_tile_borrowed *: borrowed,                           \
		 const struct deed_tile_borrowed *: borrowed, struct deed_tile_inout *: inout,     \
		 const struct deed_tile_inout *: inout)
#endif

#define DEED_TAKE_TILE_BORROWED(source, pitch, y, x, rows, width, text, flags)                     \
	DEED_AS((source)->tile_borrowed,                                                           \
		DEED_PICK(&(source)->h, deed_tile_borrow_owner_, deed_tile_borrow_borrowed_,       \
			  deed_tile_borrow_inout_)(                                                \
			DEED_SAY_LENT(deed_tile_borrow, source, flags),                            \
			deed_tile_extent_((pitch), (y), (x), (rows), (width)),                     \
			sizeof *(source)->tag, flags, DEED_FRAME, DEED_HERE(text, (source)->tag)))
#define DEED_TAKE_TILE_INOUT(source, pitch, y, x, rows, width, text, flags)                        \
	DEED_AS((source)->tile_inout,                                                              \
		DEED_PICK_WRITABLE(&(source)->h, deed_tile_inout_owner_, deed_tile_inout_inout_)(  \
			DEED_SAY_LENT(deed_tile_inout, source, flags),                             \
			deed_tile_extent_((pitch), (y), (x), (rows), (width)),                     \
			sizeof *(source)->tag, flags, DEED_FRAME, DEED_HERE(text, (source)->tag)))

DEED_BEGIN_C

/* What leaves its row, or overflows, becomes an extent that fits no source. */
DEED_INLINE struct deed_extent deed_tile_extent_(size_t pitch, size_t y, size_t x, size_t rows,
						 size_t width)
{
	struct deed_extent tile = { 0, width, pitch, rows };

	if (DEED_TRAP && (__builtin_mul_overflow(y, pitch, &tile.lo) ||
			  __builtin_add_overflow(tile.lo, x, &tile.lo)))
		tile.lo = SIZE_MAX - 1;
	if (DEED_TRAP && (x > pitch || width > pitch - x))
		tile.lo = SIZE_MAX;
	if (!DEED_TRAP)
		tile.lo = y * pitch + x;
	return tile;
}

DEED_INLINE struct deed_tile_borrowed deed_tile_borrowed_core_(const void *data, uint64_t loan,
							       struct deed_extent tile)
{
	struct deed_tile_borrowed view;

	view.data = data;
	view.width = tile.width;
	view.pitch = tile.pitch;
	view.rows = tile.rows;
	DEED_LOAN_SET(view, loan);
	return view;
}

DEED_INLINE struct deed_tile_inout deed_tile_inout_core_(void *data, uint64_t loan,
							 struct deed_extent tile)
{
	struct deed_tile_inout view;

	view.data = data;
	view.width = tile.width;
	view.pitch = tile.pitch;
	view.rows = tile.rows;
	DEED_LOAN_SET(view, loan);
	return view;
}

/* A tile that is refused for want of memory has no rows. */
DEED_INLINE struct deed_extent deed_tile_granted_(struct deed_extent tile, struct deed_grant grant)
{
	if (!deed_granted_len_(grant, tile.rows))
		tile.rows = 0;
	return tile;
}

DEED_INLINE struct deed_tile_borrowed deed_tile_borrow_owner_(const struct deed_owner *source,
							      struct deed_extent tile, size_t size,
							      unsigned flags, const void *frame,
							      const struct deed_site *at)
{
	if (DEED_TRAP) {
		const struct deed_grant grant =
			deed_trap_lend_part(source, flags, &tile, frame, at);

		return deed_tile_borrowed_core_(grant.data, grant.loan,
						deed_tile_granted_(tile, grant));
	}
	return deed_tile_borrowed_core_((const char *)source->own + tile.lo * size, 0, tile);
}

DEED_INLINE struct deed_tile_inout deed_tile_inout_owner_(struct deed_owner *source,
							  struct deed_extent tile, size_t size,
							  unsigned flags, const void *frame,
							  const struct deed_site *at)
{
	if (DEED_TRAP) {
		const struct deed_grant grant =
			deed_trap_lend_part(source, flags | DEED_LEND_INOUT, &tile, frame, at);

		return deed_tile_inout_core_(grant.data, grant.loan,
					     deed_tile_granted_(tile, grant));
	}
	return deed_tile_inout_core_((char *)source->own + tile.lo * size, 0, tile);
}

DEED_INLINE struct deed_tile_borrowed deed_tile_borrow_borrowed_(const struct deed_borrowed *source,
								 struct deed_extent tile,
								 size_t size, unsigned flags,
								 const void *frame,
								 const struct deed_site *at)
{
	if (DEED_TRAP) {
		const struct deed_grant grant = deed_trap_reborrow(
			source->data, source->len, DEED_LOAN_OF(*source), flags, &tile, frame, at);

		return deed_tile_borrowed_core_(grant.data, grant.loan,
						deed_tile_granted_(tile, grant));
	}
	return deed_tile_borrowed_core_((const char *)source->data + tile.lo * size, 0, tile);
}

DEED_INLINE struct deed_tile_borrowed deed_tile_borrow_inout_(const struct deed_inout *source,
							      struct deed_extent tile, size_t size,
							      unsigned flags, const void *frame,
							      const struct deed_site *at)
{
	const struct deed_borrowed reading = deed_reading_(*source);

	return deed_tile_borrow_borrowed_(&reading, tile, size, flags, frame, at);
}

DEED_INLINE struct deed_tile_inout deed_tile_inout_inout_(const struct deed_inout *source,
							  struct deed_extent tile, size_t size,
							  unsigned flags, const void *frame,
							  const struct deed_site *at)
{
	if (DEED_TRAP) {
		const struct deed_grant grant =
			deed_trap_reborrow(source->data, source->len, DEED_LOAN_OF(*source),
					   flags | DEED_LEND_INOUT, &tile, frame, at);

		return deed_tile_inout_core_(grant.data, grant.loan,
					     deed_tile_granted_(tile, grant));
	}
	return deed_tile_inout_core_((char *)source->data + tile.lo * size, 0, tile);
}

DEED_INLINE struct deed_borrowed deed_tile_row_borrowed_(struct deed_tile_borrowed tile, size_t y,
							 size_t size, const struct deed_site *at)
{
	if (DEED_TRAP && DEED_UNLIKELY(y >= tile.rows)) {
		deed_trap_bad_row(DEED_LOAN_OF(tile), y, tile.rows, DEED_FRAME, at);
		return deed_borrowed_core_(tile.data, 0, DEED_LOAN_OF(tile));
	}
	return deed_borrowed_core_((const char *)tile.data + y * tile.pitch * size, tile.width,
				   DEED_LOAN_OF(tile));
}

DEED_INLINE struct deed_inout deed_tile_row_inout_(struct deed_tile_inout tile, size_t y,
						   size_t size, const struct deed_site *at)
{
	if (DEED_TRAP && DEED_UNLIKELY(y >= tile.rows)) {
		deed_trap_bad_row(DEED_LOAN_OF(tile), y, tile.rows, DEED_FRAME, at);
		return deed_inout_core_(tile.data, 0, DEED_LOAN_OF(tile));
	}
	return deed_inout_core_((char *)tile.data + y * tile.pitch * size, tile.width,
				DEED_LOAN_OF(tile));
}

DEED_END_C

#endif
