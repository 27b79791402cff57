/* SPDX-License-Identifier: MIT
 *
 * lib/trap/archive.h - sites and texts that outlive the object that they were written in.
 */
#ifndef DEED_ARCHIVE_H
#define DEED_ARCHIVE_H

#include "../base.h"
#include "deed/config.h"

/* deed_archive_site - a copy of a site, texts and all, that lives for ever. Equal ones are one
 * copy; a copy's copy is itself, null's is null. `object` is the file of the object that it comes
 * from, in the archive, or null if that is of no interest. Without memory for a copy it is the site
 * itself. deed_archive_text - the same of a text.
 *
 * Take no lock; any thread, any signal handler.
 */
const struct deed_site *deed_archive_site(const struct deed_site *site, const char *object);
const char *deed_archive_text(const char *text);

/* The object that a site comes from, if it was archived with one; else null. */
const char *deed_archive_object(const struct deed_site *site);

size_t deed_archive_bytes(void);

#endif
