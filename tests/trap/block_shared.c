/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_shared.c - two structs have copies of one pointer, and both free it.
 */
#include <deed.h>
#include <deed/malloc.h>

struct user {
	char *name;
	int id;
};

static void user_end(struct user *user)
{
	deed_free(user->name);
}

int main(void)
{
	struct user ada = { deed_calloc(4, 1), 1 }, copy = ada;

	user_end(&ada);
	user_end(&copy);
	return 0;
}
