/* SPDX-License-Identifier: MIT
 *
 * examples/faults/longjmp_over_guard.c - an error leaves by longjmp(); its loan stays.
 */
#include <deed.h>
#include <setjmp.h>
#include <stdio.h>

static jmp_buf on_error;

/* Elsewhere, in a real program, and many calls down. */
static __attribute__((noinline)) void parse(deed_u8 *text)
{
	DEED_INOUT(bytes, text);

	for (size_t i = 0; i < deed_len(bytes); i++)
		if (deed_at(bytes, i) == 0)
			longjmp(on_error, 1);
}

int main(void)
{
	static deed_u8 text;

	if (deed_new_zeroed(&text, 64))
		return 1;
	if (!setjmp(on_error))
		parse(&text);
	DEED_BORROWED(bytes, &text);
	printf("%zu bytes, the first is %u\n", deed_len(bytes), deed_at(bytes, 0));
	return 0;
}
