/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_strict.c - the style that the strict level asks for. C, C++, strict
 */
#include "legal.h"

static int filled(deed_f32 *ret, size_t count) DEED_GIVES(ret);
static int filled(deed_f32 *ret, size_t count)
{
	return deed_new_zeroed(ret, count);
}

static float mean(const deed_f32 *samples) DEED_READS(samples);
static float mean(const deed_f32 *samples)
{
	DEED_BORROWED(view, samples);
	return sum(view) / (float)deed_len(view);
}

static void zero(deed_f32 *samples) DEED_WRITES(samples);
static void zero(deed_f32 *samples)
{
	DEED_INOUT(view, samples);
	clear(view);
}

static void publish(deed_f32 *samples) DEED_TAKES(samples);
static void publish(deed_f32 *samples)
{
	deed_f32 mine = DEED_EMPTY;

	deed_move(&mine, samples);
	(void)mean(&mine);
	deed_drop(&mine);
}

LEGAL(ladder)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new_zeroed(&a, (size_t)yes))
		return;
	if (deed_clone(&b, &a))
		goto drop_a;
	zero(&b);
	deed_drop(&b);
drop_a:
	deed_drop(&a);
}

LEGAL(result_in_a_variable)
{
	deed_f32 a = DEED_EMPTY;
	int err;

	err = filled(&a, (size_t)yes);
	if (err)
		return;
	(void)mean(&a);
	publish(&a);
}

LEGAL(explicit_loans)
{
	deed_f32_inout x;
	deed_f32 a = DEED_EMPTY;

	if (filled(&a, (size_t)yes))
		return;
	deed_f32_borrowed v = deed_borrow(&a), w = deed_borrow(&a);
	(void)(sum(v) + sum(w) + mean(&a));
	deed_end(&a, &v);
	deed_end(&a, &w);
	if (deed_resize(&a, 5))
		goto drop;
	x = deed_inout(&a);
	clear(x);
	deed_end(&a, &x);
drop:
	deed_drop(&a);
}

LEGAL(each_way_gives_it_up)
{
	deed_f32 a = DEED_EMPTY;

	if (!filled(&a, 1)) {
		if (yes)
			publish(&a);
		else
			deed_drop(&a);
	}
}

LEGAL(loops)
{
	for (int i = 0; i < 3; i++) {
		deed_f32 a = DEED_EMPTY;

		if (filled(&a, 1))
			continue;
		if (i == yes) {
			publish(&a);
			break;
		}
		deed_drop(&a);
	}
}

LEGAL(settled)
{
	deed_f32 a = DEED_EMPTY;

	if (filled(&a, (size_t)yes))
		return;
	deed_settle(&a);
	deed_settle(&a);
}

LEGAL(asked)
{
	deed_f32 a = DEED_EMPTY;

	if (filled(&a, (size_t)yes))
		return;
	if (deed_owns(&a))
		deed_drop(&a);
}

LEGAL(made_and_moved_into_an_array)
{
	deed_f32 array[3] = { DEED_EMPTY, DEED_EMPTY, DEED_EMPTY };
	int count = 0;

	for (; count < 2 + yes; count++) {
		deed_f32 one = DEED_EMPTY;

		if (filled(&one, 1))
			break;
		deed_move(&array[count], &one);
	}
	while (count > 0)
		deed_drop(&array[--count]);
}

#if !defined(__clang__) || __clang_major__ >= 18
LEGAL(automatic)
{
	DEED_AUTO(deed_f32, a);
	DEED_AUTO(deed_f32, b);

	if (filled(&a, (size_t)yes))
		return;
	if (filled(&b, 1))
		return;
	(void)mean(&a);
	deed_drop(&b);
}
#else
LEGAL(automatic)
{
	(void)yes; /* the end of a block is not seen */
}
#endif

LEGAL(elements)
{
	deed_f32 a[3] = { DEED_EMPTY, DEED_EMPTY, DEED_EMPTY };

	for (int i = 0; i < 3; i++)
		if (deed_new_zeroed(&a[i], (size_t)yes))
			abort();
	if (deed_owns(&a[0]))
		deed_drop(&a[0]);
	for (int i = 1; i < 3; i++)
		deed_drop(&a[i]);
}

static int queued(deed_f32 *queue, deed_f32 *samples) DEED_TAKES_IF_0(samples);
static int queued(deed_f32 *queue, deed_f32 *samples)
{
	if (deed_owns(queue))
		return -EBUSY;
	deed_move(queue, samples);
	return 0;
}

LEGAL(taken_if_there_is_room)
{
	static deed_f32 queue;
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	int err;

	if (deed_new(&a, (size_t)yes))
		return;
	if (queued(&queue, &a))
		deed_drop(&a);
	if (deed_new(&b, 1))
		return;
	err = queued(&queue, &b);
	if (err)
		goto drop;
	deed_settle(&queue);
	return;

drop:
	deed_drop(&b);
	deed_settle(&queue);
}

LEGAL(for_ever)
{
	static deed_f32 a;

	if (!deed_new(&a, (size_t)yes))
		deed_immortal(&a);
}

int main(int argc, char **argv)
{
	(void)argv;
	ladder(argc);
	result_in_a_variable(argc);
	explicit_loans(argc);
	each_way_gives_it_up(argc);
	loops(argc);
	settled(argc);
	asked(argc);
	made_and_moved_into_an_array(argc);
	automatic(argc);
	elements(argc);
	taken_if_there_is_room(argc);
	for_ever(argc);
	return 0;
}
