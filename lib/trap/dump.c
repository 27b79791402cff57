/* SPDX-License-Identifier: MIT
 *
 * lib/trap/dump.c - who holds what, at any time: deed_dump(), deed_dump_all().
 *
 * A dump is a snapshot, cell by cell, each under its shard lock, written line by line into
 * a fixed buffer and out of it with no lock held. It is never a fault.
 */
#include "dump.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cell.h"
#include "deliver.h"
#include "loan.h"
#include "process.h"
#include "stack.h"
#include "story.h"
#include "thread.h"
#include "tree.h"

/* One cell at a time; what does not fit is counted. */
struct page {
	char text[8192];
	size_t len;
	size_t left_out;
};

static void line(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void line(struct page *page, const char *format, ...)
{
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(page->text + page->len, sizeof page->text - page->len, format, arguments);
	va_end(arguments);
	if (len < 0 || (size_t)len >= sizeof page->text - page->len - 64)
		page->left_out++;
	else
		page->len += (size_t)len;
}

static void put_range(struct page *page, struct deed_region region, size_t element)
{
	if (region.rows > 1)
		line(page, " %zu rows of %zu elements, %zu apart, from %zu", region.rows,
		     region.width / element, region.pitch / element, region.lo / element);
	else
		line(page, " [%zu, %zu)", region.lo / element,
		     (region.lo + region.width) / element);
}

static void put_cell(struct page *page, uint32_t slot)
{
	static const char *const kinds[] = { "heap", "foreign", "static", "raw" };
	const struct deed_cell *const cell = deed_cell_at(slot);
	const struct deed_plain name = deed_plain(cell->name);
	const struct deed_site *const birth = cell->event_site[0];
	const size_t element = cell->element_bytes ? cell->element_bytes : 1;
	const uint32_t made = deed_loans_made();
	size_t holders = 0;

	line(page, "deed: buffer #%llu `%s`: %zu elements of %u bytes at %p, %s, made at %s:%u\n",
	     (unsigned long long)cell->id, name.text, cell->count, cell->element_bytes, cell->base,
	     kinds[cell->kind], birth ? birth->file : "?", birth ? birth->line : 0);
	for (uint32_t i = 1; i < made; i++) {
		const struct deed_loan *const row = deed_loan_at(i);
		struct deed_look look;

		if (!deed_loan_look(i, &look) || look.cell != slot)
			continue;
		holders++;
		line(page, "  %s%s", row->parent ? "lent on, " : "",
		     look.is_inout ? "inout" : "borrowed");
		put_range(page, deed_loan_region(row), element);
		line(page, " by `%s` at %s:%u in %s, thread %u\n", deed_plain(row->site->text).text,
		     row->site->file, row->site->line, row->site->function, row->thread);
	}
	if (!holders)
		line(page, "  lent to nobody\n");
}

static void put_out(struct page *page)
{
	if (page->left_out)
		page->len += (size_t)snprintf(page->text + page->len, sizeof page->text - page->len,
					      "  and %zu lines more\n", page->left_out);
	deed_deliver_text(page->text, page->len);
}

/* The cell that a handle of whatever type is about; 0 if none. */
static uint32_t cell_of(const void *core, size_t core_bytes)
{
	uint64_t loan;
	uint32_t slot;

	if (core_bytes == sizeof(struct deed_owner)) {
		const struct deed_owner *const owner = core;
		const struct deed_cell *const cell =
			deed_cell_at(deed_word_slot(deed_handle_word(owner)));

		return deed_trap_owns(owner) && cell ? deed_word_slot(deed_handle_word(owner)) : 0;
	}
	/* In every view the loan is the last word. */
	memcpy(&loan, (const char *)core + core_bytes - sizeof loan, sizeof loan);
	slot = deed_loan_slot(loan);
	if (!loan || slot >= deed_loans_made() ||
	    !deed_word_is(deed_loan_word(deed_loan_at(slot)), loan))
		return 0;
	return deed_loan_at(slot)->cell;
}

void deed_trap_dump(const void *core, size_t core_bytes, const char *text)
{
	struct deed_thread *const me = deed_enter();
	const struct deed_plain name = deed_plain(text);
	struct page page = { .len = 0 };
	uint32_t slot;

	if (!me)
		return;
	slot = cell_of(core, core_bytes);
	if (slot) {
		deed_shard_take(slot);
		put_cell(&page, slot);
		deed_shard_give(slot);
	} else {
		line(&page, "deed: `%s` holds no live buffer\n", name.text);
	}
	deed_leave(me);
	put_out(&page);
}

void deed_trap_dump_all(void)
{
	struct deed_thread *const me = deed_enter();
	const uint32_t made = deed_cells_made();
	size_t shown = 0;

	if (!me)
		return;
	for (uint32_t slot = 1; slot < made; slot++) {
		struct page page = { .len = 0 };

		deed_shard_take(slot);
		if (deed_cell_at(slot)->is_live)
			put_cell(&page, slot);
		deed_shard_give(slot);
		if (page.len) {
			put_out(&page);
			shown++;
		}
	}
	deed_leave(me);
	if (!shown)
		deed_deliver_text("deed: no live buffers\n", sizeof "deed: no live buffers\n" - 1);
}

void deed_trap_stats(struct deed_statistics *stats)
{
	const uint32_t made = deed_loans_made();

	deed_cell_count(stats);
	for (uint32_t slot = 1; slot < made; slot++)
		stats->live_loans += deed_loan_word(deed_loan_at(slot)) & DEED_LOAN_LIVE;
	stats->reports = deed_deliver_count();
	stats->follow_ons = deed_follow_ons();
	stats->in_flight = deed_in_flight();
	stats->stacks = deed_stack_count();
	stats->ledger_bytes = deed_cells_bytes() + deed_loans_bytes() + deed_stack_bytes();
}
