/* SPDX-License-Identifier: MIT
 *
 * examples/faults/callers_view.c - no part has been shared out: each writes through the caller's
 * view, where it should and nobody would stop it elsewhere.
 */
#include <deed.h>
#include <deed/pool.h>

static void brighten(struct deed_part *part, void *context)
{
	const deed_u8_inout *picture = context;

	for (size_t i = part->lo; i < part->hi; i++)
		deed_at(*picture, i) = 255;
}

int main(void)
{
	DEED_AUTO(deed_u8, pixels);
	struct deed_plan plan;

	if (deed_new_zeroed(&pixels, 4096))
		return 1;
	DEED_INOUT(view, &pixels);
	deed_u8_inout picture = view;

	deed_plan_parts(&plan, deed_len(picture), 4);
	return deed_parallel_for(NULL, &plan, brighten, &picture);
}
