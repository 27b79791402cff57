/* SPDX-License-Identifier: MIT
 *
 * lib/trap/deliver.c - a report reaches somebody, whatever state the program is in.
 *
 *     take a desk -> render -> handler? yes: call it, go on as the program wants
 *                                       no:  lock, write, abort or go on
 *
 * A *desk* is some mapped pages in which one report is rendered; the program's allocator
 * is never asked. Desks hang on a list that only grows, and are taken by putting one's
 * thread id on a free one, so there is no lock that a signal handler or a fork() could
 * find taken.
 *
 * Rendering needs no lock, so threads that fail together render together. One lock orders
 * the writing: a report is one write() under it, never mixed with another. With
 * on_fault=abort the first thread aborts with the lock in hand and the others wait for
 * ever: one report, and the exit status is SIGABRT's. It is abort(), so a SIGABRT handler
 * of the program runs.
 *
 * A handler may jump out, and nobody tells us. The desk notes the frame of the delivery,
 * where that returns to, and a number that lies in it. When the same thread delivers
 * again, the earlier delivery is
 *
 *     gone      if this one is further out on the same stack, or the frame was overwritten;
 *     running   if the chain of frame pointers leads from here to its frame;
 *     doubtful  if that chain passes the frame by. Program code without frame pointers can
 *               make it do so, and so can a jump with luck; the desk is left alone.
 *
 * A fault inside the handler (running, or doubtful too often) is not handed to the handler
 * again, but written, and the program goes on. A fault while the same thread writes, or
 * aborts, is one line.
 *
 * The log file is opened for each report: a program may close every descriptor, or open
 * its own file under our number, and fork() shares offsets. The first report of a process
 * and the children that it forks empties the file; all others are appended. What cannot be
 * written there goes to stderr, with the reason.
 */
#include "deliver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../os.h"
#include "handler.h"
#include "json.h"
#include "label.h"
#include "lock.h"
#include "options.h"
#include "render.h"
#include "sarif.h"
#include "text.h"

/* Deliveries of one thread that may be doubtful before the handler is believed to call itself. */
#define DOUBTS_MAX 8
/* Desks that are kept before we ask whether their threads still live. */
#define DESKS_ENOUGH 16
/* A report in one line, where more cannot be had. */
#define LINE_BYTES 1024

enum phase { PHASE_RENDERS, PHASE_HANDLER, PHASE_WRITES, PHASE_ABORTS };
enum life { LIFE_GONE, LIFE_DOUBTFUL, LIFE_RUNNING };

struct desk {
	struct desk *next;
	uint32_t owner; /* kernel thread id; 0 is free */
	enum phase phase;
	bool has_lock;
	bool is_on_signal_stack;
	uintptr_t frame, cookie_at;
	uint64_t cookie, return_address;
	size_t result_from, result_to; /* of SARIF */
	struct deed_rendering rendering;
};

static struct desk *desks;
static uint64_t last_cookie;
static struct deed_lock report_lock;
static size_t delivered;

/* What the processes that share a log know of it; see is_first_use(). */
static uint32_t own_begun;
static uint32_t *begun = &own_begun;
static int begun_process;

/* Between the two sides of a fork(). */
static int fork_process;
static uint32_t fork_thread;
static bool fork_had_lock;

size_t deed_deliver_count(void)
{
	return __atomic_load_n(&delivered, __ATOMIC_RELAXED);
}

/* ---- desks ---------------------------------------------------------------------------------- */

static uint32_t thread_id(void)
{
	return (uint32_t)deed_os_thread_id();
}

static struct desk *first_desk(void)
{
	return __atomic_load_n(&desks, __ATOMIC_ACQUIRE);
}

static bool is_of(const struct desk *desk, uint32_t thread)
{
	return __atomic_load_n(&desk->owner, __ATOMIC_RELAXED) == thread;
}

