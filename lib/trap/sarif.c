/* SPDX-License-Identifier: MIT
 *
 * lib/trap/sarif.c - the Static Analysis Results Interchange Format, 2.1.0 (OASIS, 2020).
 *
 *     {"$schema":...,"version":"2.1.0","runs":[{"tool":{"driver":{..., "rules":[ every fault ]}},
 *     "columnKind":"unicodeCodePoints","results":[
 *     { one report },
 *     { another }
 *     ]}]}
 *
 *     result      ruleId, level (error; note for advisories), message, the place of the fault
 *     locations            the fault itself
 *     relatedLocations     every other place, with its label
 *     stacks               those that were kept, that of the fault first
 *     properties           the help of this very case, and the buffer, as in the JSON format
 *
 * A process may report more than once, and may be killed at any moment. So the file is a
 * whole log after each report: a new result is written over the last line, the closing
 * brackets, together with new ones, by one pwrite(). Whoever reads the last bytes knows
 * whether a file is one of ours.
 *
 * To a pipe or a terminal each report is a log of its own.
 */
#include "sarif.h"

#include <errno.h>
#include <string.h>

#include "../os.h"
#include "json.h"
#include "label.h"

static const char tail[] = "\n]}]}\n";
#define TAIL_BYTES (sizeof tail - 1)

static void put_rule(struct deed_writer *out, enum deed_fault fault)
{
	bool is_first = true;

	deed_put_text(out, "{");
	deed_put_member_text(out, &is_first, "id", deed_fault_id(fault));
	deed_put_text(out, ",\"shortDescription\":{\"text\":");
	deed_put_json_text(out, deed_fault_name(fault));
	deed_put_text(out, "},\"help\":{\"text\":");
	deed_put_json_text(out, deed_fault_help(fault));
	deed_put_text(out, "}}");
}

static void put_rules(struct deed_writer *out)
{
	for (int fault = DEED_NO_FAULT + 1; fault < DEED_FAULT_COUNT; fault++) {
		deed_put_text(out, fault > DEED_NO_FAULT + 1 ? "," : "");
		put_rule(out, (enum deed_fault)fault);
	}
	for (int fault = DEED_ADVISORY_FIRST + 1; fault < DEED_ADVISORY_END; fault++) {
		deed_put_text(out, ",");
		put_rule(out, (enum deed_fault)fault);
	}
}

