/* SPDX-License-Identifier: MIT
 *
 * tests/trap/wall_block_after_free.c - a block of the malloc family is read after it was freed,
 * where its pages may not be touched any more.
 *
 * options: guard=1
 */
#include <deed/malloc.h>
#include <string.h>

struct session {
	int is_open, socket;
};

static int socket_of(const volatile struct session *session)
{
	return session->socket;
}

int main(void)
{
	struct session *const session = deed_calloc(1, sizeof *session);

	if (!session)
		return 1;
	deed_free(session);
	return socket_of(session);
}
