/* SPDX-License-Identifier: MIT
 *
 * lib/scratch.c - a thread's scratch arenas, one for each block that is open at a time.
 *
 * One arena per thread would not do: a function that is handed its caller's scratch arena to
 * leave a result in, and opens a block of its own, would end the result with its block. So
 * each open block has an arena to itself, and a thread keeps those that it has once needed:
 *
 *     idle -> arena -> arena        taken and put back at the front: the innermost block of the
 *     all  -> every arena           next round finds the memory of the innermost of the last
 *
 * A block that was jumped over leaves its arena out of `idle`; the thread's exit finds it in
 * `all`. No lock, and nothing that another thread touches; so a child of fork() keeps what
 * is its own. In trap builds the arenas are the ledger's as all others are, and no leak; that of a
 * part lies elsewhere meanwhile (trap/lease.h).
 */
#include <pthread.h>

#include "arena.h"
#include "backend.h"
#include "trap/carve.h"
#include "trap/fiber.h"
#include "trap/lease.h"

#define CHUNK_BYTES ((size_t)16 << 10)

struct node {
	struct deed_arena arena; /* first, so that its address is the node's */
	struct node *next_idle, *next;
};

static __thread struct {
	struct node *idle, *all;
} mine;

static pthread_key_t key;
static bool has_key;

static const struct deed_site nowhere = { "", "", "scratch", "", 1, 1, 0 };

static void close_arena(struct deed_arena *arena)
{
	if (DEED_TRAP)
		deed_trap_arena_close(arena, NULL, &nowhere);
	else
		deed_arena_close_release_(arena);
}

/* The thread, or the library, ends. Other destructors may open blocks after this. */
static void end_mine(void *unused)
{
	(void)unused;
	mine.idle = NULL;
	while (mine.all) {
		struct node *const node = mine.all;

		mine.all = node->next;
		if (DEED_TRAP)
			deed_lease_end_of(&node->arena);
		close_arena(&node->arena);
		deed_backend_free(node, sizeof *node, _Alignof(struct node));
	}
}

__attribute__((constructor(103))) static void make_key(void)
{
	has_key = !pthread_key_create(&key, end_mine);
}

/* With the library, its code for threads that end later goes. */
__attribute__((destructor)) static void delete_key(void)
{
	if (has_key)
		(void)pthread_key_delete(key);
	has_key = false;
	end_mine(NULL);
}

bool deed_scratch_is_mine(const struct deed_arena *arena)
{
	const struct node *node = mine.all;

	while (node && &node->arena != arena)
		node = node->next;
	return node;
}

static void open_arena(struct deed_arena *arena)
{
	static const struct deed_arena_options options = { .chunk_bytes = CHUNK_BYTES };

	/* Cannot fail: the alignment is the default. */
	(void)!deed_arena_open_release_(arena, &options);
}

static struct node *make_node(void)
{
	struct node *const node = deed_backend_alloc(sizeof *node, _Alignof(struct node), false);

	/* Whoever does not hear of the thread's exit keeps nothing. */
	if (node && (!has_key || pthread_setspecific(key, &mine))) {
		deed_backend_free(node, sizeof *node, _Alignof(struct node));
		return NULL;
	}
	if (node) {
		open_arena(&node->arena);
		node->next = mine.all;
		mine.all = node;
	}
	return node;
}

DEED_EXPORT struct deed_arena *deed_scratch_open_(struct deed_scratch *scratch, const void *frame,
						  const struct deed_site *at)
{
	struct node *node = mine.idle;

	scratch->at = at;
	if (node)
		mine.idle = node->next_idle;
	else
		node = make_node();
	if (node) {
		scratch->arena = &node->arena;
	} else {
		open_arena(&scratch->own);
		scratch->arena = &scratch->own;
	}
	if (DEED_TRAP)
		deed_trap_arena_immortal(scratch->arena, frame, at);
	return scratch->arena;
}

DEED_EXPORT void deed_scratch_close_(struct deed_scratch *scratch, const void *frame)
{
	struct node *const node = (struct node *)(void *)scratch->arena;

	if (scratch->arena == &scratch->own) {
		if (DEED_TRAP)
			deed_trap_arena_close(&scratch->own, frame, scratch->at);
		else
			deed_arena_close_release_(&scratch->own);
		return;
	}
	if (DEED_TRAP)
		deed_scratch_reset(scratch->arena, frame, scratch->at);
	else
		deed_arena_return_(scratch->arena, NULL);
	if (DEED_TRAP)
		deed_fiber_forget(node, sizeof *node);
	node->next_idle = mine.idle;
	mine.idle = node;
}
