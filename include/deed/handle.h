/* SPDX-License-Identifier: MIT
 *
 * deed/handle.h - the types: owners, views, tiles, and families of them.
 *
 *     DEED_DEFINE(pixels, struct px);
 *
 *     pixels p = DEED_EMPTY;      an owner: one handle per buffer
 *     pixels_borrowed r;          a loan that may read
 *     pixels_inout w;             a loan that may read and write, and nobody else may
 *     pixels_tile_borrowed, pixels_tile_inout    the same of a rectangle of a matrix
 *
 * Each is a union of an untyped core `h`, which the library works on, and pointers
 * that are type tags: they are never read, only asked for their type. That lets one
 * set of verbs serve every element type, keeps T and const T apart, and makes a
 * family cost five type definitions and no functions.
 *
 *                  release                     trap
 *     owner        pointer, length             tag:2 slot:28 generation:34, length
 *     view         pointer, length             pointer, length, loan
 *     tile         pointer, width, pitch,      the same, loan
 *                  rows
 *
 * In release builds the top two bits of an owner's length say where its memory came
 * from (enum deed_origin). Do not read the members: use the verbs.
 *
 * Predefined families: deed_i8 deed_i16 deed_i32 deed_i64, deed_u8 deed_u16 deed_u32
 * deed_u64, deed_f32 deed_f64.
 */
#ifndef DEED_HANDLE_H
#define DEED_HANDLE_H

#include "deed/config.h"
#include "deed/static.h"

struct deed_owner {
	void *own;
	size_t len;
};

struct deed_borrowed {
	const void *data;
	size_t len;
	DEED_LOAN_MEMBER
};

struct deed_inout {
	void *data;
	size_t len;
	DEED_LOAN_MEMBER
};

/* A rectangle of a row-major matrix: `rows` rows of `width` elements, each `pitch` elements after
 * the last. */
struct deed_tile_borrowed {
	const void *data;
	size_t width, pitch, rows;
	DEED_LOAN_MEMBER
};

struct deed_tile_inout {
	void *data;
	size_t width, pitch, rows;
	DEED_LOAN_MEMBER
};

/* The origin of an owner's memory, in the top two bits of a release owner's length. What free()
 * ends has the top bit clear, so that a drop tests one sign.
 */
enum deed_origin {
	DEED_ORIGIN_HEAP = 0,	 /* malloc */
	DEED_ORIGIN_ALIGNED = 1, /* malloc's aligned kin; a resize keeps the alignment */
	DEED_ORIGIN_BORDER = 2,	 /* static data and arenas: its end is somebody else's */
	DEED_ORIGIN_FOREIGN = 3, /* adopted: the side table knows its deleter */
};

#define DEED_ORIGIN_SHIFT 62
#define DEED_LEN_MAX (((size_t)1 << DEED_ORIGIN_SHIFT) - 1)

/* The core of a view once more, by its element type. First, because clang 14 passes a union as its
 * first member, and knows more of a loop over the address of a float than over one of void.
 */
#define DEED_TYPED_CORE(type)                                                                      \
	struct {                                                                                   \
		type *data;                                                                        \
		size_t len;                                                                        \
		DEED_LOAN_MEMBER                                                                   \
	} typed

/* The views of a family, as unions without a typedef, which a block may leave unused. What is named
 * ahead is declared first: a block must not take an outer block's of that name for its own.
 */
#define DEED_DEFINE_VIEWS(name, type)                                                              \
	union name##_tile_borrowed;                                                                \
	union name##_tile_inout;                                                                   \
	union name##_borrowed {                                                                    \
		DEED_TYPED_CORE(type const);                                                       \
		struct deed_borrowed h;                                                            \
		type const *tag;                                                                   \
		DEED_STATE_MEMBER                                                                  \
		union name##_borrowed *self, *borrowed;                                            \
		union name##_tile_borrowed *tile_borrowed;                                         \
	};                                                                                         \
	union name##_inout {                                                                       \
		DEED_TYPED_CORE(type);                                                             \
		struct deed_inout h;                                                               \
		type *tag;                                                                         \
		DEED_STATE_MEMBER                                                                  \
		union name##_inout *self, *inout;                                                  \
		union name##_borrowed *borrowed;                                                   \
		union name##_tile_borrowed *tile_borrowed;                                         \
		union name##_tile_inout *tile_inout;                                               \
	};                                                                                         \
	union name##_tile_borrowed {                                                               \
		struct deed_tile_borrowed h;                                                       \
		type const *tag;                                                                   \
		DEED_STATE_MEMBER                                                                  \
		union name##_borrowed *row;                                                        \
	};                                                                                         \
	union name##_tile_inout {                                                                  \
		struct deed_tile_inout h;                                                          \
		type *tag;                                                                         \
		DEED_STATE_MEMBER                                                                  \
		union name##_inout *row;                                                           \
	}

