/* SPDX-License-Identifier: MIT
 *
 * lib/trap/deliver.c - a report reaches somebody, whatever state the program is in.
 *
 *     take a desk -> render -> handler? yes: call it, go on as the program wants
 *                                       no:  lock, write, abort or go on
 *
 * Rendering needs no lock, so threads that fail together render together. One lock orders
 * the writing: a report is one write() under it, never mixed with another. With
 * on_fault=abort the first thread aborts with the lock in hand and the others wait for
 * ever: one report, and the exit status is SIGABRT's. It is abort(), so a SIGABRT handler
 * of the program runs; it may fork, fault or jump away.
 *
 * A fault inside the handler is not handed to the handler again, but written, and the
 * program goes on. A fault while the same thread writes, or aborts, is one line.
 *
 * The process may exit meanwhile, by another thread: that waits until the report is out
 * (deed_desks_wait()), but for what is in a handler's hands.
 */
#include "deliver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../os.h"
#include "../unseen.h"
#include "desk.h"
#include "handler.h"
#include "json.h"
#include "label.h"
#include "log.h"
#include "options.h"
#include "sarif.h"
#include "text.h"

/* A report in one line, where more cannot be had. */
#define LINE_BYTES 1024

static size_t delivered, advised;

/* Between the two sides of a fork(). */
static int fork_process;
static uint32_t fork_thread;
static bool fork_had_lock;

size_t deed_deliver_count(void)
{
	return __atomic_load_n(&delivered, __ATOMIC_RELAXED);
}

size_t deed_deliver_advisories(void)
{
	return __atomic_load_n(&advised, __ATOMIC_RELAXED);
}

static bool is_advisory(const struct deed_report *report)
{
	return report->fault >= DEED_ADVISORY_FIRST;
}

/* ---- what is written ------------------------------------------------------------------------ */

static void render(struct deed_desk *desk, struct deed_report *report, bool has_handler)
{
	struct deed_rendering *const rendering = &desk->rendering;

	deed_unseen_begin();
	deed_writer_reset(&rendering->out);
	rendering->report = report;
	switch (deed_options.format) {
	case DEED_FORMAT_TEXT:
		rendering->is_coloured = deed_options.colour == DEED_COLOUR_ALWAYS ||
					 (deed_options.colour == DEED_COLOUR_AUTO && !has_handler &&
					  deed_log_is_terminal());
		deed_text_report(rendering);
		break;
	case DEED_FORMAT_JSON:
		deed_json_report(rendering);
		break;
	case DEED_FORMAT_SARIF:
		deed_sarif_report(rendering, &desk->result_from, &desk->result_to);
		break;
	}
	/* The words are free again: they hold the help until the desk is left. */
	deed_writer_reset(&rendering->words);
	deed_put_help(&rendering->words, report);
	if (!rendering->words.is_cut)
		report->help = rendering->words.text;
	deed_unseen_end();
}

/* The report in one line: how long it is. */
static size_t render_line(char *line, const struct deed_report *report, const char *why)
{
	const struct deed_site *const site = deed_site_of_report(report);
	const int len = snprintf(line, LINE_BYTES - 1, "deed: %s %s: %.300s:%u in %.200s (%s)",
				 deed_fault_id(report->fault), deed_fault_name(report->fault),
				 site && site->file ? site->file : "?", site ? site->line : 0,
				 site && site->function ? site->function : "?", why);
	const size_t bytes = deed_min(len > 0 ? (size_t)len : 0, LINE_BYTES - 2);

	line[bytes] = '\n';
	line[bytes + 1] = '\0';
	return bytes + 1;
}

/* ---- delivery ------------------------------------------------------------------------------- */

static bool is_fatal(const struct deed_report *report)
{
	return deed_options.on_fault == DEED_FAULT_ABORT && !is_advisory(report);
}

bool deed_deliver_is_last(const struct deed_report *report)
{
	return is_fatal(report) && !deed_handler_now().call;
}

/* Writes, and aborts if that is how it ends. `has_lock` says that this thread has it from further
 * out, and keeps it. */
static void write_report(struct deed_desk *desk, const struct deed_report *report, bool has_lock,
			 bool may_abort)
{
	const bool is_sarif = desk && deed_options.format == DEED_FORMAT_SARIF &&
			      report->text == desk->rendering.out.text;

	if (desk)
		deed_desk_goes_to(desk, DEED_PHASE_WRITES);
	if (!has_lock) {
		deed_log_take();
		if (desk)
			desk->has_lock = true;
	}
	if (is_sarif)
		deed_log_put_sarif(report->text, report->text_bytes, desk->result_from,
				   desk->result_to);
	else
		deed_log_put(report->text, report->text_bytes);
	if (may_abort && is_fatal(report)) {
		if (desk)
			deed_desk_goes_to(desk, DEED_PHASE_ABORTS);
		abort(); /* with the lock: nobody else reports any more */
	}
	if (!has_lock) {
		if (desk)
			desk->has_lock = false;
		deed_log_give();
	}
}

