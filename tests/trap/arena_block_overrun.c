/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_block_overrun.c - code that takes any allocator writes past the block that an
 * arena gave it.
 */
#include <deed.h>
#include <deed/arena.h>
#include <string.h>

static char *copy(const struct deed_allocator *allocator, const char *text)
{
	const size_t bytes = strlen(text);
	char *const copy = allocator->alloc(bytes, 16, 0, allocator->context);

	for (size_t i = 0; copy && i <= bytes; i++)
		((volatile char *)copy)[i] = text[i];
	return copy;
}

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	const struct deed_allocator texts = deed_arena_allocator(&arena);
	char *const text = copy(&texts, "hello");

	if (!text)
		return 1;

	deed_arena_close(&arena);
	return 0;
}
