/* SPDX-License-Identifier: MIT
 *
 * lib/trap/noted.h - which bytes of one buffer the tasks of one team have had, and for what.
 *
 *     struct deed_notes notes = { NULL, NULL };
 *     if (!deed_notes_meet(&notes, &note, &other))
 *             deed_notes_put(&notes, &paper, &note);
 *     deed_notes_free(&notes, &paper);
 *
 * A note is what one task, by the number of its part, does with a region: it reads or it writes.
 * Two notes meet if they are of different tasks, share a byte, and one of them writes. Exactly: no
 * hull, and no memory of what is not known byte by byte.
 */
#ifndef DEED_NOTED_H
#define DEED_NOTED_H

#include "deed/report.h"
#include "loan.h"
#include "paper.h"
#include "region.h"

struct deed_note {
	const struct deed_site *at;
	struct deed_region region; /* as it was asked for; of loans side by side, of all of them */
	struct deed_scale scale;   /* how reports count its bytes */
	size_t part;
	uint32_t thread;
	enum deed_role role; /* LENT_BORROWED reads; all others write */
	const char *verb; /* where the role does not say it: "read", of rows, "swapped"; or null */
	bool by_row;
	bool is_told;  /* another one has met it */
	bool is_async; /* by what the part began with deed_async() */
};

static inline bool deed_role_writes(enum deed_role role)
{
	return role != DEED_ROLE_LENT_BORROWED;
}

static inline bool deed_note_writes(const struct deed_note *note)
{
	return deed_role_writes(note->role);
}

/* Whether two notes are in each other's way where they share a byte. */
static inline bool deed_note_concerns(const struct deed_note *one, const struct deed_note *other)
{
	return one->part != other->part && (deed_note_writes(one) || deed_note_writes(other));
}

/* Of several notes: whose they are, if that is one part. */
#define DEED_PART_NONE SIZE_MAX
#define DEED_PART_SEVERAL (SIZE_MAX - 1)

static inline size_t deed_part_either(size_t one, size_t other)
{
	if (one == DEED_PART_NONE || one == other)
		return other;
	return other == DEED_PART_NONE ? one : DEED_PART_SEVERAL;
}

/* What is noted of one buffer; all zero is nothing. */
struct deed_notes {
	struct deed_span *spans;
	struct deed_grid *patches; /* by their pitch */
};

/* deed_notes_meet - whether one that is there meets this one; it is in *ret then, as it was before.
 * deed_notes_put - adds one that meets none. What the same task, or two others that read, have of
 * it already takes no memory again. Stops the process if there is none.
 * deed_notes_free - gives back what all of them took.
 */
bool deed_notes_meet(struct deed_notes *notes, const struct deed_note *note, struct deed_note *ret);
void deed_notes_put(struct deed_notes *notes, struct deed_paper *paper,
		    const struct deed_note *note);
void deed_notes_free(struct deed_notes *notes, struct deed_paper *paper);

/* Shows the place of each note, which the visitor may change for an equal one. */
typedef void (*deed_site_visitor)(const struct deed_site **at, void *context);
void deed_notes_see(struct deed_notes *notes, deed_site_visitor see, void *context);

#endif
