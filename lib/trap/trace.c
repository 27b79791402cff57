/* SPDX-License-Identifier: MIT
 *
 * lib/trap/trace.c - stacks in words.
 *
 * What lies below main() or a thread's first function is left out, and so is a stack of
 * one frame that is the place itself. Frames without a line get the command that finds it.
 */
#include "page.h"

#include <string.h>

#include "label.h"
#include "options.h"

static bool is_named(const struct deed_frame *frame, const char *name)
{
	return frame->function && !strcmp(frame->function, name);
}

/* What the kernel has a signal handler return to: libc has a file for it, and no line. */
static bool is_signal(const struct deed_frame *frame)
{
	static const char file[] = "/libc_sigaction.c";
	const size_t len = frame->file ? strlen(frame->file) : 0;

	return !frame->function && len >= sizeof file - 1 &&
	       !strcmp(frame->file + len - (sizeof file - 1), file);
}

/* Where libc starts a program or a thread: nothing of interest lies further out. */
static bool is_start(const struct deed_frame *frame, size_t frames_after)
{
	const char *const slash = frame->module ? strrchr(frame->module, '/') : NULL;

	static const char *const names[] = { "__libc_start_call_main",
					     "__libc_start_main",
					     "__libc_start_main_impl",
					     "_start",
					     "call_init",
					     "start_thread",
					     "clone3",
					     "__clone3" };

	for (size_t i = 0; i < DEED_ARRAY_LEN(names); i++)
		if (is_named(frame, names[i]))
			return true;
	return !frame->function && !is_signal(frame) && frames_after < 3 && slash &&
	       !strncmp(slash, "/libc.so.", 9);
}

/* main(), and where a thread begins, are the last frames of interest. A nameless frame of libc
 * before main() is where it called a signal handler or a callback. */
static size_t count_interesting(const struct deed_frames *frames)
{
	for (size_t i = 0; i < frames->count; i++)
		if (is_named(&frames->frame[i], "main"))
			return i + 1;
	for (size_t i = 1; i < frames->count; i++)
		if (is_start(&frames->frame[i], frames->count - 1 - i))
			return i;
	return frames->count;
}

/* The debug information of one compiler has relative paths where another's has absolute ones. Where
 * it is known below which directory the program was compiled, both look alike. */
static const char *short_path(const struct deed_page *page, const char *path)
{
	const struct deed_source *const source = &page->rendering->source;

	if (source->root_len && !strncmp(path, source->root, source->root_len) &&
	    path[source->root_len] == '/')
		return path + source->root_len + 1;
	return path;
}

static void put_frame(const struct deed_page *page, size_t number, const struct deed_frame *frame)
{
	deed_put_repeat(page->out, ' ', deed_note_column(page) + 2);
	deed_put_format(page->out, "#%zu ", number);
	deed_put_text(page->out, frame->function);
	if (is_signal(frame)) {
		deed_put_text(page->out, "a signal was handled here");
	} else if (frame->file) {
		deed_put_text(page->out, frame->function ? " at " : "at ");
		deed_put_text(page->out, short_path(page, frame->file));
		deed_put_format(page->out, ":%u", frame->line);
	} else if (frame->module) {
		deed_put_text(page->out, frame->function ? " in " : "in ");
		deed_put_text(page->out, frame->module);
		deed_put_format(page->out, "+0x%zx", (size_t)frame->offset);
	} else {
		deed_put_format(page->out, "at 0x%zx", (size_t)frame->address);
	}
	deed_put_text(page->out, frame->is_gone	     ? ", unloaded\n"
				 : frame->is_inlined ? " (inlined)\n"
						     : "\n");
}

/* A path as a word of a shell. */
static void put_shell_word(struct deed_writer *out, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "/._-+,:@%";

	if (!path[strspn(path, plain)]) {
		deed_put_text(out, path);
		return;
	}
	deed_put_text(out, "'");
	for (; *path; path++)
		deed_put(out, *path == '\'' ? "'\\''" : path, *path == '\'' ? 4 : 1);
	deed_put_text(out, "'");
}

/* For frames without a line: what resolves them, once per module. */
static void put_commands(const struct deed_page *page, size_t count)
{
	const struct deed_frame *const frame = page->rendering->frames.frame;

	for (size_t i = 0; i < count; i++) {
		bool is_first = frame[i].module && !frame[i].file;

		for (size_t j = 0; j < i && is_first; j++)
			is_first = frame[j].file || !frame[j].module ||
				   strcmp(frame[j].module, frame[i].module) != 0;
		if (!is_first)
			continue;
		deed_put_note_mark(page);
		deed_put_text(page->out, "for lines: addr2line -e ");
		put_shell_word(page->out, frame[i].module);
		deed_put_text(page->out, " -fip");
		for (size_t j = i; j < count; j++)
			if (!frame[j].file && frame[j].module &&
			    !strcmp(frame[j].module, frame[i].module))
				deed_put_format(page->out, " 0x%zx", (size_t)frame[j].offset);
		deed_put_text(page->out, "\n");
	}
}

void deed_page_find_caller(struct deed_page *page)
{
	const struct deed_report *const report = page->report;
	const struct deed_frames *const frames = &page->rendering->frames;
	const struct deed_frame *const caller = &frames->frame[1];
	const char *file;

	if (!deed_report_is_about_arguments(report) || !deed_options.source)
		return;
	deed_render_stack(page->rendering, report->sites);
	if (frames->count < 2 || !is_named(caller - 1, report->sites[0].site->function) ||
	    !caller->function || !caller->file || !caller->line)
		return;
	file = short_path(page, caller->file);
	if (strlen(file) >= sizeof page->caller_file ||
	    strlen(caller->function) >= sizeof page->caller_function)
		return;
	memcpy(page->caller_file, file, strlen(file) + 1);
	memcpy(page->caller_function, caller->function, strlen(caller->function) + 1);
	page->caller = (struct deed_site){ .file = page->caller_file,
					   .function = page->caller_function,
					   .text = report->sites[0].site->function,
					   .line = caller->line };
	page->gutter = deed_max(page->gutter, deed_digits(caller->line));
}

void deed_put_trace(const struct deed_page *page, const struct deed_report_site *site)
{
	const struct deed_frames *const frames = &page->rendering->frames;
	size_t count;

	if (!site->stack_len)
		return;
	deed_render_stack(page->rendering, site);
	count = count_interesting(frames);
	if (!count || (count == 1 && site->site && site->site->function &&
		       is_named(&frames->frame[0], site->site->function)))
		return;
	deed_put_note_mark(page);
	deed_put_text(page->out, "stack:\n");
	for (size_t i = 0; i < count; i++)
		put_frame(page, i, &frames->frame[i]);
	put_commands(page, count);
}
