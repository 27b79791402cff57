/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/faults_in_turn.c - two threads that are reported in turn are not ordered by the
 * report.
 */
#include "race.h"

/* The report is the handler's to read, whichever thread's report had the same memory before. */
static void read_all(const struct deed_report *report, void *context)
{
	uintptr_t sum = 0;

	(void)context;
	for (size_t i = 0; i < report->text_bytes; i++)
		sum += (unsigned char)report->text[i];
	for (const char *at = report->help; *at; at++)
		sum += (unsigned char)*at;
	for (size_t i = 0; i < report->site_count; i++)
		for (size_t frame = 0; frame < report->sites[i].stack_len; frame++)
			sum += report->sites[i].stack[frame];
	require(sum && report->message[0] && report->events[0].site);
}

DEED_UNCHECKED static void use(void)
{
	for (int i = 0; i < 20; i++) {
		deed_i32 xs = DEED_EMPTY;

		require(deed_new(&xs, 10) == 0);
		deed_drop(&xs);
		deed_drop(&xs);
	}
}

RACE_AROUND(use)

int main(void)
{
	deed_on_fault(read_all, NULL);
	run_two(write_then_use, use_then_write);
	deed_on_fault(NULL, NULL);
	return 0;
}
