/* SPDX-License-Identifier: MIT
 *
 * tests/install/throw.cc - C++ exceptions beside deed: thrown through a frame that holds a
 * guard and an automatic owner, both of which must end.
 */
#include <deed.h>

#include <cstdio>
#include <stdexcept>

static void fail_while_lent(deed_i32 *xs)
{
	DEED_AUTO(deed_i32, scratch);
	DEED_INOUT(v, xs);

	if (deed_new(&scratch, deed_len(v)))
		return;
	deed_at(v, 0)++;
	throw std::runtime_error("thrown");
}

int main()
{
	deed_i32 xs = DEED_EMPTY;
	int caught = 0;

	if (deed_new_zeroed(&xs, 4))
		return 1;
	for (int i = 0; i < 1000; i++) {
		try {
			fail_while_lent(&xs);
		} catch (const std::exception &) {
			caught++;
		}
	}
	{
		DEED_BORROWED(r, &xs);
		caught += deed_at(r, 0);
	}
	deed_drop(&xs);
	std::printf("caught %d\n", caught);
	return caught != 2000;
}
