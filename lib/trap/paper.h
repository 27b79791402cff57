/* SPDX-License-Identifier: MIT
 *
 * lib/trap/paper.h - memory for notes: in pages of its own, and all given back at once.
 *
 *     struct deed_paper paper = { 0 };
 *     piece = deed_paper_piece(&paper, DEED_PAPER_SPAN, sizeof *piece);
 *     deed_paper_give(&paper, DEED_PAPER_SPAN, piece);
 *     deed_paper_free(&paper);
 */
#ifndef DEED_PAPER_H
#define DEED_PAPER_H

#include "../base.h"

/* What pieces are for: those of one kind are of one size. */
enum deed_paper_kind { DEED_PAPER_SPAN, DEED_PAPER_PATCH, DEED_PAPER_GRID, DEED_PAPER_KINDS };

struct deed_paper {
	struct deed_sheet *sheets;     /* the newest first */
	char *at, *end;		       /* of it: what nobody has had */
	void *given[DEED_PAPER_KINDS]; /* pieces that were given back: each begins with the next */
	uint32_t seed;
};

/* deed_paper_take - `bytes`, which stay until the paper goes. Stops the process if there are none.
 * deed_paper_piece - the same, of one that was given back if there is one.
 * deed_paper_give - gives a piece back, for another of its kind.
 * deed_paper_empty - all goes that was taken behind `end`, which is in the first of it.
 * deed_paper_free - all of it goes.
 * deed_paper_bytes - of all paper together.
 * deed_paper_random - a number, for trees that are kept in balance by chance.
 */
void *deed_paper_take(struct deed_paper *paper, size_t bytes);
void *deed_paper_piece(struct deed_paper *paper, enum deed_paper_kind kind, size_t bytes);
void deed_paper_give(struct deed_paper *paper, enum deed_paper_kind kind, void *piece);
void deed_paper_empty(struct deed_paper *paper, void *end);
void deed_paper_free(struct deed_paper *paper);
size_t deed_paper_bytes(void);
uint32_t deed_paper_random(struct deed_paper *paper);

#endif
