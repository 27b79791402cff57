/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_malloc.c (C, C++) - the malloc family, called and pointed to.
 */
#include "deed.h"
#include "deed/malloc.h"

#include <string.h>

struct functions {
	void *(*allocate)(size_t bytes);
	void *(*change)(void *block, size_t bytes);
	void (*end)(void *block);
};

static int is_made_of(const unsigned char *block, unsigned char byte, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (block[i] != byte)
			return 0;
	return 1;
}

static int grown_by(const struct functions *by)
{
	unsigned char *block = (unsigned char *)by->allocate(10);
	int wrong = 0;

	if (!block)
		return 1;
	memset(block, 7, 10);
	for (size_t count = 20; count < 100000; count *= 3) {
		block = (unsigned char *)by->change(block, count);
		if (!block)
			return 1;
		wrong |= !is_made_of(block, 7, 10);
	}
	block = (unsigned char *)by->change(block, 5);
	wrong |= !block || !is_made_of(block, 7, 5);
	by->end(block);
	return wrong;
}

int main(void)
{
	const struct functions functions = { deed_malloc, deed_realloc, deed_free };
	unsigned char *block = (unsigned char *)deed_calloc(100, 3), *other;
	int calls = 0;

	if (!block || !is_made_of(block, 0, 300) || grown_by(&functions))
		return 1;
	deed_free_sized(block, 300);

	/* Nothing is a block, too, and null is none. */
	block = (unsigned char *)deed_malloc(0);
	other = (unsigned char *)deed_realloc(block, 0);
	if (!block || !other)
		return 2;
	deed_free_sized(other, 0);
	deed_free(NULL);
	deed_free_sized(NULL, 8);
	block = (unsigned char *)deed_realloc(NULL, 8);
	if (!block)
		return 3;
	deed_free_sized(block, 8);

	for (size_t align = 1; align <= DEED_ALIGN_MAX; align *= 2) {
		block = (unsigned char *)deed_aligned_alloc(align, 100);
		if (!block || (uintptr_t)block % align)
			return 4;
		memset(block, 1, 100);
		block = (unsigned char *)deed_realloc(block, 200);
		if (!block || !is_made_of(block, 1, 100))
			return 5;
		deed_free(block);
	}

	/* Arguments are evaluated once. */
	block = (unsigned char *)deed_malloc((size_t)++calls);
	block = (unsigned char *)deed_realloc(block, (size_t)++calls);
	if (!block || calls != 2)
		return 6;
	{
		DEED_LEND(bytes, block, 2);
		deed_at(bytes, 1) = 3;
	}
	other = block;
	deed_free(block++);
	return block != other + 1;
}
