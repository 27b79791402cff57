/* SPDX-License-Identifier: MIT
 *
 * tests/test_cpus.c - how many threads can run at once: the affinity mask, and control groups of
 * both versions, in folders that look like a machine's.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpus.h"
#include "os.h"

static char root[64];

/* Each test is a process of its own. */
static void make_root(void)
{
	snprintf(root, sizeof root, "/tmp/deed-cpus-%d", (int)getpid());
	cr_assert(mkdir(root, 0700) == 0);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
	(void)status;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void remove_root(void)
{
	nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

TestSuite(cpus, .init = make_root, .fini = remove_root, .timeout = 60);

/* The file of the root, and the folders that it is in. */
static void put(const char *path, const char *text)
{
	char full[PATH_MAX];
	int file;

	snprintf(full, sizeof full, "%s%s", root, path);
	for (char *at = full + strlen(root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		(void)mkdir(full, 0777);
		*at = '/';
	}
	file = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	cr_assert(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
	close(file);
}

Test(cpus, without_files_there_is_no_limit)
{
	cr_expect_eq(deed_cpus_of_groups(root), UINT_MAX);
	put("/proc/self/cgroup", "");
	cr_expect_eq(deed_cpus_of_groups(root), UINT_MAX);
	put("/proc/self/cgroup", "0::/\n");
	cr_expect_eq(deed_cpus_of_groups(root), UINT_MAX);
	put("/proc/self/cgroup", "nonsense\n:\n::\n4:cpu\n0::\n");
	cr_expect_eq(deed_cpus_of_groups(root), UINT_MAX);
}

Test(cpus, a_quota_of_version_2_is_rounded_up)
{
	static const struct {
		const char *text;
		unsigned cpus;
	} cases[] = {
		{ "max 100000\n", UINT_MAX }, { "100000 100000\n", 1 },
		{ "200000 100000\n", 2 },     { "150000 100000\n", 2 },
		{ "1000 100000\n", 1 },	      { "100001 100000\n", 2 },
		{ "800000 50000\n", 16 },     { "", UINT_MAX },
		{ "max", UINT_MAX },	      { "200000", UINT_MAX },
		{ "-1 100000", UINT_MAX },    { "0 100000", UINT_MAX },
		{ "200000 0", UINT_MAX },     { "99999999999999999999999 1", UINT_MAX },
	};

	put("/proc/self/cgroup", "0::/app\n");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		put("/sys/fs/cgroup/app/cpu.max", cases[i].text);
		cr_expect(deed_cpus_of_groups(root) == cases[i].cpus, "\"%s\": %u", cases[i].text,
			  deed_cpus_of_groups(root));
	}
}

Test(cpus, groups_above_count_and_those_that_are_not_there_do_not)
{
	put("/proc/self/cgroup", "0::/a/b/c\n");
	put("/sys/fs/cgroup/a/b/cpu.max", "800000 100000\n");
	cr_expect_eq(deed_cpus_of_groups(root), 8);
	put("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
	cr_expect_eq(deed_cpus_of_groups(root), 3);
	put("/sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n");
	cr_expect_eq(deed_cpus_of_groups(root), 3);
	put("/sys/fs/cgroup/a/b/c/cpu.max", "200000 100000\n");
	cr_expect_eq(deed_cpus_of_groups(root), 2);
	put("/sys/fs/cgroup/cpu.max", "100000 100000\n"); /* a container's, seen from inside */
	cr_expect_eq(deed_cpus_of_groups(root), 1);
	put("/proc/self/cgroup", "0::/\n");
	cr_expect_eq(deed_cpus_of_groups(root), 1);
	put("/proc/self/cgroup", "0::/../../other\n");
	cr_expect_eq(deed_cpus_of_groups(root), 1);
}

Test(cpus, version_1_has_two_files)
{
	put("/proc/self/cgroup", "9:name=systemd:/x\n8:cpuset:/set\n4:cpu,cpuacct:/app:1\n"
				 "3:cpuacct:/acct\n0::/\n");
	put("/sys/fs/cgroup/cpu/set/cpu.cfs_quota_us", "100000\n");
	put("/sys/fs/cgroup/cpu/set/cpu.cfs_period_us", "100000\n");
	cr_expect_eq(deed_cpus_of_groups(root), UINT_MAX);
	put("/sys/fs/cgroup/cpu/app:1/cpu.cfs_quota_us", "-1\n");
	put("/sys/fs/cgroup/cpu/app:1/cpu.cfs_period_us", "100000\n");
	cr_expect_eq(deed_cpus_of_groups(root), UINT_MAX);
	put("/sys/fs/cgroup/cpu/app:1/cpu.cfs_quota_us", "250000\n");
	cr_expect_eq(deed_cpus_of_groups(root), 3);
	put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "20000\n");
	put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "10000\n");
	cr_expect_eq(deed_cpus_of_groups(root), 2);
}

Test(cpus, a_path_of_any_length_is_survived)
{
	static char text[20000];

	memset(text, 'a', sizeof text - 1);
	memcpy(text, "0::/", 4);
	put("/sys/fs/cgroup/cpu.max", "500000 100000\n");
	put("/proc/self/cgroup", text);
	cr_expect_eq(deed_cpus_of_groups(root), 5);
	for (size_t i = 4; i < sizeof text - 1; i += 2)
		text[i] = '/';
	put("/proc/self/cgroup", text);
	cr_expect_eq(deed_cpus_of_groups(root), 5);
}

Test(cpus, the_affinity_mask_counts)
{
	const unsigned all = deed_os_cpus_allowed();
	cpu_set_t mask, one;

	cr_assert_eq(sched_getaffinity(0, sizeof mask, &mask), 0);
	cr_expect_eq(all, (unsigned)CPU_COUNT(&mask));
	cr_expect(deed_cpus() >= 1 && deed_cpus() <= all);
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &mask)) {
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
			cr_expect_eq(deed_os_cpus_allowed(), 1);
			cr_expect_eq(deed_cpus(), 1);
		}
}
