/* SPDX-License-Identifier: MIT
 *
 * lib/cpus.c - how many threads of this process can run at once.
 *
 * Two things bound it. The affinity mask says on which CPUs a thread may run. The quota of a
 * control group says how much CPU time all of its processes get in a period: a container with two
 * CPUs' worth of it on a machine of 64 sees 64 CPUs, and is put to sleep for most of each period if
 * it keeps them all busy.
 *
 * /proc/self/cgroup tells the group, in either version:
 *
 *     0::/app/web                2: /sys/fs/cgroup/app/web/cpu.max            "200000 100000"
 *     4:cpu,cpuacct:/app/web     1: /sys/fs/cgroup/cpu/app/web/cpu.cfs_quota_us, cpu.cfs_period_us
 *
 * Quotas hold for what is below, so each group on the way up to the root counts. A container
 * sees its own group as the root of what is mounted, and may be told its path outside of it: what
 * is not there is passed over on the way up.
 *
 * Anything that cannot be read sets no limit. Files are read where they are mounted by custom.
 */
#include "cpus.h"

#include <limits.h>
#include <string.h>

#include "os.h"

/* A path, whose end is written over as files and parents are tried. */
struct path {
	char text[4096];
	size_t len;
};

static void path_add(struct path *path, const char *text, size_t len)
{
	/* What does not fit is no file, and is not found. */
	if (path->len + len >= sizeof path->text)
		len = 0;
	memcpy(path->text + path->len, text, len);
	path->len += len;
	path->text[path->len] = '\0';
}

/* As much of the file as fits, with a null behind it; 0 if it cannot be read. */
static size_t read_file(const char *path, char *text, size_t size)
{
	const int file = deed_os_open_read(path);
	size_t len = 0;
	ptrdiff_t got;

	if (file < 0)
		return 0;
	while (len < size - 1 && (got = deed_os_read(file, text + len, size - 1 - len)) > 0)
		len += (size_t)got;
	deed_os_close(file);
	text[len] = '\0';
	return len;
}

/* The number that *text begins with, which is moved behind it; 0 if it is none, as "max" and "-1".
 */
static uint64_t read_number(const char **text)
{
	uint64_t number = 0;

	while (**text == ' ')
		(*text)++;
	for (; **text >= '0' && **text <= '9' && number < UINT64_MAX / 16; (*text)++)
		number = number * 10 + (uint64_t)(**text - '0');
	return number;
}

/* The number in the file `name` of the group; behind it another, which stays as it is if there is
 * none. */
static uint64_t read_numbers(const struct path *group, const char *name, uint64_t *ret_second)
{
	struct path path = *group;
	char text[64];
	const char *at = text;
	uint64_t first, second;

	path_add(&path, name, strlen(name));
	if (!read_file(path.text, text, sizeof text))
		return 0;
	first = read_number(&at);
	second = read_number(&at);
	if (second)
		*ret_second = second;
	return first;
}

/* Of one group; a quota of 1.5 CPUs keeps two threads busy. */
static unsigned quota_of(const struct path *group, bool is_unified)
{
	uint64_t quota, period = 0, unused;

	if (is_unified) {
		quota = read_numbers(group, "/cpu.max", &period);
	} else {
		quota = read_numbers(group, "/cpu.cfs_quota_us", &unused);
		period = read_numbers(group, "/cpu.cfs_period_us", &unused);
	}
	if (!quota || !period)
		return UINT_MAX;
	quota = (quota - 1) / period + 1;
	return quota < UINT_MAX ? (unsigned)quota : UINT_MAX;
}

/* The least quota from the group at root, mount and group up to that at root and mount. */
static unsigned quota_above(const char *root, const char *mount, const char *group,
			    size_t group_len, bool is_unified)
{
	unsigned least = UINT_MAX;
	struct path path = { .len = 0 };
	size_t top;

	path_add(&path, root, strlen(root));
	path_add(&path, mount, strlen(mount));
	top = path.len;
	path_add(&path, group, group_len);
	for (;;) {
		const unsigned quota = quota_of(&path, is_unified);

		least = quota < least ? quota : least;
		if (path.len == top)
			return least;
		while (path.len > top && path.text[path.len - 1] != '/')
			path.len--;
		path.len -= path.len > top;
		path.text[path.len] = '\0';
	}
}

/* Whether `word` is among the `len` bytes, separated by commas. */
static bool has_word(const char *list, size_t len, const char *word)
{
	const size_t word_len = strlen(word);

	while (len >= word_len) {
		const char *const comma = memchr(list, ',', len);
		const size_t this = comma ? (size_t)(comma - list) : len;

		if (this == word_len && !memcmp(list, word, this))
			return true;
		if (!comma)
			return false;
		list += this + 1;
		len -= this + 1;
	}
	return false;
}

/* Of one line of /proc/self/cgroup: "number:controllers:path". */
static unsigned quota_of_line(const char *root, const char *line, size_t len)
{
	const char *const first = memchr(line, ':', len);
	const char *const end = line + len;
	const char *const second = first ? memchr(first + 1, ':', (size_t)(end - first - 1)) : NULL;

	if (!second)
		return UINT_MAX;
	if (second == first + 1)
		return quota_above(root, "/sys/fs/cgroup", second + 1, (size_t)(end - second - 1),
				   true);
	if (has_word(first + 1, (size_t)(second - first - 1), "cpu"))
		return quota_above(root, "/sys/fs/cgroup/cpu", second + 1,
				   (size_t)(end - second - 1), false);
	return UINT_MAX;
}

unsigned deed_cpus_of_groups(const char *root)
{
	static const char name[] = "/proc/self/cgroup";
	char text[8192];
	struct path path = { .len = 0 };
	unsigned least = UINT_MAX;

	path_add(&path, root, strlen(root));
	path_add(&path, name, sizeof name - 1);
	if (!read_file(path.text, text, sizeof text))
		return UINT_MAX;
	for (const char *line = text; *line;) {
		const size_t len = strcspn(line, "\n");
		const unsigned quota = quota_of_line(root, line, len);

		least = quota < least ? quota : least;
		line += len + (line[len] == '\n');
	}
	return least;
}

unsigned deed_cpus(void)
{
	const unsigned allowed = deed_os_cpus_allowed(), quota = deed_cpus_of_groups("");

	return allowed < quota ? allowed : quota;
}
