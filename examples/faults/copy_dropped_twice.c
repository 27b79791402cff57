/* SPDX-License-Identifier: MIT
 *
 * examples/faults/copy_dropped_twice.c - a struct goes by value, and two drop its buffer.
 */
#include <deed.h>
#include <stdio.h>

struct message {
	int sender;
	deed_u8 body;
};

static void deliver(struct message message)
{
	printf("%zu bytes from %d\n", deed_len(message.body), message.sender);
	deed_drop(&message.body);
}

int main(void)
{
	struct message message = { .sender = 7 };

	if (deed_new_zeroed(&message.body, 80))
		return 1;
	deliver(message);
	deed_drop(&message.body);
	return 0;
}
