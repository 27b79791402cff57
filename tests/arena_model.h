/* SPDX-License-Identifier: MIT
 *
 * tests/arena_model.h - arenas against a model, in both flavours: a list of what is carved, each
 * with a pattern of its own, and of the marks that are good.
 *
 * Every byte that was given out holds its pattern until it ends. So what is given out overlaps
 * nothing, never moves, and keeps its values, whatever is carved, rewound or resized around
 * it. What else is promised is looked at as it happens: alignment, the limit, statistics.
 *
 * arena_play() returns null, or the promise that was broken; *ret_figures is made of all
 * statistics on the way, which are the same in both flavours.
 */
#ifndef ARENA_MODEL_H
#define ARENA_MODEL_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "deed.h"
#include "deed/arena.h"

/* Of a game with this seed and so many steps: whichever flavour plays it. */
#define ARENA_GAME_SEED 42
#define ARENA_GAME_STEPS 20000
#define ARENA_GAME_FIGURES 0x15db267bfa89b000u

enum { ARENA_PIECES = 4096, ARENA_MARKS = 64, ARENA_OWNERS = 16 };

struct arena_piece {
	unsigned char *at;
	size_t bytes;
	size_t born; /* when it was carved, or carved anew to become longer */
	unsigned char pattern;
	deed_u8 owner; /* of some */
};

struct arena_game {
	struct deed_arena arena;
	struct arena_piece pieces[ARENA_PIECES];
	size_t count;
	struct {
		struct deed_arena_mark mark;
		size_t now;
	} marks[ARENA_MARKS];
	size_t mark_count;
	size_t now, align, limit;
	uint64_t random, figures;
	const char *broken;
};

