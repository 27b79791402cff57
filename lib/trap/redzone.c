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

#define UNCHECKED __attribute__((no_sanitize_address, no_sanitize_thread))

/* Byte `i` of a pattern, which memory holds with its lowest byte first. */
static inline unsigned char byte_of(uint32_t word, uintptr_t address)
{
	return (unsigned char)(word >> 8 * (address & 3));
}

/* Sixteen bytes at once, wherever they lie; and what they are in a pattern. */
typedef uint32_t four __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint64_t two __attribute__((vector_size(16)));

static inline four four_of(uint32_t word, uintptr_t address)
{
	const unsigned shift = 8 * (address & 3);
	const uint32_t turned = word >> shift | word << (32 - shift) % 32;

	return (four){ turned, turned, turned, turned };
}

/* By sixteen, and what is left at the end by the last sixteen, some of which are done already:
 * most redzones are no longer, and none of a buffer in the heap is shorter. */
UNCHECKED static inline void fill(void *at, size_t bytes, uint32_t word)
{
	const uintptr_t start = (uintptr_t)at, end = start + bytes;
	const four pattern = four_of(word, start);

	if (DEED_UNLIKELY(bytes < sizeof pattern)) {
		for (uintptr_t byte = start; byte < end; byte++)
			*(unsigned char *)byte = byte_of(word, byte);
		return;
	}
	for (uintptr_t next = start + sizeof pattern; next <= end; next += sizeof pattern)
		*(four *)(next - sizeof pattern) = pattern;
	if (bytes % sizeof pattern)
		*(four *)(end - sizeof pattern) = four_of(word, end);
}

UNCHECKED static inline bool is_whole(const void *at, size_t bytes, uint32_t word)
{
	const uintptr_t start = (uintptr_t)at, end = start + bytes;
	const four pattern = four_of(word, start);
	unsigned broken = 0;
	four all = { 0 };

	if (DEED_UNLIKELY(bytes < sizeof pattern)) {
		for (uintptr_t byte = start; byte < end; byte++)
			broken |= *(const unsigned char *)byte ^ byte_of(word, byte);
		return !broken;
	}
	for (uintptr_t next = start + sizeof pattern; next <= end; next += sizeof pattern)
		all |= *(const four *)(next - sizeof pattern) ^ pattern;
	if (bytes % sizeof pattern)
		all |= *(const four *)(end - sizeof pattern) ^ four_of(word, end);
	return !(((two)all)[0] | ((two)all)[1]);
}

UNCHECKED static struct deed_damage look(const void *at, size_t bytes, uint32_t word)
{
	const unsigned char *first = at, *end = first + bytes;
	struct deed_damage damage = { NULL, NULL, { 0 } };

	while (first < end && *first == byte_of(word, (uintptr_t)first))
		first++;
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

UNCHECKED bool deed_redzones_are_whole(const void *front, size_t front_bytes, const void *behind,
				       size_t behind_bytes)
{
	return is_whole(behind, behind_bytes, DEED_REDZONE_WORD) &&
	       is_whole(front, front_bytes, DEED_REDZONE_WORD);
}

UNCHECKED bool deed_dead_is_whole(const void *at, size_t bytes)
{
	return !deed_options.fill || is_whole(at, bytes, DEED_DEAD_WORD);
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
			 is_behind ? "behind" : "in front of", deed_cell_name(cell).text,
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
	const bool is_reset = last > 0 && deed_event_role(cell, last) == DEED_ROLE_RESET;
	const struct words words = words_of(damage);
	struct deed_finding *const finding =
		begin(me, slot, is_reset ? DEED_E21 : DEED_E04, at, frame);

	deed_finding_say(finding, "%s of `%s` %s written after its %s, from byte %zu on: %s",
			 words.count, deed_cell_name(cell).text, words.were, deed_end_name(cell),
			 from, words.are);
	return finding;
}
