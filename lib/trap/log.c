/* SPDX-License-Identifier: MIT
 *
 * lib/trap/log.c - stderr, stdout or a file; never nowhere, if that can be helped.
 *
 * A file is opened for each text: a program may close every descriptor, or open its own
 * file under our number, and fork() shares offsets. The first report of a process and the
 * children that it forks empties the file; all others are appended. What cannot be
 * written goes to stderr, with the reason.
 */
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lock.h"
#include "../os.h"
#include "options.h"
#include "sarif.h"

static struct deed_lock lock;

/* Whether the log was used: by the processes that share it, or, if each has its own, by which. */
static uint32_t own_begun;
static uint32_t *begun = &own_begun;
static int begun_process;

void deed_log_take(void)
{
	deed_lock_take(&lock);
}

void deed_log_give(void)
{
	deed_lock_give(&lock);
}

void deed_log_say(const char *text, size_t bytes)
{
	(void)deed_os_write_anyhow(STDERR_FILENO, text, bytes);
}

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

static int write_sarif(const char *path, const char *text, size_t bytes, size_t from, size_t to)
{
	const int file = deed_os_open_update(path);
	int err;

	if (file < 0)
		return file;
	err = deed_os_lock_file(file);
	if (!err && is_first_use())
		err = deed_os_truncate(file, 0);
	if (!err)
		err = deed_sarif_add(file, text, bytes, from, to);
	deed_os_close(file);
	return err;
}

extern const char *strerrordesc_np(int error) __attribute__((weak));

/* Why the report is not where it was asked for, in a line before it. */
static void say_why(const char *path, int err)
{
	const char *const why = strerrordesc_np ? strerrordesc_np(-err) : NULL;
	char line[512];
	const int len = err == -EEXIST
				? snprintf(line, sizeof line,
					   "deed: cannot add to the log `%s`: it holds "
					   "something else than a SARIF log of deed\n",
					   path)
				: snprintf(line, sizeof line,
					   "deed: cannot write to the log `%s`: %s (errno %d)\n",
					   path, why ? why : "error", -err);

	deed_log_say(line, deed_min(len > 0 ? (size_t)len : 0, sizeof line - 1));
}

/* `to` is 0 for what is no SARIF log. */
static int write_path(const char *text, size_t bytes, size_t from, size_t to)
{
	char path[512];
	int err;

	if (!log_path(path, sizeof path)) {
		say_why(deed_options.log, -ENAMETOOLONG);
		return -ENAMETOOLONG;
	}
	err = to ? write_sarif(path, text, bytes, from, to) : write_log(path, text, bytes);
	if (err)
		say_why(path, err);
	return err;
}

static void put(const char *text, size_t bytes, size_t from, size_t to)
{
	if (is_path()) {
		if (write_path(text, bytes, from, to))
			deed_log_say(text, bytes);
	} else {
		const int err = deed_os_write_anyhow(standard_file(), text, bytes);

		if (err && standard_file() != STDERR_FILENO) {
			say_why(deed_options.log, err);
			deed_log_say(text, bytes);
		}
	}
}

void deed_log_put(const char *text, size_t bytes)
{
	put(text, bytes, 0, 0);
}

void deed_log_put_sarif(const char *text, size_t bytes, size_t from, size_t to)
{
	put(text, bytes, from, to);
}

bool deed_log_is_terminal(void)
{
	return !is_path() && deed_os_is_terminal(standard_file());
}

void deed_log_share(void)
{
	uint32_t *shared;

	if (begun != &own_begun || !is_path())
		return;
	shared = deed_os_map_shared(sizeof *shared);
	if (shared) {
		*shared = own_begun;
		begun = shared;
	}
}
