/* SPDX-License-Identifier: MIT
 *
 * lib/trap/redzone.h - bytes that nobody may touch, and what they look like.
 *
 *     word in a debugger   where
 *     0xdeeddeed           a redzone: in front of a buffer, behind it, between two
 *     0x7fffdead           memory that has ended: dropped, or left behind by a resize
 *     0x7ffffeed           fresh memory, which nobody has written yet
 *
 * Each is the same four bytes over and over, laid out by the address, so that any aligned
 * word reads as above. As a pointer none can be followed: two of them make no canonical
 * address. As float or double the last two are NaN, which spreads through a computation
 * until somebody sees it. None holds a zero byte, so that a text's closing null that lands
 * a byte too far shows.
 *
 * A broken byte that happens to get the very value that it had is not seen: one in 256 of
 * the values of a single byte, none of a word's.
 *
 * AddressSanitizer, where it is in the program, is told that the bytes are out of bounds,
 * so that it stops at the very instruction that touches one. It keeps a mark per eight
 * bytes, and within these only the first so-and-so-many can be good: a redzone that starts
 * inside eight bytes is marked exactly, one that ends inside is marked up to the eight
 * before.
 */
#ifndef DEED_REDZONE_H
#define DEED_REDZONE_H

#include "../base.h"
#include "deed/config.h"

#define DEED_REDZONE_WORD 0xdeeddeedu
#define DEED_DEAD_WORD 0x7fffdeadu
#define DEED_FRESH_WORD 0x7ffffeedu

/* deed_redzone_set - the bytes are a redzone from now on. deed_redzone_clear - they are not any
 * more; what is in them stays.
 */
void deed_redzone_set(void *at, size_t bytes);
void deed_redzone_clear(void *at, size_t bytes);

/* deed_dead_set - the same of memory that has ended; deed_redzone_clear() ends it. deed_fresh_set -
 * fills memory that somebody gets and should write before reading it. DEED_OPTIONS=fill=0 leaves
 * the bytes as they are: then ended memory is always whole.
 */
void deed_dead_set(void *at, size_t bytes);
void deed_fresh_set(void *at, size_t bytes);

/* deed_redzones_are_whole - whether no byte of either redzone was written since it was set.
 * deed_dead_is_whole - of ended memory. Marked or not. */
bool deed_redzones_are_whole(const void *front, size_t front_bytes, const void *behind,
			     size_t behind_bytes);
bool deed_dead_is_whole(const void *at, size_t bytes);

/* What was found: bytes that somebody wrote. */
struct deed_damage {
	const unsigned char *first, *last; /* their addresses; null if there are none */
	unsigned char bytes[8];		   /* what the first ones are now */
};

/* deed_redzone_look, deed_dead_look - the same, and what was written. */
struct deed_damage deed_redzone_look(const void *at, size_t bytes);
struct deed_damage deed_dead_look(const void *at, size_t bytes);

struct deed_thread;
struct deed_finding;
struct deed_site;

/* deed_redzone_finding - E25: bytes before or behind the buffer of a cell were written.
 * deed_dead_finding - E04, or E21 in an arena: bytes of a buffer were written after its
 * end.
 *
 * `at` and `frame` are of the verb that noticed it; both null if none did. Under the cell's shard
 * lock; the caller may add to it, and raises it.
 */
struct deed_finding *deed_redzone_finding(struct deed_thread *me, uint32_t slot,
					  struct deed_damage damage, const struct deed_site *at,
					  const void *frame);
struct deed_finding *deed_dead_finding(struct deed_thread *me, uint32_t slot,
				       struct deed_damage damage, const struct deed_site *at,
				       const void *frame);

#endif
