/* SPDX-License-Identifier: MIT
 *
 * tests/kernels/flavours.h - the data that kernels are tried with, in flavours.
 *
 * Made of bits and of operations on integers only, so that every compiler and every processor
 * makes the same. Each pool holds elements of one kind and flavour; a test takes slices.
 */
#ifndef DEED_TEST_FLAVOURS_H
#define DEED_TEST_FLAVOURS_H

#include "shapes.h"

#include <stdio.h>
#include <stdlib.h>

enum flavour {
	flavour_modest,	   /* around 1 */
	flavour_sprinkled, /* modest, and here and there what `special` makes */
	flavour_anything,  /* any bits */
	flavour_integers,  /* small ones: many are equal */
	flavour_equal,
	flavour_rising,
	flavour_falling,
	flavour_zeros, /* of both signs */
	flavour_minus_zeros,
	flavour_denormals,
	flavour_tiny,	    /* what loses bits, or all of them, by squaring */
	flavour_large,	    /* what overflows by squaring */
	flavour_huge,	    /* what overflows by adding */
	flavour_infinities, /* among modest ones, of one sign for a while */
	flavour_nans,
	flavour_ties, /* halves, and the ends of the integers' ranges and their neighbours */
	flavour_cancelling,
	FLAVOURS
};

static const char *const flavour_names[] = {
	[flavour_modest] = "modest",
	[flavour_sprinkled] = "sprinkled",
	[flavour_anything] = "anything",
	[flavour_integers] = "integers",
	[flavour_equal] = "equal",
	[flavour_rising] = "rising",
	[flavour_falling] = "falling",
	[flavour_zeros] = "zero",
	[flavour_minus_zeros] = "minus zero",
	[flavour_denormals] = "denormal",
	[flavour_tiny] = "tiny",
	[flavour_large] = "large",
	[flavour_huge] = "huge",
	[flavour_infinities] = "infinite",
	[flavour_nans] = "NaN",
	[flavour_ties] = "tied",
	[flavour_cancelling] = "cancelling",
};

/* In bytes: of the widest elements, what has a few blocks in four columns. There are as many bytes
 * of the other kinds, but not more than are needed: the counters of a histogram end only when a
 * million bytes have been counted. */
#define POOL_BYTES ((size_t)140000 * 8)
#define KINDS 8

static void *pools[KINDS][FLAVOURS];

/* Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014). */
static inline uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* The format of a floating-point type. */
struct format {
	unsigned fraction_bits;
	unsigned exponent_max; /* infinities and NaN */
};

static inline uint64_t pack(const struct format *f, uint64_t sign, uint64_t exponent,
			    uint64_t fraction)
{
	const unsigned sign_at = f->fraction_bits == 23 ? 31 : 63;

	return (sign & 1) << sign_at | exponent << f->fraction_bits |
	       (fraction & (((uint64_t)1 << f->fraction_bits) - 1));
}

/* The value `twice` / 2, which the format must hold. */
static inline uint64_t pack_half(const struct format *f, int64_t twice)
{
	const uint64_t sign = twice < 0;
	uint64_t fraction = (uint64_t)(sign ? -twice : twice);
	uint64_t exponent = f->exponent_max / 2 + f->fraction_bits - 1;

	if (fraction == 0)
		return pack(f, sign, 0, 0);
	for (; fraction >> f->fraction_bits == 0; exponent--)
		fraction <<= 1;
	for (; fraction >> f->fraction_bits > 1; exponent++)
		fraction >>= 1;
	return pack(f, sign, exponent, fraction);
}

static inline uint64_t special(const struct format *f, uint64_t r)
{
	const uint64_t last = f->exponent_max - 1;

	switch (r >> 8 & 7) {
	case 0:
		return pack(f, r, f->exponent_max, r >> 11 | 1); /* NaN, quiet or signalling */
	case 1:
		return pack(f, r, f->exponent_max, 0);
	case 2:
		return pack(f, r, 0, 0);
	case 3:
		return pack(f, r, 0, r >> 11);
	case 4:
		return pack(f, r, 0, 1);
	case 5:
		return pack(f, r, last, ~(uint64_t)0);
	case 6:
		return pack(f, r, 1, 0);
	default:
		return pack(f, r, r >> 11 & last, r >> 22);
	}
}

static inline uint64_t tie(const struct format *f, uint64_t r)
{
	/* Twice the places where something ends. */
	static const int64_t ends[] = { 2 * 127,	  2 * 255,	    2 * 256,
					2 * 32767,	  2 * 32768,	    (int64_t)2 << 22,
					(int64_t)2 << 23, (int64_t)2 << 24, (int64_t)2 << 30,
					(int64_t)2 << 31, (int64_t)2 << 32 };
	const int64_t end = ends[(r >> 8) % (sizeof ends / sizeof *ends)];
	const int64_t sign = r & 1 ? -1 : 1;

	switch (r >> 1 & 3) {
	case 0: /* k + 1/2, small */
		return pack_half(f, sign * (int64_t)(2 * (r >> 8 & 511) + 1));
	case 1: /* around an end, by halves */
		return pack_half(f, sign * (end + (int64_t)(r >> 16 & 7) - 4));
	case 2: /* an end, and its neighbours in the format */
		return pack_half(f, sign * end) + (r >> 16) % 5 - 2;
	default: /* one bit from a half */
		return pack_half(f, sign * (int64_t)(2 * (r >> 8 & 0xffff) + 1)) + (r >> 32) % 3 -
		       1;
	}
}

