/* SPDX-License-Identifier: MIT
 *
 * tests/trap/leak_through_wrapper.c - two callers of one function that allocates leak. (What is
 * volatile is looked at after the call, so that none of them is a jump, which leaves no frame.)
 */
#include <deed.h>

static deed_u8 row = DEED_EMPTY, columns[40];

static __attribute__((noinline)) int buffer_new(deed_u8 *ret, size_t bytes)
{
	volatile int err = deed_new(ret, bytes);

	return err;
}

static __attribute__((noinline)) int parse(void)
{
	volatile int err = buffer_new(&row, 40);

	return err;
}

static __attribute__((noinline)) int render(void)
{
	volatile int err = 0;

	for (int i = 0; i < 40; i++)
		err |= buffer_new(&columns[i], 1000);
	return err;
}

int main(void)
{
	return parse() || render();
}
