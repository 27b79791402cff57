/* SPDX-License-Identifier: MIT
 *
 * tests/trap/copy_after_resize.c - a stack grows while a copy of its handle is kept.
 */
#include <deed.h>

struct stack {
	deed_i32 values;
	size_t len;
};

static int push(struct stack *stack, int32_t value)
{
	if (stack->len == deed_len(stack->values) && deed_resize(&stack->values, 2 * stack->len))
		return -1;
	DEED_INOUT(values, &stack->values);
	deed_at(values, stack->len++) = value;
	return 0;
}

int main(void)
{
	struct stack stack = { .len = 0 };
	struct stack saved;

	if (deed_new(&stack.values, 1) || push(&stack, 1))
		return 1;
	saved = stack; /* meant to undo the next push */
	if (push(&stack, 2))
		return 1;
	stack = saved;
	if (push(&stack, 3))
		return 1;
	deed_drop(&stack.values);
	return 0;
}
