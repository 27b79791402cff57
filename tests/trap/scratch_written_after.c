/* SPDX-License-Identifier: MIT
 *
 * tests/trap/scratch_written_after.c - a raw pointer into scratch memory is written after its
 * block.
 */
#include <deed.h>
#include <deed/arena.h>

static char *name_of(char letter)
{
	DEED_SCRATCH(scratch);
	char *const name = deed_arena_alloc(scratch, 10);

	if (name)
		name[0] = letter;
	return name;
}

int main(void)
{
	char *const name = name_of('a');

	if (!name)
		return 1;
	name[1] = 'b';
	return 0;
}
