/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_spelling.c - owners that are written in all the ways that there are. C, C++
 */
#include "legal.h"

struct stack {
	deed_f32 memory[4], *top;
};

static int pushed(struct stack *stack)
{
	const int err = deed_new(stack->top, 1);

	stack->top += !err;
	return err;
}

LEGAL(top_of_a_stack)
{
	struct stack all = { { DEED_EMPTY, DEED_EMPTY, DEED_EMPTY, DEED_EMPTY }, NULL };
	struct stack *stack = &all;

	stack->top = stack->memory;
	for (int i = 0; i < 4; i++)
		if (pushed(stack))
			return;
	deed_drop(stack->top - 1);
	stack->top--;
	deed_drop(stack->top - 1);
	stack->top -= yes + 1;
	deed_drop(stack->top--);
	deed_drop(stack->top--);
}

#define TOP all.memory[at]

LEGAL(macro_for_an_element)
{
	struct stack all = { { DEED_EMPTY, DEED_EMPTY, DEED_EMPTY, DEED_EMPTY }, NULL };
	int at = 0;

	if (deed_new(&TOP, 1))
		return;
	at += yes;
	if (deed_new(&TOP, 1))
		return;
	deed_drop(&TOP);
	at--;
	deed_drop(&TOP);
}

struct vector {
	deed_f32 data;
	size_t len;
};

#define VECTOR_MAKE(vector, count) ((vector)->len = (count), deed_new(&(vector)->data, (count)))
#define VECTOR_DONE(vector) deed_drop(&(vector)->data)

LEGAL(macro_for_a_member)
{
	struct vector vector = { DEED_EMPTY, 0 };
	deed_f32 out = DEED_EMPTY;

	if (VECTOR_MAKE(&vector, (size_t)yes))
		return;
	deed_move(&out, &vector.data);
	if (VECTOR_MAKE(&vector, 2))
		return;
	VECTOR_DONE(&vector);
	if (VECTOR_MAKE(&vector, 3))
		return;
	deed_drop(&vector.data);
	deed_drop(&out);
}

static struct vector file_scope;
#define STATE (&file_scope)

LEGAL(macro_for_a_variable)
{
	if (deed_new(&file_scope.data, (size_t)yes))
		return;
	deed_drop(&file_scope.data);
	if (deed_new(&STATE->data, 1))
		return;
	deed_drop(&file_scope.data);
}

#define NEW(owner) deed_new((owner), 1)
#define NEW_BY_MACRO(owner) NEW((owner))
#define DROP(owner) deed_drop((owner))
#define DROP_BY_MACRO(owner) DROP((owner))

LEGAL(macros_add_parentheses)
{
	deed_f32 a = DEED_EMPTY;

	if (NEW_BY_MACRO(&a))
		return;
	DROP_BY_MACRO(&a);
	if (NEW_BY_MACRO(&a))
		return;
	deed_drop(&a);
	if (deed_new(&a, (size_t)yes))
		return;
	DROP_BY_MACRO(&a);
	if (NEW(&a))
		return;
	DROP(&a);
}

int main(int argc, char **argv)
{
	(void)argv;
	top_of_a_stack(argc);
	macro_for_an_element(argc);
	macro_for_a_member(argc);
	macro_for_a_variable(argc);
	macros_add_parentheses(argc);
	return 0;
}
