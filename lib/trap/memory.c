/* SPDX-License-Identifier: MIT
 *
 * lib/trap/memory.c - blocks with a buffer inside. The design is at the head of memory.h.
 */
#include "memory.h"

#include <string.h>

#include "../unseen.h"
#include "options.h"
#include "quarantine.h"
#include "thread.h"

/* Where LeakSanitizer is in the process. */
extern void __lsan_ignore_object(const void *object) __attribute__((weak));

size_t deed_memory_page;

DEED_INLINE void mark(struct deed_memory memory, char *block, size_t front)
{
	deed_redzone_set(block, front);
	deed_redzone_set((char *)memory.base + memory.bytes, deed_memory_behind(memory));
}

void deed_memory_mark(struct deed_memory memory)
{
	mark(memory, deed_memory_begin(memory), deed_memory_front(memory));
}

void deed_memory_is_reachable(const void *memory)
{
	if (__lsan_ignore_object)
		__lsan_ignore_object(memory);
}

/* Buffers with walls that there are, ended ones too; and how many there may be. */
static size_t walled;

static size_t walled_max(void)
{
	static size_t max;
	size_t now = __atomic_load_n(&max, __ATOMIC_RELAXED);

	if (!now) {
		now = deed_max(deed_os_mappings_max() / 4, 1024);
		__atomic_store_n(&max, now, __ATOMIC_RELAXED);
	}
	return now;
}

/* What there was too little of for pages of its own. */
enum lack { LACKS_NOTHING, LACKS_MAPPINGS, LACKS_PAGES };

static void say_no_walls(enum lack lack)
{
	static const char begin[] = "deed: guard=1: ";
	static const char no_mappings[] = "no mappings are left for more pages: raise "
					  "vm.max_map_count, or lower quarantine=; ";
	static const char no_pages[] = "the system gives no more pages (memory, ulimit -v): lower "
				       "quarantine=; ";
	static const char end[] = "this buffer, and maybe more, has redzones only\n";
	static bool is_said;

	if (__atomic_exchange_n(&is_said, true, __ATOMIC_RELAXED))
		return;
	(void)deed_os_write(2, begin, sizeof begin - 1);
	if (lack == LACKS_MAPPINGS)
		(void)deed_os_write(2, no_mappings, sizeof no_mappings - 1);
	else
		(void)deed_os_write(2, no_pages, sizeof no_pages - 1);
	(void)deed_os_write(2, end, sizeof end - 1);
}

/* Its base is null if there are no pages, or mappings, for it. */
static struct deed_memory try_walled(size_t bytes, size_t align, enum lack *ret_lack)
{
	struct deed_memory memory = { .bytes = bytes & DEED_MEMORY_MAX,
				      .align_log2 = (uint8_t)__builtin_ctzl(align),
				      .is_walled = 1 };
	const size_t wall = deed_os_page_bytes();
	enum lack lack = LACKS_MAPPINGS;
	char *map = NULL;
	size_t pages;

	__atomic_store_n(&deed_memory_page, wall, __ATOMIC_RELAXED);
	pages = deed_memory_pages(memory);
	if (__atomic_add_fetch(&walled, 1, __ATOMIC_RELAXED) <= walled_max()) {
		map = deed_os_map(pages + wall);
		lack = map ? LACKS_MAPPINGS : LACKS_PAGES;
	}
	if (map && !deed_os_wall(map + pages, wall)) {
		deed_os_unmap(map, pages + wall);
		map = NULL;
	}
	if (!map) {
		__atomic_sub_fetch(&walled, 1, __ATOMIC_RELAXED);
		*ret_lack = lack;
		return memory;
	}
	*ret_lack = LACKS_NOTHING;
	memory.base = map + pages - deed_memory_room(memory);
	deed_memory_mark(memory);
	return memory;
}

/* The same, with what waits in quarantine given up for it. */
static struct deed_memory new_walled(size_t bytes, size_t align)
{
	enum lack lack;
	struct deed_memory memory = try_walled(bytes, align, &lack);

	while (lack && deed_quarantine_give_walls())
		memory = try_walled(bytes, align, &lack);
	if (lack)
		say_no_walls(lack);
	return memory;
}

