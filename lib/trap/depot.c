/* SPDX-License-Identifier: MIT
 *
 * lib/trap/depot.c - hash-consed call stacks.
 *
 * A program makes a million buffers from a handful of places, so a stack is kept once and
 * its number is what an event holds. Nothing is ever taken out: a report may want the
 * stack of a buffer that died long ago, and there are only as many stacks as the program
 * has ways to reach deed.
 *
 *     heads[hash] --> row: hash, len, where, next --> row ...      a chain per head
 *                                |
 *     words       [ ... f f f f f ... ]                            the frames, one after another
 *
 * All three are one reservation, whose pages appear when they are touched. Rows and words
 * are dealt out by counting up. A row is filled in before the compare-and-swap that hangs
 * it at the front of its chain, so readers need no lock, and neither do writers: who loses
 * that race looks at the new front, where its stack may now be, and else tries again. A
 * row that lost to an equal stack is never used; that is rare and costs its few bytes.
 * So a signal handler or a fork() finds the depot whole at every instruction.
 *
 * Where an object was unloaded another may be loaded, and then equal addresses are not the
 * same stack. So a row has an age (unload.h), and is not found again once a frame of it lay
 * in an object that went after that. A row that is found, and has no such frame, means the
 * same at the present age, which it is given: it is looked through once per unloading.
 */
#include "depot.h"

#include "../os.h"
#include "../unseen.h"
#include "stack.h"
#include "unload.h"

/* Programs reach deed in thousands of ways at most; a generated stack per recursion depth
 * would be more, and then the later ones have none. Ids fit 21 bits. */
#define STACKS_MAX ((uint32_t)1 << 20)
/* Chains of four when full. */
#define HEADS ((uint32_t)1 << 18)
/* 16 frames each, the default stack_depth, and the row's number before them. 136 MiB of
 * address space, not of memory. */
#define WORDS_MAX ((uint32_t)STACKS_MAX * 17)

struct row {
	uint32_t hash, next;
	uint32_t word : 25, len : 7;
	uint32_t age;
};

_Static_assert(WORDS_MAX <= (uint32_t)1 << 25 && DEED_STACK_MAX < 1 << 7 &&
		       sizeof(struct row) == 16,
	       "what keeping a known stack looks at is a quarter of a cache line");

struct depot {
	uint32_t heads[HEADS];
	struct row rows[STACKS_MAX];
	uintptr_t words[WORDS_MAX];
};

static void *depot;		/* a struct depot */
static uint32_t rows_dealt = 1; /* 0 is no stack */
static uint32_t words_dealt;
static uint32_t kept;

/* The reservation, made by whoever comes first; null if there is no room for it. */
static DEED_UNSEEN struct depot *open_depot(void)
{
	struct depot *const seen = __atomic_load_n(&depot, __ATOMIC_ACQUIRE);

	return DEED_LIKELY(seen) ? seen : deed_os_reserve_once(&depot, sizeof *seen);
}

/* Four products side by side, because each has to wait for its last: this is most of what keeping
 * a known stack costs. Multiplying moves differences up, so the top bits are what counts; what
 * comes after the fours meets lane after lane.
 */
static uint32_t hash_of(const uintptr_t *frames, size_t len)
{
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	uint64_t a = len, b = ~(uint64_t)0, c = 1, d = 2;
	size_t i;

	for (i = 0; i + 4 <= len; i += 4) {
		a = (a ^ frames[i]) * odd;
		b = (b ^ frames[i + 1]) * odd;
		c = (c ^ frames[i + 2]) * odd;
		d = (d ^ frames[i + 3]) * odd;
	}
	for (; i < len; i++) {
		const uint64_t next = (a ^ frames[i]) * odd;

		a = b;
		b = c;
		c = d;
		d = next;
	}
	a = (a ^ b >> 31) * odd;
	c = (c ^ d >> 29) * odd;
	return (uint32_t)(((a ^ c >> 30) * odd) >> 32);
}

/* By words, four at a time: memcmp() and memcpy() are seen by ThreadSanitizer, this file is not. */
static bool is_same(const uintptr_t *a, const uintptr_t *b, size_t len)
{
	uintptr_t differences = 0;
	size_t i;

	for (i = 0; i + 4 <= len && !differences; i += 4)
		differences = (a[i] ^ b[i]) | (a[i + 1] ^ b[i + 1]) | (a[i + 2] ^ b[i + 2]) |
			      (a[i + 3] ^ b[i + 3]);
	for (; i < len && !differences; i++)
		differences = a[i] ^ b[i];
	return !differences;
}

/* Whether the frames of a row still are what they were, though objects were unloaded. */
static DEED_UNSEEN DEED_COLD bool outlasts(struct row *row, const uintptr_t *frames, uint32_t now)
{
	if (deed_unload_touches(frames, row->len, __atomic_load_n(&row->age, __ATOMIC_RELAXED)))
		return false;
	__atomic_store_n(&row->age, now, __ATOMIC_RELAXED);
	return true;
}

