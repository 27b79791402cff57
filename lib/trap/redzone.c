/* SPDX-License-Identifier: MIT
 *
 * lib/trap/redzone.c - writes the patterns, tells AddressSanitizer, and looks whether they
 * are whole. The design is at the head of redzone.h.
 *
 * What looks must not be looked at: the loops here read bytes that are marked as out of
 * bounds, so they are not instrumented, and are no calls of memcmp(), which
 * AddressSanitizer replaces.
 */
#include "redzone.h"

#include <stdio.h>

#include "options.h"
#include "story.h"

/* AddressSanitizer's, and null without it. */
extern void __asan_poison_memory_region(void const volatile *at, size_t bytes)
	__attribute__((weak));
extern void __asan_unpoison_memory_region(void const volatile *at, size_t bytes)
	__attribute__((weak));

#define UNCHECKED __attribute__((noinline, no_sanitize_address, no_sanitize_thread))

/* Byte `i` of a pattern, which memory holds with its lowest byte first. */
static inline unsigned char byte_of(uint32_t word, uintptr_t address)
{
	return (unsigned char)(word >> 8 * (address & 3));
}

UNCHECKED static void fill(void *at, size_t bytes, uint32_t word)
{
	typedef uint64_t __attribute__((may_alias)) pair;
	const uint64_t two = (uint64_t)word << 32 | word;
	volatile unsigned char *byte = at;
	const uintptr_t end = (uintptr_t)at + bytes;

	for (; (uintptr_t)byte < end && (uintptr_t)byte % sizeof two; byte++)
		*byte = byte_of(word, (uintptr_t)byte);
	for (; end - (uintptr_t)byte >= sizeof two; byte += sizeof two)
		*(pair *)(uintptr_t)byte = two;
	for (; (uintptr_t)byte < end; byte++)
		*byte = byte_of(word, (uintptr_t)byte);
}

/* The first byte, from `at` to before `end`, that is not as the pattern has it; `end` if all are.
 */
UNCHECKED static const unsigned char *first_broken(const unsigned char *at,
						   const unsigned char *end, uint32_t word)
{
	typedef const uint64_t __attribute__((may_alias)) pair;
	const uint64_t two = (uint64_t)word << 32 | word;

	for (; at < end && (uintptr_t)at % sizeof two; at++)
		if (*at != byte_of(word, (uintptr_t)at))
			return at;
	while ((size_t)(end - at) >= sizeof two && *(pair *)(const void *)at == two)
		at += sizeof two;
	while (at < end && *at == byte_of(word, (uintptr_t)at))
		at++;
	return at;
}

UNCHECKED static struct deed_damage look(const void *at, size_t bytes, uint32_t word)
{
	const unsigned char *const start = at, *end = start + bytes;
	const unsigned char *const first = first_broken(start, end, word);
	struct deed_damage damage = { NULL, NULL, { 0 } };

	if (first == end)
		return damage;
	damage.first = first;
	do
		end--;
	while (end > first && *end == byte_of(word, (uintptr_t)end));
	damage.last = end;
	for (size_t i = 0; i < sizeof damage.bytes && first + i <= end; i++)
		damage.bytes[i] = first[i];
	return damage;
}

static bool is_whole(const void *at, struct deed_damage damage, size_t *ret_first, size_t *ret_last)
{
	if (!damage.first)
		return true;
	*ret_first = (size_t)(damage.first - (const unsigned char *)at);
	*ret_last = (size_t)(damage.last - (const unsigned char *)at);
	return false;
}

/* ---- setting -------------------------------------------------------------------------------- */

static void poison(void *at, size_t bytes)
{
	if (__asan_poison_memory_region)
		__asan_poison_memory_region(at, bytes);
}

void deed_redzone_set(void *at, size_t bytes)
{
	fill(at, bytes, DEED_REDZONE_WORD);
	poison(at, bytes);
}

void deed_dead_set(void *at, size_t bytes)
{
	if (deed_options.fill)
		fill(at, bytes, DEED_DEAD_WORD);
	poison(at, bytes);
}

void deed_fresh_set(void *at, size_t bytes)
{
	if (deed_options.fill)
		fill(at, bytes, DEED_FRESH_WORD);
}

void deed_redzone_clear(void *at, size_t bytes)
{
	if (__asan_unpoison_memory_region)
		__asan_unpoison_memory_region(at, bytes);
}

