/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_overrun.c - a text is one character too long for what was carved for it.
 */
#include <deed.h>
#include <deed/arena.h>
#include <string.h>

static char *copy(struct deed_arena *arena, const char *text)
{
	const size_t len = strlen(text);
	char *const copy = deed_arena_alloc(arena, len);

	for (size_t i = 0; copy && i <= len; i++)
		((volatile char *)copy)[i] = text[i];
	return copy;
}

int main(void)
{
	struct deed_arena texts = DEED_ARENA_EMPTY;

	if (!copy(&texts, "hello"))
		return 1;
	deed_arena_close(&texts);
	return 0;
}
