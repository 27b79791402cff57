/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_halo_of_tiles.c - a view is shared out to tiles by a halo, for writing.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

enum { ROWS = 32, COLUMNS = 48 };

struct job {
	deed_f32_inout pixels;
};

static void blur(struct deed_part *part, void *context)
{
	struct job *const job = context;

	deed_fill(deed_part_inout(part, &job->pixels), 0);
}

int main(void)
{
	DEED_AUTO(deed_f32, image);
	struct deed_plan plan;

	if (deed_new_zeroed(&image, ROWS * COLUMNS))
		return 1;
	DEED_INOUT(pixels, &image);
	struct job job = { .pixels = pixels };

	deed_plan_tiles(&plan, ROWS, COLUMNS, 16, 16);
	deed_share_inout(&plan, &job.pixels, deed_by_halo(1, 1));
	return deed_parallel_for(NULL, &plan, blur, &job);
}
