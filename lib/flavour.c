/* SPDX-License-Identifier: MIT
 *
 * lib/flavour.c - one process, one flavour.
 *
 * Every object that includes deed refers to the mark of its flavour, and each library
 * defines only its own, so that a mixture does not link. Two shared libraries defeat
 * that: an application of one flavour may load a plugin of the other, each with its own
 * libdeed. Then this constructor, which both libraries have, finds the other: by its mark,
 * where names are shared, and by the name of its file, where a plugin keeps them to itself.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "base.h"
#include "os.h"

DEED_EXPORT const char DEED_FLAVOUR_MARK = 1;

#define NAME_OF(symbol) NAME_OF_TEXT(symbol)
#define NAME_OF_TEXT(symbol) #symbol

/* Weak: null unless both libraries are in one link. */
extern const char DEED_FLAVOUR_MARK_OTHER __attribute__((weak));

#define OTHER_FILE (DEED_TRAP ? "libdeed.so" : "libdeed-trap.so")

static int is_other_library(struct dl_phdr_info *module, size_t size, void *context)
{
	const char *const slash = strrchr(module->dlpi_name, '/');
	const char *const name = slash ? slash + 1 : module->dlpi_name;

	(void)size;
	(void)context;
	return !strncmp(name, OTHER_FILE, strlen(OTHER_FILE));
}

__attribute__((constructor(101))) static void refuse_mixed_flavours(void)
{
	static const char text[] =
		"deed: libdeed and libdeed-trap are both in this process: build every part of the "
		"program with -DDEED_TRAP=1 and link libdeed-trap, or every part without it and "
		"link libdeed.\n";

	if (!&DEED_FLAVOUR_MARK_OTHER && !dlsym(RTLD_DEFAULT, NAME_OF(DEED_FLAVOUR_MARK_OTHER)) &&
	    !dl_iterate_phdr(is_other_library, NULL))
		return;
	(void)deed_os_write(STDERR_FILENO, text, sizeof text - 1);
	_exit(127);
}
