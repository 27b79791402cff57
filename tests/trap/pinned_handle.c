/* SPDX-License-Identifier: MIT
 *
 * tests/trap/pinned_handle.c - a struct with an owner is copied to the heap, and works on from
 * there.
 *
 * options: pin_handles=1
 */
#include <deed.h>
#include <stdlib.h>
#include <string.h>

struct session {
	int user;
	deed_u8 inbox;
};

static struct session *to_heap(const struct session *session)
{
	struct session *copy = malloc(sizeof *copy);

	if (copy)
		memcpy(copy, session, sizeof *copy);
	return copy;
}

int main(void)
{
	struct session session = { .user = 17 };
	struct session *kept;

	if (deed_new_zeroed(&session.inbox, 100))
		return 1;
	kept = to_heap(&session);
	if (!kept)
		return 1;
	deed_drop(&kept->inbox);
	free(kept);
	return 0;
}
