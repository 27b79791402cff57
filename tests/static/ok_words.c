/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_words.c - functions that say what they do with an owner, and callers that say
 * nothing. C, C++
 */
#include "legal.h"

/* ---- functions that say --------------------------------------------------------------------- */

static int filled(deed_f32 *ret, size_t count) DEED_GIVES(ret);
static int filled(deed_f32 *ret, size_t count)
{
	const int err = deed_new_zeroed(ret, count);

	if (err < 0)
		return err;
	if (count == 7) {
		deed_drop(ret);
		return -EINVAL;
	}
	return 0;
}

static float mean(const deed_f32 *samples) DEED_READS(samples);
static float mean(const deed_f32 *samples)
{
	if (!deed_owns(samples) || deed_len(*samples) == 0)
		return 0;
	DEED_BORROWED(view, samples);
	return sum(view) / (float)deed_len(view);
}

static float mean_of_both(const deed_f32 *a, const deed_f32 *b) DEED_READS(a, b);
static float mean_of_both(const deed_f32 *a, const deed_f32 *b)
{
	DEED_BORROWED(v, a);
	DEED_BORROWED(w, b);

	return (sum(v) + sum(w) + mean(a) + mean(b)) / 4;
}

static void doubled(deed_f32 *samples) DEED_WRITES(samples);
static void doubled(deed_f32 *samples)
{
	if (deed_resize(samples, 2 * deed_len(*samples)))
		return;
	DEED_INOUT(view, samples);
	clear(view);
}

/* It owns afterwards, whatever happens in between. */
static void replaced(deed_f32 *samples) DEED_WRITES(samples);
static void replaced(deed_f32 *samples)
{
	deed_f32 fresh = DEED_EMPTY, old = DEED_EMPTY;

	if (filled(&fresh, 4))
		return;
	deed_swap(samples, &fresh);
	deed_drop(&fresh);
	deed_move(&old, samples);
	deed_move(samples, &old);
	if (mean(samples) > 0)
		return;
	if (filled(&fresh, 4))
		return;
	deed_drop(samples);
	deed_move(samples, &fresh);
}

/* It gives up what it writes, and a function fills it. */
static int refilled(deed_f32 *samples) DEED_WRITES(samples);
static int refilled(deed_f32 *samples)
{
	if (mean(samples) > 0)
		return 0;
	deed_drop(samples);
	return filled(samples, 4);
}

static void published(deed_f32 *samples) DEED_TAKES(samples);
static void published(deed_f32 *samples)
{
	DEED_AUTO(deed_f32, mine);

	deed_move(&mine, samples);
	(void)mean(&mine);
}

static void ended(deed_f32 *samples, int yes) DEED_TAKES(samples);
static void ended(deed_f32 *samples, int yes)
{
	deed_f32 mine = DEED_EMPTY;

	if (yes)
		deed_move(&mine, samples);
	deed_settle(&mine);
	deed_settle(samples);
}

static void ended_either_way(deed_f32 *samples, int yes) DEED_TAKES(samples);
static void ended_either_way(deed_f32 *samples, int yes)
{
	if (yes) {
		published(samples);
		return;
	}
	deed_drop(samples);
}

static int queued(deed_f32 *queue, deed_f32 *samples) DEED_TAKES_IF_0(samples);
static int queued(deed_f32 *queue, deed_f32 *samples)
{
	if (deed_owns(queue))
		return -EBUSY;
	deed_move(queue, samples);
	return 0;
}

struct pair {
	deed_f32 a, b;
};

static int pair_init(struct pair *pair) DEED_GIVES(&pair->a, &pair->b);
static int pair_init(struct pair *pair)
{
	if (filled(&pair->a, 1))
		return -ENOMEM;
	if (filled(&pair->b, 1)) {
		deed_drop(&pair->a);
		return -ENOMEM;
	}
	return 0;
}

static void pair_swap(struct pair *pair) DEED_WRITES(&pair->a, &pair->b);
static void pair_swap(struct pair *pair)
{
	deed_swap(&pair->a, &pair->b);
	doubled(&pair->a);
	(void)mean_of_both(&pair->a, &pair->b);
}

static void pair_done(struct pair *pair) DEED_TAKES(&pair->a, &pair->b);
static void pair_done(struct pair *pair)
{
	deed_drop(&pair->a);
	published(&pair->b);
}

/* ---- functions that say nothing ------------------------------------------------------------- */

static int filled_unsaid(deed_f32 *ret)
{
	return deed_new_zeroed(ret, 4);
}

static float mean_unsaid(const deed_f32 *samples)
{
	DEED_BORROWED(view, samples);
	return sum(view);
}

static void ended_unsaid(deed_f32 *samples)
{
	deed_f32_borrowed view = deed_borrow(samples);

	(void)sum(view);
	deed_end(samples, &view);
	(void)mean(samples);
	doubled(samples);
	published(samples);
}

/* ---- callers -------------------------------------------------------------------------------- */

