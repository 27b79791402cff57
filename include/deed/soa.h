/* SPDX-License-Identifier: MIT
 *
 * deed/soa.h - struct of arrays: rows whose fields lie in columns.
 *
 *     #include <deed.h>
 *     #include <deed/soa.h>
 *     ...
 *     #define PARTICLE(FIELD) FIELD(float, x) FIELD(float, y) FIELD(uint32_t, id)
 *     DEED_SOA(particles, PARTICLE);             the owner particles, the row particles_row
 *
 *     particles ps = DEED_EMPTY;
 *     if (deed_soa_new(&ps, 1000))
 *             return -ENOMEM;
 *     {
 *             DEED_SOA_INOUT(x, &ps, x);         a float column, until the closing brace
 *             DEED_SOA_BORROWED(y, &ps, y);      another one: they never conflict
 *             for (size_t i = 0; i < deed_len(x); i++)
 *                     deed_at(x, i) += deed_at(y, i);
 *     }
 *     deed_soa_drop(&ps);
 *
 * A loop over one field of an array of structs loads all the others with it. Here it loads
 * what it uses, and the compiler sees plain arrays. All columns are in one allocation, each on
 * a cache line of its own (deed/columns.h draws it).
 *
 * An owner of columns is made, moved and ended as deed/own.h says of every owner, and what
 * holds there of errors, faults and threads holds here: only the verbs are called deed_soa_.
 * What is lent is a column: a view of the family of its elements (deed_f32_inout for float),
 * which every verb of deed/lend.h and deed/use.h takes. Loans of different fields are apart;
 * of one field they conflict as loans of one buffer do (E09); and while any column is lent,
 * its owner neither moves (E06), nor grows or shrinks (E07), nor drops (E08).
 *
 * A raw pointer that runs over the end of a column writes the rows that there is room for, or
 * the next column, and nobody sees it: E25 is of what lies before the first column and behind
 * the last. deed_at() looks at every index.
 */
#ifndef DEED_SOA_H
#define DEED_SOA_H

#include <errno.h>
#include <string.h>

#include "deed/border.h"
#include "deed/columns.h"
#include "deed/lend.h"
#include "deed/own.h"
#include "deed/trap.h"
#include "deed/use.h"

#define DEED_SOA_FIELDS_MAX 32

/* DEED_SOA - makes the types `name`, an owner of columns, and `name`_row, a struct of one row.
 *
 * At file scope, once per name, in a header as well as in a source file. FIELDS is a macro that
 * lists the fields, up to 32, as FIELD(type, field). Each has a complete object type that may be
 * moved by memcpy, is aligned to at most 64 bytes and needs nothing behind the field's name (an
 * array: a typedef of one). Types alone: no function, no data.
 */
