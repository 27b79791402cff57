/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_idioms.c - what C programs do. C
 */
#include "legal.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

static deed_f32 owner_of(size_t count)
{
	deed_f32 owner = DEED_EMPTY;

	if (deed_new_zeroed(&owner, count))
		abort();
	return owner;
}

#define TRY(attempt)                                                                               \
	do {                                                                                       \
		err = (attempt);                                                                   \
		if (err)                                                                           \
			goto fail;                                                                 \
	} while (0)

LEGAL(errors_by_macro)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	int err;

	TRY(deed_new_zeroed(&a, 4));
	TRY(deed_clone(&b, &a));
	TRY(deed_resize(&b, yes ? SIZE_MAX : 8));
	deed_swap(&a, &b);
fail:
	deed_settle(&a);
	deed_settle(&b);
}

#define END(owner)                                                                                 \
	do {                                                                                       \
		if (deed_owns(&(owner)))                                                           \
			deed_drop(&(owner));                                                       \
	} while (0)

LEGAL(ended_by_macro)
{
	deed_f32 a = owner_of(1), b = DEED_EMPTY;

	if (yes)
		deed_move(&b, &a);
	END(a);
	END(b);
	END(a);
}

LEGAL(stages)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	int stage = 0;

	if (deed_new(&a, 1))
		goto undo;
	stage = 1;
	if (deed_new(&b, yes ? SIZE_MAX : 1))
		goto undo;
	stage = 2;
undo:
	switch (stage) {
	case 2:
		deed_drop(&b);
		/* fall through */
	case 1:
		deed_drop(&a);
	}
}

LEGAL(two_buffers_in_turn)
{
	deed_f32 a = owner_of(8), b = owner_of(8), *now = &a, *next = &b, *old;

	for (int i = 0; i < 3 + yes; i++) {
		{
			DEED_BORROWED(from, now);
			DEED_INOUT(to, next);
			deed_copy(to, from);
		}
		old = now;
		now = next;
		next = old;
	}
	deed_drop(now);
	deed_drop(next);
}

LEGAL(two_buffers_by_explicit_loans)
{
	deed_f32 a = owner_of(8), b = owner_of(8), *now = &a, *next = &b, *old;

	for (int i = 0; i < 3 + yes; i++) {
		deed_f32_borrowed from = deed_borrow(now);
		deed_f32_inout to = deed_inout(next);

		deed_copy(to, from);
		deed_end(now, &from);
		deed_end(next, &to);
		old = now;
		now = next;
		next = old;
	}
	deed_settle(&a);
	deed_settle(&b);
}

static float *scratch(size_t count)
{
	static deed_f32 buffer;
	float *elements;

	if (deed_owns(&buffer) && deed_len(buffer) >= count)
		goto made;
	deed_settle(&buffer);
	if (deed_new_zeroed(&buffer, count))
		return NULL;
	deed_immortal(&buffer);
made:;
	deed_f32_inout view = deed_inout(&buffer);
	elements = deed_data(view);
	deed_end(&buffer, &view);
	return elements;
}

LEGAL(static_scratch)
{
	(void)scratch((size_t)yes);
	(void)scratch(100);
	(void)scratch(10);
}

struct stack {
	deed_f32 values;
	size_t count;
};

static int push(struct stack *stack, float value)
{
	if (!deed_owns(&stack->values) || stack->count == deed_len(stack->values)) {
		const int err = deed_owns(&stack->values)
					? deed_resize(&stack->values, 2 * stack->count)
					: deed_new(&stack->values, 2);

		if (err)
			return err;
	}
	DEED_INOUT(view, &stack->values);
	deed_at(view, stack->count++) = value;
	return 0;
}

LEGAL(appended)
{
	struct stack stack = { DEED_EMPTY, 0 };

	for (int i = 0; i < 10 + yes; i++)
		if (push(&stack, (float)i))
			break;
	deed_settle(&stack.values);
}

static int produce(deed_f32 *ret)
{
	deed_f32 made = DEED_EMPTY;
	const int err = deed_new(&made, 4);

	if (err)
		return err;
	if (ret)
		deed_move(ret, &made);
	else
		deed_drop(&made);
	return 0;
}

LEGAL(optional_output)
{
	deed_f32 a = DEED_EMPTY;

	(void)produce(NULL);
	if (produce(yes ? &a : NULL) == 0)
		deed_settle(&a);
}

