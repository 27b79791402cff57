/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_lend.c (C, C++) - the raw border takes pointers to anything, and the
 * view of an arithmetic element is the predefined family's.
 */
#include "deed.h"

struct px {
	float r, g, b;
};

static float sum(deed_f32_borrowed v)
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
	return sum(i) + sum(deed_reading(o));
}

/* Elements that C gives no predefined family: the view has a type of its own. */
static float brighten(struct px *pixels, size_t n, const struct px *constant)
{
	DEED_LEND(v, pixels, n);
	DEED_LEND_CONST(one, constant, 1);

	deed_at(v, 0).r += deed_at(one, 0).r;
	return deed_at(v, 0).r;
}

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
	struct px pixels[2] = { { 1, 2, 3 }, { 4, 5, 6 } };
	const struct px add = { 1, 1, 1 };

	return blur(out, in, 3) != 12.0f || brighten(pixels, 2, &add) != 2.0f || arrays() != 10;
}
