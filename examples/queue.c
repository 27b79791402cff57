/* SPDX-License-Identifier: MIT
 *
 * examples/queue.c - recordings wait in a queue: how a program looks whose every owner is proved.
 *
 *     clang $(pkg-config --variable=checkflags_strict deed) queue.c      says nothing
 *     cc queue.c $(pkg-config --cflags --libs deed)
 *
 * Written for the strict level of deed/static.h: leave a drop out, look not at what a function
 * returns, or use what was given away, and Clang says so before the program runs. What that takes:
 *
 *     words      behind each function that is given an owner: what becomes of it
 *     tests      if (recorded(&a, 4)) or if (err): 0 is owned, anything else is not
 *     ladders    where two ways meet, the same is owned on both: labels drop in reverse order
 *
 * Elements of the queue itself are not followed, as those of any array. Whoever fills one from a
 * variable, or a variable from one, says what becomes of the variable.
 */
#include <deed.h>
#include <stdio.h>

#define QUEUE_MAX 2

struct queue {
	deed_f32 waiting[QUEUE_MAX];
	size_t first, count;
};

static int recorded(deed_f32 *ret, size_t count) DEED_GIVES(ret);
static int queue_push(struct queue *queue, deed_f32 *samples) DEED_TAKES_IF_0(samples);
static int queue_pop(struct queue *queue, deed_f32 *ret) DEED_GIVES(ret);
static void louder(deed_f32 *samples, float times) DEED_WRITES(samples);
static float mean(const deed_f32 *samples) DEED_READS(samples);
static void play(deed_f32 *samples) DEED_TAKES(samples);

static int recorded(deed_f32 *ret, size_t count)
{
	const int err = deed_new(ret, count);

	if (err)
		return err;
	DEED_INOUT(sample, ret);
	for (size_t i = 0; i < count; i++)
		deed_at(sample, i) = (float)(i % 8);
	return 0;
}

static int queue_push(struct queue *queue, deed_f32 *samples)
{
	if (queue->count == QUEUE_MAX)
		return -ENOSPC;
	deed_move(&queue->waiting[(queue->first + queue->count) % QUEUE_MAX], samples);
	queue->count++;
	return 0;
}

static int queue_pop(struct queue *queue, deed_f32 *ret)
{
	if (queue->count == 0)
		return -ENOENT;
	deed_move(ret, &queue->waiting[queue->first]);
	queue->first = (queue->first + 1) % QUEUE_MAX;
	queue->count--;
	return 0;
}

static void louder(deed_f32 *samples, float times)
{
	DEED_INOUT(sample, samples);

	for (size_t i = 0; i < deed_len(sample); i++)
		deed_at(sample, i) *= times;
}

static float mean(const deed_f32 *samples)
{
	DEED_BORROWED(sample, samples);
	float sum = 0;

	for (size_t i = 0; i < deed_len(sample); i++)
		sum += deed_at(sample, i);
	return sum / (float)deed_len(sample);
}

/* Its last use: it is given up here, on every way. */
static void play(deed_f32 *samples)
{
	(void)printf("%zu samples, mean %.1f\n", deed_len(*samples), (double)mean(samples));
	deed_drop(samples);
}

/* What waits is played, and what there was no room for, too: each owner is given up once. */
static int session(struct queue *queue)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	int err;

	err = recorded(&a, 8);
	if (err)
		return err;
	err = recorded(&b, 16);
	if (err)
		goto drop_a;
	louder(&b, 2.0f);

	err = queue_push(queue, &a);
	if (err)
		goto drop_both;
	err = queue_push(queue, &b);
	if (err)
		goto drop_b;
	return 0;

drop_both:
	deed_drop(&b);
drop_a:
	deed_drop(&a);
	return err;

drop_b:
	deed_drop(&b);
	return err;
}

int main(void)
{
	struct queue queue = { 0 };
	deed_f32 next = DEED_EMPTY;
	int err = session(&queue);

	if (!err && session(&queue) == -ENOSPC)
		(void)puts("no room for a third");
	while (!queue_pop(&queue, &next))
		play(&next);
	return err ? 1 : 0;
}
