/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_take_if_0.c - given to a function that may take it, after it was dropped
 *
 * fault: E04
 */
#include <deed.h>

static int queued(deed_f32 *queue, deed_f32 *samples) DEED_TAKES_IF_0(samples);
static int queued(deed_f32 *queue, deed_f32 *samples)
{
	deed_drop(queue);
	deed_move(queue, samples);
	return 0;
}

int main(void)
{
	deed_f32 a = DEED_EMPTY, queue = DEED_EMPTY;

	if (deed_new(&a, 8))
		return 1;
	if (queued(&queue, &a))
		deed_drop(&a);
	if (deed_new(&a, 8))
		return 1;
	deed_drop(&queue);
	/* expect: calling function 'queued'
	 * requires holding ownership 'queue.is.owned' exclusively */
	if (queued(&a, &queue))
		return 1;
	deed_drop(&a);
	return 0;
}
