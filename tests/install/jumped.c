/* SPDX-License-Identifier: MIT
 *
 * tests/install/jumped.c - a guard that longjmp() left open when the program ends: E14 if main()
 * has returned; with an argument it calls exit() from inside the block, which is legal.
 */
#include <deed.h>

#include <setjmp.h>
#include <stdlib.h>

static jmp_buf landing;
static int values[4];

static __attribute__((noinline)) void leave(int by_exit)
{
	DEED_LEND(v, values, 4);

	deed_fill(v, 1);
	if (by_exit)
		exit(0);
	longjmp(landing, 1);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (!setjmp(landing))
		leave(argc > 1);
	return 0;
}
