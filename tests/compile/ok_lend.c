/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_lend.c (C, C++) - the raw border takes pointers to anything, and the
 * view of an arithmetic element is the predefined family's.
 */
#include "deed.h"

struct rgb {
	float r, g, b;
};

struct key {
	unsigned char low, high;
};

static float total_of(deed_f32_borrowed v)
{
	float total = 0;

	for (size_t i = 0; i < deed_len(v); i++)
		total += deed_at(v, i);
	return total;
}

static void halve(deed_f32_inout v)
{
	for (size_t i = 0; i < deed_len(v); i++)
		deed_at(v, i) /= 2;
}

static float blur(float *out, const float *in, size_t n)
{
	DEED_LEND(o, out, n);
	DEED_LEND_CONST(i, in, n);

	for (size_t k = 0; k < n; k++)
		out[k] = in[k] * 2;
	halve(o);
	return total_of(i) + total_of(deed_reading(o));
}

/* Elements that C gives no predefined family: the view has a type of its own. */
static float brighten(struct rgb *image, size_t n, const struct rgb *constant)
{
	DEED_LEND(v, image, n);
	DEED_LEND_CONST(one, constant, 1);

	deed_at(v, 0).r += deed_at(one, 0).r;
	return deed_at(v, 0).r;
}

/* Such a view does all that a family's view does: parts, tiles, splits, slices. */
static float whiten(struct rgb *image, size_t n)
{
	float total = 0;

	DEED_LEND(v, image, n);
	{
		DEED_INOUT_PART(first, &v, 0, n / 2);
		DEED_INOUT_PART(last, &v, n / 2, n);

		deed_copy(first, deed_reading(last));
		total += deed_at(deed_slice(first, 0, 1), 0).g;
	}
	{
		DEED_TILE_BORROWED(left, &v, 2, 0, 0, n / 2, 1);
		DEED_TILE_INOUT(right, &v, 2, 0, 1, n / 2, 1);

		deed_at(deed_tile_row(right, 0), 0).b = deed_at(deed_tile_row(left, 0), 0).g;
	}
	{
		DEED_BORROWED(r, &v);
		DEED_BORROWED_PART(half, &r, 0, n / 2);
		DEED_TILE_BORROWED(tile, &half, 1, 0, 0, n / 2, 1);

		total += deed_at(half, 0).r + deed_at(deed_tile_row(tile, 0), 0).b;
	}
	{
		DEED_INOUT(w, &v);
		__typeof__(&*w.self) no_view = 0;
		__typeof__(*no_view) left, right;

		deed_split(&w, n / 2, &left, &right);
		deed_fill(left, deed_at(right, 0));
		total += (float)deed_len(deed_bytes(left)) / (float)sizeof(struct rgb);
	}
	return total;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
/* A lend in an inner block is of its own type, whatever lend of that name is around it. */
static float shadowed(struct rgb *image, struct key *keys)
{
	DEED_LEND(v, image, 2);
	DEED_LEND_CONST(c, image + 2, 1);
	{
		DEED_LEND(v, keys, 2);
		DEED_LEND_CONST(c, keys + 2, 1);
		DEED_TILE_INOUT(tile, &v, 1, 0, 0, 2, 1);
		DEED_BORROWED_PART(part, &c, 0, 1);

		deed_at(deed_tile_row(tile, 1), 0).high = deed_at(part, 0).low;
	}
	return deed_at(v, 0).r + deed_at(c, 0).r + (float)keys[1].high;
}
#pragma GCC diagnostic pop

static int arrays(void)
{
	int numbers[4] = { 1, 2, 3, 4 };
	unsigned char bytes[3] = { 1, 2, 3 };
	char text[] = "abc";

	DEED_LEND(v, numbers, 4);
	DEED_LEND(b, bytes, sizeof bytes);
	DEED_LEND_CONST(t, text, 3);
	DEED_LEND_CONST(unused, text, 3);

	deed_at(v, 1) = 7;
	return numbers[1] + deed_at(b, 2) + deed_at(t, 0) - 'a';
}

int main(void)
{
	float in[3] = { 1, 2, 3 }, out[3];
	struct rgb image[4] = { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 }, { 10, 11, 12 } };
	struct key keys[3] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };
	const struct rgb add = { 1, 1, 1 };

	return blur(out, in, 3) != 12.0f || brighten(image, 2, &add) != 2.0f || arrays() != 10 ||
	       whiten(image, 4) != 8 + 7 + 9 + 2 || shadowed(image, keys) != 7 + 7 + 5;
}