LEGAL(worked_on_aside)
{
	deed_f32 a = owner_of(4), *const result = &a;
	DEED_AUTO(deed_f32, aside);

	if (deed_clone(&aside, result))
		abort();
	{
		DEED_INOUT(view, &aside);
		clear(view);
	}
	if (yes)
		deed_swap(&aside, result);
	deed_drop(result);
}

static int make_all(size_t count, ...)
{
	va_list list;
	int err = 0;

	va_start(list, count);
	while (!err && count-- > 0)
		err = deed_new(va_arg(list, deed_f32 *), 1);
	va_end(list);
	return err;
}

LEGAL(many_arguments)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (make_all(1 + (size_t)yes, &a, &b) == 0)
		deed_swap(&a, &b);
	deed_settle(&a);
	deed_settle(&b);
}

DEED_DEFINE(owners, deed_f32);

LEGAL(owners_in_a_buffer)
{
	owners all = DEED_EMPTY;

	if (deed_new_zeroed(&all, 3))
		return;
	{
		DEED_INOUT(view, &all);
		for (size_t i = 0; i < deed_len(view); i++)
			if (deed_new(&deed_at(view, i), (size_t)yes))
				break;
		deed_drop(&deed_at(view, 0));
		deed_drop(&deed_at(view, 1));
		deed_settle(&deed_at(view, 2));
	}
	deed_drop(&all);
}

static void *on_a_thread(void *argument)
{
	deed_f32 *const mine = argument;

	{
		DEED_INOUT(view, mine);
		clear(view);
	}
	deed_drop(mine);
	return NULL;
}

LEGAL(handed_to_a_thread)
{
	deed_f32 a = owner_of(4), b = DEED_EMPTY;
	pthread_t thread;

	deed_move(&b, &a);
	if (pthread_create(&thread, NULL, on_a_thread, &b)) {
		deed_drop(&b);
		return;
	}
	(void)pthread_join(thread, NULL);
	if (yes && deed_new(&a, 1) == 0)
		deed_drop(&a);
}

static jmp_buf out_of_it;

LEGAL(jumped_out_of)
{
	const uint64_t mark = deed_loans_mark();
	static deed_f32 a;

	if (deed_new_zeroed(&a, 4))
		return;
	if (setjmp(out_of_it)) {
		deed_loans_unwind(mark);
		deed_drop(&a);
		return;
	}
	{
		DEED_INOUT(view, &a);
		clear(view);
		if (yes)
			longjmp(out_of_it, 1);
	}
	deed_drop(&a);
}

struct cursor {
	const deed_f32 *source;
	deed_f32_borrowed view;
};

static struct cursor cursor_open(const deed_f32 *source)
{
	return (struct cursor){ source, deed_borrow(source) };
}

static void cursor_close(struct cursor *cursor)
{
	deed_end(cursor->source, &cursor->view);
}

LEGAL(loans_in_structs)
{
	deed_f32 a = owner_of(4);

	for (int i = 0; i < 1 + yes; i++) {
		struct cursor cursor = cursor_open(&a);

		(void)sum(cursor.view);
		cursor_close(&cursor);
	}
	deed_drop(&a);
}

static void sort(deed_f32_inout view)
{
	deed_f32_inout low, high;

	if (deed_len(view) < 2)
		return;
	deed_split(&view, deed_len(view) / 2, &low, &high);
	sort(low);
	sort(high);
	deed_end(&view, &low);
	deed_end(&view, &high);
	deed_split(&view, 1, &low, &high);
	deed_end(&view, &high);
	deed_end(&view, &low);
}

LEGAL(divided_and_conquered)
{
	deed_f32 a = owner_of(8 + (size_t)yes);

	{
		DEED_INOUT(view, &a);
		sort(view);
	}
	deed_drop(&a);
}

LEGAL(returned_by_value)
{
	deed_f32 a = owner_of(3);

	deed_drop(&a);
	a = owner_of((size_t)yes);
	deed_settle(&a);
	a = owner_of(4);
	{
		DEED_BORROWED(view, &a);
		(void)sum(view);
	}
	deed_settle(&a);
}

int main(int argc, char **argv)
{
	(void)argv;
	errors_by_macro(argc);
	ended_by_macro(argc);
	stages(argc);
	two_buffers_in_turn(argc);
	two_buffers_by_explicit_loans(argc);
	static_scratch(argc);
	appended(argc);
	optional_output(argc);
	worked_on_aside(argc);
	many_arguments(argc);
	owners_in_a_buffer(argc);
	handed_to_a_thread(argc);
	jumped_out_of(argc);
	loans_in_structs(argc);
	divided_and_conquered(argc);
	returned_by_value(argc);
	return 0;
}