static bool claim(struct desk *desk, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&desk->owner, &from, to, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

/* Makes the desk ready for another report. Who was interrupted while rendering, and will not go on,
 * may have left a text half grown: its pages are forgotten. */
static void clear(struct desk *desk)
{
	struct deed_rendering *const rendering = &desk->rendering;

	if (desk->phase == PHASE_RENDERS) {
		rendering->out = (struct deed_writer){ 0 };
		rendering->words = (struct deed_writer){ 0 };
	}
	deed_writer_reset(&rendering->out);
	deed_writer_reset(&rendering->words);
	rendering->report = NULL;
	desk->has_lock = false;
}

static void leave(struct desk *desk)
{
	clear(desk);
	__atomic_store_n(&desk->owner, 0, __ATOMIC_RELEASE);
}

static struct desk *new_desk(uint32_t thread)
{
	struct desk *const desk = deed_os_map(sizeof *desk);

	if (!desk)
		return NULL;
	desk->owner = thread;
	desk->next = first_desk();
	while (!__atomic_compare_exchange_n(&desks, &desk->next, desk, false, __ATOMIC_RELEASE,
					    __ATOMIC_ACQUIRE))
		;
	return desk;
}

/* A free desk, or one whose thread exited inside a handler, or a new one; null without memory. */
static struct desk *take_desk(uint32_t thread)
{
	size_t count = 0;

	for (struct desk *desk = first_desk(); desk; desk = desk->next, count++)
		if (claim(desk, 0, thread))
			return desk;
	for (struct desk *desk = first_desk(); desk && count > DESKS_ENOUGH; desk = desk->next) {
		const uint32_t owner = __atomic_load_n(&desk->owner, __ATOMIC_RELAXED);

		if (owner && !deed_os_thread_exists((int)owner) && claim(desk, owner, thread)) {
			clear(desk);
			return desk;
		}
	}
	return new_desk(thread);
}

/* Follows the frame pointers from `from` to `frame`, both on this stack, `frame` further out. */
__attribute__((no_sanitize_address)) static enum life follow(uintptr_t from, uintptr_t frame)
{
	while (from < frame) {
		const uintptr_t next = *(const uintptr_t *)from;

		if (next <= from || next % sizeof next)
			return LIFE_RUNNING; /* no chain: the number alone must do */
		from = next;
	}
	return from == frame ? LIFE_RUNNING : LIFE_DOUBTFUL;
}

static enum life life_of(const struct desk *desk, uintptr_t here)
{
	const bool is_same_stack = desk->is_on_signal_stack == deed_os_on_signal_stack();
	uint64_t cookie, return_address;

	if (is_same_stack && here >= desk->frame)
		return LIFE_GONE;
	if (!deed_os_peek(desk->cookie_at, &cookie) ||
	    !deed_os_peek(desk->frame + sizeof(void *), &return_address))
		return LIFE_DOUBTFUL;
	if (cookie != desk->cookie || return_address != desk->return_address)
		return LIFE_GONE;
	return is_same_stack ? follow(here, desk->frame) : LIFE_RUNNING;
}

/* What this thread was delivering when it came here again. */
struct around {
	bool has_lock;	  /* it has the lock already */
	bool is_writing;  /* writing or aborting, for certain */
	bool is_handling; /* inside the handler */
};

/* Also takes back the desks of deliveries that were jumped out of. */
static struct around look_around(uint32_t thread, uintptr_t here)
{
	struct around around = { 0 };
	size_t doubts = 0;

	for (struct desk *desk = first_desk(); desk; desk = desk->next) {
		enum life life;

		if (!is_of(desk, thread))
			continue;
		life = life_of(desk, here);
		if (life == LIFE_GONE) {
			if (desk->has_lock)
				deed_lock_give(&report_lock);
			leave(desk);
			continue;
		}
		doubts += life == LIFE_DOUBTFUL;
		around.has_lock |= desk->has_lock;
		if (life == LIFE_RUNNING || doubts > DOUBTS_MAX) {
			around.is_writing |= desk->phase >= PHASE_WRITES;
			around.is_handling |= desk->phase == PHASE_HANDLER;
		}
	}
	return around;
}

/* ---- where reports go ----------------------------------------------------------------------- */

static bool is_path(void)
{
	return strcmp(deed_options.log, "stderr") != 0 && strcmp(deed_options.log, "stdout") != 0;
}

static int standard_file(void)
{
	return strcmp(deed_options.log, "stdout") == 0 ? STDOUT_FILENO : STDERR_FILENO;
}

/* The path of the log, %p replaced; false if it does not fit. */
static bool log_path(char *path, size_t size)
{
	size_t len = 0;

	for (const char *at = deed_options.log; *at; at++) {
		if (at[0] == '%' && at[1] == 'p') {
			len += (size_t)snprintf(path + len, size - len, "%d", deed_os_process_id());
			at++;
		} else if (len < size) {
			path[len++] = *at;
		}
		if (len >= size)
			return false;
	}
	path[len] = '\0';
	return true;
}

/* Whether this report is the first of those that share the file, and may empty it: the process that
 * read the options and its children share one, unless %p gives each its own. Under the lock. */
static bool is_first_use(void)
{
	const int process = deed_os_process_id();

	if (strstr(deed_options.log, "%p")) {
		const bool is_first = begun_process != process;

		begun_process = process;
		return is_first;
	}
	return !__atomic_exchange_n(begun, 1, __ATOMIC_RELAXED);
}

static int write_log(const char *path, const char *text, size_t bytes)
{
	const int file = deed_os_open_write(path, true);
	int err;

	if (file < 0)
		return file;
	if (is_first_use())
		(void)deed_os_truncate(file, 0); /* a pipe or a device has nothing to empty */
	err = deed_os_write_anyhow(file, text, bytes);
	deed_os_close(file);
	return err;
}

static int write_sarif(const char *path, const struct desk *desk)
{
	const struct deed_writer *const out = &desk->rendering.out;
	const int file = deed_os_open_update(path);
	int err;

	if (file < 0)
		return file;
	err = deed_os_lock_file(file);
	if (!err && is_first_use())
		err = deed_os_truncate(file, 0);
	if (!err)
		err = deed_sarif_add(file, out->text, out->bytes, desk->result_from,
				     desk->result_to);
	deed_os_close(file);
	return err;
}

extern const char *strerrordesc_np(int error) __attribute__((weak));

/* Why the report is not where it was asked for, in a line before it. */
static void say_why(const char *path, int err)
{
	const char *const why = strerrordesc_np ? strerrordesc_np(-err) : NULL;
	char line[LINE_BYTES];
	const int len = err == -EEXIST
				? snprintf(line, sizeof line,
					   "deed: cannot add to the log `%s`: it holds "
					   "something else than a SARIF log of deed\n",
					   path)
				: snprintf(line, sizeof line,
					   "deed: cannot write to the log `%s`: %s (errno %d)\n",
					   path, why ? why : "error", -err);

	(void)deed_os_write_anyhow(STDERR_FILENO, line,
				   deed_min(len > 0 ? (size_t)len : 0, sizeof line - 1));
}

/* Under the lock. `desk` is the SARIF log that `text` is, or null. */
static void put_out(const char *text, size_t bytes, const struct desk *desk)
{
	char path[512];
	int err;

	if (is_path()) {
		err = log_path(path, sizeof path)
			      ? desk ? write_sarif(path, desk) : write_log(path, text, bytes)
			      : -ENAMETOOLONG;
		if (err)
			say_why(err == -ENAMETOOLONG ? deed_options.log : path, err);
	} else {
		err = deed_os_write_anyhow(standard_file(), text, bytes);
		if (err && standard_file() != STDERR_FILENO)
			say_why(deed_options.log, err);
	}
	if (err && (is_path() || standard_file() != STDERR_FILENO))
		(void)deed_os_write_anyhow(STDERR_FILENO, text, bytes);
}

/* ---- what is written ------------------------------------------------------------------------ */

static bool is_for_terminal(bool has_handler)
{
	return deed_options.colour == DEED_COLOUR_ALWAYS ||
	       (deed_options.colour == DEED_COLOUR_AUTO && !has_handler && !is_path() &&
		deed_os_is_terminal(standard_file()));
}

static void render(struct desk *desk, const struct deed_report *report, bool has_handler)
{
	struct deed_rendering *const rendering = &desk->rendering;

	deed_writer_reset(&rendering->out);
	rendering->report = report;
	switch (deed_options.format) {
	case DEED_FORMAT_TEXT:
		rendering->is_coloured = is_for_terminal(has_handler);
		deed_text_report(rendering);
		break;
	case DEED_FORMAT_JSON:
		deed_json_report(rendering);
		break;
	case DEED_FORMAT_SARIF:
		deed_sarif_report(rendering, &desk->result_from, &desk->result_to);
		break;
	}
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
	return deed_options.on_fault == DEED_FAULT_ABORT && report->fault < DEED_ADVISORY_FIRST;
}

/* Writes, and aborts if that is how it ends. `has_lock` says that this thread has it from further
 * out, and keeps it. */
static void write_report(struct desk *desk, const struct deed_report *report, bool has_lock,
			 bool may_abort)
{
	const bool is_sarif = desk && deed_options.format == DEED_FORMAT_SARIF &&
			      report->text == desk->rendering.out.text;

	if (desk)
		desk->phase = PHASE_WRITES;
	if (!has_lock) {
		deed_lock_take(&report_lock);
		if (desk)
			desk->has_lock = true;
	}
	put_out(report->text, report->text_bytes, is_sarif ? desk : NULL);
	if (may_abort && is_fatal(report)) {
		if (desk)
			desk->phase = PHASE_ABORTS;
		abort(); /* with the lock: nobody else reports any more */
	}
	if (!has_lock) {
		if (desk)
			desk->has_lock = false;
		deed_lock_give(&report_lock);
	}
}

static void deliver_at(struct desk *desk, struct deed_report *report, struct around around)
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
			desk->phase = PHASE_HANDLER;
		handler.call(report, handler.context);
		return;
	}
	if (is_nested)
		(void)deed_os_write_anyhow(STDERR_FILENO, note, sizeof note - 1);
	write_report(desk, report, around.has_lock, !is_nested);
}

