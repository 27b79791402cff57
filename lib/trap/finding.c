/* SPDX-License-Identifier: MIT
 *
 * lib/trap/finding.c - a finding begins, and is raised.
 *
 * A finding is a few mapped pages, never malloc'ed memory. A thread keeps those of its last
 * one, because where one fault is, continue mode meets many; and one finding is the
 * process's, for when there is no memory. A thread may have several at once: the handler of
 * one report may break a rule of its own. One whose handler jumped out is freed when the
 * next is begun in the same frame or a shallower one.
 */
#include "finding.h"

#include <string.h>

#include "../os.h"
#include "archive.h"
#include "deliver.h"
#include "fiber.h"

static size_t follow_ons;

size_t deed_follow_ons(void)
{
	return __atomic_load_n(&follow_ons, __ATOMIC_RELAXED);
}

/* Of whoever finds no memory first. */
static struct deed_finding reserve;
static bool reserve_is_taken;

static void finding_free(struct deed_thread *me, struct deed_finding *finding)
{
	if (finding->more_bytes)
		deed_os_unmap(finding->sites, finding->more_bytes);
	if (finding == &reserve) {
		__atomic_store_n(&reserve_is_taken, false, __ATOMIC_RELEASE);
		return;
	}
	/* By exchange: a signal handler may use deed in between. */
	finding = __atomic_exchange_n(&me->spare, finding, __ATOMIC_RELAXED);
	if (finding)
		deed_os_unmap(finding, sizeof *finding);
}

static struct deed_finding *finding_take(struct deed_thread *me)
{
	struct deed_finding *finding = __atomic_exchange_n(&me->spare, NULL, __ATOMIC_RELAXED);

	if (!finding)
		finding = deed_os_map(sizeof *finding);
	if (!finding && !__atomic_exchange_n(&reserve_is_taken, true, __ATOMIC_ACQUIRE))
		finding = &reserve;
	if (!finding)
		deed_ledger_stops("no memory for a report");
	deed_fiber_forget(finding, sizeof *finding); /* the thread's tasks have it in turn */
	memset(finding, 0, offsetof(struct deed_finding, first_sites));
	finding->sites = finding->first_sites;
	finding->site_limit = DEED_FIRST_SITES;
	return finding;
}

void deed_findings_end_with_thread(struct deed_thread *me)
{
	while (me->findings) {
		struct deed_finding *const finding = me->findings;

		me->findings = finding->older;
		finding_free(me, finding);
	}
	if (me->spare)
		deed_os_unmap(me->spare, sizeof *me->spare);
	me->spare = NULL;
}

/* A finding whose verb was called in a frame at or below the one at hand is dead: its handler
 * jumped away. (A verb that a handler calls is deeper than the verb that called the handler.) */
static void free_jumped_out_of(struct deed_thread *me, const void *frame)
{
	const uintptr_t here = (uintptr_t)frame;

	if (!deed_on_own_stack(me, here))
		return;
	for (struct deed_finding **at = &me->findings; *at;) {
		struct deed_finding *const older = *at;
		const uintptr_t there = (uintptr_t)older->frame;

		if (there <= here && deed_on_own_stack(me, there)) {
			*at = older->older;
			finding_free(me, older);
		} else {
			at = &older->older;
		}
	}
}

struct deed_report_site *deed_finding_new_site(struct deed_finding *finding)
{
	if (finding->site_count == finding->site_limit) {
		const size_t bytes = 2 * finding->site_limit * sizeof *finding->sites;
		struct deed_report_site *const more = deed_os_map(bytes);

		if (!more)
			return &finding->sites[finding->site_limit - 1];
		memcpy(more, finding->sites, finding->site_count * sizeof *more);
		if (finding->more_bytes)
			deed_os_unmap(finding->sites, finding->more_bytes);
		finding->sites = more;
		finding->more_bytes = bytes;
		finding->site_limit *= 2;
	}
	memset(&finding->sites[finding->site_count], 0, sizeof *finding->sites);
	return &finding->sites[finding->site_count++];
}

