/* SPDX-License-Identifier: MIT
 *
 * lib/trap/memory.c - blocks with a buffer inside. The design is at the head of memory.h.
 */
#include "memory.h"

#include <string.h>

#include "../unseen.h"
#include "options.h"

/* Where LeakSanitizer is in the process. */
extern void __lsan_ignore_object(const void *object) __attribute__((weak));

static char *block_of(struct deed_memory memory)
{
	return (char *)memory.base - deed_memory_front(memory);
}

void deed_memory_mark(struct deed_memory memory)
{
	deed_redzone_set(block_of(memory), deed_memory_front(memory));
	deed_redzone_set((char *)memory.base + memory.bytes, deed_memory_behind(memory));
}

void deed_memory_is_reachable(const void *memory)
{
	if (__lsan_ignore_object)
		__lsan_ignore_object(memory);
}

struct deed_memory deed_memory_new(size_t bytes, size_t align, bool zeroed)
{
	struct deed_memory memory = { .bytes = bytes & DEED_MEMORY_MAX,
				      .align_log2 = (uint8_t)__builtin_ctzl(align) };
	char *const block = bytes <= DEED_MEMORY_MAX
				    ? deed_backend_alloc(deed_memory_block(memory), align, zeroed)
				    : NULL;

	if (!block)
		return memory;
	deed_memory_is_reachable(block);
	memory.base = block + deed_memory_front(memory);
	deed_memory_mark(memory);
	return memory;
}

/* What comes out of quarantine is freed by any thread, in no order that ThreadSanitizer knows of:
 * the end of the buffer was in order, and this is later. Where it is shown what happens to memory
 * there is no quarantine, and it sees the free(). */
void deed_memory_free(struct deed_memory memory)
{
	deed_redzone_clear(block_of(memory), deed_memory_block(memory));
	if (!deed_options.tsan)
		deed_unseen_begin();
	deed_backend_free(block_of(memory), deed_memory_block(memory),
			  (size_t)1 << memory.align_log2);
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

bool deed_memory_is_whole(struct deed_memory memory)
{
	return deed_redzones_are_whole(block_of(memory), deed_memory_front(memory),
				       (char *)memory.base + memory.bytes,
				       deed_memory_behind(memory));
}

struct deed_damage deed_memory_look(struct deed_memory memory)
{
	const struct deed_damage damage =
		deed_redzone_look((char *)memory.base + memory.bytes, deed_memory_behind(memory));

	return damage.first ? damage
			    : deed_redzone_look(block_of(memory), deed_memory_front(memory));
}

void deed_memory_end(struct deed_memory memory)
{
	deed_dead_set(block_of(memory), deed_memory_block(memory));
}

bool deed_memory_is_dead(struct deed_memory memory)
{
	return deed_dead_is_whole(block_of(memory), deed_memory_block(memory));
}

/* What lies in the buffer comes first: who writes far beyond is told by where it began. */
struct deed_damage deed_memory_look_dead(struct deed_memory memory)
{
	struct deed_damage damage = deed_dead_look(memory.base, memory.bytes);

	if (!damage.first)
		damage = deed_dead_look((char *)memory.base + memory.bytes,
					deed_memory_behind(memory));
	return damage.first ? damage : deed_dead_look(block_of(memory), deed_memory_front(memory));
}