static bool is_current(struct row *row, const uintptr_t *frames)
{
	const uint32_t now = deed_unload_age();

	return DEED_LIKELY(__atomic_load_n(&row->age, __ATOMIC_RELAXED) == now) ||
	       outlasts(row, frames, now);
}

/* The id of an equal stack in the chain from `id` up to the row `end`; 0 if it is not there. */
static DEED_UNSEEN uint32_t find(struct depot *in, uint32_t id, uint32_t end, uint32_t hash,
				 const uintptr_t *frames, size_t len)
{
	for (; id != end; id = in->rows[id].next) {
		struct row *const row = &in->rows[id];

		if (row->hash == hash && row->len == len &&
		    is_same(&in->words[row->word], frames, len) && is_current(row, frames))
			return id;
	}
	return 0;
}

DEED_UNSEEN uint32_t deed_depot_find(const uintptr_t *frames, size_t len)
{
	struct depot *const in = __atomic_load_n(&depot, __ATOMIC_ACQUIRE);
	const uint32_t hash = hash_of(frames, len);

	return in && len ? find(in, __atomic_load_n(&in->heads[hash % HEADS], __ATOMIC_ACQUIRE), 0,
				hash, frames, len)
			 : 0;
}

/* The next `count` numbers below `max`; false when there are not so many left. */
static DEED_UNSEEN bool deal(uint32_t *dealt, uint32_t count, uint32_t max, uint32_t *ret)
{
	uint32_t seen = __atomic_load_n(dealt, __ATOMIC_RELAXED);

	do
		if (max - seen < count)
			return false;
	while (!__atomic_compare_exchange_n(dealt, &seen, seen + count, true, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED));
	*ret = seen;
	return true;
}

DEED_UNSEEN uint32_t deed_depot_keep(const uintptr_t *frames, size_t len, bool *ret_is_new)
{
	struct depot *const in = len ? open_depot() : NULL;
	const uint32_t hash = hash_of(frames, len);
	uint32_t *const head = in ? &in->heads[hash % HEADS] : NULL;
	uint32_t front, looked_to, id, word;

	*ret_is_new = false;
	if (!in)
		return 0;
	front = __atomic_load_n(head, __ATOMIC_ACQUIRE);
	id = find(in, front, 0, hash, frames, len);
	if (DEED_LIKELY(id))
		return id;
	looked_to = front;
	if (!deal(&rows_dealt, 1, STACKS_MAX, &id) ||
	    !deal(&words_dealt, (uint32_t)len + 1, WORDS_MAX, &word))
		return 0;
	__atomic_store_n(&in->words[word++], id, __ATOMIC_RELAXED);
	/* Atomically, or a compiler makes it a memcpy(). */
	for (size_t i = 0; i < len; i++)
		__atomic_store_n(&in->words[word + i], frames[i], __ATOMIC_RELAXED);
	in->rows[id] = (struct row){
		.hash = hash,
		.word = word & (((uint32_t)1 << 25) - 1),
		.len = (uint32_t)len & 127,
		.age = deed_unload_age(),
	};
	do {
		/* Only what came before the last front that was looked at is new. */
		const uint32_t other = find(in, front, looked_to, hash, frames, len);

		if (other)
			return other;
		looked_to = front;
		in->rows[id].next = front;
	} while (!__atomic_compare_exchange_n(head, &front, id, false, __ATOMIC_RELEASE,
					      __ATOMIC_ACQUIRE));
	__atomic_add_fetch(&kept, 1, __ATOMIC_RELAXED);
	*ret_is_new = true;
	return id;
}

DEED_UNSEEN size_t deed_stack_get(uint32_t id, const uintptr_t **ret)
{
	const struct depot *const in = __atomic_load_n(&depot, __ATOMIC_ACQUIRE);

	*ret = NULL;
	if (!in || !id || id >= STACKS_MAX)
		return 0;
	*ret = &in->words[in->rows[id].word];
	return in->rows[id].len;
}

DEED_UNSEEN uint32_t deed_depot_age(const uintptr_t *frames)
{
	const struct depot *const in = __atomic_load_n(&depot, __ATOMIC_ACQUIRE);

	if (!in || (uintptr_t)frames - (uintptr_t)in->words >= sizeof in->words)
		return deed_unload_age();
	return __atomic_load_n(&in->rows[frames[-1]].age, __ATOMIC_RELAXED);
}

size_t deed_stack_count(void)
{
	return __atomic_load_n(&kept, __ATOMIC_RELAXED);
}

/* What the pages hold, not counting heads: which of their pages were touched is not known. */
size_t deed_stack_bytes(void)
{
	if (!__atomic_load_n(&depot, __ATOMIC_ACQUIRE))
		return 0;
	return __atomic_load_n(&rows_dealt, __ATOMIC_RELAXED) * sizeof(struct row) +
	       __atomic_load_n(&words_dealt, __ATOMIC_RELAXED) * sizeof(uintptr_t);
}