static void deliver_at(struct deed_desk *desk, struct deed_report *report,
		       struct deed_around around)
{
	static const char note[] = "deed: this fault happened inside the fault handler, which is "
				   "not called again for it:\n";
	const struct deed_handler handler = deed_handler_now();
	const bool is_nested = handler.call && around.is_handling;
	char line[LINE_BYTES];

	if (desk)
		render(desk, report, handler.call && !is_nested);
	if (desk && !desk->rendering.out.is_cut) {
		report->text = desk->rendering.out.text;
		report->text_bytes = desk->rendering.out.bytes;
	} else {
		report->text = line;
		report->text_bytes = render_line(line, report, "no memory for the whole report");
	}
	if (handler.call && !is_nested) {
		if (desk)
			deed_desk_goes_to(desk, DEED_PHASE_HANDLER);
		handler.call(report, handler.context);
		return;
	}
	if (is_nested)
		deed_log_say(note, sizeof note - 1);
	write_report(desk, report, around.has_lock, !is_nested);
}

void deed_deliver(struct deed_report *report)
{
	const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	const struct deed_around around = deed_look_around(here);
	const int saved = errno; /* what reads debug information changes it */
	volatile uint64_t cookie = deed_desk_cookie();
	struct deed_desk *const desk = around.is_writing ? NULL : deed_desk_take(here, &cookie);

	/* From here on an exit of the process waits for it: so it is counted. */
	__atomic_add_fetch(&advised, is_advisory(report), __ATOMIC_RELAXED);
	report->number = __atomic_add_fetch(&delivered, 1, __ATOMIC_RELAXED);
	report->id = deed_fault_id(report->fault);
	report->name = deed_fault_name(report->fault);
	report->help = deed_fault_help(report->fault);
	if (around.is_writing) {
		char line[LINE_BYTES];
		const size_t bytes = render_line(line, report,
						 "while another report of this thread was written");

		deed_log_say(line, bytes);
		return;
	}
	deliver_at(desk, report, around);
	report->help = "";
	report->text = "";
	report->text_bytes = 0;
	cookie = 0;
	if (desk)
		deed_desk_leave(desk);
	errno = saved;
}

/* SARIF has no place for a dump, and JSON has a line of its own for it. */
static void put_dump(struct deed_desk *desk, const char *text, size_t bytes)
{
	struct deed_writer *const out = desk ? &desk->rendering.out : NULL;

	if (deed_options.format == DEED_FORMAT_SARIF) {
		deed_log_say(text, bytes);
		return;
	}
	if (out && deed_options.format == DEED_FORMAT_JSON) {
		deed_put_text(out, "{\"deed\":\"" DEED_VERSION "\",\"dump\":");
		deed_put_json(out, text, bytes);
		deed_put_text(out, "}\n");
		if (!out->is_cut) {
			deed_log_put(out->text, out->bytes);
			return;
		}
	}
	deed_log_put(text, bytes);
}

void deed_deliver_text(const char *text, size_t bytes)
{
	const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	const struct deed_around around = deed_look_around(here);
	volatile uint64_t cookie = deed_desk_cookie();
	struct deed_desk *const desk = deed_desk_take(here, &cookie);

	if (desk)
		deed_desk_goes_to(desk, DEED_PHASE_WRITES);
	if (!around.has_lock)
		deed_log_take();
	if (desk)
		desk->has_lock = !around.has_lock;
	deed_unseen_begin();
	put_dump(desk, text, bytes);
	deed_unseen_end();
	cookie = 0;
	if (desk)
		deed_desk_leave(desk);
	if (!around.has_lock)
		deed_log_give();
}

/* ---- fork ----------------------------------------------------------------------------------- */

/* A SIGABRT handler that forks, to start a debugger, has the lock already. */
void deed_deliver_fork_prepare(void)
{
	const bool has_lock = deed_desks_have_lock();

	if (!has_lock)
		deed_log_take();
	fork_had_lock = has_lock;
	fork_thread = (uint32_t)deed_os_thread_id();
	fork_process = deed_os_process_id();
	deed_log_share();
}

/* In the child this thread has another id, and no other thread exists. */
void deed_deliver_fork_done(void)
{
	const bool has_lock = fork_had_lock;

	if (deed_os_process_id() != fork_process)
		deed_desks_inherit(fork_thread);
	if (!has_lock)
		deed_log_give();
}
