/* SPDX-License-Identifier: MIT
 *
 * tests/test_memory.c - what lies around buffers and what becomes of them: redzones, quarantine,
 * patterns, and what they cost.
 */
#include "trapped.h"

#include <stdint.h>

#include "deed/malloc.h"
#include "trap/memory.h"
#include "trap/options.h"
#include "trap/quarantine.h"

static struct deed_options options;

static void begin(void)
{
	trapped_begin();
	options = deed_options;
}

static void end(void)
{
	(void)fault_count((void)deed_quarantine_empty());
	deed_options = options;
	trapped_end();
}

TestSuite(memory, .init = begin, .fini = end, .timeout = 60);

/* Neither is seen by AddressSanitizer, which would stop where the crime is, and this is about what
 * deed finds afterwards. */
static __attribute__((noinline, no_sanitize_address)) void poke(unsigned char *at, ptrdiff_t offset)
{
	((volatile unsigned char *)at)[offset] = 7;
}

static __attribute__((noinline, no_sanitize_address)) uint32_t peek(const void *at, size_t word)
{
	return ((const volatile uint32_t *)at)[word];
}

/* A pointer that outlives its loan. */
static unsigned char *escape(deed_u8 *owner)
{
	DEED_INOUT(v, owner);
	return deed_data(v);
}

static const size_t lengths[] = { 0, 1, 3, 7, 8, 15, 16, 17, 31, 48, 64, 100, 4095, 4096, 70000 };
static const size_t alignments[] = { 16, 32, 64, 256, 4096, 8192 };

Test(memory, what_is_inside_may_be_written_and_what_is_next_to_it_may_not)
{
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		for (size_t k = 0; k < ARRAY_LEN(alignments); k++)
			for (int where = 0; where < 4; where++) {
				const size_t len = lengths[i];
				deed_u8 xs = DEED_EMPTY;
				unsigned char *raw;
				bool is_outside = where >= 1;

				cr_assert(deed_new_aligned(&xs, len, alignments[k]) == 0);
				raw = deed_memory_of(
					      deed_cell_at(deed_word_slot(deed_handle_word(&xs.h))))
					      .base;
				cr_assert((uintptr_t)raw % alignments[k] == 0);
				memset(raw, 0x55, len);
				if (where == 1)
					poke(raw, (ptrdiff_t)len);
				if (where == 2)
					poke(raw, (ptrdiff_t)len + 15);
				if (where == 3 && alignments[k] <= DEED_FRONT_MAX)
					poke(raw, -1);
				else if (where == 3)
					is_outside = false;
				if (is_outside)
					expect_fault(DEED_E25, deed_drop(&xs));
				else
					expect_silent(deed_drop(&xs));
				cr_expect(!deed_owns(&xs), "the drop is no less a drop");
			}
}

DEED_UNCHECKED Test(memory, each_verb_that_ends_memory_looks_around_it)
{
	deed_u8 xs = DEED_EMPTY;
	int err = 0;

	cr_assert(deed_new(&xs, 10) == 0);
	poke(escape(&xs), 10);
	expect_fault(DEED_E25, err = deed_resize(&xs, 20));
	cr_expect(err == 0 && deed_len(xs) == 20);
	expect_silent(deed_drop(&xs));
	cr_assert(deed_new(&xs, 10) == 0);
	poke(escape(&xs), -16);
	expect_fault(DEED_E25, free(deed_release(&xs)));
	cr_assert(deed_new(&xs, 10) == 0);
	poke(escape(&xs), 11);
	expect_fault(DEED_E25, deed_settle(&xs));
	cr_expect_not_null(strstr(trapped.report.message, "1 byte from its end"));
}

struct particle {
	double x, y, z, vx, vy, is_alive;
};

DEED_DEFINE(particles, struct particle);

/* One element too far, and one too early, in its last and its first field. */
DEED_UNCHECKED Test(memory, one_element_too_far_is_seen_whichever_field_is_written)
{
	const size_t size = sizeof(struct particle);
	const ptrdiff_t last = offsetof(struct particle, is_alive);

	for (size_t count = 1; count < 40; count++)
		for (int side = 0; side < 2; side++) {
			particles xs = DEED_EMPTY;
			unsigned char *raw;

			cr_assert(deed_new(&xs, count) == 0);
			{
				DEED_INOUT(v, &xs);
				raw = (unsigned char *)deed_data(v);
			}
			poke(raw, side ? (ptrdiff_t)(count * size) + last : -(ptrdiff_t)size);
			expect_fault(DEED_E25, deed_drop(&xs));
		}
	for (size_t count = 4; count < 40; count++) {
		unsigned char *const raw = deed_malloc(count * size);

		poke(raw, (ptrdiff_t)(count * size) + last);
		expect_fault(DEED_E25, deed_free(raw));
	}
}

DEED_UNCHECKED Test(memory, one_look_at_everything_tells_each_damage_once)
{
	deed_u8 live = DEED_EMPTY, dead = DEED_EMPTY, whole = DEED_EMPTY;
	unsigned char *raw;
	size_t before, seen = 0;

	(void)deed_quarantine_empty();
	before = deed_check_all();
	cr_assert(deed_new(&live, 10) == 0 && deed_new(&dead, 10) == 0 &&
		  deed_new(&whole, 10) == 0);
	poke(escape(&live), 10);
	raw = escape(&dead);
	deed_drop(&dead);
	poke(raw, 9);
	cr_expect(fault_count(seen = deed_check_all()) == 2);
	cr_expect(seen == before + 3, "%zu", seen);
	cr_expect_not_null(strstr(trapped.report.message, "; noticed by deed_check_all() at "));
	cr_expect_not_null(strstr(trapped.report.message, "test_memory.c:"));
	cr_expect(fault_count(seen = deed_check_all()) == 0);
	expect_silent(deed_drop(&live));
	expect_silent(deed_drop(&whole));
	expect_silent((void)deed_quarantine_empty());
}

