/* SPDX-License-Identifier: MIT
 *
 * deed/config.h - the compiler, the version, and the one place that knows the flavours.
 *
 * Every translation unit that includes deed is compiled in one of two flavours:
 *
 *     cc             app.c $(pkg-config --cflags --libs deed)         release: no checks
 *     cc -g          app.c $(pkg-config --cflags --libs deed-trap)    trap:    every check
 *
 * DEED_TRAP is always 0 or 1. Code says `if (DEED_TRAP)`, so that both flavours
 * always compile; this file alone says `#if DEED_TRAP`. What differs between them
 * is whether a view carries its loan (DEED_LOAN_MEMBER), whether a call site is
 * recorded (DEED_HERE), and the name of one symbol. Every object refers to that, so
 * that objects and libraries of different flavours do not link.
 */
#ifndef DEED_CONFIG_H
#define DEED_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#define DEED_VERSION_MAJOR 0
#define DEED_VERSION_MINOR 1
#define DEED_VERSION_PATCH 0
#define DEED_VERSION "0.1.0"

#ifndef __GNUC__
#error "deed needs gcc >= 12 or clang >= 14: it uses statement expressions, __typeof__ and cleanup"
#endif

#ifndef DEED_TRAP
#define DEED_TRAP 0
#endif

#ifdef __cplusplus
#define DEED_BEGIN_C extern "C" {
#define DEED_END_C }
#define DEED_EMPTY                                                                                 \
	{                                                                                          \
	}
#define DEED_RESTRICT __restrict
#define DEED_STATIC_ASSERT(e, why) static_assert(e, why)
#define DEED_ALIGNOF(type) alignof(type)
#else
#define DEED_BEGIN_C
#define DEED_END_C
#define DEED_EMPTY                                                                                 \
	{                                                                                          \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define DEED_RESTRICT restrict
#define DEED_STATIC_ASSERT(e, why) _Static_assert(e, why)
#define DEED_ALIGNOF(type) _Alignof(type)
#endif

DEED_STATIC_ASSERT(sizeof(void *) == 8,
		   "deed needs a 64-bit target: handles pack an id into a pointer-sized word");

/* An empty view may have no address, and 0 elements from there is there: what C allows since C2y
 * only, clang's UndefinedBehaviorSanitizer need not report. */
#ifdef __clang__
#define DEED_NULL_PLUS_0 __attribute__((no_sanitize("pointer-overflow")))
#else
#define DEED_NULL_PLUS_0
#endif
/* What a header body is made of: vanishes into its caller, in every build. */
#define DEED_INLINE DEED_NULL_PLUS_0 static inline __attribute__((always_inline, unused))
/* A result that must be looked at: 0 or a negative errno. */
#define DEED_CHECK_RESULT __attribute__((warn_unused_result))
/* A function that is only called on the way to a report. */
#define DEED_COLD __attribute__((cold, noinline))
#define DEED_LIKELY(e) __builtin_expect(!!(e), 1)
#define DEED_UNLIKELY(e) __builtin_expect(!!(e), 0)
/* Runs `function` with the address of the variable when its block is left. */
#define DEED_CLEANUP(function) __attribute__((cleanup(function), unused))

/* struct deed_site - a place in the program: where a verb was written.
 *
 * One static constant per call site in trap builds; in release builds a null
 * pointer that the optimiser removes. `text` is the source text of the argument
 * that the verb is about. `type` is the name of the element type where it is an
 * arithmetic one, else "". Lives as long as the program (or the shared object
 * that holds the call); those of a report live for ever.
 */
struct deed_site {
	const char *file;
	const char *function;
	const char *text;
	const char *type;
	size_t element_bytes;
	uint32_t element_align;
	uint32_t line;
};

/* The name of the function that a verb is written in; in C++ with its class and parameters, which
 * tell overloads, methods of one name and template instances apart. */
#ifdef __cplusplus
#define DEED_FUNCTION __PRETTY_FUNCTION__
#define DEED_TYPE_NAME(type) ""
#else
#define DEED_FUNCTION __func__
/* "" stands for a type that C gives us no name of: a struct, a union, a pointer. */
#define DEED_TYPE_NAME(type)                                                                       \
	_Generic((const type *)0, const int8_t *: "i8", const int16_t *: "i16",                    \
		 const int32_t *: "i32", const int64_t *: "i64", const uint8_t *: "u8",            \
		 const uint16_t *: "u16", const uint32_t *: "u32", const uint64_t *: "u64",        \
		 const float *: "f32", const double *: "f64", const char *: "char", default: "")
#endif

#if DEED_TRAP
/* The site of this very line. `tag` is an expression of type pointer to element, never evaluated.
 */
#define DEED_HERE(text, tag)                                                                       \
	(__extension__({                                                                           \
		typedef __typeof__(*(tag)) deed_here_type_;                                        \
		static const struct deed_site deed_here_ = {                                       \
			__FILE__,                                                                  \
			DEED_FUNCTION,                                                             \
			text,                                                                      \
			DEED_TYPE_NAME(deed_here_type_),                                           \
			sizeof(deed_here_type_),                                                   \
			(uint32_t)DEED_ALIGNOF(deed_here_type_),                                   \
			__LINE__,                                                                  \
		};                                                                                 \
		&deed_here_;                                                                       \
	}))
#define DEED_LOAN_MEMBER uint64_t loan;
#define DEED_LOAN_OF(view) ((view).loan)
#define DEED_LOAN_SET(view, value) ((view).loan = (value))
#define DEED_FLAVOUR_MARK deed_built_with_DEED_TRAP_1__link_libdeed_trap_not_libdeed
#define DEED_FLAVOUR_MARK_OTHER deed_built_with_DEED_TRAP_0__link_libdeed_not_libdeed_trap
#else
#define DEED_HERE(text, tag) ((const struct deed_site *)0)
#define DEED_LOAN_MEMBER
#define DEED_LOAN_OF(view) ((void)(view), (uint64_t)0)
#define DEED_LOAN_SET(view, value) ((void)(view), (void)(value))
#define DEED_FLAVOUR_MARK deed_built_with_DEED_TRAP_0__link_libdeed_not_libdeed_trap
#define DEED_FLAVOUR_MARK_OTHER deed_built_with_DEED_TRAP_1__link_libdeed_trap_not_libdeed
#endif

/* The frame of the function that a verb is written in: tells invocations of one function apart. */
#define DEED_FRAME (DEED_TRAP ? __builtin_frame_address(0) : (void *)0)

#if __has_attribute(retain)
#define DEED_KEEP __attribute__((used, retain))
#else
#define DEED_KEEP __attribute__((used))
#endif

/* What compilers and their analysers are told of the n-th argument, an address. NOT_READ: it is not
 * read through, so that what lies there need not be initialised. IN: it is not null, and read
 * through. IN_OUT: and written through. */
#if __has_attribute(access)
#define DEED_ACCESS(mode, n) __attribute__((access(mode, n)))
#else
#define DEED_ACCESS(mode, n)
#endif
#define DEED_NOT_READ(n) DEED_ACCESS(none, n)
/* Under a sanitizer gcc takes the address of a struct for that of its first member now and then,
 * and warns that it is less than what is accessed. */
#if defined(__GNUC__) && !defined(__clang__) &&                                                    \
	(defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__))