LEGAL(given_read_written_taken)
{
	deed_f32 a = DEED_EMPTY;

	if (filled(&a, 4))
		return;
	(void)mean(&a);
	doubled(&a);
	replaced(&a);
	if (refilled(&a))
		return;
	(void)mean(&a);
	published(&a);
	if (filled(&a, (size_t)yes))
		return;
	ended(&a, yes);
	if (deed_new(&a, 1))
		return;
	ended_either_way(&a, yes);
}

LEGAL(read_while_borrowed)
{
	deed_f32 a = DEED_EMPTY;

	if (filled(&a, 4))
		return;
	{
		DEED_BORROWED(view, &a);
		(void)(sum(view) + mean(&a) * (float)yes);
	}
	deed_f32_borrowed view = deed_borrow(&a);
	(void)(mean(&a) + sum(view));
	deed_end(&a, &view);
	doubled(&a);
	deed_drop(&a);
}

LEGAL(taken_if_there_is_room)
{
	deed_f32 queue = DEED_EMPTY, a = DEED_EMPTY;
	int err;

	for (int i = 0; i < 1 + yes; i++) {
		if (filled(&a, 4))
			return;
		if (queued(&queue, &a))
			deed_drop(&a);
	}
	if (filled(&a, 4))
		return;
	err = queued(&queue, &a);
	if (err < 0)
		(void)mean(&a);
	deed_settle(&a);
	deed_settle(&queue);
}

LEGAL(taken_in_a_loop)
{
	deed_f32 a = DEED_EMPTY;

	for (int i = 0; i < 3; i++) {
		if (filled(&a, 2))
			continue;
		if (i == yes) {
			published(&a);
			continue;
		}
		ended(&a, i);
	}
}

LEGAL(taken_by_one_of_two)
{
	deed_f32 a = DEED_EMPTY;

	if (filled(&a, 2))
		return;
	if (yes)
		published(&a);
	else
		deed_drop(&a);
}

LEGAL(taken_or_settled)
{
	deed_f32 a = DEED_EMPTY;

	if (filled(&a, 2))
		return;
	if (yes)
		published(&a);
	deed_settle(&a);
}

LEGAL(pairs)
{
	struct pair pair = { DEED_EMPTY, DEED_EMPTY };

	for (int i = 0; i < 1 + yes; i++) {
		if (pair_init(&pair))
			return;
		pair_swap(&pair);
		pair_done(&pair);
	}
}

LEGAL(nothing_said)
{
	deed_f32 a = DEED_EMPTY;

	if (filled_unsaid(&a))
		return;
	(void)mean_unsaid(&a);
	ended_unsaid(&a);
	if (yes && filled_unsaid(&a) == 0)
		ended_either_way(&a, yes);
}

/* What is promised of a variable, and not of what a pointer points to. */
static deed_f32 now, next;

static void retired(int yes) DEED_TAKES(&now, &next);
static void retired(int yes)
{
	if (yes)
		deed_drop(&now);
	deed_settle(&now);
	published(&next);
}

static void stepped(void) DEED_WRITES(&now, &next);
static void stepped(void)
{
	{
		DEED_BORROWED(from, &now);
		DEED_INOUT(to, &next);
		deed_copy(to, from);
	}
	deed_swap(&now, &next);
}

static void grown(void) DEED_WRITES(&now);
static void grown(void)
{
	deed_settle(&now);
	if (deed_new_zeroed(&now, 4))
		abort();
}

/* A question is no promise: it is asked of what is promised, too. */
static size_t length(void) DEED_READS(&now);
static size_t length(void)
{
	return deed_owns(&now) ? deed_len(now) : 0;
}

LEGAL(promised_of_variables)
{
	if (deed_new_zeroed(&now, 4) || deed_new_zeroed(&next, 4))
		return;
	for (int i = 0; i < yes; i++)
		stepped();
	grown();
	(void)length();
	retired(yes);
}

/* A function that promises may call one that promises nothing. */
static float promised(const deed_f32 *samples) DEED_READS(samples);
static float promised(const deed_f32 *samples)
{
	return mean_unsaid(samples) + mean(samples);
}

LEGAL(promised_to_read)
{
	deed_f32 a = DEED_EMPTY;

	if (filled_unsaid(&a))
		return;
	(void)promised(&a);
	for (int i = 0; i < yes; i++) {
		(void)promised(&a);
		doubled(&a);
	}
	ended_unsaid(&a);
}

static void each(void (*work)(deed_f32 *), deed_f32 *owner)
{
	work(owner);
}

LEGAL(words_behind_a_pointer)
{
	deed_f32 a = DEED_EMPTY;

	if (filled(&a, 4))
		return;
	each(doubled, &a);
	each(yes ? published : ended_unsaid, &a);
}

int main(int argc, char **argv)
{
	(void)argv;
	given_read_written_taken(argc);
	read_while_borrowed(argc);
	taken_if_there_is_room(argc);
	taken_in_a_loop(argc);
	taken_by_one_of_two(argc);
	taken_or_settled(argc);
	pairs(argc);
	nothing_said(argc);
	promised_of_variables(argc);
	promised_to_read(argc);
	words_behind_a_pointer(argc);
	return 0;
}
