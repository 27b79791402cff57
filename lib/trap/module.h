/* SPDX-License-Identifier: MIT
 *
 * lib/trap/module.h - which file an address is in: the program, or a shared object.
 */
#ifndef DEED_MODULE_H
#define DEED_MODULE_H

#include "../base.h"

/* 12 KiB: lives in mapped pages. */
struct deed_module {
	uintptr_t base; /* what the file's own addresses count from */
	bool is_program;
	char path[4096];
	char list[8192]; /* of the kernel's, while it is read */
};

/* deed_module_find - the file that an address of code or of a constant is in; false if that is none
 * that anybody knows.
 *
 * Asks the dynamic linker, or, where deed_stack_may_hang() says so, the kernel. Takes no memory.
 */
bool deed_module_find(struct deed_module *ret, uintptr_t address);

/* deed_module_loaded - what is loaded at an address, as glibc tells it since 2.35: without a lock,
 * so that it may be asked anywhere. 1 and *ret, or 0 if nothing is; negative where nobody tells. */
struct deed_loaded {
	uintptr_t lo, hi, base; /* where it lies, and what its own addresses count from */
	const char *path;
	bool is_program;
};

int deed_module_loaded(uintptr_t address, struct deed_loaded *ret);

/* Whether bytes are variables of the program, or of a shared object; not of one where the dynamic
 * linker may not be asked. */
bool deed_module_has_data(const void *data, size_t bytes);

#endif
