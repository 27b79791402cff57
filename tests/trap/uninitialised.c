/* SPDX-License-Identifier: MIT
 *
 * tests/trap/uninitialised.c - an owner inside a struct that malloc() made is full of old bytes.
 */
#include <deed.h>
#include <stdlib.h>
#include <string.h>

struct player {
	char name[16];
	deed_u8 avatar;
};

static struct player *player_new(const char *name)
{
	struct player *player = malloc(sizeof *player);

	if (!player)
		return NULL;
	memset(player, 0x5a, sizeof *player); /* what malloc() may hand out */
	strncpy(player->name, name, sizeof player->name - 1);
	return player;
}

static void player_free(struct player *player)
{
	deed_drop(&player->avatar);
	free(player);
}

int main(void)
{
	struct player *player = player_new("ada");

	if (player)
		player_free(player);
	return 0;
}