void deed_finding_by(struct deed_finding *finding, struct deed_report_site *site,
		     const struct deed_tale *tale)
{
	const struct deed_site *const at = deed_archive_site(tale->at, NULL);
	size_t i = 0;

	site->part = tale->part;
	site->parts = tale->parts;
	site->part_lo = tale->lo;
	site->part_hi = tale->hi;
	site->part_x_lo = tale->x_lo;
	site->part_x_hi = tale->x_hi;
	site->is_async = tale->is_async;
	site->team = at;
	while (i < DEED_FINDING_TEAMS && finding->teams[i].site && finding->teams[i].site != at)
		i++;
	if (i == DEED_FINDING_TEAMS)
		return;
	finding->teams[i].site = at;
	finding->teams[i].thread = tale->thread;
	finding->teams[i].is_async = tale->is_async && !tale->parts;
}

/* Where the parts were asked for that the sites are in: each once, after all others. */
static void add_teams(struct deed_finding *finding)
{
	for (size_t i = 0; i < DEED_FINDING_TEAMS && finding->teams[i].site; i++) {
		struct deed_report_site *const site = deed_finding_new_site(finding);

		site->role = DEED_ROLE_TEAM;
		site->site = finding->teams[i].site;
		site->thread = finding->teams[i].thread;
		site->target = "";
		site->verb = finding->teams[i].is_async ? "handed over" : "";
		site->repeats = 1;
	}
}

struct deed_finding *deed_finding_begin(struct deed_thread *me, enum deed_fault fault,
					const struct deed_site *at, const void *frame)
{
	const struct deed_tale tale = deed_tale_of_thread(me);
	struct deed_finding *finding;
	struct deed_report_site *here;

	free_jumped_out_of(me, frame);
	finding = finding_take(me);
	finding->report.fault = fault;
	finding->report.message = finding->message;
	finding->report.buffer.name = "";
	finding->report.buffer.type = "";
	finding->report.buffer.kind = "";
	finding->report.buffer.state = "";
	here = deed_finding_new_site(finding);
	here->role = DEED_ROLE_HERE;
	here->site = deed_archive_site(at, NULL);
	here->thread = me->id;
	here->target = "";
	here->verb = "";
	here->repeats = 1;
	here->stack = finding->stack;
	deed_finding_by(finding, here, &tale);
	finding->frame = frame;
	return finding;
}

static void deliver(struct deed_thread *me, struct deed_finding *finding)
{
	add_teams(finding);
	finding->report.sites = finding->sites;
	finding->report.site_count = finding->site_count;
	/* Another thread may be about to tell of the first, and to abort. This one must not go on
	 * meanwhile, and perhaps end the process: it tells its own, whoever is first. */
	if (finding->is_follow_on && !deed_deliver_is_last(&finding->report)) {
		__atomic_add_fetch(&follow_ons, 1, __ATOMIC_RELAXED);
		finding_free(me, finding);
		return;
	}
	for (size_t i = 0; i < finding->site_count; i++)
		if (finding->sites[i].role == DEED_ROLE_LENT_BORROWED ||
		    finding->sites[i].role == DEED_ROLE_LENT_INOUT)
			finding->sites[i].bytes = 0;
	/* Now, with no lock held: an unwinder may take the dynamic linker's. */
	if (finding->frame)
		finding->sites[0].stack_len =
			deed_stack_take(finding->frame, me->stack_lo, me->stack_hi, finding->stack);
	finding->older = me->findings;
	me->findings = finding;
	deed_deliver(&finding->report);
	/* One that a handler began and jumped out of may lie above; it goes with a later one. */
	for (struct deed_finding **at = &me->findings; *at; at = &(*at)->older)
		if (*at == finding) {
			*at = finding->older;
			break;
		}
	finding_free(me, finding);
}

void deed_raise(struct deed_thread *me, struct deed_finding *finding)
{
	me->hot_waited = false; /* the report says more */
	deed_leave(me);
	deliver(me, finding);
}

/* The thread stays marked: the interrupted verb may hold locks. */
void deed_reentered(const struct deed_site *at, const void *frame)
{
	struct deed_thread *const me = deed_self;
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E24, at, frame);

	deed_finding_say(
		finding,
		"`%s` is used in a signal handler, which interrupted deed itself on the same "
		"thread",
		deed_plain(*at->text ? at->text : at->function).text);
	deliver(me, finding);
}
