/* SPDX-License-Identifier: MIT
 *
 * lib/trap/json.c - JSON Lines: one object per report, on one line, UTF-8.
 *
 *     {
 *       "deed": "0.1.0",                 the version of deed
 *       "report": 1,                     counts the reports of the process
 *       "process": 4711,
 *       "id": "E03",                     see deed/fault.h
 *       "name": "use after move",
 *       "class": "fault",                or "advisory"
 *       "message": "...", "help": "...",
 *       "file": "demo.c", "line": 14, "function": "main",        as in the last line of the text
 *       "buffer": {                      null if there is none
 *         "id": "1", "name": "xs", "type": "f32", "kind": "heap", "state": "moved",
 *         "address": "0x55d0", "count": 1000, "bytes": 4000, "element_bytes": 4, "align": 16
 *       },
 *       "sites": [ SITE, ... ],          in the order of the text
 *       "events": [ SITE, ... ]          of the buffer, oldest first
 *     }
 *
 *     SITE = {
 *       "role": "here" | "allocated" | "adopted" | "resized" | "moved" | "dropped" | "released" |
 *               "freed" | "reset" | "lent_borrowed" | "lent_inout" | "loan_ended" | "hot" |
 *               "team" | "part",
 *       "label": "moved to `ys` here",   sites only
 *       "forgotten": false,              true: no file, line, function, text
 *       "file": "demo.c", "line": 12, "function": "main", "text": "&xs",
 *       "column": 24, "end_column": 27,  of the text, in characters, where the source could be
 *                                        read; with "mark_line" if that is another line
 *       "unloaded": "/lib/plugin.so",    the shared object that the place was in, if it is gone
 *       "thread": 1,
 *       "part": { "index": 3, "of": 8, "lo": 48, "hi": 64 },     of a plan, that the place is in,
 * and its indices; of a tile its rows, and "x_lo", "x_hi" "async": true,                   the
 * place is in a task of deed_async() "shared_into": 8,                of sharing out: how many
 * parts there are "range": { "lo": 0, "hi": 50, "rows": 1, "pitch": 0 },   elements; only if there
 * is one "target": "&ys",                 of a move: to what; of a conflict: the kind asked for; of
 * E15: "row" where rows are counted, "tile", or "operand"; of E26: the call that does it in place
 *       "of": 30,                        of E15: how many there are of what the range counts
 *       "asked": { "count": 9, "from": 3, "to": 9 },   of E09 by DEED_LEND: of so many elements
 *                                        that were asked for, these are the buffer's
 *       "verb": "released",              of the fault: what the program does there, if known;
 *                                        of a leak: what it did not do
 *       "copy": true,                    of the fault: the handle is a bit copy of an ended one
 *       "guard": true,                   loans, and what the end of a block did: its declaration
 *       "ended": false,                  loans only: ended meanwhile
 *       "buffers": 3, "leaked_bytes": 1200,                      of a leak only
 *       "times": 17,                     of the region whose A01 were counted, at exit
 *       "stack": [ FRAME, ... ]          innermost first, deed's own left out; only if one was kept
 *     }
 *
 *     FRAME = { "address": "0x5581", "function": "f", "file": "/src/demo.c", "line": 3,
 *               "inlined": false, "module": "/bin/demo", "offset": "0x1181",
 *               "unloaded": true }       only if it is
 *             what is not known is missing
 *
 * A dump is a line of its own: { "deed": "0.1.0", "dump": "..." }. Members may be added;
 * those that are there keep their meaning. Addresses and ids are strings, because many
 * readers make doubles of numbers.
 */
#include "json.h"

#include <string.h>

#include "../os.h"
#include "label.h"
#include "unload.h"

