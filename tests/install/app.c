/* SPDX-License-Identifier: MIT
 *
 * tests/install/app.c - what a user builds against an installed deed; says which flavour it
 * is, and has a libbacktrace of its own, which must stay its own.
 */
#include <deed.h>

#include <stdio.h>

int backtrace_create_state(void);
int backtrace_create_state(void)
{
	return 42;
}

int main(void)
{
	DEED_AUTO(deed_f32, xs);
	float total = 0;

	if (deed_new(&xs, 8))
		return 1;
	{
		DEED_INOUT(v, &xs);
		deed_fill(v, 1.5f);
	}
	DEED_BORROWED(r, &xs);
	for (size_t i = 0; i < deed_len(r); i++)
		total += deed_at(r, i);
	printf("%s %s %g %d\n", DEED_VERSION, deed_stats().flavour, (double)total,
	       backtrace_create_state());
	return 0;
}
