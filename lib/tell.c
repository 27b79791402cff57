/* SPDX-License-Identifier: MIT
 *
 * lib/tell.c - dumps and statistics, in both flavours; the ledger fills in what it knows.
 */
#include "deed/report.h"

#include <stdio.h>
#include <unistd.h>

#include "allocator.h"
#include "backend.h"
#include "base.h"
#include "foreign.h"
#include "os.h"
#include "trap/check.h"
#include "trap/dump.h"
#include "trap/handler.h"

static void no_ledger(void)
{
	static const char text[] =
		"deed: a release build keeps no ledger; "
		"build with -DDEED_TRAP=1 and libdeed-trap to see who holds what\n";

	(void)deed_os_write(STDERR_FILENO, text, sizeof text - 1);
}

/* A release build has no faults to hand over. */
DEED_EXPORT void deed_on_fault(deed_fault_fn handler, void *context)
{
	if (DEED_TRAP)
		deed_trap_on_fault(handler, context);
}

DEED_EXPORT void deed_dump_(const void *core, size_t core_bytes, const char *text)
{
	if (DEED_TRAP)
		deed_trap_dump(core, core_bytes, text);
	else
		no_ledger();
}

DEED_EXPORT void deed_dump_all(void)
{
	if (DEED_TRAP)
		deed_trap_dump_all();
	else
		no_ledger();
}

DEED_EXPORT size_t deed_check_all_(const struct deed_site *at)
{
	return DEED_TRAP ? deed_trap_check_all(at) : 0;
}

DEED_EXPORT struct deed_statistics deed_stats(void)
{
	struct deed_statistics stats = { .flavour = DEED_TRAP ? "trap" : "release",
					 .allocator = deed_backend_name() };

	stats.foreign_buffers = deed_foreign_count();
	deed_pages_count(&stats);
	if (DEED_TRAP)
		deed_trap_stats(&stats);
	return stats;
}

DEED_EXPORT size_t deed_stats_json(char *buffer, size_t size)
{
	const struct deed_statistics stats = deed_stats();
	const int len =
		snprintf(buffer, size,
			 "{\"flavour\":\"%s\",\"allocator\":\"%s\",\"foreign_buffers\":%zu,"
			 "\"page_bytes\":%zu,\"huge_page_bytes\":%zu,"
			 "\"live_buffers\":%zu,\"live_bytes\":%zu,\"live_bytes_max\":%zu,"
			 "\"buffers_made\":%zu,\"quarantine_buffers\":%zu,\"quarantine_bytes\":%zu,"
			 "\"live_loans\":%zu,\"reports\":%zu,\"advisories\":%zu,\"follow_ons\":%zu,"
			 "\"in_flight\":%zu,\"ledger_bytes\":%zu,\"stacks\":%zu}",
			 stats.flavour, stats.allocator, stats.foreign_buffers, stats.page_bytes,
			 stats.huge_page_bytes, stats.live_buffers, stats.live_bytes,
			 stats.live_bytes_max, stats.buffers_made, stats.quarantine_buffers,
			 stats.quarantine_bytes, stats.live_loans, stats.reports, stats.advisories,
			 stats.follow_ons, stats.in_flight, stats.ledger_bytes, stats.stacks);

	return len < 0 ? 0 : (size_t)len;
}
