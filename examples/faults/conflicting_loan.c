/* SPDX-License-Identifier: MIT
 *
 * examples/faults/conflicting_loan.c - a callback writes to what its caller is reading.
 */
#include <deed.h>

typedef void (*visit_fn)(size_t index, float value, void *context);

static void for_each(const deed_f32 *samples, visit_fn visit, void *context)
{
	DEED_BORROWED(view, samples);

	for (size_t i = 0; i < deed_len(view); i++)
		visit(i, deed_at(view, i), context);
}

static void clip(size_t index, float value, void *context)
{
	deed_f32 *samples = context;
	DEED_INOUT(view, samples);

	deed_at(view, index) = value > 1.0f ? 1.0f : value;
}

int main(void)
{
	DEED_AUTO(deed_f32, samples);

	if (deed_new_zeroed(&samples, 100))
		return 1;
	for_each(&samples, clip, &samples);
	return 0;
}