#define DEED_IN(n) __attribute__((nonnull(n)))
#define DEED_IN_OUT(n) __attribute__((nonnull(n)))
#else
#define DEED_IN(n) __attribute__((nonnull(n))) DEED_ACCESS(read_only, n)
#define DEED_IN_OUT(n) __attribute__((nonnull(n))) DEED_ACCESS(read_write, n)
#endif

/* A function of the C library, without its header, which takes longer to compile than most of deed
 * does. Clang's analyser knows it by its plain name. */
#ifdef __clang_analyzer__
#include <stdlib.h>
#include <string.h>
#define DEED_LIBC(name) name
#else
#define DEED_LIBC(name) __builtin_##name
#endif

/* The result is fresh memory, of the size and alignment that these arguments say, which free()
 * ends; or null. */
#ifdef __clang__
#define DEED_FRESH(size, align)                                                                    \
	__attribute__((malloc, ownership_returns(malloc), alloc_size(size), alloc_align(align),    \
		       warn_unused_result))
#else
#define DEED_FRESH(size, align)                                                                    \
	__attribute__((malloc, malloc(__builtin_free, 1), alloc_size(size), alloc_align(align),    \
		       warn_unused_result))
#endif

DEED_BEGIN_C
/* Exists in the library of this flavour only. If the linker misses it, its name says what to do. */
extern const char DEED_FLAVOUR_MARK;
DEED_KEEP static const char *const deed_flavour_ref_ = &DEED_FLAVOUR_MARK;

#if DEED_TRAP
/* What a shared object does last before it is unloaded: the ledger copies the sites that it names
 * and that are in the object. Once per object, however many translation units it is made of; the
 * program's own is called when the process ends, and does nothing. The priority is the one that
 * comes after all others, those of C++ destructors too; gcc takes it from the first declaration
 * only. */
void deed_trap_unload(const void *inside);
__attribute__((weak, visibility("hidden"), destructor(101))) void deed_unload_(void);
void deed_unload_(void)
{
	static char is_done;

	if (!is_done)
		deed_trap_unload(&is_done);
	is_done = 1;
}
#endif
DEED_END_C

#endif
