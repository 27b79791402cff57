/* SPDX-License-Identifier: MIT
 *
 * tests/trap/dropped_twice.c - close() drops, and so does the caller.
 */
#include <deed.h>

struct connection {
	int socket;
	deed_u8 inbox;
};

static void connection_close(struct connection *connection)
{
	connection->socket = -1;
	deed_drop(&connection->inbox);
}

int main(void)
{
	struct connection connection = { .socket = 7 };

	if (deed_new(&connection.inbox, 4096))
		return 1;
	connection_close(&connection);
	deed_drop(&connection.inbox);
	return 0;
}
