/* SPDX-License-Identifier: MIT
 *
 * tests/trap/longjmp_at_exit.c - a guard that was jumped over is found when the program ends.
 */
#include <deed.h>
#include <setjmp.h>

static jmp_buf on_error;

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

	if (deed_from(&text, (const uint8_t *)"(", 1))
		return 1;
	deed_immortal(&text);
	if (!setjmp(on_error))
		(void)parse(&text, 0);
	return 0;
}
