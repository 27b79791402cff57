/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_families.c (C, C++) - a family over any complete object type: structs,
 * pointers, pointers to functions, arrays, arrays' worth of alignment, one byte.
 */
#include "deed.h"

struct px {
	float r, g, b;
};
struct lane {
	double of[4];
} __attribute__((aligned(64)));
enum colour { RED, GREEN };
typedef int (*compare_fn)(const void *, const void *);
typedef const char *word;
typedef double vector[3];

DEED_DEFINE(pixels, struct px);
DEED_DEFINE(lanes, struct lane);
DEED_DEFINE(colours, enum colour);
DEED_DEFINE(compares, compare_fn);
DEED_DEFINE(words, word);
DEED_DEFINE(vectors, vector);
DEED_DEFINE(chars, char);
DEED_DEFINE(flags, unsigned char);

/* A struct of owners, made and ended as one. */
struct image {
	pixels rows;
	words names;
};

static void image_done(struct image *image)
{
	deed_settle(&image->rows);
	deed_settle(&image->names);
}

static int image_init(struct image *ret)
{
	struct image image = { DEED_EMPTY, DEED_EMPTY };
	int err = deed_new_zeroed(&image.rows, 4);

	if (!err)
		err = deed_new_zeroed(&image.names, 2);
	if (err) {
		image_done(&image);
		return err;
	}
	deed_move(&ret->rows, &image.rows);
	deed_move(&ret->names, &image.names);
	return 0;
}

/* Elements that are arrays: through a borrowed view theirs are const. */
static double dot(vectors_borrowed x, vectors_inout y)
{
	const double *const first = deed_data(x)[0], *const second = deed_at(deed_reading(y), 1);

	deed_at(y, 1)[2] = deed_at(x, 0)[2];
	deed_data(y)[1][1] = 1;
	return first[0] * second[0] + first[1] * second[1] + first[2] * second[2];
}

int main(void)
{
	struct image image = { DEED_EMPTY, DEED_EMPTY };
	int result = 0;

	DEED_AUTO(lanes, aligned);
	DEED_AUTO(chars, text);
	DEED_AUTO(compares, functions);
	DEED_AUTO(colours, palette);
	DEED_AUTO(vectors, from);
	DEED_AUTO(vectors, to);

	if (image_init(&image) || deed_new(&aligned, 3) || deed_from(&text, "deed", 5) ||
	    deed_new_zeroed(&functions, 2) || deed_new_zeroed(&palette, 1) ||
	    deed_new_zeroed(&from, 2) || deed_new_zeroed(&to, 2))
		return 1;
	{
		const struct px grey = { 0.5f, 0.5f, 0.5f };
		DEED_INOUT(v, &image.rows);
		DEED_INOUT(w, &image.names);
		DEED_INOUT(a, &aligned);
		DEED_BORROWED(t, &text);
		DEED_BORROWED(f, &functions);
		DEED_BORROWED(c, &palette);

		deed_fill(v, grey);
		deed_at(v, 1).r = 1.0f;
		deed_at(w, 0) = "name";
		deed_at(a, 2).of[3] = 4.0;
		result |= (uintptr_t)deed_data(a) % 64 != 0;
		result |= deed_at(t, 3) != 'd' || deed_at(f, 1) || deed_at(c, 0) != RED;
		result |= deed_at(v, 0).g != 0.5f || deed_at(v, 1).r != 1.0f;
	}
	{
		DEED_INOUT(x, &from);
		DEED_INOUT(y, &to);

		deed_at(x, 0)[1] = 2;
		deed_at(x, 0)[2] = 3;
		result |= dot(deed_reading(x), y) != 11;
	}
	image_done(&image);
	return result;
}
