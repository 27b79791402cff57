/* SPDX-License-Identifier: MIT
 *
 * tests/trap/dropped_after_longjmp.c - a buffer is dropped whose guard was jumped over.
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
	if (!setjmp(on_error))
		(void)parse(&text, 0);
	deed_drop(&text);
	return 0;
}
