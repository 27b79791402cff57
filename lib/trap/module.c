/* SPDX-License-Identifier: MIT
 *
 * lib/trap/module.c - the dynamic linker knows which file lies where. So does the kernel, whose
 * list of mappings costs more to read, and needs no lock:
 *
 *     55d0c8a3f000-55d0c8a40000 r--p 00000000 fe:00 131 /bin/demo     <- the file's beginning
 *     55d0c8a40000-55d0c8a41000 r-xp 00001000 fe:00 131 /bin/demo     <- the address
 *
 * A file's addresses count from its beginning, but those of a program that is linked to one place
 * (ET_EXEC) from 0.
 */
#define _GNU_SOURCE
#include "module.h"

#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "../os.h"
#include "stack.h"

/* ---- from the linker ------------------------------------------------------------------------ */

struct look {
	struct deed_module *module;
	uintptr_t address;
};

static void set_path(struct deed_module *module, const char *path)
{
	const size_t len = deed_min(strlen(path), sizeof module->path - 1);

	memcpy(module->path, path, len);
	module->path[len] = '\0';
}

static int look_at(struct dl_phdr_info *info, size_t size, void *data)
{
	const struct look *const look = data;

	(void)size;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *const segment = &info->dlpi_phdr[i];
		const uintptr_t start = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && look->address >= start &&
		    look->address - start < segment->p_memsz) {
			set_path(look->module, info->dlpi_name ? info->dlpi_name : "");
			look->module->base = info->dlpi_addr;
			return 1;
		}
	}
	return 0;
}

/* ---- from the kernel ------------------------------------------------------------------------ */

static bool is_linked_to_one_place(uintptr_t start)
{
	uint64_t word;
	ElfW(Half) type;

	if (!deed_os_peek(start + offsetof(ElfW(Ehdr), e_type), &word))
		return false;
	memcpy(&type, &word, sizeof type);
	return type == ET_EXEC;
}

/* One line of the list. Whether the address is in this mapping, whose file is then in `module`. */
static bool look_at_line(struct deed_module *module, uintptr_t address, const char *line)
{
	const char *const path = strchr(line, '/');
	uintptr_t start, end, offset;
	char *at;

	if (!path)
		return false;
	start = strtoul(line, &at, 16);
	end = *at == '-' ? strtoul(at + 1, &at, 16) : 0;
	at = strchr(at + (*at == ' '), ' '); /* over the permissions */
	offset = at ? strtoul(at, NULL, 16) : 0;
	if (!offset || strcmp(path, module->path) != 0) {
		set_path(module, path);
		module->base = start - offset;
	}
	return address >= start && address < end;
}

static bool look_in_list(struct deed_module *module, uintptr_t address)
{
	const int file = deed_os_open_read("/proc/self/maps");
	char *const list = module->list, *line, *end;
	size_t bytes = 0;
	bool found = false;
	ptrdiff_t got;

	if (file < 0)
		return false;
	module->path[0] = '\0';
	while (!found &&
	       (got = deed_os_read(file, list + bytes, sizeof module->list - bytes)) > 0) {
		bytes += (size_t)got;
		for (line = list; !found && (end = memchr(line, '\n', bytes)) != NULL;
		     line = end + 1) {
			*end = '\0';
			bytes -= (size_t)(end + 1 - line);
			found = look_at_line(module, address, line);
		}
		memmove(list, line, bytes); /* the beginning of the next line, which is shorter */
	}
	deed_os_close(file);
	if (!found)
		return false;
	if (is_linked_to_one_place(module->base))
		module->base = 0;
	module->is_program =
		deed_os_program_path(list, sizeof module->list) && !strcmp(list, module->path);
	return true;
}

bool deed_module_find(struct deed_module *ret, uintptr_t address)
{
	struct look look = { ret, address };

	if (deed_stack_may_hang())
		return look_in_list(ret, address);
	if (!dl_iterate_phdr(look_at, &look))
		return false;
	ret->is_program = !ret->path[0];
	if (ret->is_program && !deed_os_program_path(ret->path, sizeof ret->path))
		set_path(ret, "/proc/self/exe");
	return true;
}

/* ---- without a lock ------------------------------------------------------------------------- */

/* glibc's struct dl_find_object and its function, under names of our own; null without them. */
struct found {
	uint64_t flags;
	const char *lo, *hi;
	const struct link_map *map;
	uint64_t rest[10];
};

extern int find(const void *address, struct found *ret) __asm__("_dl_find_object")
	__attribute__((weak));

int deed_module_loaded(uintptr_t address, struct deed_loaded *ret)
{
	struct found found;

	if (!find)
		return -1;
	if (find((const void *)address, &found))
		return 0;
	*ret = (struct deed_loaded){ .lo = (uintptr_t)found.lo,
				     .hi = (uintptr_t)found.hi,
				     .base = found.map->l_addr,
				     .path = found.map->l_name,
				     .is_program = !found.map->l_prev };
	return 1;
}

/* ---- variables ------------------------------------------------------------------------------ */

struct data {
	uintptr_t lo, hi;
};

static int look_at_data(struct dl_phdr_info *info, size_t size, void *context)
{
	const struct data *const data = context;

	(void)size;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *const segment = &info->dlpi_phdr[i];
		const uintptr_t start = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) && data->lo >= start &&
		    data->hi <= start + segment->p_memsz)
			return 1;
	}
	return 0;
}

/* The program's own, which needs no asking: the kernel said where they are. */
static bool look_at_program(struct data *data)
{
	const ElfW(Phdr) *const segments = (const ElfW(Phdr) *)getauxval(AT_PHDR);
	const size_t count = segments ? getauxval(AT_PHNUM) : 0;
	struct dl_phdr_info program = { .dlpi_phdr = segments, .dlpi_phnum = (ElfW(Half))count };

	for (size_t i = 0; i < count; i++)
		if (segments[i].p_type == PT_PHDR)
			program.dlpi_addr = (uintptr_t)segments - segments[i].p_vaddr;
	return look_at_data(&program, sizeof program, data);
}

bool deed_module_has_data(const void *data, size_t bytes)
{
	struct data look = { (uintptr_t)data, (uintptr_t)data + bytes };

	return look_at_program(&look) ||
	       (!deed_stack_may_hang() && dl_iterate_phdr(look_at_data, &look));
}
