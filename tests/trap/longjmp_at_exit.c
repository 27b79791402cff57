/* SPDX-License-Identifier: MIT
 *
 * tests/trap/longjmp_at_exit.c - a guard that was jumped over is found when the program ends.
 */
#include <deed.h>
#include <setjmp.h>

static jmp_buf on_error;

/* A text that opens 200 parentheses and closes none. */
static void open_all(deed_u8 *text)
{
	DEED_INOUT(bytes, text);

	deed_fill(bytes, (uint8_t)'(');
}

static size_t parse(const deed_u8 *text, size_t at)
{
	DEED_BORROWED(bytes, text);

	if (at == deed_len(bytes))
		longjmp(on_error, 1);
	if (deed_at(bytes, at) == '(')
		at = parse(text, at + 1);
	return at + 1;
}

int main(void)
{
	static deed_u8 text;

	if (deed_new(&text, 200))
		return 1;
	open_all(&text);
	deed_immortal(&text);
	if (!setjmp(on_error))
		(void)parse(&text, 0);
	return 0;
}
