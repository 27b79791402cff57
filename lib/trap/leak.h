/* SPDX-License-Identifier: MIT
 *
 * lib/trap/leak.h - what is still owned when the program ends (E17).
 */
#ifndef DEED_LEAK_H
#define DEED_LEAK_H

#include "thread.h"

/* Reports what lives and is nobody's to keep, in one report. From an exit handler; outside, no
 * lock.
 */
void deed_report_leaks(struct deed_thread *me);

/* Buffers that were not leaks at exit because a thread that still ran had them. */
size_t deed_in_flight(void);

#endif