/* A number that no other delivery has had, and that memory does not hold by chance. */
static uint64_t new_cookie(void)
{
	return __atomic_add_fetch(&last_cookie, 1, __ATOMIC_RELAXED) << 32 ^ 0xdeedc001e5a7f00du;
}

/* A desk for the delivery in the frame `here`, where *cookie lies. */
static struct desk *sit_down(uint32_t thread, uintptr_t here, const volatile uint64_t *cookie)
{
	struct desk *const desk = take_desk(thread);

	if (!desk)
		return NULL;
	desk->phase = PHASE_RENDERS;
	desk->frame = here;
	desk->cookie = *cookie;
	desk->cookie_at = (uintptr_t)cookie;
	desk->return_address = ((const uint64_t *)here)[1];
	desk->is_on_signal_stack = deed_os_on_signal_stack();
	return desk;
}

void deed_deliver(struct deed_report *report)
{
	const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	const uint32_t thread = thread_id();
	const struct around around = look_around(thread, here);
	const int saved = errno; /* what reads debug information changes it */
	volatile uint64_t cookie = new_cookie();
	struct desk *desk;

	report->number = __atomic_add_fetch(&delivered, 1, __ATOMIC_RELAXED);
	report->id = deed_fault_id(report->fault);
	report->name = deed_fault_name(report->fault);
	report->help = deed_fault_help(report->fault);
	if (around.is_writing) {
		char line[LINE_BYTES];
		const size_t bytes = render_line(line, report,
						 "while another report of this thread was written");

		(void)deed_os_write_anyhow(STDERR_FILENO, line, bytes);
		return;
	}
	desk = sit_down(thread, here, &cookie);
	deliver_at(desk, report, around);
	report->text = "";
	report->text_bytes = 0;
	cookie = 0;
	if (desk)
		leave(desk);
	errno = saved;
}

