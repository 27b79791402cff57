/* SPDX-License-Identifier: MIT
 *
 * lib/trap/memory.c - blocks with a buffer inside. The design is at the head of memory.h.
 */
#include "memory.h"

#include <string.h>

#include "../unseen.h"
#include "options.h"

/* As much in front of a buffer as keeps it aligned; beyond a page that is more than it is worth. */
#define FRONT_MAX ((size_t)4096)

/* Where LeakSanitizer is in the process. */
extern void __lsan_ignore_object(const void *object) __attribute__((weak));

static size_t front_of(size_t align)
{
	return align <= FRONT_MAX ? align : 0;
}

static size_t behind(size_t bytes)
{
	return deed_round_up(bytes, DEED_LEAST_ALIGN) + DEED_LEAST_ALIGN - bytes;
}

static char *block_of(struct deed_memory memory)
{
	return (char *)memory.base - front_of(memory.align);
}

void deed_memory_mark(struct deed_memory memory)
{
	deed_redzone_set(block_of(memory), front_of(memory.align));
	deed_redzone_set((char *)memory.base + memory.bytes, behind(memory.bytes));
}

size_t deed_memory_block(struct deed_memory memory)
{
	return front_of(memory.align) + memory.bytes + behind(memory.bytes);
}

void deed_memory_is_reachable(const void *memory)
{
	if (__lsan_ignore_object)
		__lsan_ignore_object(memory);
}

void *deed_memory_new(size_t bytes, size_t align, bool zeroed)
{
	struct deed_memory memory = { NULL, bytes, align };
	size_t all;
	char *block;

	if (bytes > SIZE_MAX / 2 || align > SIZE_MAX / 4)
		return NULL;
	all = deed_memory_block(memory);
	block = deed_backend_alloc(all, align, zeroed);
	if (!block)
		return NULL;
	deed_memory_is_reachable(block);
	memory.base = block + front_of(align);
	deed_memory_mark(memory);
	return memory.base;
}

/* What comes out of quarantine is freed by any thread, in no order that ThreadSanitizer knows of:
 * the end of the buffer was in order, and this is later. Where it is shown what happens to memory
 * there is no quarantine, and it sees the free(). */
void deed_memory_free(struct deed_memory memory)
{
	deed_redzone_clear(block_of(memory), deed_memory_block(memory));
	if (!deed_options.tsan)
		deed_unseen_begin();
	deed_backend_free(block_of(memory), deed_memory_block(memory), memory.align);
	if (!deed_options.tsan)
		deed_unseen_end();
}

void *deed_memory_release(struct deed_memory memory)
{
	char *const block = block_of(memory);

	deed_redzone_clear(block, deed_memory_block(memory));
	memmove(block, memory.base, memory.bytes);
	return block;
}

struct deed_damage deed_memory_look(struct deed_memory memory)
{
	struct deed_damage damage =
		deed_redzone_look((char *)memory.base + memory.bytes, behind(memory.bytes));

	if (!damage.first)
		damage = deed_redzone_look(block_of(memory), front_of(memory.align));
	return damage;
}