#define DEED_SOA(name, FIELDS)                                                                     \
	typedef struct name##_row {                                                                \
		FIELDS(DEED_SOA_MEMBER)                                                            \
	} name##_row;                                                                              \
	struct name##_packed {                                                                     \
		FIELDS(DEED_SOA_PACKED)                                                            \
	};                                                                                         \
	struct name##_marks {                                                                      \
		struct {                                                                           \
			FIELDS(DEED_SOA_PACKED)                                                    \
			DEED_SOA_SPARE(DEED_SOA_SPARE_PACKED)                                      \
		} packed;                                                                          \
		struct {                                                                           \
			FIELDS(DEED_SOA_PADDED)                                                    \
			DEED_SOA_SPARE(DEED_SOA_SPARE_PADDED)                                      \
		} padded;                                                                          \
	};                                                                                         \
	typedef union name {                                                                       \
		struct deed_soa h;                                                                 \
		struct name##_packed *tag;                                                         \
		struct name##_row *row;                                                            \
		struct name##_marks *marks;                                                        \
		DEED_STATE_MEMBER                                                                  \
		union name *self;                                                                  \
		DEED_SOA_MARKED(name, FIELDS)                                                      \
	} name;                                                                                    \
	DEED_STATIC_ASSERT((0 FIELDS(DEED_SOA_AND_1)) <= DEED_SOA_FIELDS_MAX,                      \
			   "a struct of arrays has at most 32 fields");                            \
	DEED_STATIC_ASSERT(DEED_ALIGNOF(struct name##_row) <= 64,                                  \
			   "a column begins a cache line, and is aligned to no more")

/* ---- make ----------------------------------------------------------------------------------- */

/* deed_soa_new - makes `ret` the owner of `count` new rows, not initialised.
 *
 * `ret` is an EMPTY, MOVED or DROPPED owner, by address. `count` may be 0: there is room for a few
 * rows all the same. Returns 0; -EOVERFLOW if the bytes do not fit a size_t; -ENOMEM: `ret` is as
 * it was. Faults: E02 if `ret` still owns. One aligned_alloc().
 */
#define deed_soa_new(ret, count)                                                                   \
	DEED_SAY_MADE(ret, deed_soa_new_(&(ret)->h, (count), sizeof *(ret)->tag, 0,                \
					 DEED_HERE(#ret, (ret)->tag)))

/* deed_soa_new_zeroed - deed_soa_new(), every byte 0, rows that there is room for too. */
#define deed_soa_new_zeroed(ret, count)                                                            \
	DEED_SAY_MADE(ret, deed_soa_new_(&(ret)->h, (count), sizeof *(ret)->tag, 1,                \
					 DEED_HERE(#ret, (ret)->tag)))

/* deed_soa_from - deed_soa_new(), filled with a copy of the `count` rows at `rows`.
 *
 * `rows` points to the row type, and may be null if `count` is 0. Returns and faults as
 * deed_soa_new(). The way back is deed_soa_to().
 */
#define deed_soa_from(ret, rows, count)                                                            \
	DEED_SAY_MADE(ret, deed_soa_from_(&(ret)->h, 1 ? (rows) : (ret)->row, (count),             \
					  DEED_SOA_COLUMNS(ret), DEED_HERE(#ret, (ret)->tag)))

/* ---- rows ----------------------------------------------------------------------------------- */

/* deed_soa_len - the number of rows of an owner, by name: deed_soa_len(ps); 0 if it is EMPTY. As
 * deed_len(): metadata, conflicts with no loan. E03, E04.
 */
#define deed_soa_len(soa) deed_soa_len_(DEED_SAY_VALUE(deed_len, soa), DEED_HERE(#soa, (soa).tag))

/* deed_soa_resize - makes it `count` rows long.
 *
 * The rows that both lengths have keep their values; new ones are as after deed_soa_new(). The
 * columns move only where there is no room, and then there is half as much again at least; fewer
 * rows keep the room. Resizing to the length that it has does nothing; any other length makes
 * copies of the handle stale (E04), whether the columns moved or not.
 *
 * Returns 0; -EOVERFLOW; -ENOMEM: rows and columns are then untouched. Faults: E01, E03, E04; E07
 * if a column is lent, whether it would move or not.
 */
#define deed_soa_resize(soa, count)                                                                \
	deed_soa_resize_(DEED_SAY(deed_resize, soa), (count), DEED_SOA_COLUMNS(soa),               \
			 DEED_HERE(#soa, (soa)->tag))

/* deed_soa_reserve - makes room for `count` rows: up to so many, nothing moves any more. The length
 * stays. Nothing where there is room. Returns and faults as deed_soa_resize().
 */
#define deed_soa_reserve(soa, count)                                                               \
	deed_soa_reserve_(DEED_SAY(deed_resize, soa), (count), DEED_SOA_COLUMNS(soa),              \
			  DEED_HERE(#soa, (soa)->tag))

/* deed_soa_push - adds a row behind the last.
 *
 *     deed_soa_push(&ps, row)      deed_soa_push(&ps, { .x = 1.0f, .id = 7 })
 *
 * The row is what may stand behind the = of a particles_row. Returns and faults as
 * deed_soa_resize(). On average constant time.
 */
#define deed_soa_push(soa, ...) deed_result_(DEED_SOA_PUSH(__COUNTER__, soa, #soa, __VA_ARGS__))

/* deed_soa_get - row `index`, as a struct. deed_soa_set - sets it to a row, written as for
 * deed_soa_push().
 *
 * For the odd single row: it is gathered from as many cache lines as there are fields, and a loop
 * over rows is what views are for. `index` is below deed_soa_len(), else E15. E13 if a column is
 * lent inout; to set it, if a column is lent at all. E01, E03, E04.
 */
#define deed_soa_get(soa, index) DEED_SOA_GET(__COUNTER__, soa, #soa, index)
#define deed_soa_set(soa, index, ...) DEED_SOA_SET(__COUNTER__, soa, #soa, index, __VA_ARGS__)

/* deed_soa_to - copies all rows to the array at `rows`, which has room for deed_soa_len() of them.
 *
 * Faults as deed_soa_get(). Cannot fail.
 */
#define deed_soa_to(rows, soa)                                                                     \
	deed_soa_to_(DEED_SAY(deed_clone, soa), 1 ? (rows) : (soa)->row, DEED_SOA_COLUMNS(soa),    \
		     DEED_HERE(#soa, (soa)->tag))

/* ---- columns -------------------------------------------------------------------------------- */

/* deed_soa_borrow, deed_soa_inout - a loan of the column of `field`, which may read; or write too,
 * and excludes everybody else from that column.
 *
 * `soa` is the address of an owner, const or not; inout does not take a const one. The field is of
 * a type that has a predefined family; columns of other types are lent by guards. Returns the
 * family's view, deed_soa_len() elements long; it cannot fail. Ended by deed_soa_end(soa, &view).
 * E09; E01, E03, E04. In release builds the address is computed, and nothing else.
 */
#define deed_soa_borrow(soa, field)                                                                \
	DEED_SOA_TAKE_BORROWED(soa, field,                                                         \
			       DEED_LENT_BORROWED(&(soa)->row->field, DEED_SOA_NO_FAMILY), 0)
#define deed_soa_inout(soa, field)                                                                 \
	DEED_SOA_TAKE_INOUT(soa, field, DEED_LENT_INOUT(&(soa)->row->field, DEED_SOA_NO_FAMILY), 0)

/* deed_soa_end - ends the loan of a column, as deed_end() does: E12 twice, E18 of another owner. */
#define deed_soa_end(soa, view)                                                                    \
	deed_soa_end_(DEED_SAY_END(soa, view), DEED_LOAN_OF((view)->h),                            \
		      DEED_HERE(#view, (view)->tag))

/* Guards: declarations of a const view of a column that ends at the end of its block, as those of
 * deed/lend.h. The view is the predefined family's for arithmetic elements, else of a type of its
 * own, as that of DEED_LEND is.
 */
#define DEED_SOA_BORROWED(view, soa, field)                                                        \
	DEED_SAY_GUARD(view, soa)                                                                  \
	DEED_DEFINE_VIEWS(deed_lent_##view, __typeof__((soa)->row->field));                        \
	DEED_GUARD(view, DEED_SOA_BORROWED_TYPE(view, soa, field),                                 \
		   DEED_SOA_TAKE_BORROWED(soa, field, DEED_SOA_BORROWED_TYPE(view, soa, field),    \
					  DEED_LEND_GUARD))
#define DEED_SOA_INOUT(view, soa, field)                                                           \
	DEED_SAY_GUARD(view, soa)                                                                  \
	DEED_DEFINE_VIEWS(deed_lent_##view, __typeof__((soa)->row->field));                        \
	DEED_GUARD(view, DEED_SOA_INOUT_TYPE(view, soa, field),                                    \
		   DEED_SOA_TAKE_INOUT(soa, field, DEED_SOA_INOUT_TYPE(view, soa, field),          \
				       DEED_LEND_GUARD))

/* ---- give away, end ------------------------------------------------------------------------- */

/* deed_soa_move, deed_soa_drop, deed_soa_settle, deed_soa_owns, deed_soa_immortal: as those of
 * deed/own.h. The columns stay where they are in a move. deed_async() (deed/async.h) moves them,
 * too.
 */
#define deed_soa_move(to, from)                                                                    \
	(DEED_SAME((to)->self, (from)->self),                                                      \
	 deed_soa_move_(DEED_SAY_MOVE(to, from), &(from)->h, DEED_HERE(#to, (to)->tag),            \
			DEED_HERE(#from, (from)->tag)))
#define deed_soa_drop(soa) deed_soa_drop_(DEED_SAY(deed_drop, soa), DEED_HERE(#soa, (soa)->tag))
#define deed_soa_settle(soa)                                                                       \
	deed_soa_settle_(DEED_SAY(deed_settle, soa), DEED_HERE(#soa, (soa)->tag))
#define deed_soa_owns(soa) DEED_SAY_OWNS(soa, deed_owns_(&(soa)->h.owner))
#define deed_soa_immortal(soa)                                                                     \
	deed_soa_immortal_(DEED_SAY(deed_immortal, soa), DEED_HERE(#soa, (soa)->tag))

/* DEED_SOA_AUTO - declares an empty owner that settles at the end of its block, as DEED_AUTO. */
#define DEED_SOA_AUTO(family, name)                                                                \
	family name = DEED_EMPTY;                                                                  \
	DEED_SAY_AUTO(name)                                                                        \
	DEED_CLEANUP(deed_auto_end_)                                                               \
	const struct deed_auto name##_auto_ = { &(name).h.owner, DEED_HERE(#name, (name).tag) }

/* ---- inline bodies -------------------------------------------------------------------------- */

/* What a field is in the types of a family: a member of the row; its bytes, without a gap before
 * it; its bytes, where they are in the row.
 */
#define DEED_SOA_MEMBER(type, field) type field;
#define DEED_SOA_PACKED(type, field) unsigned char field[sizeof(type)];
#define DEED_SOA_PADDED(type, field)                                                               \
	struct {                                                                                   \
		DEED_ALIGNAS(type) unsigned char first[sizeof(type)];                              \
	} field;
#define DEED_SOA_AND_1(type, field) +1

/* DEED_SOA_COLUMNS - the maps of struct deed_columns, out of a family's type alone.
 *
 * A verb knows the type of its owner, not the list of its fields. C++ asks the type. In C the
 * initialiser {1} of the n-th member, whatever its name, sets its first byte: 32 of them mark every
 * field that there may be, and the rest go to members that are spare.
 */
#ifdef __cplusplus
#define DEED_ALIGNAS(type) alignas(type)
#define DEED_SOA_SPARE(member)
#define DEED_SOA_MARK_PACKED(type, field) { 1 },
#define DEED_SOA_MARK_PADDED(type, field) { { 1 } },
#define DEED_SOA_MARKED(name, FIELDS)                                                              \
	static const struct name##_marks *deed_marks_()                                            \
	{                                                                                          \
		static const struct name##_marks all = { { FIELDS(DEED_SOA_MARK_PACKED) },         \
							 { FIELDS(DEED_SOA_MARK_PADDED) } };       \
		return &all;                                                                       \
	}
#define DEED_SOA_COLUMNS(soa) deed_columns_in_((__typeof__(&*(soa)))0)
#else
#define DEED_ALIGNAS(type) _Alignas(type)
#define DEED_SOA_SPARE(m)                                                                          \
	m(0) m(1) m(2) m(3) m(4) m(5) m(6) m(7) m(8) m(9) m(10) m(11) m(12) m(13) m(14) m(15)      \
		m(16) m(17) m(18) m(19) m(20) m(21) m(22) m(23) m(24) m(25) m(26) m(27) m(28)      \
			m(29) m(30) m(31)
#define DEED_SOA_SPARE_PACKED(n) unsigned char deed_spare_##n[1];
#define DEED_SOA_SPARE_PADDED(n)                                                                   \
	struct {                                                                                   \
		unsigned char first[1];                                                            \
	} deed_spare_##n;
#define DEED_SOA_MARK_PACKED(n) { 1 },
#define DEED_SOA_MARK_PADDED(n) { { 1 } },
#define DEED_SOA_MARKED(name, FIELDS)
#define DEED_SOA_COLUMNS(soa)                                                                      \
	(__extension__({                                                                           \
		static const __typeof__(*(soa)->marks) deed_marks_ = {                             \
			{ DEED_SOA_SPARE(DEED_SOA_MARK_PACKED).deed_spare_31 = { 0 } },            \
			{ DEED_SOA_SPARE(DEED_SOA_MARK_PADDED).deed_spare_31 = { { 0 } } },        \
		};                                                                                 \
		deed_columns_of_(&deed_marks_.packed, &deed_marks_.padded, sizeof *(soa)->tag,     \
				 sizeof *(soa)->row);                                              \
	}))
#endif

/* A row is a variable of its own name, for rows stand inside of rows: a push of what is got. */
#define DEED_SOA_PUSH_N(own_row, soa, text, ...)                                                   \
	(__extension__({                                                                           \
		const __typeof__(*(soa)->row) own_row = __VA_ARGS__;                               \
		deed_soa_push_(DEED_SAY(deed_soa_push, soa), &own_row, DEED_SOA_COLUMNS(soa),      \
			       DEED_HERE(text, (soa)->tag));                                       \
	}))
#define DEED_SOA_GET_N(own_row, soa, text, index)                                                  \
	(__extension__({                                                                           \
		__typeof__(*(soa)->row) own_row;                                                   \
		deed_soa_get_(DEED_SAY(deed_clone, soa), (index), &own_row, DEED_SOA_COLUMNS(soa), \
			      DEED_HERE(text, (soa)->tag));                                        \
		own_row;                                                                           \
	}))
#define DEED_SOA_SET_N(own_row, soa, text, index, ...)                                             \
	(__extension__({                                                                           \
		const __typeof__(*(soa)->row) own_row = __VA_ARGS__;                               \
		deed_soa_set_(DEED_SAY(deed_soa_set, soa), (index), &own_row,                      \
			      DEED_SOA_COLUMNS(soa), DEED_HERE(text, (soa)->tag));                 \
	}))
#define DEED_SOA_PUSH(n, soa, text, ...)                                                           \
	DEED_SOA_PUSH_N(DEED_SOA_NAME(deed_row_, n), soa, text, __VA_ARGS__)
#define DEED_SOA_GET(n, soa, text, index)                                                          \
	DEED_SOA_GET_N(DEED_SOA_NAME(deed_row_, n), soa, text, index)
#define DEED_SOA_SET(n, soa, text, index, ...)                                                     \
	DEED_SOA_SET_N(DEED_SOA_NAME(deed_row_, n), soa, text, index, __VA_ARGS__)
#define DEED_SOA_NAME(name, n) name##n

/* What a column of a type without a predefined family would be a view of: no type. */
#define DEED_SOA_NO_FAMILY ((struct deed_soa_lends_this_field_by_a_guard *)0)

#define DEED_SOA_BORROWED_TYPE(view, soa, field)                                                   \
	DEED_LENT_BORROWED(&(soa)->row->field, (union deed_lent_##view##_borrowed *)0)
#define DEED_SOA_INOUT_TYPE(view, soa, field)                                                      \
	DEED_LENT_INOUT(&(soa)->row->field, (union deed_lent_##view##_inout *)0)

#define DEED_SOA_TAKE_BORROWED(soa, field, type, flags)                                            \
	DEED_AS(type, deed_soa_borrow_(DEED_SAY_LENT(deed_borrow_part, soa, flags),                \
				       offsetof(__typeof__(*(soa)->tag), field), flags,            \
				       DEED_FRAME, DEED_HERE(#soa, (soa)->tag),                    \
				       DEED_HERE(#soa ", " #field, &(soa)->row->field)))
#define DEED_SOA_TAKE_INOUT(soa, field, type, flags)                                               \
	DEED_AS(type, DEED_SOA_WRITABLE(soa, deed_soa_inout_)(                                     \
			      DEED_SAY_LENT(deed_inout_part, soa, flags),                          \
			      offsetof(__typeof__(*(soa)->tag), field), flags, DEED_FRAME,         \
			      DEED_HERE(#soa, (soa)->tag),                                         \
			      DEED_HERE(#soa ", " #field, &(soa)->row->field)))

#ifdef __cplusplus
#define DEED_SOA_WRITABLE(soa, function) function
#else
#define DEED_SOA_WRITABLE(soa, function) _Generic(&(soa)->h, struct deed_soa * : function)
#endif

DEED_BEGIN_C

/* The rest of the release flavour, in lib/soa.c. */
DEED_CHECK_RESULT int deed_soa_new_release_(struct deed_soa *ret, size_t count, size_t row_bytes,
					    int zeroed) DEED_IN_OUT(1);
DEED_CHECK_RESULT int deed_soa_from_release_(struct deed_soa *ret, const void *rows, size_t count,
					     const struct deed_columns *columns) DEED_IN_OUT(1)
	DEED_IN(4);
DEED_CHECK_RESULT int deed_soa_reserve_release_(struct deed_soa *soa, size_t count,
						const struct deed_columns *columns) DEED_IN_OUT(1)
	DEED_IN(3);
DEED_CHECK_RESULT int deed_soa_push_release_(struct deed_soa *soa, const void *row,
					     const struct deed_columns *columns) DEED_IN_OUT(1)
	DEED_IN(2) DEED_IN(3);
void deed_soa_get_release_(const struct deed_soa *soa, size_t first, void *rows, size_t count,
			   const struct deed_columns *columns) DEED_IN(1) DEED_IN(5);
void deed_soa_set_release_(const struct deed_soa *soa, size_t index, const void *row,
			   const struct deed_columns *columns) DEED_IN(1) DEED_IN(3) DEED_IN(4);

DEED_INLINE struct deed_columns deed_columns_of_(const void *packed, const void *padded,
						 size_t packed_bytes, size_t padded_bytes)
{
	const struct deed_columns columns = { (const unsigned char *)packed,
					      (const unsigned char *)padded, packed_bytes,
					      padded_bytes };

	return columns;
}

DEED_INLINE size_t deed_soa_capacity_(const struct deed_soa *soa)
{
	return soa->owner.len & DEED_LEN_MAX;
}

DEED_CHECK_RESULT DEED_INLINE int deed_soa_new_(struct deed_soa *ret, size_t count,
						size_t row_bytes, int zeroed,
						const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_soa_new(ret, count, zeroed, DEED_FRAME, at);
	return deed_soa_new_release_(ret, count, row_bytes, zeroed);
}

DEED_CHECK_RESULT DEED_INLINE int deed_soa_from_(struct deed_soa *ret, const void *rows,
						 size_t count, struct deed_columns columns,
						 const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_soa_from(ret, rows, count, &columns, DEED_FRAME, at);
	return deed_soa_from_release_(ret, rows, count, &columns);
}

DEED_INLINE size_t deed_soa_len_(struct deed_soa soa, const struct deed_site *at)
{
	if (DEED_TRAP && !deed_trap_len(&soa.owner, DEED_FRAME, at))
		return 0;
	return soa.len;
}

DEED_CHECK_RESULT DEED_INLINE int deed_soa_resize_(struct deed_soa *soa, size_t count,
						   struct deed_columns columns,
						   const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_soa_resize(soa, count, count, &columns, DEED_FRAME, at);
	if (DEED_UNLIKELY(count > deed_soa_capacity_(soa))) {
		const int err = deed_soa_reserve_release_(soa, count, &columns);

		if (err)
			return err;
	}
	soa->len = count;
	return 0;
}

DEED_CHECK_RESULT DEED_INLINE int deed_soa_reserve_(struct deed_soa *soa, size_t count,
						    struct deed_columns columns,
						    const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_soa_resize(soa, soa->len, count, &columns, DEED_FRAME, at);
	return count > deed_soa_capacity_(soa) ? deed_soa_reserve_release_(soa, count, &columns)
					       : 0;
}

DEED_CHECK_RESULT DEED_INLINE int deed_soa_push_(struct deed_soa *soa, const void *row,
						 struct deed_columns columns,
						 const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_soa_push(soa, row, &columns, DEED_FRAME, at);
	return deed_soa_push_release_(soa, row, &columns);
}

DEED_INLINE void deed_soa_get_(const struct deed_soa *soa, size_t index, void *row,
			       struct deed_columns columns, const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_soa_get(soa, index, row, &columns, DEED_FRAME, at);
	else
		deed_soa_get_release_(soa, index, row, 1, &columns);
}

DEED_INLINE void deed_soa_set_(struct deed_soa *soa, size_t index, const void *row,
			       struct deed_columns columns, const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_soa_set(soa, index, row, &columns, DEED_FRAME, at);
	else
		deed_soa_set_release_(soa, index, row, &columns);
}

DEED_INLINE void deed_soa_to_(const struct deed_soa *soa, void *rows, struct deed_columns columns,
			      const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_soa_to(soa, rows, &columns, DEED_FRAME, at);
	else
		deed_soa_get_release_(soa, 0, rows, soa->len, &columns);
}

/* `before`: the bytes of the fields before it. */
DEED_INLINE struct deed_borrowed deed_soa_borrow_(const struct deed_soa *soa, size_t before,
						  unsigned flags, const void *frame,
						  const struct deed_site *soa_at,
						  const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_borrowed_granted_(
			deed_trap_soa_lend(soa, before, flags, frame, soa_at, at), soa->len);
	return deed_borrowed_core_((const char *)soa->owner.own + deed_soa_capacity_(soa) * before,
				   soa->len, 0);
}

DEED_INLINE struct deed_inout deed_soa_inout_(struct deed_soa *soa, size_t before, unsigned flags,
					      const void *frame, const struct deed_site *soa_at,
					      const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_inout_granted_(
			deed_trap_soa_lend(soa, before, flags | DEED_LEND_INOUT, frame, soa_at, at),
			soa->len);
	return deed_inout_core_((char *)soa->owner.own + deed_soa_capacity_(soa) * before, soa->len,
				0);
}

DEED_INLINE void deed_soa_end_(const struct deed_soa *soa, uint64_t loan,
			       const struct deed_site *at)
{
	deed_end_owner_(&soa->owner, loan, at);
}

/* What takes the buffer away takes the rows with it; in continue mode it may have been refused. (It
 * is asked, and not seen by its word: gcc would go on to take the word's address for the owner's,
 * with AddressSanitizer, and warn that it is too small.) */
DEED_INLINE void deed_soa_move_(struct deed_soa *to, struct deed_soa *from,
				const struct deed_site *to_at, const struct deed_site *at)
{
	const struct deed_soa moved = *from;
	int owned;

	if (!DEED_TRAP) {
		from->len = 0;
		from->owner.own = NULL;
		from->owner.len = 0;
		*to = moved;
		return;
	}
	owned = deed_owns_(&from->owner);
	deed_move_(&to->owner, &from->owner, to_at, at);
	if (owned && !deed_owns_(&from->owner)) {
		from->len = 0;
		to->len = moved.len;
	}
}

DEED_INLINE void deed_soa_drop_(struct deed_soa *soa, const struct deed_site *at)
{
	deed_drop_(&soa->owner, at);
	if (!deed_owns_(&soa->owner))
		soa->len = 0;
}

DEED_INLINE void deed_soa_settle_(struct deed_soa *soa, const struct deed_site *at)
{
	deed_settle_(&soa->owner, at);
	if (!deed_owns_(&soa->owner))
		soa->len = 0;
}

DEED_INLINE void deed_soa_immortal_(struct deed_soa *soa, const struct deed_site *at)
{
	deed_immortal_(&soa->owner, at);
}

DEED_END_C

#ifdef __cplusplus
extern "C++" {
template <typename Soa> DEED_INLINE struct deed_columns deed_columns_in_(const Soa *)
{
	return deed_columns_of_(&Soa::deed_marks_()->packed, &Soa::deed_marks_()->padded,
				sizeof *Soa().tag, sizeof *Soa().row);
}
}
#endif

#endif
