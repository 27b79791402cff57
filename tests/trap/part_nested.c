/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_nested.c - parts of a part: the inner ones write through the outer one's view.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void clear_rows(struct deed_part *part, void *context)
{
	const deed_u8_inout *const band = context;

	for (size_t i = part->lo; i < part->hi; i++)
		deed_at(*band, i) = 0;
}

static void clear_band(struct deed_part *part, void *context)
{
	deed_u8_inout band = deed_part_inout(part, (deed_u8 *)context);
	struct deed_plan plan;

	deed_plan_chunks(&plan, deed_len(band), 8);
	deed_part_cancel(part, deed_parallel_for(NULL, &plan, clear_rows, &band));
}

int main(void)
{
	DEED_AUTO(deed_u8, image);
	struct deed_plan plan;

	if (deed_new_zeroed(&image, 64))
		return 1;
	deed_plan_parts(&plan, deed_len(image), 2);
	deed_share_inout(&plan, &image, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, clear_band, &image);
}