/* The bits of element `i`, a floating-point number. */
static inline uint64_t float_bits(const struct format *f, enum flavour flavour, size_t i,
				  uint64_t r)
{
	const uint64_t bias = f->exponent_max / 2, last = f->exponent_max - 1;
	const uint64_t modest = pack(f, r, bias - 8 + (r >> 1) % 16, r >> 5);

	switch (flavour) {
	case flavour_modest:
		return modest;
	case flavour_sprinkled:
		return r >> 60 == 0 ? special(f, r) : modest;
	case flavour_integers:
		return pack_half(f, (int64_t)(r % 41) * 2 - 40);
	case flavour_equal:
		return pack(f, 0, bias, 0x5a3c69f0e1d2b487);
	case flavour_rising:
		return pack_half(f, (int64_t)i - 10);
	case flavour_falling:
		return pack_half(f, 10 - (int64_t)i);
	case flavour_zeros:
		return pack(f, r, 0, 0);
	case flavour_minus_zeros:
		return pack(f, 1, 0, 0);
	case flavour_denormals:
		return pack(f, r, 0, r >> 1);
	case flavour_tiny:
		return pack(f, r, bias / 2 - 16 + (r >> 1) % 32, r >> 6);
	case flavour_large:
		return pack(f, r, bias + bias / 2 - 2 + (r >> 1) % 8, r >> 5);
	case flavour_huge:
		return pack(f, r % 8 == 0, last - (r >> 3) % 3, r >> 5);
	case flavour_infinities:
		return r >> 59 == 0 ? pack(f, i >> 12, f->exponent_max, 0) : modest;
	case flavour_nans:
		return pack(f, r, f->exponent_max, r >> 1 | 1);
	case flavour_ties:
		return tie(f, r);
	case flavour_cancelling: /* x, -x, and what is left is small */
		return i % 3 == 2 ? modest
				  : pack(f, i % 3, bias + 20, (i / 3) * 0x9e3779b97f4a7c15 >> 20);
	default:
		return r;
	}
}

static inline uint64_t integer_bits(enum flavour flavour, size_t i, uint64_t r)
{
	switch (flavour) {
	case flavour_modest:
	case flavour_integers:
		return (uint64_t)((int64_t)(r % 41) - 20);
	case flavour_equal:
		return 77;
	case flavour_rising:
		return i - 10;
	case flavour_falling:
		return 10 - i;
	case flavour_zeros:
	case flavour_minus_zeros:
		return 0;
	case flavour_ties: /* odd ones where float has even ones only, and the ends */
		return (((uint64_t)1 << (22 + (r >> 8) % 10)) + (r & 15) - 8) *
		       (r & 16 ? 1 : ~(uint64_t)0);
	case flavour_huge: /* the ends of each type */
		return r & 1 ? 0x7fffffff7fff7f7f : 0x8000000080008080;
	case flavour_large:
		return r & 1 ? 0x7fffffffffffffff : 0x8000000000000000;
	default:
		return r;
	}
}

/* Stores the low bytes of `bits` as an element. */
static inline void store_bits(unsigned char *element, enum kind kind, uint64_t bits)
{
	const uint8_t u8 = (uint8_t)bits;
	const uint16_t u16 = (uint16_t)bits;
	const uint32_t u32 = (uint32_t)bits;

	switch (kind_size[kind]) {
	case 1:
		memcpy(element, &u8, 1);
		break;
	case 2:
		memcpy(element, &u16, 2);
		break;
	case 4:
		memcpy(element, &u32, 4);
		break;
	default:
		memcpy(element, &bits, 8);
		break;
	}
}

/* Element `i`, of any kind; what is NaN is one NaN. */
static inline uint64_t load_bits(const void *elements, enum kind kind, size_t i)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (kind_size[kind]) {
	case 1:
		return ((const uint8_t *)elements)[i];
	case 2:
		memcpy(&u16, (const uint8_t *)elements + 2 * i, 2);
		return u16;
	case 4:
		memcpy(&u32, (const uint8_t *)elements + 4 * i, 4);
		return kind == kind_f32 && (u32 & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : u32;
	default:
		memcpy(&u64, (const uint8_t *)elements + 8 * i, 8);
		return kind == kind_f64 && (u64 & ~((uint64_t)1 << 63)) > (uint64_t)0x7ff << 52
			       ? (uint64_t)0x7ff8 << 48
			       : u64;
	}
}

/* How many elements a pool has. */
static inline size_t pool_len(enum kind kind)
{
	return kind == kind_u8 ? POOL_BYTES : POOL_BYTES / 8;
}

/* The pool of this kind and flavour, which is made when it is first asked for. */
static inline const unsigned char *pool(enum kind kind, enum flavour flavour)
{
	static const struct format f32 = { 23, 0xff }, f64 = { 52, 0x7ff };
	uint64_t state = (uint64_t)kind << 32 | flavour;
	unsigned char *elements = pools[kind][flavour];

	if (elements)
		return elements;
	elements = malloc(pool_len(kind) * kind_size[kind]);
	if (!elements) {
		fprintf(stderr, "no memory\n");
		exit(2);
	}
	for (size_t i = 0; i < pool_len(kind); i++) {
		const uint64_t r = draw(&state);

		store_bits(elements + i * kind_size[kind], kind,
			   kind == kind_f32   ? float_bits(&f32, flavour, i, r)
			   : kind == kind_f64 ? float_bits(&f64, flavour, i, r)
					      : integer_bits(flavour, i, r));
	}
	pools[kind][flavour] = elements;
	return elements;
}

#endif
