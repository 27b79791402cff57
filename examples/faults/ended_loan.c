/* SPDX-License-Identifier: MIT
 *
 * examples/faults/ended_loan.c - a view is kept longer than its loan.
 */
#include <deed.h>
#include <stdio.h>

static deed_f32_borrowed loudest;

static void find_loudest(const deed_f32 *samples)
{
	DEED_BORROWED(all, samples);
	size_t at = 0;

	for (size_t i = 0; i < deed_len(all); i++)
		if (deed_at(all, i) > deed_at(all, at))
			at = i;
	loudest = deed_slice(all, at, at + 1);
}

int main(void)
{
	DEED_AUTO(deed_f32, samples);

	if (deed_new_zeroed(&samples, 480))
		return 1;
	find_loudest(&samples);
	printf("loudest: %g\n", (double)*deed_data(loudest));
	return 0;
}
