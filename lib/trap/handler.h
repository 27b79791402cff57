/* SPDX-License-Identifier: MIT
 *
 * lib/trap/handler.h - the program's own handler of faults.
 */
#ifndef DEED_HANDLER_H
#define DEED_HANDLER_H

#include "deed/report.h"

struct deed_handler {
	deed_fault_fn call; /* null: none */
	void *context;
};

/* What deed_on_fault() does. */
void deed_trap_on_fault(deed_fault_fn handler, void *context);
struct deed_handler deed_handler_now(void);

/* Around fork(), so that the child finds the lock free. */
void deed_handler_fork_prepare(void);
void deed_handler_fork_done(void);

#endif
