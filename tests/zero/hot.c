/* SPDX-License-Identifier: MIT
 *
 * tests/zero/hot.c - functions with hot regions, and without.
 */
#include "zero.h"

#include "deed/hot.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

float hot_sum_deed(const float *values, size_t n)
{
	DEED_HOT("sum");
	float total = 0;

	for (size_t i = 0; i < n; i++) {
		DEED_HOT("step");
		total += values[i];
	}
	return total;
}

float hot_sum_raw(const float *values, size_t n)
{
	float total = 0;

	for (size_t i = 0; i < n; i++)
		total += values[i];
	return total;
}

int elsewhere(int how);

/* A call at the end stays a jump. */
int hot_tail_deed(int how)
{
	DEED_HOT("tail");

	if (how < 0)
		return -1;
	return elsewhere(how);
}

int hot_tail_raw(int how)
{
	if (how < 0)
		return -1;
	return elsewhere(how);
}

/* Early ways out of nested regions, past calls that the compiler knows nothing of. */
int hot_search_deed(const int *values, size_t rows, size_t columns)
{
	DEED_HOT("search");

	for (size_t i = 0; i < rows; i++) {
		DEED_HOT("row");

		for (size_t j = 0; j < columns; j++) {
			if (elsewhere(values[i * columns + j]))
				return 1;
			if (values[i * columns + j] < 0)
				goto next;
		}
	next:;
	}
	return 0;
}

int hot_search_raw(const int *values, size_t rows, size_t columns)
{
	for (size_t i = 0; i < rows; i++) {
		for (size_t j = 0; j < columns; j++) {
			if (elsewhere(values[i * columns + j]))
				return 1;
			if (values[i * columns + j] < 0)
				goto next;
		}
	next:;
	}
	return 0;
}
