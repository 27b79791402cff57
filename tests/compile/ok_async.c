/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_async.c (C, C++) - owners of any family, and of columns, however
 * they are written, there and back; and results of parts.
 */
#include "deed.h"
#include "deed/async.h"
#include "deed/kernels.h"
#include "deed/reduce.h"
#include "deed/share.h"
#include "deed/soa.h"

#define OK_BEATS(FIELD) FIELD(float, loud) FIELD(uint32_t, at)
DEED_SOA(ok_beats, OK_BEATS);

struct ok_frame {
	deed_f32 samples;
	ok_beats beats;
	struct deed_async resampling;
};

static int ok_async_halve(void *owner, void *context)
{
	deed_f32 *const samples = (deed_f32 *)owner;

	return deed_async_is_cancelled() || context ? 1
						    : deed_resize(samples, deed_len(*samples) / 2);
}

static int ok_async_beat(void *owner, void *context)
{
	const ok_beats_row row = { 1.0f, *(const uint32_t *)context };

	return deed_soa_push((ok_beats *)owner, row);
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
	struct ok_frame frames[2] = { { DEED_EMPTY, DEED_EMPTY, DEED_ASYNC_EMPTY },
				      { DEED_EMPTY, DEED_EMPTY, DEED_ASYNC_EMPTY } };
	uint32_t now = 7;
	deed_f32 back = DEED_EMPTY;
	float sum = 0;
	int failed = deed_new_zeroed(&frames[1].samples, 10);

	for (struct ok_frame *frame = frames + 1; !failed && frame < frames + 2; frame++)
		if (deed_async((struct deed_pool *)NULL, &frame->resampling, ok_async_halve,
			       &frame->samples, (void *)NULL) ||
		    deed_await(&frame->resampling, &back))
			failed = 1;
	if (!failed && (deed_soa_new(&frames[0].beats, 0) ||
			deed_async((struct deed_pool *)NULL, &frames[0].resampling, ok_async_beat,
				   &(frames + 0)->beats, &now) ||
			deed_await(&frames->resampling, &frames[1].beats)))
		failed = 1;
	if (!failed && deed_soa_get(&frames[1].beats, 0).at != now)
		failed = 1;
	deed_soa_settle(&frames[1].beats);
	if (!deed_async_is_done(&frames[0].resampling))
		failed = 1;
	deed_async_cancel(&frames[0].resampling);
	if (failed || deed_len(back) != 5 || ok_reduce(&back, &sum) || sum > 0)
		failed = 1;
	deed_settle(&back);
	return failed;
}
