/* SPDX-License-Identifier: MIT
 *
 * tests/any_family.h - the verbs of several families behind one table of functions.
 *
 * The verbs are macros that keep the element's type, so a test that chooses the family at
 * run time (the owner table, the oracle) needs each verb once per family as a function.
 * They take and give untyped cores; every one is the public verb and nothing else.
 */
#ifndef ANY_FAMILY_H
#define ANY_FAMILY_H

#include "deed.h"

/* Their tags followed by a parenthesis would be the verbs. */
typedef struct deed_inout any_inout;
typedef struct deed_tile_inout any_tile_inout;

struct any_family {
	const char *name;
	size_t element_bytes, align;

	int (*make)(struct deed_owner *ret, size_t count);
	int (*make_zeroed)(struct deed_owner *ret, size_t count);
	int (*make_aligned)(struct deed_owner *ret, size_t count, size_t align);
	int (*make_two)(struct deed_owner *ret, size_t rows, size_t columns);
	int (*from)(struct deed_owner *ret, const void *elements, size_t count);
	int (*adopt)(struct deed_owner *ret, void *data, size_t count, deed_deleter_fn deleter,
		     void *context);
	int (*immovable)(struct deed_owner *ret, const void *data, size_t count);
	int (*clone)(struct deed_owner *ret, const struct deed_owner *source);
	int (*clone_borrowed)(struct deed_owner *ret, const struct deed_borrowed *source);
	int (*clone_inout)(struct deed_owner *ret, const struct deed_inout *source);
	void (*move)(struct deed_owner *to, struct deed_owner *from);
	void (*swap)(struct deed_owner *a, struct deed_owner *b);
	void (*drop)(struct deed_owner *owner);
	void (*settle)(struct deed_owner *owner);
	int (*resize)(struct deed_owner *owner, size_t count);
	void *(*release)(struct deed_owner *owner);
	size_t (*len)(const struct deed_owner *owner);

	struct deed_borrowed (*borrow)(const struct deed_owner *source);
	struct deed_borrowed (*borrow_part)(const struct deed_owner *source, size_t lo, size_t hi);
	any_inout (*inout)(struct deed_owner *source);
	any_inout (*inout_part)(struct deed_owner *source, size_t lo, size_t hi);
	struct deed_borrowed (*borrow_borrowed)(const struct deed_borrowed *source, size_t lo,
						size_t hi);
	struct deed_borrowed (*borrow_inout)(const struct deed_inout *source, size_t lo, size_t hi);
	any_inout (*inout_inout)(const struct deed_inout *source, size_t lo, size_t hi);
	struct deed_borrowed (*reborrow_borrowed)(const struct deed_borrowed *source, size_t lo,
						  size_t hi);
	any_inout (*reborrow_inout)(const struct deed_inout *source, size_t lo, size_t hi);
	void (*split_borrowed)(const struct deed_borrowed *source, size_t at,
			       struct deed_borrowed *left, struct deed_borrowed *right);
	void (*split_inout)(const struct deed_inout *source, size_t at, struct deed_inout *left,
			    struct deed_inout *right);
	struct deed_borrowed (*slice_borrowed)(struct deed_borrowed view, size_t lo, size_t hi);
	any_inout (*slice_inout)(struct deed_inout view, size_t lo, size_t hi);

	struct deed_tile_borrowed (*tile_borrow)(const struct deed_owner *source, size_t pitch,
						 size_t y, size_t x, size_t rows, size_t width);
	any_tile_inout (*tile_inout)(struct deed_owner *source, size_t pitch, size_t y, size_t x,
				     size_t rows, size_t width);
	struct deed_tile_borrowed (*tile_borrow_borrowed)(const struct deed_borrowed *source,
							  size_t pitch, size_t y, size_t x,
							  size_t rows, size_t width);
	struct deed_tile_borrowed (*tile_borrow_inout)(const struct deed_inout *source,
						       size_t pitch, size_t y, size_t x,
						       size_t rows, size_t width);
	any_tile_inout (*tile_inout_inout)(const struct deed_inout *source, size_t pitch, size_t y,
					   size_t x, size_t rows, size_t width);
	struct deed_borrowed (*row_borrowed)(struct deed_tile_borrowed tile, size_t y);
	any_inout (*row_inout)(struct deed_tile_inout tile, size_t y);

	void (*end_borrowed)(const struct deed_owner *source, struct deed_borrowed *view);
	void (*end_inout)(const struct deed_owner *source, struct deed_inout *view);
	void (*end_borrowed_of_borrowed)(const struct deed_borrowed *source,
					 struct deed_borrowed *view);
	void (*end_borrowed_of_inout)(const struct deed_inout *source, struct deed_borrowed *view);
	void (*end_inout_of_inout)(const struct deed_inout *source, struct deed_inout *view);