/* A path as a URI reference (RFC 3986). */
static void put_uri(struct deed_writer *out, const char *path)
{
	deed_put_text(out, path && *path == '/' ? "\"file://" : "\"");
	for (; path && *path; path++)
		if ((*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
		    (*path >= '0' && *path <= '9') || strchr("/._-~+", *path))
			deed_put(out, path, 1);
		else
			deed_put_format(out, "%%%02X", (unsigned char)*path);
	deed_put_text(out, "\"");
}

static void put_logical(struct deed_writer *out, bool *is_first, const char *function)
{
	if (!function || !*function)
		return;
	deed_put_member(out, is_first, "logicalLocations");
	deed_put_text(out, "[{\"name\":");
	deed_put_json_text(out, function);
	deed_put_text(out, ",\"kind\":\"function\"}]");
}

/* Columns count characters, from 1, and the end is one past the last. */
static void put_region(struct deed_rendering *rendering, const struct deed_report_site *site)
{
	const struct deed_source *const source = &rendering->source;
	struct deed_writer *const out = &rendering->out;
	const char *line;
	size_t column;

	if (!deed_render_source(rendering, site)) {
		deed_put_format(out, "{\"startLine\":%u}", site->site->line);
		return;
	}
	line = source->lines[source->mark_line];
	column = 1 + deed_character_count(line, source->mark);
	deed_put_format(out, "{\"startLine\":%zu,\"startColumn\":%zu,\"endColumn\":%zu,",
			source->first_line + source->mark_line, column,
			column + deed_character_count(line + source->mark, source->mark_len));
	deed_put_text(out, "\"snippet\":{\"text\":");
	deed_put_json(out, line + source->mark, source->mark_len);
	deed_put_text(out, "}}");
}

/* A location object; `id` 0 for the fault's own. */
static void put_location(struct deed_rendering *rendering, const struct deed_report_site *site,
			 size_t id)
{
	struct deed_writer *const out = &rendering->out;
	bool is_first = true;

	deed_put_text(out, "{");
	if (id)
		deed_put_member_number(out, &is_first, "id", id);
	if (site->site) {
		deed_put_member(out, &is_first, "physicalLocation");
		deed_put_text(out, "{\"artifactLocation\":{\"uri\":");
		put_uri(out, site->site->file);
		deed_put_text(out, "},\"region\":");
		put_region(rendering, site);
		deed_put_text(out, "}");
		put_logical(out, &is_first, site->site->function);
	}
	deed_render_label(rendering, site);
	if (!site->site)
		deed_put_text(&rendering->words, " (forgotten)");
	if (deed_site_is_in_task(site)) {
		deed_put_text(&rendering->words, ", ");
		deed_put_part(&rendering->words, site);
	}
	deed_put_member(out, &is_first, "message");
	deed_put_text(out, "{\"text\":");
	deed_put_json_text(out, rendering->words.text);
	deed_put_text(out, "}}");
}

static void put_frame(struct deed_writer *out, const struct deed_frame *frame)
{
	bool is_first = true;

	deed_put_text(out, "{\"location\":{");
	if (frame->file) {
		deed_put_member(out, &is_first, "physicalLocation");
		deed_put_text(out, "{\"artifactLocation\":{\"uri\":");
		put_uri(out, frame->file);
		deed_put_text(out, "}");
		if (frame->line) /* a region's line is at least 1 */
			deed_put_format(out, ",\"region\":{\"startLine\":%u}", frame->line);
		deed_put_text(out, "}");
	}
	put_logical(out, &is_first, frame->function);
	deed_put_text(out, "}");
	if (frame->module) {
		deed_put_text(out, ",\"module\":");
		deed_put_json_text(out, frame->module);
		deed_put_format(out, ",\"properties\":{\"offset\":\"0x%zx\"}",
				(size_t)frame->offset);
	}
	deed_put_text(out, "}");
}

static void put_stack(struct deed_rendering *rendering, const struct deed_report_site *site)
{
	struct deed_writer *const out = &rendering->out;

	deed_render_label(rendering, site);
	deed_put_text(out, "{\"message\":{\"text\":");
	deed_put_json_text(out, rendering->words.text);
	deed_put_text(out, "},\"frames\":[");
	deed_render_stack(rendering, site);
	for (size_t i = 0; i < rendering->frames.count; i++) {
		deed_put_text(out, i ? "," : "");
		put_frame(out, &rendering->frames.frame[i]);
	}
	deed_put_text(out, "]}");
}

static void put_locations(struct deed_rendering *rendering)
{
	struct deed_writer *const out = &rendering->out;
	struct deed_site_cursor cursor = { 0, 0 };
	const struct deed_report_site *site = deed_site_next(rendering->report, &cursor);
	size_t id = 0;

	deed_put_text(out, ",\"locations\":[");
	if (site)
		put_location(rendering, site, 0);
	deed_put_text(out, "],\"relatedLocations\":[");
	while ((site = deed_site_next(rendering->report, &cursor))) {
		deed_put_text(out, id ? "," : "");
		put_location(rendering, site, ++id);
	}
	deed_put_text(out, "]");
}

static void put_stacks(struct deed_rendering *rendering)
{
	struct deed_writer *const out = &rendering->out;
	struct deed_site_cursor cursor = { 0, 0 };
	const struct deed_report_site *site;
	const char *between = "";

	deed_put_text(out, ",\"stacks\":[");
	while ((site = deed_site_next(rendering->report, &cursor)))
		if (site->stack_len) {
			deed_put_text(out, between);
			put_stack(rendering, site);
			between = ",";
		}
	deed_put_text(out, "]");
}

static void put_properties(struct deed_rendering *rendering)
{
	const struct deed_report *const report = rendering->report;
	struct deed_writer *const out = &rendering->out;
	const struct deed_report_buffer *const buffer = &report->buffer;
	bool is_first = true;
	size_t len;
	const char *const name = deed_bare_name(buffer->name, &len);

	deed_put_text(out, ",\"properties\":{");
	deed_put_member_number(out, &is_first, "report", report->number);
	deed_put_member_number(out, &is_first, "process", (size_t)deed_os_process_id());
	deed_writer_reset(&rendering->words);
	deed_put_help(&rendering->words, report);
	deed_put_member_text(out, &is_first, "help", rendering->words.text);
	if (buffer->id || buffer->base) {
		deed_put_member(out, &is_first, "bufferId");
		deed_put_format(out, "\"%llu\"", (unsigned long long)buffer->id);
		deed_put_member(out, &is_first, "bufferName");
		deed_put_json(out, name, len);
		deed_put_member_text(out, &is_first, "bufferKind", buffer->kind);
		deed_put_member_text(out, &is_first, "bufferState", buffer->state);
		deed_put_member_number(out, &is_first, "bufferCount", buffer->count);
		deed_put_member_number(out, &is_first, "bufferBytes", buffer->bytes);
	}
	deed_put_text(out, "}");
}

static void put_result(struct deed_rendering *rendering)
{
	const struct deed_report *const report = rendering->report;
	struct deed_writer *const out = &rendering->out;

	deed_put_text(out, "{\"ruleId\":");
	deed_put_json_text(out, deed_fault_id(report->fault));
	deed_put_text(out, report->fault >= DEED_ADVISORY_FIRST ? ",\"level\":\"note\""
								: ",\"level\":\"error\"");
	deed_writer_reset(&rendering->words);
	deed_put_text(&rendering->words, deed_fault_name(report->fault));
	deed_put_text(&rendering->words, ": ");
	deed_put_message(&rendering->words, report);
	deed_put_text(out, ",\"message\":{\"text\":");
	deed_put_json_text(out, rendering->words.text);
	deed_put_text(out, "}");
	if (report->site_count && deed_site_is_counted(report, report->sites))
		deed_put_format(out, ",\"occurrenceCount\":%zu", report->sites[0].repeats);
	put_locations(rendering);
	put_stacks(rendering);
	put_properties(rendering);
	deed_put_text(out, "}");
}

void deed_sarif_report(struct deed_rendering *rendering, size_t *ret_from, size_t *ret_to)
{
	struct deed_writer *const out = &rendering->out;

	deed_put_text(out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
			   "\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{"
			   "\"name\":\"deed\",\"version\":\"" DEED_VERSION "\","
			   "\"semanticVersion\":\"" DEED_VERSION "\",\"rules\":[");
	put_rules(out);
	deed_put_text(out, "]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[\n");
	*ret_from = out->bytes;
	put_result(rendering);
	*ret_to = out->bytes;
	deed_put_text(out, tail);
}

/* Joins the new result to those that are there: over the old tail go a comma, the result, a tail.
 */
static int add_result(int file, const char *result, size_t bytes, size_t at)
{
	struct deed_writer joined = { 0 };
	int err;

	deed_put_text(&joined, ",\n");
	deed_put(&joined, result, bytes);
	deed_put_text(&joined, tail);
	err = joined.is_cut ? -ENOMEM : deed_os_write_at(file, joined.text, joined.bytes, at);
	deed_writer_done(&joined);
	return err;
}

int deed_sarif_add(int file, const char *text, size_t bytes, size_t from, size_t to)
{
	const ptrdiff_t size = deed_os_size(file);
	char last[TAIL_BYTES];

	if (size < 0)
		return (int)size;
	if (!size)
		return deed_os_write_at(file, text, bytes, 0);
	if (size < (ptrdiff_t)TAIL_BYTES ||
	    deed_os_read_at(file, last, TAIL_BYTES, (size_t)size - TAIL_BYTES) !=
		    (ptrdiff_t)TAIL_BYTES ||
	    memcmp(last, tail, TAIL_BYTES) != 0)
		return -EEXIST;
	return add_result(file, text + from, to - from, (size_t)size - TAIL_BYTES);
}