static void free_walled(struct deed_memory memory)
{
	deed_redzone_clear(deed_memory_begin(memory), deed_memory_pages(memory));
	deed_os_unmap(deed_memory_begin(memory), deed_memory_pages(memory) + deed_memory_page);
	__atomic_sub_fetch(&walled, 1, __ATOMIC_RELAXED);
}

bool deed_memory_is_about(struct deed_memory memory, uintptr_t address)
{
	return memory.is_walled && address - (uintptr_t)deed_memory_begin(memory) <
					   deed_memory_pages(memory) + deed_memory_page;
}

/* Out of pages of its own the bytes go to the allocator, whose memory the caller must get. A
 * release cannot fail. */
static void *release_walled(struct deed_memory memory)
{
	void *const block = deed_backend_alloc(deed_max(memory.bytes, 1),
					       (size_t)1 << memory.align_log2, false);

	if (!block)
		deed_ledger_stops("no memory to release a buffer to, which guard=1 moves");
	memcpy(block, memory.base, memory.bytes);
	free_walled(memory);
	return block;
}

struct deed_memory deed_memory_new(enum deed_kind kind, size_t bytes, size_t align,
				   size_t element_bytes, bool zeroed)
{
	struct deed_memory memory = { .bytes = bytes & DEED_MEMORY_MAX,
				      .align_log2 = (uint8_t)__builtin_ctzl(align),
				      .zone = deed_memory_zone(kind, bytes, element_bytes) & 15 };
	size_t front;
	char *block;

	if (DEED_UNLIKELY(deed_options.guard) && bytes <= DEED_MEMORY_MAX / 2 &&
	    align <= deed_os_page_bytes()) {
		const struct deed_memory of_pages = new_walled(bytes, align);

		if (of_pages.base)
			return of_pages;
	}
	block = bytes <= DEED_MEMORY_MAX
			? deed_backend_alloc(deed_memory_block(memory), align, zeroed)
			: NULL;

	if (!block)
		return memory;
	deed_memory_is_reachable(block);
	front = deed_memory_front(memory);
	memory.base = block + front;
	mark(memory, block, front);
	return memory;
}

/* What comes out of quarantine is freed by any thread, in no order that ThreadSanitizer knows of:
 * the end of the buffer was in order, and this is later. Where it is shown what happens to memory
 * there is no quarantine, and it sees the free(). */
void deed_memory_free(struct deed_memory memory)
{
	if (DEED_UNLIKELY(memory.is_walled)) {
		free_walled(memory);
		return;
	}
	deed_redzone_clear(deed_memory_begin(memory), deed_memory_block(memory));
	if (!deed_options.tsan)
		deed_unseen_begin();
	deed_backend_free(deed_memory_begin(memory), deed_memory_block(memory),
			  (size_t)1 << memory.align_log2);
	if (!deed_options.tsan)
		deed_unseen_end();
}

void *deed_memory_release(struct deed_memory memory)
{
	char *const block = deed_memory_begin(memory);

	if (DEED_UNLIKELY(memory.is_walled))
		return release_walled(memory);
	deed_redzone_clear(block, deed_memory_block(memory));
	memmove(block, memory.base, memory.bytes);
	return block;
}

struct deed_damage deed_memory_look(struct deed_memory memory)
{
	const struct deed_damage damage =
		deed_redzone_look((char *)memory.base + memory.bytes, deed_memory_behind(memory));

	return damage.first
		       ? damage
		       : deed_redzone_look(deed_memory_begin(memory), deed_memory_front(memory));
}

/* Without a mapping for one more wall the pages stay open, and what is written there is not seen.
 */
void deed_memory_end(struct deed_memory memory)
{
	if (DEED_UNLIKELY(memory.is_walled)) {
		(void)deed_os_wall(deed_memory_begin(memory), deed_memory_pages(memory));
		return;
	}
	deed_dead_set(deed_memory_begin(memory), deed_memory_block(memory));
}

/* What lies in the buffer comes first: who writes far beyond is told by where it began. */
struct deed_damage deed_memory_look_dead(struct deed_memory memory)
{
	struct deed_damage damage = deed_dead_look(memory.base, memory.bytes);

	if (!damage.first)
		damage = deed_dead_look((char *)memory.base + memory.bytes,
					deed_memory_behind(memory));
	return damage.first ? damage
			    : deed_dead_look(deed_memory_begin(memory), deed_memory_front(memory));
}