	const void *(*read)(struct deed_borrowed view);
	void *(*write)(struct deed_inout view);
	const void *(*read_at)(struct deed_borrowed view, size_t index);
	void *(*write_at)(struct deed_inout view, size_t index);
};

/* The functions of one family, and their table `any_NAME`. */
#define ANY_FAMILY(f, type)                                                                        \
	static int f##_any_make(struct deed_owner *ret, size_t count)                              \
	{                                                                                          \
		return deed_new((f *)ret, count);                                                  \
	}                                                                                          \
	static int f##_any_make_zeroed(struct deed_owner *ret, size_t count)                       \
	{                                                                                          \
		return deed_new_zeroed((f *)ret, count);                                           \
	}                                                                                          \
	static int f##_any_make_aligned(struct deed_owner *ret, size_t count, size_t align)        \
	{                                                                                          \
		return deed_new_aligned((f *)ret, count, align);                                   \
	}                                                                                          \
	static int f##_any_make_two(struct deed_owner *ret, size_t rows, size_t columns)           \
	{                                                                                          \
		return deed_new2((f *)ret, rows, columns);                                         \
	}                                                                                          \
	static int f##_any_from(struct deed_owner *ret, const void *elements, size_t count)        \
	{                                                                                          \
		return deed_from((f *)ret, (const type *)elements, count);                         \
	}                                                                                          \
	static int f##_any_adopt(struct deed_owner *ret, void *data, size_t count,                 \
				 deed_deleter_fn deleter, void *context)                           \
	{                                                                                          \
		return deed_adopt((f *)ret, data, count, deleter, context);                        \
	}                                                                                          \
	static int f##_any_immovable(struct deed_owner *ret, const void *data, size_t count)       \
	{                                                                                          \
		return deed_static((f *)ret, data, count);                                         \
	}                                                                                          \
	static int f##_any_clone(struct deed_owner *ret, const struct deed_owner *source)          \
	{                                                                                          \
		return deed_clone((f *)ret, (const f *)source);                                    \
	}                                                                                          \
	static int f##_any_clone_borrowed(struct deed_owner *ret,                                  \
					  const struct deed_borrowed *source)                      \
	{                                                                                          \
		return deed_clone((f *)ret, (const f##_borrowed *)source);                         \
	}                                                                                          \
	static int f##_any_clone_inout(struct deed_owner *ret, const struct deed_inout *source)    \
	{                                                                                          \
		return deed_clone((f *)ret, (const f##_inout *)source);                            \
	}                                                                                          \
	static void f##_any_move(struct deed_owner *to, struct deed_owner *from)                   \
	{                                                                                          \
		deed_move((f *)to, (f *)from);                                                     \
	}                                                                                          \
	static void f##_any_swap(struct deed_owner *a, struct deed_owner *b)                       \
	{                                                                                          \
		deed_swap((f *)a, (f *)b);                                                         \
	}                                                                                          \
	static void f##_any_drop(struct deed_owner *owner)                                         \
	{                                                                                          \
		deed_drop((f *)owner);                                                             \
	}                                                                                          \
	static void f##_any_settle(struct deed_owner *owner)                                       \
	{                                                                                          \
		deed_settle((f *)owner);                                                           \
	}                                                                                          \
	static int f##_any_resize(struct deed_owner *owner, size_t count)                          \
	{                                                                                          \
		return deed_resize((f *)owner, count);                                             \
	}                                                                                          \
	static void *f##_any_release(struct deed_owner *owner)                                     \
	{                                                                                          \
		return deed_release((f *)owner);                                                   \
	}                                                                                          \
	static size_t f##_any_len(const struct deed_owner *owner)                                  \
	{                                                                                          \
		return deed_len(*(const f *)owner);                                                \
	}                                                                                          \
	static struct deed_borrowed f##_any_borrow(const struct deed_owner *source)                \
	{                                                                                          \
		return deed_borrow((const f *)source).h;                                           \
	}                                                                                          \
	static struct deed_borrowed f##_any_borrow_part(const struct deed_owner *source,           \
							size_t lo, size_t hi)                      \
	{                                                                                          \
		return deed_borrow_part((const f *)source, lo, hi).h;                              \
	}                                                                                          \
	static struct deed_inout f##_any_inout(struct deed_owner *source)                          \
	{                                                                                          \
		return deed_inout((f *)source).h;                                                  \
	}                                                                                          \
	static struct deed_inout f##_any_inout_part(struct deed_owner *source, size_t lo,          \
						    size_t hi)                                     \
	{                                                                                          \
		return deed_inout_part((f *)source, lo, hi).h;                                     \
	}                                                                                          \
	static struct deed_borrowed f##_any_borrow_borrowed(const struct deed_borrowed *source,    \
							    size_t lo, size_t hi)                  \
	{                                                                                          \
		return deed_borrow_part((const f##_borrowed *)source, lo, hi).h;                   \
	}                                                                                          \
	static struct deed_borrowed f##_any_borrow_inout(const struct deed_inout *source,          \
							 size_t lo, size_t hi)                     \
	{                                                                                          \
		return deed_borrow_part((const f##_inout *)source, lo, hi).h;                      \
	}                                                                                          \
	static struct deed_inout f##_any_inout_inout(const struct deed_inout *source, size_t lo,   \
						     size_t hi)                                    \
	{                                                                                          \
		return deed_inout_part((const f##_inout *)source, lo, hi).h;                       \
	}                                                                                          \
	static struct deed_borrowed f##_any_reborrow_borrowed(const struct deed_borrowed *source,  \
							      size_t lo, size_t hi)                \
	{                                                                                          \
		return deed_reborrow((const f##_borrowed *)source, lo, hi).h;                      \
	}                                                                                          \
	static struct deed_inout f##_any_reborrow_inout(const struct deed_inout *source,           \
							size_t lo, size_t hi)                      \
	{                                                                                          \
		return deed_reborrow((const f##_inout *)source, lo, hi).h;                         \
	}                                                                                          \
	static void f##_any_split_borrowed(const struct deed_borrowed *source, size_t at,          \
					   struct deed_borrowed *left,                             \
					   struct deed_borrowed *right)                            \
	{                                                                                          \
		f##_borrowed view = { .h = *source };                                              \
                                                                                                   \
		deed_split(&view, at, (f##_borrowed *)left, (f##_borrowed *)right);                \
	}                                                                                          \
	static void f##_any_split_inout(const struct deed_inout *source, size_t at,                \
					struct deed_inout *left, struct deed_inout *right)         \
	{                                                                                          \
		f##_inout view = { .h = *source };                                                 \
                                                                                                   \
		deed_split(&view, at, (f##_inout *)left, (f##_inout *)right);                      \
	}                                                                                          \
	static struct deed_borrowed f##_any_slice_borrowed(struct deed_borrowed view, size_t lo,   \
							   size_t hi)                              \
	{                                                                                          \
		const f##_borrowed typed = { .h = view };                                          \
                                                                                                   \
		return deed_slice(typed, lo, hi).h;                                                \
	}                                                                                          \
	static struct deed_inout f##_any_slice_inout(struct deed_inout view, size_t lo, size_t hi) \
	{                                                                                          \
		const f##_inout typed = { .h = view };                                             \
                                                                                                   \
		return deed_slice(typed, lo, hi).h;                                                \
	}                                                                                          \
	static struct deed_tile_borrowed f##_any_tile_borrow(const struct deed_owner *source,      \
							     size_t pitch, size_t y, size_t x,     \
							     size_t rows, size_t width)            \
	{                                                                                          \
		return deed_tile_borrow((const f *)source, pitch, y, x, rows, width).h;            \
	}                                                                                          \
	static struct deed_tile_inout f##_any_tile_inout(struct deed_owner *source, size_t pitch,  \
							 size_t y, size_t x, size_t rows,          \
							 size_t width)                             \
	{                                                                                          \
		return deed_tile_inout((f *)source, pitch, y, x, rows, width).h;                   \
	}                                                                                          \
	static struct deed_tile_borrowed f##_any_tile_borrow_borrowed(                             \
		const struct deed_borrowed *source, size_t pitch, size_t y, size_t x, size_t rows, \
		size_t width)                                                                      \
	{                                                                                          \
		return deed_tile_borrow((const f##_borrowed *)source, pitch, y, x, rows, width).h; \
	}                                                                                          \
	static struct deed_tile_borrowed f##_any_tile_borrow_inout(                                \
		const struct deed_inout *source, size_t pitch, size_t y, size_t x, size_t rows,    \
		size_t width)                                                                      \
	{                                                                                          \
		return deed_tile_borrow((const f##_inout *)source, pitch, y, x, rows, width).h;    \
	}                                                                                          \
	static struct deed_tile_inout f##_any_tile_inout_inout(const struct deed_inout *source,    \
							       size_t pitch, size_t y, size_t x,   \
							       size_t rows, size_t width)          \
	{                                                                                          \
		return deed_tile_inout((const f##_inout *)source, pitch, y, x, rows, width).h;     \
	}                                                                                          \
	static struct deed_borrowed f##_any_row_borrowed(struct deed_tile_borrowed tile, size_t y) \
	{                                                                                          \
		const f##_tile_borrowed typed = { .h = tile };                                     \
                                                                                                   \
		return deed_tile_row(typed, y).h;                                                  \
	}                                                                                          \
	static struct deed_inout f##_any_row_inout(struct deed_tile_inout tile, size_t y)          \
	{                                                                                          \
		const f##_tile_inout typed = { .h = tile };                                        \
                                                                                                   \
		return deed_tile_row(typed, y).h;                                                  \
	}                                                                                          \
	static void f##_any_end_borrowed(const struct deed_owner *source,                          \
					 struct deed_borrowed *view)                               \
	{                                                                                          \
		deed_end((const f *)source, (f##_borrowed *)view);                                 \
	}                                                                                          \
	static void f##_any_end_inout(const struct deed_owner *source, struct deed_inout *view)    \
	{                                                                                          \
		deed_end((const f *)source, (f##_inout *)view);                                    \
	}                                                                                          \
	static void f##_any_end_borrowed_of_borrowed(const struct deed_borrowed *source,           \
						     struct deed_borrowed *view)                   \
	{                                                                                          \
		deed_end((const f##_borrowed *)source, (f##_borrowed *)view);                      \
	}                                                                                          \
	static void f##_any_end_borrowed_of_inout(const struct deed_inout *source,                 \
						  struct deed_borrowed *view)                      \
	{                                                                                          \
		deed_end((const f##_inout *)source, (f##_borrowed *)view);                         \
	}                                                                                          \
	static void f##_any_end_inout_of_inout(const struct deed_inout *source,                    \
					       struct deed_inout *view)                            \
	{                                                                                          \
		deed_end((const f##_inout *)source, (f##_inout *)view);                            \
	}                                                                                          \
	static const void *f##_any_read(struct deed_borrowed view)                                 \
	{                                                                                          \
		const f##_borrowed typed = { .h = view };                                          \
                                                                                                   \
		return deed_data(typed);                                                           \
	}                                                                                          \
	static void *f##_any_write(struct deed_inout view)                                         \
	{                                                                                          \
		const f##_inout typed = { .h = view };                                             \
                                                                                                   \
		return deed_data(typed);                                                           \
	}                                                                                          \
	static const void *f##_any_read_at(struct deed_borrowed view, size_t index)                \
	{                                                                                          \
		const f##_borrowed typed = { .h = view };                                          \
                                                                                                   \
		return &deed_at(typed, index);                                                     \
	}                                                                                          \
	static void *f##_any_write_at(struct deed_inout view, size_t index)                        \
	{                                                                                          \
		const f##_inout typed = { .h = view };                                             \
                                                                                                   \
		return &deed_at(typed, index);                                                     \
	}                                                                                          \
	static const struct any_family any_##f = {                                                 \
		#f,                                                                                \
		sizeof(type),                                                                      \
		_Alignof(type),                                                                    \
		f##_any_make,                                                                      \
		f##_any_make_zeroed,                                                               \
		f##_any_make_aligned,                                                              \
		f##_any_make_two,                                                                  \
		f##_any_from,                                                                      \
		f##_any_adopt,                                                                     \
		f##_any_immovable,                                                                 \
		f##_any_clone,                                                                     \
		f##_any_clone_borrowed,                                                            \
		f##_any_clone_inout,                                                               \
		f##_any_move,                                                                      \
		f##_any_swap,                                                                      \
		f##_any_drop,                                                                      \
		f##_any_settle,                                                                    \
		f##_any_resize,                                                                    \
		f##_any_release,                                                                   \
		f##_any_len,                                                                       \
		f##_any_borrow,                                                                    \
		f##_any_borrow_part,                                                               \
		f##_any_inout,                                                                     \
		f##_any_inout_part,                                                                \
		f##_any_borrow_borrowed,                                                           \
		f##_any_borrow_inout,                                                              \
		f##_any_inout_inout,                                                               \
		f##_any_reborrow_borrowed,                                                         \
		f##_any_reborrow_inout,                                                            \
		f##_any_split_borrowed,                                                            \
		f##_any_split_inout,                                                               \
		f##_any_slice_borrowed,                                                            \
		f##_any_slice_inout,                                                               \
		f##_any_tile_borrow,                                                               \
		f##_any_tile_inout,                                                                \
		f##_any_tile_borrow_borrowed,                                                      \
		f##_any_tile_borrow_inout,                                                         \
		f##_any_tile_inout_inout,                                                          \
		f##_any_row_borrowed,                                                              \
		f##_any_row_inout,                                                                 \
		f##_any_end_borrowed,                                                              \
		f##_any_end_inout,                                                                 \
		f##_any_end_borrowed_of_borrowed,                                                  \
		f##_any_end_borrowed_of_inout,                                                     \
		f##_any_end_inout_of_inout,                                                        \
		f##_any_read,                                                                      \
		f##_any_write,                                                                     \
		f##_any_read_at,                                                                   \
		f##_any_write_at,                                                                  \
	}

#endif
