/* SPDX-License-Identifier: MIT
 *
 * lib/trap/dump.c - who holds what, at any time: deed_dump(), deed_dump_all().
 *
 *     deed: buffer 2: `weights`, f32[32], 128 bytes, ..., made at train.c:42 in main
 *       inout, all 32 elements: train.c:46 in main, until deed_end(), thread 1
 *         borrowed, elements [8, 16): step.c:20 in step, until its block ends, thread 1
 *       inout, all 32 elements: train.c:50 in main, shared out to 4 parts, thread 1
 *         inout, elements [8, 16): step.c:31 in step, part 1 of 4 ([8, 16)), until its part is done
 *
 * A loan of a loan is indented below it. A dump is a snapshot, cell by cell, each taken
 * under its shard lock and written with no lock held. It is never a fault.
 */
#include "dump.h"

#include <string.h>

#include "archive.h"
#include "cell.h"
#include "deliver.h"
#include "history.h"
#include "label.h"
#include "leak.h"
#include "loan.h"
#include "page.h"
#include "quarantine.h"
#include "shard.h"
#include "stack.h"
#include "story.h"
#include "thread.h"
#include "writer.h"

/* Until when a loan lasts, and whose it is. A share lasts until it has no parts any more, and says
 * so. */
static void put_whose(struct deed_writer *out, const struct deed_loan *row)
{
	const struct deed_tale tale = deed_tale_of_loan(row);
	const struct deed_report_site place = { .part = tale.part,
						.parts = tale.parts,
						.part_lo = tale.lo,
						.part_hi = tale.hi,
						.part_x_lo = tale.x_lo,
						.part_x_hi = tale.x_hi,
						.is_async = tale.is_async };

	if (deed_site_is_in_task(&place)) {
		deed_put_text(out, ", ");
		deed_put_part(out, &place);
	}
	if (row->is_share)
		deed_put_format(out, ", shared out to %llu part%s", (unsigned long long)row->group,
				row->group == 1 ? "" : "s");
	else
		deed_put_text(out, row->is_arenas  ? ", until its arena is closed"
				   : row->is_part  ? ", until its part is done"
				   : row->is_guard ? ", until its block ends"
						   : ", until deed_end()");
	if (!deed_site_is_in_task(&place))
		deed_put_format(out, ", thread %u", row->thread);
}

/* Deeper loans are indented no further. */
#define DEPTH_MAX 16

static void put_loan(struct deed_writer *out, const struct deed_loan *row, size_t depth)
{
	/* A whole-buffer loan of another thread may end meanwhile, and its row be used again. */
	const struct deed_site *const at = row->site;
	const struct deed_cell *const cell = deed_cell_at(row->cell);
	const struct deed_region region = deed_loan_region(row);
	const struct deed_elements elements = deed_scaled(deed_loan_scale(row), region);
	const struct deed_report_site site = {
		.lo = elements.lo, .hi = elements.hi, .rows = region.rows, .pitch = elements.pitch
	};

	deed_put_repeat(out, ' ', 2 + 2 * deed_min(depth, DEPTH_MAX));
	deed_put_text(out, row->is_inout ? "inout, " : "borrowed, ");
	if (region.rows == 1 && !region.lo && region.width == deed_cell_bytes(cell))
		deed_put_format(out, "all %zu element%s", cell->count, cell->count == 1 ? "" : "s");
	else
		deed_put_range(out, &site);
	deed_put_text(out, ": ");
	if (at)
		deed_put_place(out, at);
	else
		deed_put_text(out, "ending now");
	put_whose(out, row);
	deed_put_text(out, "\n");
}

static size_t put_loans(struct deed_writer *out, uint32_t root, size_t outer);

/* What parts have of a share, which keeps no list of them. */
static size_t put_parts(struct deed_writer *out, uint32_t share, size_t depth)
{
	const uint32_t made = deed_loans_made();
	struct deed_look look;
	size_t count = 0;

	for (uint32_t slot = 1; slot < made; slot++)
		if (deed_loan_look(slot, &look) && deed_loan_at(slot)->is_part &&
		    deed_loan_at(slot)->parent == share)
			count += put_loans(out, slot, depth);
	return count;
}

/* A loan and those taken from it, from the outside in. Under the shard lock. */
static size_t put_loans(struct deed_writer *out, uint32_t root, size_t outer)
{
	size_t depth = 0, count = 0;

	for (uint32_t slot = root; slot;) {
		const struct deed_loan *row = deed_loan_at(slot);

		put_loan(out, row, outer + depth);
		count++;
		if (row->is_share)
			count += put_parts(out, slot, outer + depth + 1);
		if ((deed_loan_word(row) & DEED_LOAN_CHILD) && row->first_child) {
			slot = row->first_child;
			depth++;
			continue;
		}
		for (; depth && !row->next; depth--)
			row = deed_loan_at(row->parent);
		slot = depth ? row->next : 0;
	}
	return count;
}

static void put_cell(struct deed_writer *out, uint32_t slot)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	const uint32_t made = deed_loans_made();
	const struct deed_site *const birth = cell->event_site[0];
	struct deed_plain name;
	const struct deed_report_buffer buffer = deed_describe(cell, &name);
	size_t holders = 0;

	deed_put_text(out, "deed: ");
	deed_put_buffer(out, &buffer);
	if (birth) {
		deed_put_text(out, ", made at ");
		deed_put_place(out, birth);
	}
	deed_put_text(out, "\n");
	for (uint32_t i = 1; i < made; i++) {
		struct deed_look look;

		if (deed_loan_look(i, &look) && look.cell == slot && !deed_loan_at(i)->parent)
			holders += put_loans(out, i, 0);
	}
	if (!holders)
		deed_put_text(out, "  not lent\n");
}

static void put_out(struct deed_writer *out)
{
	deed_deliver_text(out->text ? out->text : "", out->bytes);
	deed_writer_done(out);
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
	struct deed_writer out = { 0 };
	uint32_t slot;

	if (!me)
		return;
	slot = cell_of(core, core_bytes);
	if (slot) {
		deed_shard_take(slot);
		put_cell(&out, slot);
		deed_shard_give(slot);
	} else {
		deed_put_format(&out, "deed: `%s` holds no live buffer\n", name.text);
	}
	deed_leave(me);
	put_out(&out);
}

void deed_trap_dump_all(void)
{
	struct deed_thread *const me = deed_enter();
	const uint32_t made = deed_cells_made();
	size_t shown = 0;

	if (!me)
		return;
	for (uint32_t slot = 1; slot < made; slot++) {
		struct deed_writer out = { 0 };

		deed_shard_take(slot);
		if (deed_cell_at(slot)->is_live)
			put_cell(&out, slot);
		deed_shard_give(slot);
		if (out.bytes) {
			put_out(&out);
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
	deed_quarantine_count(stats);
	for (uint32_t slot = 1; slot < made; slot++)
		stats->live_loans += deed_loan_word(deed_loan_at(slot)) & DEED_LOAN_LIVE;
	stats->advisories = deed_deliver_advisories();
	stats->reports = deed_deliver_count() - stats->advisories;
	stats->follow_ons = deed_follow_ons();
	stats->in_flight = deed_in_flight();
	stats->stacks = deed_stack_count();
	stats->ledger_bytes = deed_cells_bytes() + deed_loans_bytes() + deed_stack_bytes() +
			      deed_archive_bytes() + deed_history_bytes();
}
