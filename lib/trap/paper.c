/* SPDX-License-Identifier: MIT
 *
 * lib/trap/paper.c - memory for notes.
 *
 * Paper is a stack of *sheets*, mapped pages that grow from 32 KiB to 1 MiB, as the notes of most
 * teams are few and those of some are many. What is taken is cut off the newest sheet, in cache
 * lines; what is given back is kept by its kind. A team's notes all go with the team, so nothing is
 * ever put together again: the sheets are unmapped, but for the first, which the next team begins
 * with.
 *
 * No lock: the caller's (history.c). None of it is the program's allocator's, for the ledger may be
 * inside of that.
 */
#include "paper.h"

#include "../os.h"
#include "thread.h"

struct deed_sheet {
	struct deed_sheet *older;
	size_t bytes;
};

#define SHEET_BYTES ((size_t)32 << 10)
#define SHEET_BYTES_MAX ((size_t)1 << 20)

static size_t paper_bytes;

size_t deed_paper_bytes(void)
{
	return __atomic_load_n(&paper_bytes, __ATOMIC_RELAXED);
}

void *deed_paper_take(struct deed_paper *paper, size_t bytes)
{
	void *taken;

	bytes = deed_round_up(bytes, 64);
	if ((size_t)(paper->end - paper->at) < bytes) {
		const size_t twice = paper->sheets ? 2 * paper->sheets->bytes : SHEET_BYTES;
		const size_t all =
			deed_max(deed_min(twice, SHEET_BYTES_MAX), deed_round_up(bytes + 64, 4096));
		struct deed_sheet *const sheet = deed_os_map(all);

		if (!sheet)
			deed_ledger_stops("no memory to note what the parts of a plan lend");
		__atomic_add_fetch(&paper_bytes, all, __ATOMIC_RELAXED);
		sheet->older = paper->sheets;
		sheet->bytes = all;
		paper->sheets = sheet;
		paper->at = (char *)sheet + deed_round_up(sizeof *sheet, 64);
		paper->end = (char *)sheet + all;
	}
	taken = paper->at;
	paper->at += bytes;
	return taken;
}

void *deed_paper_piece(struct deed_paper *paper, enum deed_paper_kind kind, size_t bytes)
{
	void **const piece = paper->given[kind];

	if (!piece)
		return deed_paper_take(paper, bytes);
	paper->given[kind] = *piece;
	return piece;
}

void deed_paper_give(struct deed_paper *paper, enum deed_paper_kind kind, void *piece)
{
	*(void **)piece = paper->given[kind];
	paper->given[kind] = piece;
}

static void sheet_free(struct deed_paper *paper)
{
	struct deed_sheet *const sheet = paper->sheets;

	paper->sheets = sheet->older;
	__atomic_sub_fetch(&paper_bytes, sheet->bytes, __ATOMIC_RELAXED);
	deed_os_unmap(sheet, sheet->bytes);
}

void deed_paper_empty(struct deed_paper *paper, void *end)
{
	while (paper->sheets->older)
		sheet_free(paper);
	paper->at = (char *)deed_round_up((uintptr_t)end, 64);
	paper->end = (char *)paper->sheets + paper->sheets->bytes;
	for (size_t kind = 0; kind < DEED_PAPER_KINDS; kind++)
		paper->given[kind] = NULL;
}

void deed_paper_free(struct deed_paper *paper)
{
	while (paper->sheets)
		sheet_free(paper);
}

uint32_t deed_paper_random(struct deed_paper *paper)
{
	uint32_t x = paper->seed ? paper->seed : 2463534242u;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return paper->seed = x;
}
