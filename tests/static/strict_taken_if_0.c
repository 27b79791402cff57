/* SPDX-License-Identifier: MIT
 *
 * tests/static/strict_taken_if_0.c - what a function did not take is forgotten
 *
 * fault: E17
 */
#include <deed.h>

static int queued(deed_f32 *queue, deed_f32 *samples) DEED_TAKES_IF_0(samples);
static int queued(deed_f32 *queue, deed_f32 *samples)
{
	if (deed_owns(queue))
		return -EBUSY;
	deed_move(queue, samples);
	return 0;
}

int main(void)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY, queue = DEED_EMPTY;

	if (deed_new(&a, 8))
		return 1;
	if (queued(&queue, &a)) {
		deed_drop(&a);
		return 1;
	}
	if (deed_new(&b, 8))
		goto drop_queue;
	if (queued(&queue, &b))
		goto drop_queue;
drop_queue:
	/* expect-..14: mutex 'b.is.owned' is not held on every path through here */
	/* expect-15..: ownership 'b.is.owned' is not held on every path through here */
	deed_settle(&queue);
	return 0;
}