void deed_put_json(struct deed_writer *out, const char *text, size_t bytes)
{
	deed_put_text(out, "\"");
	while (bytes) {
		const size_t len = deed_utf8_len(text, bytes);

		if (!len)
			deed_put_text(out, "\\ufffd");
		else if (*text == '"' || *text == '\\')
			deed_put_format(out, "\\%c", *text);
		else if (*text == '\n')
			deed_put_text(out, "\\n");
		else if (*text == '\t')
			deed_put_text(out, "\\t");
		else if ((unsigned char)*text < ' ' || *text == 0x7f)
			deed_put_format(out, "\\u%04x", (unsigned)*text);
		else
			deed_put(out, text, len);
		text += len ? len : 1;
		bytes -= len ? len : 1;
	}
	deed_put_text(out, "\"");
}

void deed_put_json_text(struct deed_writer *out, const char *text)
{
	deed_put_json(out, text, text ? strlen(text) : 0);
}

void deed_put_member(struct deed_writer *out, bool *is_first, const char *name)
{
	deed_put_text(out, *is_first ? "\"" : ",\"");
	deed_put_text(out, name);
	deed_put_text(out, "\":");
	*is_first = false;
}

void deed_put_member_text(struct deed_writer *out, bool *is_first, const char *name,
			  const char *text)
{
	deed_put_member(out, is_first, name);
	deed_put_json_text(out, text);
}

void deed_put_member_number(struct deed_writer *out, bool *is_first, const char *name,
			    size_t number)
{
	deed_put_member(out, is_first, name);
	deed_put_format(out, "%zu", number);
}

static void put_member_bool(struct deed_writer *out, bool *is_first, const char *name, bool value)
{
	deed_put_member(out, is_first, name);
	deed_put_text(out, value ? "true" : "false");
}

static void put_member_address(struct deed_writer *out, bool *is_first, const char *name,
			       uintptr_t address)
{
	deed_put_member(out, is_first, name);
	deed_put_format(out, "\"0x%zx\"", (size_t)address);
}

static void put_frame(struct deed_writer *out, const struct deed_frame *frame)
{
	bool is_first = true;

	deed_put_text(out, "{");
	if (frame->address)
		put_member_address(out, &is_first, "address", frame->address);
	if (frame->function)
		deed_put_member_text(out, &is_first, "function", frame->function);
	if (frame->file) {
		deed_put_member_text(out, &is_first, "file", frame->file);
		deed_put_member_number(out, &is_first, "line", frame->line);
		put_member_bool(out, &is_first, "inlined", frame->is_inlined);
	}
	if (frame->module) {
		deed_put_member_text(out, &is_first, "module", frame->module);
		put_member_address(out, &is_first, "offset", frame->offset);
	}
	if (frame->is_gone)
		put_member_bool(out, &is_first, "unloaded", true);
	deed_put_text(out, "}");
}

static void put_stack(struct deed_rendering *rendering, bool *is_first,
		      const struct deed_report_site *site)
{
	struct deed_writer *const out = &rendering->out;

	if (!site->stack_len)
		return;
	deed_render_stack(rendering, site);
	deed_put_member(out, is_first, "stack");
	deed_put_text(out, "[");
	for (size_t i = 0; i < rendering->frames.count; i++) {
		deed_put_text(out, i ? "," : "");
		put_frame(out, &rendering->frames.frame[i]);
	}
	deed_put_text(out, "]");
}

static void put_place(struct deed_rendering *rendering, bool *is_first,
		      const struct deed_report_site *site, bool with_column)
{
	const struct deed_site *const place = site->site;
	const struct deed_source *const source = &rendering->source;
	const char *const gone = deed_unload_object(place);
	struct deed_writer *const out = &rendering->out;
	size_t column, line;

	deed_put_member_text(out, is_first, "file", place->file);
	deed_put_member_number(out, is_first, "line", place->line);
	deed_put_member_text(out, is_first, "function", place->function);
	deed_put_member_text(out, is_first, "text", place->text);
	if (gone)
		deed_put_member_text(out, is_first, "unloaded", gone);
	if (!with_column || !deed_render_source(rendering, site))
		return;
	column = 1 + deed_character_count(source->lines[source->mark_line], source->mark);
	line = source->first_line + source->mark_line;
	deed_put_member_number(out, is_first, "column", column);
	deed_put_member_number(
		out, is_first, "end_column",
		column + deed_character_count(source->lines[source->mark_line] + source->mark,
					      source->mark_len));
	if (line != place->line)
		deed_put_member_number(out, is_first, "mark_line", line);
}

