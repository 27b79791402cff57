/* SPDX-License-Identifier: MIT
 *
 * tests/trap/dropped_after_move.c - a list takes an item, and the caller drops it as it always did.
 */
#include <deed.h>

struct playlist {
	deed_i16 tracks[4];
	size_t len;
};

static void playlist_add(struct playlist *list, deed_i16 *track)
{
	deed_move(&list->tracks[list->len], track);
	list->len++;
}

int main(void)
{
	struct playlist list = { .len = 0 };
	deed_i16 track = DEED_EMPTY;

	if (deed_new_zeroed(&track, 44100))
		return 1;
	playlist_add(&list, &track);
	deed_drop(&track);
	deed_drop(&list.tracks[0]);
	return 0;
}