/* ---- looking -------------------------------------------------------------------------------- */

struct deed_damage deed_redzone_look(const void *at, size_t bytes)
{
	return look(at, bytes, DEED_REDZONE_WORD);
}

struct deed_damage deed_dead_look(const void *at, size_t bytes)
{
	return look(at, deed_options.fill ? bytes : 0, DEED_DEAD_WORD);
}

bool deed_redzone_is_whole(const void *at, size_t bytes, size_t *ret_first, size_t *ret_last)
{
	return is_whole(at, deed_redzone_look(at, bytes), ret_first, ret_last);
}

bool deed_dead_is_whole(const void *at, size_t bytes, size_t *ret_first, size_t *ret_last)
{
	return is_whole(at, deed_dead_look(at, bytes), ret_first, ret_last);
}

/* ---- telling -------------------------------------------------------------------------------- */

/* The buffer's birth, and what moved or ended it. */
static void tell_life(struct deed_finding *finding, uint32_t slot)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	const int last = deed_cell_event_back(cell, 0);

	if (!cell->is_live && last > 0)
		deed_finding_event(finding, slot, last, DEED_ROLE_DROPPED);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
}

static struct deed_finding *begin(struct deed_thread *me, uint32_t slot, enum deed_fault fault,
				  const struct deed_site *at, const void *frame)
{
	struct deed_finding *const finding = deed_finding_begin(me, fault, at, frame);

	deed_finding_cell(finding, slot);
	tell_life(finding, slot);
	return finding;
}

/* "4 bytes"; "they are 00 00 80 3f now". */
struct words {
	char count[32], are[64];
	const char *were;
};

static struct words words_of(struct deed_damage damage)
{
	const size_t count = (size_t)(damage.last - damage.first) + 1;
	const size_t shown = deed_min(count, sizeof damage.bytes);
	struct words words = { .were = count == 1 ? "was" : "were" };
	size_t len;

	snprintf(words.count, sizeof words.count, "%zu byte%s", count, count == 1 ? "" : "s");
	len = (size_t)snprintf(words.are, sizeof words.are, "%s",
			       count == 1      ? "it is"
			       : count > shown ? "the first are"
					       : "they are");
	for (size_t i = 0; i < shown; i++)
		len += (size_t)snprintf(words.are + len, sizeof words.are - len, " %02x",
					damage.bytes[i]);
	snprintf(words.are + len, sizeof words.are - len, " now");
	return words;
}

struct deed_finding *deed_redzone_finding(struct deed_thread *me, uint32_t slot,
					  struct deed_damage damage, const struct deed_site *at,
					  const void *frame)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	const unsigned char *const base = cell->base;
	const unsigned char *const end = base + deed_cell_bytes(cell);
	const bool is_behind = damage.first >= end;
	const size_t far = (size_t)(is_behind ? damage.first - end : base - damage.last - 1);
	const struct words words = words_of(damage);
	struct deed_finding *const finding = begin(me, slot, DEED_E25, at, frame);
	char where[48] = "";

	if (far)
		snprintf(where, sizeof where, ", %zu byte%s from its %s", far, far == 1 ? "" : "s",
			 is_behind ? "end" : "beginning");
	deed_finding_say(finding, "%s %s%s `%s` %s written%s: %s", words.count, far ? "" : "right ",
			 is_behind ? "behind" : "in front of", deed_plain(cell->name).text,
			 words.were, where, words.are);
	return finding;
}

struct deed_finding *deed_dead_finding(struct deed_thread *me, uint32_t slot,
				       struct deed_damage damage, const struct deed_site *at,
				       const void *frame)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	const size_t from = (size_t)(damage.first - (const unsigned char *)cell->base);
	const int last = deed_cell_event_back(cell, 0);
	const enum deed_role end = last > 0 ? deed_event_role(cell, last) : DEED_ROLE_DROPPED;
	const bool is_reset = end == DEED_ROLE_RESET;
	const struct words words = words_of(damage);
	struct deed_finding *const finding =
		begin(me, slot, is_reset ? DEED_E21 : DEED_E04, at, frame);

	deed_finding_say(finding, "%s of `%s` %s written after its %s, from byte %zu on: %s",
			 words.count, deed_plain(cell->name).text, words.were,
			 is_reset		    ? "arena's reset"
			 : end == DEED_ROLE_RESIZED ? "resize"
						    : "drop",
			 from, words.are);
	return finding;
}