#define ARENA_TEXT(number) #number
#define ARENA_LINE(number) ARENA_TEXT(number)
#define ARENA_PROMISE(game, e)                                                                     \
	((e) || (game)->broken ? (void)0                                                           \
			       : (void)((game)->broken = "line " ARENA_LINE(__LINE__) ": " #e))

static size_t arena_random(struct arena_game *game, size_t limit)
{
	game->random ^= game->random >> 12;
	game->random ^= game->random << 25;
	game->random ^= game->random >> 27;
	return (size_t)(game->random * 0x2545f4914f6cdd1du >> 33) % limit;
}

static void arena_look(struct arena_game *game, const struct arena_piece *piece)
{
	size_t same = 0;

	while (same < piece->bytes && piece->at[same] == piece->pattern)
		same++;
	ARENA_PROMISE(game, same == piece->bytes);
}

static size_t arena_size(struct arena_game *game)
{
	switch (arena_random(game, 8)) {
	case 0:
		return arena_random(game, 20000);
	case 1:
		return 0;
	case 2:
		return 64;
	default:
		return arena_random(game, 300);
	}
}

static void arena_fill(struct arena_game *game, struct arena_piece *piece)
{
	piece->pattern = (unsigned char)arena_random(game, 256);
	if (piece->bytes)
		memset(piece->at, piece->pattern, piece->bytes);
}

static void arena_carve(struct arena_game *game)
{
	struct arena_piece *const piece = &game->pieces[game->count];
	const size_t align = (size_t)16 << arena_random(game, 9);
	const struct deed_arena_statistics before = deed_arena_stats(&game->arena);
	const deed_u8 nobody = DEED_EMPTY;
	int err = 0;

	if (game->count == ARENA_PIECES)
		return;
	piece->owner = nobody;
	piece->bytes = arena_size(game);
	switch (arena_random(game, 4)) {
	case 0:
		piece->at = (unsigned char *)deed_arena_alloc_aligned(&game->arena, piece->bytes,
								      align);
		ARENA_PROMISE(game, (uintptr_t)piece->at % align == 0);
		break;
	case 1:
		piece->at = NULL;
		err = deed_new_in(&piece->owner, &game->arena, piece->bytes);
		ARENA_PROMISE(game, !err || err == -ENOMEM);
		if (!err) {
			DEED_INOUT(all, &piece->owner);

			ARENA_PROMISE(game, deed_len(all) == piece->bytes);
			piece->at = deed_data(all);
		}
		break;
	default:
		piece->at = (unsigned char *)deed_arena_alloc(&game->arena, piece->bytes);
	}
	if (!piece->at) {
		const struct deed_arena_statistics after = deed_arena_stats(&game->arena);

		ARENA_PROMISE(game, game->limit && after.used == before.used);
		return;
	}
	ARENA_PROMISE(game, (uintptr_t)piece->at % game->align == 0);
	arena_fill(game, piece);
	piece->born = ++game->now;
	game->count++;
}

static void arena_resize(struct arena_game *game)
{
	struct arena_piece *piece;
	size_t bytes, kept;
	int err;

	if (!game->count)
		return;
	piece = &game->pieces[arena_random(game, 2) ? game->count - 1
						    : arena_random(game, game->count)];
	bytes = arena_size(game);
	if (!deed_owns(&piece->owner))
		return;
	kept = bytes < piece->bytes ? bytes : piece->bytes;
	err = deed_resize_in(&piece->owner, &game->arena, bytes);
	ARENA_PROMISE(game, !err || err == -ENOMEM);
	if (err)
		return;
	{
		DEED_INOUT(all, &piece->owner);

		ARENA_PROMISE(game, deed_len(all) == bytes);
		piece->at = deed_data(all);
	}
	ARENA_PROMISE(game, (uintptr_t)piece->at % game->align == 0);
	if (bytes > piece->bytes)
		piece->born = ++game->now;
	piece->bytes = kept;
	arena_look(game, piece);
	piece->bytes = bytes;
	arena_fill(game, piece);
}

static void arena_move(struct arena_piece *to, struct arena_piece *from)
{
	if (to != from)
		*to = *from; /* owners may be moved by assignment */
}

/* Owners are settled now and then, before their end or after: that is fine either way. */
static void arena_end(struct arena_game *game, size_t now, const struct deed_arena_mark *mark)
{
	const size_t settles_first = arena_random(game, 2);
	size_t kept = 0;

	for (size_t i = 0; i < game->count; i++)
		if (game->pieces[i].born > now) {
			arena_look(game, &game->pieces[i]);
			if (settles_first)
				deed_settle(&game->pieces[i].owner);
		}
	if (mark)
		deed_arena_rewind(&game->arena, *mark);
	else
		deed_arena_reset(&game->arena);
	for (size_t i = 0; i < game->count; i++) {
		if (game->pieces[i].born > now)
			deed_settle(&game->pieces[i].owner);
		else
			arena_move(&game->pieces[kept++], &game->pieces[i]);
	}
	game->count = kept;
}

static void arena_step(struct arena_game *game)
{
	const size_t choice = arena_random(game, 100);
	struct deed_arena_statistics stats;

	if (choice < 70) {
		arena_carve(game);
	} else if (choice < 85) {
		arena_resize(game);
	} else if (choice < 92) {
		if (game->mark_count < ARENA_MARKS) {
			game->marks[game->mark_count].mark = deed_arena_mark(&game->arena);
			game->marks[game->mark_count++].now = game->now;
		}
	} else if (choice < 98) {
		if (game->mark_count) {
			/* To one of the marks; those after it are gone. */
			game->mark_count = arena_random(game, game->mark_count) + 1;
			arena_end(game, game->marks[game->mark_count - 1].now,
				  &game->marks[game->mark_count - 1].mark);
		}
	} else if (arena_random(game, 10) == 0) {
		arena_end(game, 0, NULL);
		game->mark_count = 0;
		ARENA_PROMISE(game, deed_arena_stats(&game->arena).used == 0);
	}
	if (game->count)
		arena_look(game, &game->pieces[arena_random(game, game->count)]);
	stats = deed_arena_stats(&game->arena);
	ARENA_PROMISE(game, !game->limit || stats.reserved <= game->limit);
	ARENA_PROMISE(game, stats.used <= stats.peak && stats.used <= stats.reserved);
	game->figures = (game->figures ^ stats.used ^ stats.reserved << 20 ^
			 (uint64_t)stats.chunks << 48 ^ stats.peak << 8) *
			0x100000001b3u;
}

static const char *arena_play(uint64_t seed, size_t steps, uint64_t *ret_figures)
{
	struct arena_game *const game = (struct arena_game *)calloc(1, sizeof *game);
	struct deed_arena_options options = { 0, 0, 0, NULL };
	const char *broken;
	int err;

	if (!game)
		return "no memory for the game";
	game->random = seed * 2 + 1;
	options.align = game->align = (size_t)16 << arena_random(game, 9);
	options.chunk_bytes = arena_random(game, 100000);
	options.limit_bytes = game->limit =
		arena_random(game, 2) ? 100000 + arena_random(game, 1000000) : 0;
	err = deed_arena_open(&game->arena, &options);
	ARENA_PROMISE(game, !err);
	for (size_t i = 0; i < steps && !game->broken; i++)
		arena_step(game);
	for (size_t i = 0; i < game->count && !game->broken; i++)
		arena_look(game, &game->pieces[i]);
	deed_arena_close(&game->arena);
	ARENA_PROMISE(game, deed_arena_stats(&game->arena).reserved == 0);
	if (ret_figures)
		*ret_figures = game->figures;
	broken = game->broken;
	free(game);
	return broken;
}

#endif
