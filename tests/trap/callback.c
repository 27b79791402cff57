/* SPDX-License-Identifier: MIT
 *
 * tests/trap/callback.c - a callback changes the list that its caller walks.
 */
#include <deed.h>

typedef void (*visit_fn)(size_t index, int32_t score, void *context);

static void for_each(const deed_i32 *scores, visit_fn visit, void *context)
{
	DEED_BORROWED(view, scores);

	for (size_t i = 0; i < deed_len(view); i++)
		visit(i, deed_at(view, i), context);
}

static void cap(size_t index, int32_t score, void *context)
{
	deed_i32 *scores = context;
	DEED_INOUT(view, scores);

	deed_at(view, index) = score > 100 ? 100 : score;
}

int main(void)
{
	DEED_AUTO(deed_i32, scores);

	if (deed_new_zeroed(&scores, 10))
		return 1;
	for_each(&scores, cap, &scores);
	return 0;
}