/* DEED_DEFINE - makes the family `name` of handles over elements of `type`.
 *
 * At file scope, once per name, in a header as well as in a source file. `type` is any complete
 * object type that may be moved by memcpy, spelled so that a `*` may follow: an array, or a pointer
 * to a function, has a name by typedef, and a struct is defined before. Families of two names
 * are two types, over one element type too. Types alone: no function, no data.
 */
#define DEED_DEFINE(name, type)                                                                    \
	DEED_DEFINE_VIEWS(name, type);                                                             \
	typedef union name##_borrowed name##_borrowed;                                             \
	typedef union name##_inout name##_inout;                                                   \
	typedef union name##_tile_borrowed name##_tile_borrowed;                                   \
	typedef union name##_tile_inout name##_tile_inout;                                         \
	typedef union name {                                                                       \
		struct deed_owner h;                                                               \
		type *tag;                                                                         \
		DEED_STATE_MEMBER                                                                  \
		union name *self;                                                                  \
		union name##_borrowed *borrowed;                                                   \
		union name##_inout *inout;                                                         \
		union name##_tile_borrowed *tile_borrowed;                                         \
		union name##_tile_inout *tile_inout;                                               \
	} name;                                                                                    \
	DEED_STATIC_ASSERT(sizeof(name) == 2 * sizeof(void *), "an owner is two words")

DEED_DEFINE(deed_i8, int8_t);
DEED_DEFINE(deed_i16, int16_t);
DEED_DEFINE(deed_i32, int32_t);
DEED_DEFINE(deed_i64, int64_t);
DEED_DEFINE(deed_u8, uint8_t);
DEED_DEFINE(deed_u16, uint16_t);
DEED_DEFINE(deed_u32, uint32_t);
DEED_DEFINE(deed_u64, uint64_t);
DEED_DEFINE(deed_f32, float);
DEED_DEFINE(deed_f64, double);

/* ---- what the verbs are built from ---------------------------------------------------------- */

/* A typed handle out of an untyped core. `tag` is an expression of type pointer to the handle's
 * type, never evaluated.
 */
#ifdef __cplusplus
extern "C++" {
template <typename Handle, typename Core> DEED_INLINE Handle deed_as_(Handle *, Core core)
{
	Handle handle;
	handle.h = core;
	return handle;
}
template <typename Type> DEED_INLINE void deed_same_(Type *, Type *)
{
}
}
#define DEED_AS(tag, core) deed_as_((__typeof__(&*(tag)))0, (core))
#define DEED_SAME(a, b) deed_same_((__typeof__(&*(a)))0, (__typeof__(&*(b)))0)
#else
#define DEED_AS(tag, core) ((__typeof__(*(tag))){ .h = (core) })
/* Does not compile unless both, never evaluated, have the same type. (&* sheds the const of the tag
 * of a const view.) */
#define DEED_SAME(a, b) _Generic((__typeof__(&*(a)))0, __typeof__(&*(b)) : (void)0)
#endif

/* The function for what a verb was given: an owner, a borrowed or an inout view, by the type of the
 * pointer to its core; DEED_NONE where there is none. DEED_PICK_WRITABLE is for verbs that a const
 * owner and a borrowed view refuse at compile time.
 */
#ifdef __cplusplus
extern "C++" {
template <typename O, typename B, typename I>
DEED_INLINE constexpr O deed_pick_(const struct deed_owner *, O owner, B, I)
{
	return owner;
}
template <typename O, typename B, typename I>
DEED_INLINE constexpr B deed_pick_(const struct deed_borrowed *, O, B borrowed, I)
{
	return borrowed;
}
template <typename O, typename B, typename I>
DEED_INLINE constexpr I deed_pick_(const struct deed_inout *, O, B, I inout)
{
	return inout;
}
template <typename O, typename I>
DEED_INLINE constexpr O deed_pick_writable_(struct deed_owner *, O owner, I)
{
	return owner;
}
template <typename O, typename I>
DEED_INLINE constexpr I deed_pick_writable_(const struct deed_inout *, O, I inout)
{
	return inout;
}
}
#define DEED_NONE nullptr
#define DEED_PICK(core, owner, borrowed, inout)                                                    \
	deed_pick_((__typeof__(core))0, owner, borrowed, inout)
#define DEED_PICK_WRITABLE(core, owner, inout)                                                     \
	deed_pick_writable_((__typeof__(core))0, owner, inout)
#else
#define DEED_NONE NULL
#define DEED_PICK(core, owner, borrowed, inout)                                                    \
	_Generic((core), struct deed_owner *: owner, const struct deed_owner *: owner,             \
		 struct deed_borrowed *: borrowed, const struct deed_borrowed *: borrowed,         \
		 struct deed_inout *: inout, const struct deed_inout *: inout)
#define DEED_PICK_WRITABLE(core, owner, inout)                                                     \
	_Generic((core), struct deed_owner *: owner, struct deed_inout *: inout,                   \
		 const struct deed_inout *: inout)
#endif

#endif
