/* SPDX-License-Identifier: MIT
 *
 * tests/plugin/host.c - a program that unloads its plugin, and what is told then.
 *
 *     host WHAT PLUGIN [OTHER]
 *
 * OTHER is loaded after PLUGIN was unloaded; it is a mistake of the test if it does not
 * come to lie in the same place.
 */
#define _GNU_SOURCE
#include "plugin.h"

#include "deed/pool.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MISTAKE 3

static void *library;

static const struct plugin *load(const char *path)
{
	const struct plugin *plugin;

	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	plugin = library ? (const struct plugin *)dlsym(library, "plugin") : NULL;
	if (!plugin) {
		fprintf(stderr, "%s\n", dlerror());
		_Exit(MISTAKE);
	}
	return plugin;
}

/* Unloads the plugin, and loads another library in its place. */
static void unload(const void *inside, const char *other)
{
	Dl_info was, is;

	if (!dladdr(inside, &was))
		_Exit(MISTAKE);
	dlclose(library);
	if (dladdr(inside, &is)) {
		fprintf(stderr, "the plugin was not unloaded\n");
		_Exit(MISTAKE);
	}
	if (other && (!dladdr(load(other), &is) || is.dli_fbase != was.dli_fbase)) {
		fprintf(stderr, "the other library lies elsewhere\n");
		_Exit(MISTAKE);
	}
}

static deed_i32 xs, ys;
static deed_i32_inout v;

/* Loads and unloads for ever cost nothing for ever. */
static int churn(const char *path)
{
	size_t bytes = 0, stacks = 0;

	for (int i = 0; i < 300; i++) {
		const struct plugin *const plugin = load(path);

		if (plugin->make(&ys))
			return MISTAKE;
		plugin->lend_and_end(&ys, &v);
		plugin->give(&ys);
		dlclose(library);
		if (i == 150) {
			bytes = deed_stats().ledger_bytes;
			stacks = deed_stats().stacks;
		}
	}
	/* Each loading has stacks of its own, a handful. */
	printf("%s\n", deed_stats().stacks - stacks < 150 * 8 ? "few stacks" : "many stacks");
	printf("%s\n", deed_stats().ledger_bytes - bytes < 150 * 2000 ? "few bytes" : "many bytes");
	return 0;
}

static size_t shared_count;
static deed_i32 shared[64];

static void ignore(const struct deed_report *report, void *context)
{
	(void)context;
	for (size_t i = 0; i < report->site_count; i++)
		if (report->sites[i].site && strlen(report->sites[i].site->file) < 3)
			abort();
}

/* Reports, while the object that they quote is unloaded. */
static void *report_for_ever(void *context)
{
	(void)context;
	for (size_t count = 0; count < 64;) {
		count = __atomic_load_n(&shared_count, __ATOMIC_ACQUIRE);
		for (size_t i = 0; i < count; i++) {
			deed_i32 copy = shared[i];

			if (deed_len(copy) == 5)
				deed_drop(&copy); /* it is lent, and this is not its home */
		}
	}
	return NULL;
}

static int race(const char *path)
{
	pthread_t thread;

	deed_on_fault(ignore, NULL);
	if (pthread_create(&thread, NULL, report_for_ever, NULL))
		return MISTAKE;
	for (int i = 0; i < 64; i++) {
		const struct plugin *const plugin = load(path);

		if (plugin->make(&shared[i]))
			return MISTAKE;
		plugin->lend(&shared[i], &v);
		__atomic_store_n(&shared_count, (size_t)i + 1, __ATOMIC_RELEASE);
		dlclose(library);
	}
	pthread_join(thread, NULL);
	printf("done\n");
	return 0;
}

struct visit {
	const struct plugin *plugin;
	const char *other;
};

/* Part 0 has it done by the plugin, which is gone when part 1 comes. */
static void lend_part(struct deed_part *part, void *context)
{
	const struct visit *const visit = (const struct visit *)context;

	if (part->index) {
		DEED_INOUT(w, &xs);
	} else {
		visit->plugin->lend_and_end(&xs, &v);
		unload(visit->plugin, visit->other);
	}
}

static int parts(const struct plugin *plugin, const char *other)
{
	struct visit visit = { plugin, other };
	struct deed_plan plan;

	deed_plan_chunks(&plan, 2, 1);
	return deed_parallel_for(NULL, &plan, lend_part, &visit) ? MISTAKE : 0;
}

int main(int argc, char **argv)
{
	const char *const what = argc > 2 ? argv[1] : "";
	const char *const other = argc > 3 ? argv[3] : NULL;
	const struct plugin *plugin;

	if (!strcmp(what, "churn"))
		return churn(argv[2]);
	if (!strcmp(what, "race"))
		return race(argv[2]);
	if (argc < 3)
		return MISTAKE;
	plugin = load(argv[2]);
	if (plugin->make(&xs))
		return MISTAKE;
	if (!strcmp(what, "leak-loaded"))
		return 0;
	if (!strcmp(what, "leak")) {
		unload(plugin, other);
		return 0;
	}
	if (!strcmp(what, "dropped")) {
		plugin->give(&xs);
		unload(plugin, other);
		(void)deed_len(xs);
		return 0;
	}
	if (!strcmp(what, "parts"))
		return parts(plugin, other);
	if (!strcmp(what, "ended"))
		plugin->lend_and_end(&xs, &v);
	else
		plugin->lend(&xs, &v);
	unload(plugin, other);
	if (!strcmp(what, "ended")) {
		deed_at(v, 0) = 1;
	} else if (!strcmp(what, "dump")) {
		deed_dump(&xs);
		deed_dump_all();
		deed_end(&xs, &v);
	} else if (!strcmp(what, "conflict")) {
		DEED_INOUT(w, &xs);
	}
	deed_drop(&xs);
	return 0;
}