Test(memory, what_is_written_after_the_drop_is_told_when_it_leaves)
{
	deed_u8 xs = DEED_EMPTY, ys = DEED_EMPTY;
	unsigned char *raw;

	cr_assert(deed_new(&xs, 100) == 0);
	raw = escape(&xs);
	expect_silent(deed_drop(&xs));
	poke(raw, 40);
	poke(raw, 43);
	deed_options.quarantine = 1024; /* the next one pushes it out */
	cr_assert(deed_new(&ys, 500) == 0);
	expect_fault(DEED_E04, deed_drop(&ys));
	cr_expect_not_null(strstr(trapped.report.message,
				  "4 bytes of `xs` were written after its drop, from byte 40 on"));
	cr_expect_not_null(strstr(trapped.report.message, "; noticed when its memory left"));
}

Test(memory, what_a_resize_leaves_behind_waits_with_its_story)
{
	deed_u8 xs = DEED_EMPTY;
	unsigned char *raw;

	cr_assert(deed_new(&xs, 100) == 0);
	raw = escape(&xs);
	cr_assert(deed_resize(&xs, 200) == 0);
	poke(raw, 99);
	expect_fault(DEED_E04, (void)deed_quarantine_empty());
	cr_expect_not_null(strstr(trapped.report.text, "left behind by a resize"));
	expect_silent(deed_drop(&xs));
}

Test(memory, the_quarantine_keeps_to_its_bytes_and_counts_its_rows)
{
	struct deed_statistics stats;
	deed_u8 big = DEED_EMPTY;

	(void)deed_quarantine_empty();
	deed_options.quarantine = 10000;
	for (int i = 0; i < 1000; i++) {
		deed_u8 xs = DEED_EMPTY;

		cr_assert(deed_new(&xs, (size_t)(i % 300)) == 0);
		deed_drop(&xs);
		stats = deed_stats();
		cr_expect(stats.quarantine_bytes <= 10000);
	}
	cr_expect(stats.quarantine_buffers >= 10000 / (300 + 48 + 192) - 1);
	cr_assert(deed_new(&big, 20000) == 0);
	deed_drop(&big);
	cr_expect(deed_stats().quarantine_buffers == stats.quarantine_buffers,
		  "one that is larger than all of it does not wait, and moves nobody out");
	deed_options.quarantine = 0;
	(void)deed_quarantine_empty();
	cr_assert(deed_new(&big, 100) == 0);
	deed_drop(&big);
	cr_expect(deed_stats().quarantine_buffers == 0);
}

/* Whether so many buffers, of which one is live at a time, have walls all. */
static bool all_have_walls(int count)
{
	bool all = true;

	deed_options.guard = true;
	for (int i = 0; i < count; i++) {
		deed_u8 xs = DEED_EMPTY;

		cr_assert(deed_new(&xs, 32) == 0);
		all &= deed_cell_at(deed_word_slot(deed_handle_word(&xs.h)))->flags >>
			       __builtin_ctz(DEED_CELL_WALLED) &
		       1;
		deed_drop(&xs);
	}
	return all;
}

Test(memory, guarded_memory_counts_by_its_addresses)
{
	const size_t page = deed_os_page_bytes();

	cr_expect(all_have_walls(20000));
	cr_expect(deed_stats().quarantine_buffers <= ((size_t)16 << 20) / (2 * page));
}

Test(memory, guarded_memory_leaves_the_quarantine_when_mappings_run_out)
{
	deed_options.quarantine = deed_options.quarantine ? (uint64_t)1 << 40 : 0;
	cr_expect(all_have_walls(40000));
	(void)deed_quarantine_empty();
	cr_expect(all_have_walls(1));
}

Test(memory, fresh_and_ended_memory_shows)
{
	deed_f64 xs = DEED_EMPTY;
	const double *raw;
	double sum = 0;

	cr_assert(deed_new(&xs, 100) == 0);
	{
		DEED_BORROWED(r, &xs);
		raw = deed_data(r);
	}
	for (size_t i = 0; i < 100; i++)
		sum += raw[i];
	cr_expect(sum != sum, "who reads what nobody wrote gets no number");
	cr_expect_eq(peek(raw, 7), DEED_FRESH_WORD);
	deed_drop(&xs);
	cr_expect_eq(peek(raw, 7), DEED_DEAD_WORD);
	deed_options.fill = false;
	(void)deed_quarantine_empty();
}

/* The row, both redzones, and how the allocator rounds. */
Test(memory, a_live_buffer_of_64_bytes_costs_at_most_256_more_than_its_own)
{
	enum { COUNT = 1000 };
	static deed_u8 many[COUNT];
	const size_t ledger = deed_stats().ledger_bytes;
	size_t around = 0, rows;

	for (size_t i = 0; i < COUNT; i++) {
		struct deed_memory memory;

		cr_assert(deed_new(&many[i], 64) == 0);
		memory = deed_memory_of(deed_cell_at(deed_word_slot(deed_handle_word(&many[i].h))));
		around += deed_round_up(deed_memory_block(memory), 16) - 64;
	}
	rows = deed_stats().ledger_bytes - ledger;
	cr_expect((rows + around) / COUNT <= 256, "%zu and %zu", rows / COUNT, around / COUNT);
	for (size_t i = 0; i < COUNT; i++)
		deed_drop(&many[i]);
}
