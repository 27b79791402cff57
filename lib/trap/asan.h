/* SPDX-License-Identifier: MIT
 *
 * lib/trap/asan.h - deed's story under AddressSanitizer's reports.
 */
#ifndef DEED_ASAN_H
#define DEED_ASAN_H

/* Once, where AddressSanitizer may be in the process; and before the ledger is unloaded. */
void deed_asan_begin(void);
void deed_asan_end(void);

#endif
