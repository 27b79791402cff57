/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_async.c (C, C++) - owners of any family, however they are written,
 * there and back; and results of parts.
 */
#include "deed.h"
#include "deed/async.h"
#include "deed/kernels.h"
#include "deed/reduce.h"
#include "deed/share.h"

struct ok_frame {
	deed_f32 samples;
	struct deed_async resampling;
};

static int ok_async_halve(void *owner, void *context)
{
	deed_f32 *const samples = (deed_f32 *)owner;

	return deed_async_is_cancelled() || context ? 1
						    : deed_resize(samples, deed_len(*samples) / 2);
}

static void ok_reduce_part(struct deed_part *part, void *partial, void *context)
{
	const deed_f32 *const samples = (const deed_f32 *)context;
	float *const sum = (float *)partial;

	*sum += deed_sum_f32(deed_part_borrowed(part, samples));
}

static void ok_reduce_merge(void *into, const void *from, void *context)
{
	float *const sum = (float *)into;

	(void)context;
	*sum += *(const float *)from;
}

static int ok_reduce(deed_f32 *samples, float *sum)
{
	struct deed_plan plan;

	deed_plan_parts(&plan, deed_len(*samples), 4);
	deed_share_borrowed(&plan, samples, DEED_BY_INDEX);
	return deed_reduce((struct deed_pool *)NULL, &plan, ok_reduce_part, ok_reduce_merge,
			   samples, sum, sizeof *sum);
}

int main(void)
{
	struct ok_frame frames[2] = { { DEED_EMPTY, DEED_ASYNC_EMPTY },
				      { DEED_EMPTY, DEED_ASYNC_EMPTY } };
	deed_f32 back = DEED_EMPTY;
	float sum = 0;
	int failed = deed_new_zeroed(&frames[1].samples, 10);

	for (struct ok_frame *frame = frames + 1; !failed && frame < frames + 2; frame++)
		if (deed_async((struct deed_pool *)NULL, &frame->resampling, ok_async_halve,
			       &frame->samples, (void *)NULL) ||
		    deed_await(&frame->resampling, &back))
			failed = 1;
	if (!deed_async_is_done(&frames[0].resampling))
		failed = 1;
	deed_async_cancel(&frames[0].resampling);
	if (failed || deed_len(back) != 5 || ok_reduce(&back, &sum) || sum > 0)
		failed = 1;
	deed_settle(&back);
	return failed;
}
