/* SPDX-License-Identifier: MIT
 *
 * tests/zero/border.c - plain C functions, with and without the lines that lend.
 */
#include "zero.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

void blur_deed(float *out, const float *in, size_t n)
{
	DEED_LEND(o, out, n);
	DEED_LEND_CONST(i, in, n);

	for (size_t k = 1; k + 1 < n; k++)
		out[k] = (in[k - 1] + in[k] + in[k + 1]) / 3;
}

void blur_raw(float *out, const float *in, size_t n)
{
	for (size_t k = 1; k + 1 < n; k++)
		out[k] = (in[k - 1] + in[k] + in[k + 1]) / 3;
}

double mean_deed(const double *values, size_t n)
{
	DEED_LEND_CONST(v, values, n);
	double total = 0;

	for (size_t k = 0; k < deed_len(v); k++)
		total += deed_at(v, k);
	return n ? total / (double)n : 0;
}

double mean_raw(const double *values, size_t n)
{
	double total = 0;

	for (size_t k = 0; k < n; k++)
		total += values[k];
	return n ? total / (double)n : 0;
}

float lend_and_return_deed(float *values, size_t n)
{
	DEED_LEND(v, values, n);

	if (!n)
		return 0;
	change_deed(v);
	for (size_t k = 0; k < n; k++) {
		DEED_LEND_CONST(one, values + k, 1);
		if (deed_at(one, 0) > 1)
			return deed_at(one, 0);
	}
	return 1;
}

float lend_and_return_raw(float *values, size_t n)
{
	const struct raw_f32_inout v = { values, n };

	if (!n)
		return 0;
	change_raw(v);
	for (size_t k = 0; k < n; k++) {
		if (values[k] > 1)
			return values[k];
	}
	return 1;
}

size_t count_words_deed(const char *text, size_t n)
{
	DEED_LEND_CONST(v, text, n);
	size_t words = 0;

	for (size_t k = 0; k < n; k++)
		words += deed_at(v, k) != ' ' && (k == 0 || deed_at(v, k - 1) == ' ');
	return words;
}

size_t count_words_raw(const char *text, size_t n)
{
	size_t words = 0;

	for (size_t k = 0; k < n; k++)
		words += text[k] != ' ' && (k == 0 || text[k - 1] == ' ');
	return words;
}
