/* SPDX-License-Identifier: MIT
 *
 * lib/trap/symbol.c - names for addresses.
 *
 * Two sources. libbacktrace reads the debug information of the program and of its shared
 * libraries: function, file, line, and the functions that were inlined. It is compiled
 * in where the compiler comes with it (DEED_HAVE_LIBBACKTRACE); only its address lookup
 * is used. It keeps what it read in mapped pages; the first lookup takes some 100 ms,
 * the others microseconds. The other source is the dynamic linker, which knows the file
 * that an address is in and where that was loaded: module+offset, which addr2line
 * resolves even for a stripped program when somebody has the unstripped one.
 *
 * A stack holds return addresses. The call is the instruction before, which may belong
 * to another line or even to another function, so every address is looked up less one.
 *
 * What libbacktrace has read is of the objects that were loaded then, and it may have taken
 * addresses for its own where another object lies by now: it begins anew whenever objects
 * have come or gone. Of those that went before the stack was looked at, unload.h tells.
 *
 * libbacktrace opens files, which is a cancellation point: a thread that is cancelled
 * while it reports is cancelled afterwards.
 */
#define _GNU_SOURCE
#include "symbol.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <string.h>

#include "../os.h"
#include "depot.h"
#include "stack.h"
#include "unload.h"

#ifndef DEED_HAVE_LIBBACKTRACE
#define DEED_HAVE_LIBBACKTRACE 0
#endif

/* How far from the fault a frame of deed itself may be. */
#define OWN_FRAMES 12
/* How many times debug information is read anew; what was read before stays mapped. */
#define OPENED_MAX 32

/* From libbacktrace's own header, which only gcc finds. */
struct backtrace_state;
typedef void (*backtrace_error_callback)(void *data, const char *message, int error);
typedef int (*backtrace_full_callback)(void *data, uintptr_t address, const char *file, int line,
				       const char *function);
extern struct backtrace_state *backtrace_create_state(const char *filename, int threaded,
						      backtrace_error_callback on_error,
						      void *data);
extern int backtrace_pcinfo(struct backtrace_state *state, uintptr_t address,
			    backtrace_full_callback callback, backtrace_error_callback on_error,
			    void *data);

/* What libbacktrace knows, as of so many objects loaded and unloaded. */
struct debug_info {
	struct backtrace_state *state;
	uint64_t loads, unloads;
};

static struct debug_info opened[OPENED_MAX];
static uint32_t opened_count;
static struct debug_info *debug_info;

static void ignore_error(void *data, const char *message, int error)
{
	(void)data;
	(void)message;
	(void)error;
}

static int count_objects(struct dl_phdr_info *info, size_t size, void *data)
{
	struct debug_info *const now = data;

	(void)size;
	now->loads = info->dlpi_adds;
	now->unloads = info->dlpi_subs;
	return 1;
}

/* Two threads that come at once make two, and one is forgotten: its pages are few. */
static struct backtrace_state *open_debug_info(void)
{
	struct debug_info *seen = __atomic_load_n(&debug_info, __ATOMIC_ACQUIRE);
	struct debug_info now = { .state = NULL };
	uint32_t i;

	if (!DEED_HAVE_LIBBACKTRACE)
		return NULL;
	(void)dl_iterate_phdr(count_objects, &now);
	if (seen && seen->loads == now.loads && seen->unloads == now.unloads)
		return seen->state;
	i = __atomic_fetch_add(&opened_count, 1, __ATOMIC_RELAXED);
	if (i >= OPENED_MAX) {
		__atomic_store_n(&opened_count, OPENED_MAX, __ATOMIC_RELAXED);
		/* What it knows of is still there, unless something was unloaded. */
		return seen && seen->unloads == now.unloads ? seen->state : NULL;
	}
	now.state = backtrace_create_state(NULL, 1, ignore_error, NULL);
	opened[i] = now;
	__atomic_store_n(&debug_info, &opened[i], __ATOMIC_RELEASE);
	return now.state;
}

