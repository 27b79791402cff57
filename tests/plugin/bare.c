/* SPDX-License-Identifier: MIT
 *
 * tests/plugin/bare.c - a program without deed, whose plugin holds the ledger itself. A thread uses
 * the plugin, and ends when it is gone.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

/* struct plugin, and an owner, to one who does not know deed. */
struct plugin {
	int (*make)(uint64_t *ret);
	void (*lend)(void);
	void (*lend_and_end)(void);
	void (*give)(uint64_t *owner);
};

static const struct plugin *plugin;
static pthread_barrier_t barrier;

static void *use(void *context)
{
	uint64_t xs[2] = { 0, 0 };

	if (!plugin->make(xs))
		plugin->give(xs);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return context;
}

int main(int argc, char **argv)
{
	void *const library = argc == 3 ? dlopen(argv[2], RTLD_NOW) : NULL;
	pthread_t thread;

	plugin = library ? (const struct plugin *)dlsym(library, "plugin") : NULL;
	if (!plugin || pthread_barrier_init(&barrier, NULL, 2) ||
	    pthread_create(&thread, NULL, use, NULL))
		return 3;
	pthread_barrier_wait(&barrier);
	dlclose(library);
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
	printf("done\n");
	return 0;
}
