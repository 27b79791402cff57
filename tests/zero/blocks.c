/* SPDX-License-Identifier: MIT
 *
 * tests/zero/blocks.c - the malloc family, twice.
 */
#include "zero.h"

#include <deed/malloc.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

void *malloc_deed(size_t bytes)
{
	return deed_malloc(bytes);
}

void *malloc_raw(size_t bytes)
{
	return malloc(bytes);
}

void *calloc_deed(size_t count, size_t size)
{
	return deed_calloc(count, size);
}

void *calloc_raw(size_t count, size_t size)
{
	return calloc(count, size);
}

void *realloc_deed(void *block, size_t bytes)
{
	return deed_realloc(block, bytes);
}

void *realloc_raw(void *block, size_t bytes)
{
	return realloc(block, bytes ? bytes : 1); /* what 0 is differs */
}

void free_deed(void *block)
{
	deed_free(block);
}

void free_raw(void *block)
{
	free(block);
}