/* A copy of `text` that lives as long as `frames`, cut where the room ends; null of null. */
static const char *keep_text(struct deed_frames *frames, const char *text)
{
	const size_t room = sizeof frames->text - frames->text_bytes;
	char *const copy = frames->text + frames->text_bytes;
	size_t len;

	if (!text || !room)
		return NULL;
	len = deed_min(strlen(text), room - 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
	frames->text_bytes += len + 1;
	return copy;
}

static struct deed_frame *new_frame(struct deed_frames *frames, uintptr_t address)
{
	struct deed_frame *frame;

	if (frames->count == DEED_FRAMES_MAX)
		return NULL;
	frame = &frames->frame[frames->count++];
	*frame = (struct deed_frame){ .address = address };
	return frame;
}

/* Called once per function at an address, the innermost inlined one first. */
static int take_line(void *data, uintptr_t address, const char *file, int line,
		     const char *function)
{
	struct deed_frames *const frames = data;
	struct deed_frame *frame;

	if (!file && !function)
		return 0;
	frame = new_frame(frames, address);
	if (!frame)
		return 1;
	frame->file = keep_text(frames, file);
	frame->function = keep_text(frames, function);
	frame->line = line > 0 ? (uint32_t)line : 0;
	return 0;
}

/* The frame of an address whose object is gone. What lies there now is something else. */
static void add_gone(struct deed_frames *frames, uintptr_t address, const struct deed_gone *gone)
{
	struct deed_frame *const frame = new_frame(frames, address);

	if (!frame)
		return;
	frame->is_gone = true;
	frame->module = gone->object;
	frame->offset = gone->offset;
}

/* keep_text(), of the file that the frame before `first` is likely in, too. */
static const char *keep_path(struct deed_frames *frames, size_t first, const char *path)
{
	const char *const last = first ? frames->frame[first - 1].module : NULL;

	return last && !strcmp(last, path) ? last : keep_text(frames, path);
}

/* All frames of one return address. */
static void add_address(struct deed_frames *frames, uintptr_t return_address,
			struct backtrace_state *state)
{
	const size_t first = frames->count;
	const uintptr_t address = return_address - 1;
	struct deed_module *const module = &frames->module;
	Dl_info symbol = { .dli_sname = NULL };
	const char *path;

	if (DEED_HAVE_LIBBACKTRACE && state)
		backtrace_pcinfo(state, address, take_line, ignore_error, frames);
	if (frames->count == first && !new_frame(frames, address))
		return;
	path = deed_module_find(module, address) ? keep_path(frames, first, module->path) : NULL;
	for (size_t i = first; i < frames->count; i++) {
		frames->frame[i].is_inlined = i + 1 < frames->count;
		frames->frame[i].module = path;
		frames->frame[i].offset = path ? address - module->base : address;
	}
	if (deed_stack_may_hang())
		return;
	/* The exported name is the next best, and only of the function that is really there. */
	if (!frames->frame[frames->count - 1].function && dladdr((void *)address, &symbol))
		frames->frame[frames->count - 1].function = keep_text(frames, symbol.dli_sname);
}

/* Whether a frame is in a file of the directory that the first `len` characters of this one's path
 * are. The debug information may have an absolute path where this compiler was given a relative
 * one. */
static bool is_in_directory(const struct deed_frame *frame, size_t len)
{
	static const char own[] = __FILE__;
	const char *const name = frame->file ? strrchr(frame->file, '/') : NULL;
	const size_t frame_len = name ? (size_t)(name - frame->file) + 1 : 0;

	return name && len && frame_len >= len && !memcmp(name + 1 - len, own, len) &&
	       (frame_len == len || own[0] == '/' || name[-(ptrdiff_t)len] == '/');
}

/* Whether a frame is in the directory above, in one of the files that call the program's functions:
 * by their names, for a program may have a directory of that name, too. */
static bool is_of_a_pool(const struct deed_frame *frame)
{
	static const char *const names[] = { "async.c", "crew.c", "pool.c", "reduce.c" };
	const size_t len = sizeof __FILE__ - sizeof "trap/symbol.c";

	for (size_t i = 0; i < DEED_ARRAY_LEN(names); i++)
		if (is_in_directory(frame, len) && !strcmp(strrchr(frame->file, '/') + 1, names[i]))
			return true;
	return false;
}

/* Whether it is the name of a function of deed; in C++ an inline one's has a length in front of it,
 * and its parameters behind: _ZL10deed_move_P10deed_owner. */
static bool is_deeds_name(const char *function)
{
	if (!strncmp(function, "_ZL", 3))
		function += 3 + strspn(function + 3, "0123456789");
	return !strncmp(function, "deed_", 5);
}

/* A verb, or what it calls in the ledger. */
static bool is_verbs(const struct deed_frame *frame)
{
	return (frame->function && is_deeds_name(frame->function)) ||
	       is_in_directory(frame, sizeof __FILE__ - sizeof "symbol.c");
}

/* That, or what calls the program's functions. `library` is the file that deed was loaded from, if
 * it is one of its own. */
static bool is_deeds(const struct deed_frame *frame, const char *library)
{
	return is_verbs(frame) || is_of_a_pool(frame) ||
	       (library && frame->module && !strcmp(frame->module, library));
}

static bool is_in_file_of(const struct deed_frame *frame, const struct deed_site *site)
{
	return site && site->file && frame->file && !strcmp(site->file, frame->file);
}

/* How many leading frames lie before the function of the site. */
static size_t count_before(const struct deed_frames *frames, const struct deed_site *site)
{
	for (size_t i = 0; i < frames->count && i < OWN_FRAMES; i++)
		if (site && site->function && frames->frame[i].function &&
		    !strcmp(frames->frame[i].function, site->function))
			return i;
	return 0;
}

/* Where the verb is the last that the function of the site does, the compiler may have made its
 * call a jump. Then the frame is the verb's own by now, and the first address is not in the
 * program. Nor is it where the pool ends what a part has begun, whose function has returned. */
static bool is_jumped_from(const struct deed_frames *frames, const struct deed_site *site)
{
	const struct deed_frame *frame = frames->frame;

	if (!frames->count || !site || !site->function || !*site->function || !site->file ||
	    !*site->file)
		return false;
	while (is_verbs(frame) && !is_in_file_of(frame, site) && frame->is_inlined)
		frame++;
	return is_verbs(frame) && !is_in_file_of(frame, site);
}

/* Takes deed's own frames out: the first ones, and those that a signal handler, a deleter or a part
 * was called out of. What is in the site's own file is the program's. */
static void remove_own(struct deed_frames *frames, const struct deed_site *site)
{
	const bool is_jumped = is_jumped_from(frames, site);
	const char *own = NULL;
	size_t first, kept = 0;

	if (deed_module_find(&frames->module, (uintptr_t)deed_symbol_frames) &&
	    !frames->module.is_program)
		own = frames->module.path;
	first = is_jumped ? 1 : count_before(frames, site);
	if (is_jumped)
		frames->frame[kept++] = (struct deed_frame){ .function = site->function,
							     .file = site->file,
							     .line = site->line };
	for (size_t i = first; i < frames->count; i++)
		if (!is_deeds(&frames->frame[i], own) || is_in_file_of(&frames->frame[i], site))
			frames->frame[kept++] = frames->frame[i];
	if (kept)
		frames->count = kept;
}

void deed_symbol_frames(struct deed_frames *ret, const uintptr_t *stack, size_t len,
			const struct deed_site *site)
{
	const uint32_t age = deed_depot_age(stack);
	struct backtrace_state *state;
	struct deed_gone gone;
	int cancel_state;

	ret->count = 0;
	ret->text_bytes = 0;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	state = len && !deed_stack_may_hang() ? open_debug_info() : NULL;
	for (size_t i = 0; stack && i < len; i++)
		if (stack[i] && deed_unload_find(stack[i] - 1, age, &gone))
			add_gone(ret, stack[i] - 1, &gone);
		else if (stack[i])
			add_address(ret, stack[i], state);
	remove_own(ret, site);
	pthread_setcancelstate(cancel_state, NULL);
}
