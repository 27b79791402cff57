/* SPDX-License-Identifier: MIT
 *
 * tests/trap/dropped_copy.c - a struct passed by value takes its owner along, and both drop it.
 */
#include <deed.h>

struct message {
	int kind;
	deed_u8 body;
};

static void deliver(struct message message)
{
	if (message.kind == 1)
		deed_drop(&message.body);
}

int main(void)
{
	struct message message = { .kind = 1 };

	if (deed_new_zeroed(&message.body, 256))
		return 1;
	deliver(message);
	deed_drop(&message.body);
	return 0;
}