static void put_range(struct deed_writer *out, bool *is_first, const struct deed_report_site *site)
{
	const size_t rows = deed_site_rows(site);
	bool is_first_of_range = true;

	if (!deed_site_has_range(site))
		return;
	deed_put_member(out, is_first, "range");
	deed_put_text(out, "{");
	deed_put_member_number(out, &is_first_of_range, "lo", site->lo);
	deed_put_member_number(out, &is_first_of_range, "hi", site->hi);
	deed_put_member_number(out, &is_first_of_range, "rows", rows);
	deed_put_member_number(out, &is_first_of_range, "pitch", rows > 1 ? site->pitch : 0);
	deed_put_text(out, "}");
}

static void put_task(struct deed_writer *out, bool *is_first, const struct deed_report_site *site)
{
	bool is_first_of_part = true;

	if (site->parts) {
		deed_put_member(out, is_first, "part");
		deed_put_text(out, "{");
		deed_put_member_number(out, &is_first_of_part, "index", site->part);
		deed_put_member_number(out, &is_first_of_part, "of", site->parts);
		deed_put_member_number(out, &is_first_of_part, "lo", site->part_lo);
		deed_put_member_number(out, &is_first_of_part, "hi", site->part_hi);
		if (deed_site_is_of_tile(site)) {
			deed_put_member_number(out, &is_first_of_part, "x_lo", site->part_x_lo);
			deed_put_member_number(out, &is_first_of_part, "x_hi", site->part_x_hi);
		}
		deed_put_text(out, "}");
	}
	if (site->is_async)
		put_member_bool(out, is_first, "async", true);
	if (site->shared_into)
		deed_put_member_number(out, is_first, "shared_into", site->shared_into);
}

static void put_site(struct deed_rendering *rendering, const struct deed_report_site *site,
		     bool is_event)
{
	struct deed_writer *const out = &rendering->out;
	bool is_first = true;

	deed_put_text(out, "{");
	deed_put_member_text(out, &is_first, "role", deed_role_id(site->role));
	if (!is_event) {
		deed_render_label(rendering, site);
		deed_put_member_text(out, &is_first, "label", rendering->words.text);
	}
	put_member_bool(out, &is_first, "forgotten", !site->site);
	if (site->site)
		put_place(rendering, &is_first, site, !is_event);
	deed_put_member_number(out, &is_first, "thread", site->thread);
	put_task(out, &is_first, site);
	put_range(out, &is_first, site);
	if (site->of)
		deed_put_member_number(out, &is_first, "of", site->of);
	if (site->asked) {
		bool is_first_of_asked = true;

		deed_put_member(out, &is_first, "asked");
		deed_put_text(out, "{");
		deed_put_member_number(out, &is_first_of_asked, "count", site->asked);
		deed_put_member_number(out, &is_first_of_asked, "from", site->asked_lo);
		deed_put_member_number(out, &is_first_of_asked, "to", site->asked_hi);
		deed_put_text(out, "}");
	}
	if (site->target && *site->target)
		deed_put_member_text(out, &is_first, "target", site->target);
	if (site->verb && *site->verb)
		deed_put_member_text(out, &is_first, "verb", site->verb);
	if (site->is_copy)
		put_member_bool(out, &is_first, "copy", true);
	if (site->is_guard || deed_role_is_loan(site->role))
		put_member_bool(out, &is_first, "guard", site->is_guard);
	if (deed_role_is_loan(site->role))
		put_member_bool(out, &is_first, "ended", site->has_ended);
	if (rendering->report->fault == DEED_E17 && !is_event && !deed_role_is_loan(site->role)) {
		deed_put_member_number(out, &is_first, "buffers", site->repeats);
		deed_put_member_number(out, &is_first, "leaked_bytes", site->bytes);
	}
	if (deed_site_is_counted(rendering->report, site))
		deed_put_member_number(out, &is_first, "times", site->repeats);
	if (!is_event)
		put_stack(rendering, &is_first, site);
	deed_put_text(out, "}");
}

