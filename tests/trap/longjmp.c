/* SPDX-License-Identifier: MIT
 *
 * tests/trap/longjmp.c - an error path jumps over guards, whose loans then never end.
 */
#include <deed.h>
#include <setjmp.h>

static jmp_buf on_error;

/* "((" and so on: what opens must close. */
static size_t parse(const deed_u8 *text, size_t at)
{
	DEED_BORROWED(bytes, text);

	if (at == deed_len(bytes))
		longjmp(on_error, 1);
	if (deed_at(bytes, at) == '(')
		at = parse(text, at + 1);
	return at + 1;
}

static void wipe(deed_u8 *text)
{
	DEED_INOUT(bytes, text);

	deed_fill(bytes, (uint8_t)0);
}

int main(void)
{
	static deed_u8 text;

	if (deed_from(&text, (const uint8_t *)"((", 2))
		return 1;
	if (!setjmp(on_error))
		(void)parse(&text, 0);
	wipe(&text);
	deed_drop(&text);
	return 0;
}
