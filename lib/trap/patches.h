/* SPDX-License-Identifier: MIT
 *
 * lib/trap/patches.h - tiles of one buffer that the tasks of one team have had.
 */
#ifndef DEED_PATCHES_H
#define DEED_PATCHES_H

#include "noted.h"

/* The functions of noted.h, of notes whose region is not flat, and those by one: null is none.
 * deed_patches_meet - the note that this one meets; null if none does.
 * deed_patches_put - false if the task now has a flat region there, which is no patch: *note is
 * that.
 */
struct deed_note *deed_patches_meet(struct deed_grid *grids, const struct deed_note *note);
bool deed_patches_put(struct deed_grid **grids, struct deed_paper *paper, struct deed_note *note);
void deed_patches_free(struct deed_grid *grids, struct deed_paper *paper);
void deed_patches_see(struct deed_grid *grids, deed_site_visitor see, void *context);

#endif