/* SARIF has no place for a dump, and JSON has a line of its own for it. */
static void put_dump(struct desk *desk, const char *text, size_t bytes)
{
	struct deed_writer *const out = desk ? &desk->rendering.out : NULL;

	if (deed_options.format == DEED_FORMAT_SARIF) {
		(void)deed_os_write_anyhow(STDERR_FILENO, text, bytes);
		return;
	}
	if (out && deed_options.format == DEED_FORMAT_JSON) {
		deed_put_text(out, "{\"deed\":\"" DEED_VERSION "\",\"dump\":");
		deed_put_json(out, text, bytes);
		deed_put_text(out, "}\n");
		if (!out->is_cut) {
			put_out(out->text, out->bytes, NULL);
			return;
		}
	}
	put_out(text, bytes, NULL);
}

void deed_deliver_text(const char *text, size_t bytes)
{
	const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	const uint32_t thread = thread_id();
	const struct around around = look_around(thread, here);
	volatile uint64_t cookie = new_cookie();
	struct desk *const desk = sit_down(thread, here, &cookie);

	if (desk)
		desk->phase = PHASE_WRITES;
	if (!around.has_lock)
		deed_lock_take(&report_lock);
	if (desk)
		desk->has_lock = !around.has_lock;
	put_dump(desk, text, bytes);
	cookie = 0;
	if (desk)
		leave(desk);
	if (!around.has_lock)
		deed_lock_give(&report_lock);
}

/* ---- fork ----------------------------------------------------------------------------------- */

/* A SIGABRT handler that forks, to start a debugger, has the lock already. */
void deed_deliver_fork_prepare(void)
{
	const uint32_t thread = thread_id();
	bool has_lock = false;
	uint32_t *shared;

	for (const struct desk *desk = first_desk(); desk; desk = desk->next)
		has_lock |= is_of(desk, thread) && desk->has_lock;
	if (!has_lock)
		deed_lock_take(&report_lock);
	fork_had_lock = has_lock;
	fork_thread = thread;
	fork_process = deed_os_process_id();
	if (begun != &own_begun || !is_path())
		return;
	shared = deed_os_map_shared(sizeof *shared);
	if (shared) {
		*shared = own_begun;
		begun = shared;
	}
}

/* In the child this thread has another id, and no other thread exists. */
void deed_deliver_fork_done(void)
{
	const uint32_t thread = thread_id();
	const bool has_lock = fork_had_lock;

	for (struct desk *desk = first_desk(); desk && deed_os_process_id() != fork_process;
	     desk = desk->next) {
		if (is_of(desk, fork_thread))
			__atomic_store_n(&desk->owner, thread, __ATOMIC_RELAXED);
		else
			leave(desk);
	}
	if (!has_lock)
		deed_lock_give(&report_lock);
}
