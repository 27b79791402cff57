/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_reduces_into_shared.c - what deed_reduce() calls counts in a static array.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/reduce.h>
#include <deed/share.h>

struct counts {
	uint64_t of[256];
};

static void count_part(struct deed_part *part, void *partial, void *context)
{
	const deed_u8 *const bytes = context;
	static struct counts all;

	(void)partial;
	DEED_LEND(of, all.of, 256);
	deed_histogram_u8(of, deed_part_borrowed(part, bytes));
}

static void add_counts(void *into, const void *from, void *context)
{
	struct counts *const a = into;
	const struct counts *const b = from;

	(void)context;
	for (size_t i = 0; i < 256; i++)
		a->of[i] += b->of[i];
}

int main(void)
{
	DEED_AUTO(deed_u8, bytes);
	struct counts counts = { { 0 } };
	struct deed_plan plan;

	if (deed_new_zeroed(&bytes, 1000))
		return 1;
	deed_plan_chunks(&plan, deed_len(bytes), 100);
	deed_share_borrowed(&plan, &bytes, DEED_BY_INDEX);
	return deed_reduce(NULL, &plan, count_part, add_counts, &bytes, &counts, sizeof counts);
}
