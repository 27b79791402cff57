/* SPDX-License-Identifier: MIT
 *
 * tests/install/kept.c - buffers that are still owned at exit, for programs built with
 * AddressSanitizer: immortal ones are no leak, and with an argument one is, which deed tells.
 */
#include <deed.h>

#include <stdlib.h>

static deed_i32 table = DEED_EMPTY, adopted = DEED_EMPTY;

int main(int argc, char **argv)
{
	deed_i32 leak = DEED_EMPTY;
	int32_t *const memory = malloc(100 * sizeof *memory);

	(void)argv;
	if (!memory || deed_new(&table, 100) || deed_resize(&table, 200) ||
	    deed_adopt(&adopted, memory, 100, NULL, NULL))
		return 1;
	deed_immortal(&table);
	deed_immortal(&adopted);
	return argc > 1 && deed_new(&leak, 4);
}