static void put_buffer(struct deed_writer *out, bool *is_first,
		       const struct deed_report_buffer *buffer)
{
	bool is_first_of_buffer = true;
	size_t len;
	const char *const name = deed_bare_name(buffer->name, &len);

	deed_put_member(out, is_first, "buffer");
	if (!buffer->id && !buffer->base) {
		deed_put_text(out, "null");
		return;
	}
	deed_put_text(out, "{");
	deed_put_member(out, &is_first_of_buffer, "id");
	deed_put_format(out, "\"%llu\"", (unsigned long long)buffer->id);
	deed_put_member(out, &is_first_of_buffer, "name");
	deed_put_json(out, name, len);
	deed_put_member_text(out, &is_first_of_buffer, "type", buffer->type);
	deed_put_member_text(out, &is_first_of_buffer, "kind", buffer->kind);
	deed_put_member_text(out, &is_first_of_buffer, "state", buffer->state);
	put_member_address(out, &is_first_of_buffer, "address", (uintptr_t)buffer->base);
	deed_put_member_number(out, &is_first_of_buffer, "count", buffer->count);
	deed_put_member_number(out, &is_first_of_buffer, "bytes", buffer->bytes);
	deed_put_member_number(out, &is_first_of_buffer, "element_bytes", buffer->element_bytes);
	deed_put_member_number(out, &is_first_of_buffer, "align", buffer->align);
	deed_put_text(out, "}");
}

void deed_json_report(struct deed_rendering *rendering)
{
	const struct deed_report *const report = rendering->report;
	const struct deed_site *const place = deed_site_of_report(report);
	struct deed_writer *const out = &rendering->out;
	struct deed_site_cursor cursor = { 0, 0 };
	const struct deed_report_site *site;
	bool is_first = true;
	const char *between = "";

	deed_put_text(out, "{");
	deed_put_member_text(out, &is_first, "deed", DEED_VERSION);
	deed_put_member_number(out, &is_first, "report", report->number);
	deed_put_member_number(out, &is_first, "process", (size_t)deed_os_process_id());
	deed_put_member_text(out, &is_first, "id", deed_fault_id(report->fault));
	deed_put_member_text(out, &is_first, "name", deed_fault_name(report->fault));
	deed_put_member_text(out, &is_first, "class",
			     report->fault >= DEED_ADVISORY_FIRST ? "advisory" : "fault");
	deed_writer_reset(&rendering->words);
	deed_put_message(&rendering->words, report);
	deed_put_member_text(out, &is_first, "message", rendering->words.text);
	deed_writer_reset(&rendering->words);
	deed_put_help(&rendering->words, report);
	deed_put_member_text(out, &is_first, "help", rendering->words.text);
	if (place) {
		deed_put_member_text(out, &is_first, "file", place->file);
		deed_put_member_number(out, &is_first, "line", place->line);
		deed_put_member_text(out, &is_first, "function", place->function);
	}
	put_buffer(out, &is_first, &report->buffer);
	deed_put_member(out, &is_first, "sites");
	deed_put_text(out, "[");
	while ((site = deed_site_next(report, &cursor))) {
		deed_put_text(out, between);
		put_site(rendering, site, false);
		between = ",";
	}
	deed_put_text(out, "]");
	deed_put_member(out, &is_first, "events");
	deed_put_text(out, "[");
	for (size_t i = 0; report->events && i < report->event_count; i++) {
		deed_put_text(out, i ? "," : "");
		put_site(rendering, &report->events[i], true);
	}
	deed_put_text(out, "]}\n");
}
