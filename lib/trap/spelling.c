/* SPDX-License-Identifier: MIT
 *
 * lib/trap/spelling.c - how the verbs are spelled that do what a site tells.
 *
 * A site does not know which macro made it. What happened there tells: who finds `p` twice
 * in a line, in DEED_LEND(v, p, 8) and in deed_free(p), knows which of them freed it. A
 * verb is told by one word of its name, so that deed_free_sized() is found as deed_free() is.
 */
#include "spelling.h"

#include <string.h>

#include "../base.h"

#define MADE "new new2 malloc calloc alloc realloc clone from mark push reserve resize"
#define LENT_BORROWED "borrow borrowed reading lend reborrow split share part"
#define LENT_INOUT "inout lend reborrow split open share part"

/* Of the fault's own place: what the report says that the program does there. */
static const struct {
	const char *says, *words;
} deeds[] = {
	{ "adopted", "adopt static" },
	{ "awaited", "await" },
	{ "carved from", "new alloc resize scratch" },
	{ "cloned", "clone" },
	{ "closed", "close" },
	{ "copied", "copy" },
	{ "dropped", "drop auto" },
	{ "ended", "end" },
	{ "freed", "free" },
	{ "freed by its size", "free" },
	{ "lent", "lend" },
	{ "marked", "mark" },
	{ "moved", "move" },
	{ "opened", "open" },
	{ "pushed to", "push reserve" },
	{ "reallocated", "realloc" },
	{ "released", "release" },
	{ "reset", "reset" },
	{ "resized", "resize" },
	{ "rewound", "rewind" },
	{ "settled", "settle" },
	{ "swapped", "swap" },
};

/* Of any other fault: what it asks for. */
static const struct {
	const char *asks, *words;
} targets[] = {
	{ "borrowed", LENT_BORROWED },
	{ "inout", LENT_INOUT },
	{ "row", "get set" },
	{ "tile", "tile" },
};

static const char *const roles[] = {
	[DEED_ROLE_ALLOCATED] = MADE,
	[DEED_ROLE_ADOPTED] = "adopt static from lend open",
	[DEED_ROLE_RESIZED] = "resize push reserve realloc",
	[DEED_ROLE_MOVED] = "move swap async await",
	[DEED_ROLE_DROPPED] = "drop auto close",
	[DEED_ROLE_RELEASED] = "release",
	[DEED_ROLE_LENT_BORROWED] = LENT_BORROWED,
	[DEED_ROLE_LENT_INOUT] = LENT_INOUT,
	[DEED_ROLE_ENDED] = "end",
	[DEED_ROLE_FREED] = "free",
	[DEED_ROLE_RESET] = "reset rewind close scratch",
	[DEED_ROLE_HOT] = "hot",
	[DEED_ROLE_TEAM] = "parallel async reduce",
	[DEED_ROLE_PART] = "share",
};

const char *deed_verbs_of(const struct deed_report_site *site)
{
	if (site->role != DEED_ROLE_HERE)
		return (size_t)site->role < DEED_ARRAY_LEN(roles) ? roles[site->role] : NULL;
	for (size_t i = 0; site->verb && i < DEED_ARRAY_LEN(deeds); i++)
		if (!strcmp(site->verb, deeds[i].says))
			return deeds[i].words;
	for (size_t i = 0; site->target && i < DEED_ARRAY_LEN(targets); i++)
		if (!strcmp(site->target, targets[i].asks))
			return targets[i].words;
	return NULL;
}
