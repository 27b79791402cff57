/* SPDX-License-Identifier: MIT
 *
 * examples/faults/ended_twice.c - a helper ends the loan that its caller ends, too.
 */
#include <deed.h>
#include <stdio.h>

static uint64_t sum(const deed_u64 *numbers, deed_u64_borrowed view)
{
	uint64_t total = 0;

	for (size_t i = 0; i < deed_len(view); i++)
		total += deed_at(view, i);
	deed_end(numbers, &view);
	return total;
}

int main(void)
{
	DEED_AUTO(deed_u64, numbers);
	deed_u64_borrowed view;

	if (deed_new_zeroed(&numbers, 32))
		return 1;
	view = deed_borrow(&numbers);
	printf("sum: %llu\n", (unsigned long long)sum(&numbers, view));
	deed_end(&numbers, &view);
	return 0;
}
