/* SPDX-License-Identifier: MIT
 *
 * lib/allocator.h - what deed's page allocators have mapped, for statistics.
 */
#ifndef DEED_LIB_ALLOCATOR_H
#define DEED_LIB_ALLOCATOR_H

#include "deed/report.h"

void deed_pages_count(struct deed_statistics *stats);

#endif
