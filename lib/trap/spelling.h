/* SPDX-License-Identifier: MIT
 *
 * lib/trap/spelling.h - how the verbs are spelled that do what a site tells.
 */
#ifndef DEED_SPELLING_H
#define DEED_SPELLING_H

#include "deed/report.h"

/* deed_verbs_of - the words that names of such verbs have, a space between them: "push reserve" of
 * what was pushed to. Null if any verb can have done it. */
const char *deed_verbs_of(const struct deed_report_site *site);

#endif
