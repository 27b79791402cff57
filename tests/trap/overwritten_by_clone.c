/* SPDX-License-Identifier: MIT
 *
 * tests/trap/overwritten_by_clone.c - a backup is taken twice into the same owner.
 */
#include <deed.h>

static deed_i32 backup;

static int save(const deed_i32 *board)
{
	return deed_clone(&backup, board);
}

int main(void)
{
	DEED_AUTO(deed_i32, board);

	if (deed_new_zeroed(&board, 64) || save(&board))
		return 1;
	if (save(&board)) /* after the next move of the game */
		return 1;
	deed_drop(&backup);
	return 0;
}
