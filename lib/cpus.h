/* SPDX-License-Identifier: MIT
 *
 * lib/cpus.h - how many threads of this process can run at once.
 */
#ifndef DEED_CPUS_H
#define DEED_CPUS_H

#include "base.h"

/* deed_cpus - at least 1: so many CPUs the calling thread may run on, and no more than the quota of
 * its control group lets it keep busy. */
unsigned deed_cpus(void);

/* What the control groups let it: UINT_MAX if they set no limit. `root` is "", or a folder that
 * holds another proc and sys. */
unsigned deed_cpus_of_groups(const char *root);

#endif
