/* SPDX-License-Identifier: MIT
 *
 * lib/foreign.c - the side table of adopted buffers and of those in memory of an
 * allocator, in both flavours.
 *
 * Open addressing with linear probing over a power of two of slots, at most half full, so
 * that a probe is short; removal closes the gap by shifting back (Knuth, TAOCP 3, 6.4,
 * algorithm R), so that there are no tombstones and a program that adopts and drops for
 * ever stays at one size. Pages come from the kernel: an adoption must not enter the
 * allocator whose memory it may be adopting. One lock; deleters and allocators run outside
 * it, so that they may adopt and drop themselves. What is being resized is in nobody's
 * hands: its entry is out, but keeps its room in the count, so that it can come back.
 *
 * The lock is held over a fork(), so that the child finds it free and the table whole. In
 * release builds this file sees to that itself, in trap builds the ledger, in the order
 * of its locks.
 */
#include "foreign.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "backend.h"
#include "lock.h"
#include "os.h"
#include "unseen.h"

#define FIRST_SLOTS 256

static struct {
	struct deed_lock lock;
	struct deed_foreign *slots; /* data == NULL: free */
	size_t slot_count, used;    /* used: entries, and rooms kept for some */
} table;

/* The calling thread has the lock or waits for it. Compilers copy entries by memcpy() where they do
 * not optimise, so that what happens inside is unseen. */
static __thread bool is_inside __attribute__((tls_model("initial-exec")));

static void enter(void)
{
	is_inside = true;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	deed_lock_take(&table.lock);
	deed_unseen_begin();
}

static void leave(void)
{
	deed_unseen_end();
	deed_lock_give(&table.lock);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	is_inside = false;
}

/* Fibonacci hashing: addresses differ in their middle bits, and the multiplier spreads those. */
static size_t home_of(const void *data, size_t slot_count)
{
	return (size_t)(((uint64_t)(uintptr_t)data * 0x9e3779b97f4a7c15u) >> 20) & (slot_count - 1);
}

/* The slot of `data`, or the free one where it would go. */
static size_t find(const struct deed_foreign *slots, size_t slot_count, const void *data)
{
	size_t at = home_of(data, slot_count);

	while (slots[at].data && slots[at].data != data)
		at = (at + 1) & (slot_count - 1);
	return at;
}

static int grow(void)
{
	const size_t slot_count = table.slot_count ? table.slot_count * 2 : FIRST_SLOTS;
	struct deed_foreign *const slots = deed_os_map(slot_count * sizeof *slots);

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < table.slot_count; i++)
		if (table.slots[i].data)
			slots[find(slots, slot_count, table.slots[i].data)] = table.slots[i];
	if (table.slots)
		deed_os_unmap(table.slots, table.slot_count * sizeof *slots);
	table.slots = slots;
	table.slot_count = slot_count;
	return 0;
}

/* With room for one more. */
static int insert(const struct deed_foreign *foreign)
{
	const size_t at = find(table.slots, table.slot_count, foreign->data);

	if (table.slots[at].data)
		return -EEXIST;
	table.slots[at] = *foreign;
	return 0;
}

int deed_foreign_put(const struct deed_foreign *foreign)
{
	int err = 0;

	enter();
	if (2 * (table.used + 1) > table.slot_count)
		err = grow();
	if (!err)
		err = insert(foreign);
	if (!err)
		table.used++;
	leave();
	return err;
}

/* Moves every entry back that probing would no longer reach over the gap at `gap`. */
static void close_gap(size_t gap)
{
	const size_t mask = table.slot_count - 1;

	for (size_t at = (gap + 1) & mask; table.slots[at].data; at = (at + 1) & mask) {
		const size_t home = home_of(table.slots[at].data, table.slot_count);

		if (((at - home) & mask) >= ((at - gap) & mask)) {
			table.slots[gap] = table.slots[at];
			gap = at;
		}
	}
	table.slots[gap].data = NULL;
}

/* Copies the entry of `data` to *ret, and takes it out if asked to. */
static bool look_up(void *data, struct deed_foreign *ret, bool takes, bool keeps_room)
{
	bool found = false;
	size_t at;

	enter();
	if (table.slot_count) {
		at = find(table.slots, table.slot_count, data);
		found = table.slots[at].data;
		if (found)
			*ret = table.slots[at];
		if (found && takes)
			close_gap(at);
		if (found && takes && !keeps_room)
			table.used--;
	}
	leave();
	return found;
}

bool deed_foreign_take(void *data, struct deed_foreign *ret)
{
	return look_up(data, ret, true, false);
}

bool deed_foreign_get(void *data, struct deed_foreign *ret)
{
	return look_up(data, ret, false, false);
}

void deed_foreign_end(const struct deed_foreign *foreign)
{
	const struct deed_allocator *const allocator = foreign->allocator;

	if (allocator)
		allocator->free(foreign->data, foreign->bytes, foreign->align, allocator->context);
	else if (foreign->deleter)
		foreign->deleter(foreign->data, foreign->bytes, foreign->context);
}

bool deed_foreign_alloc(struct deed_foreign *ret, const struct deed_allocator *allocator,
			size_t bytes, size_t align, bool zeroed)
{
	*ret = (struct deed_foreign){ .bytes = deed_max(bytes, 1),
				      .allocator = allocator,
				      .align = align };
	ret->data = allocator->alloc(ret->bytes, align, zeroed, allocator->context);
	return ret->data;
}

/* By the allocator itself, or else by hand. The entry of `old` is not in the table. */
static bool resize_in_allocator(struct deed_foreign *ret, const struct deed_foreign *old,
				size_t bytes, size_t align)
{
	const struct deed_allocator *const allocator = old->allocator;

	if (!allocator->resize) {
		if (!deed_foreign_alloc(ret, allocator, bytes, align, false))
			return false;
		memcpy(ret->data, old->data, deed_min(bytes, old->bytes));
		deed_foreign_end(old);
		return true;
	}
	*ret = *old;
	ret->bytes = deed_max(bytes, 1);
	ret->data = allocator->resize(old->data, old->bytes, ret->bytes, align, allocator->context);
	return ret->data;
}

void *deed_foreign_resize(void *data, size_t bytes, size_t align, bool *ret_is_foreign)
{
	struct deed_foreign old, fresh;
	bool is_resized;

	if (!look_up(data, &old, true, true))
		return NULL;
	*ret_is_foreign = old.allocator;
	if (old.allocator) {
		is_resized = resize_in_allocator(&fresh, &old, bytes, old.align);
	} else {
		fresh.data = deed_backend_alloc(bytes, align, false);
		is_resized = fresh.data;
	}
	enter();
	if (is_resized && !old.allocator)
		table.used--;
	else
		(void)insert(is_resized ? &fresh : &old);
	leave();
	if (is_resized && !old.allocator) {
		memcpy(fresh.data, old.data, deed_min(bytes, old.bytes));
		deed_foreign_end(&old);
	}
	return is_resized ? fresh.data : NULL;
}

size_t deed_foreign_count(void)
{
	size_t used;

	enter();
	used = table.used;
	leave();
	return used;
}

/* A signal handler that interrupted this file and forks leaves the lock as it is, and its child may
 * only exec. */
void deed_foreign_fork_prepare(void)
{
	if (!is_inside)
		deed_lock_take(&table.lock);
}

void deed_foreign_fork_done(void)
{
	if (!is_inside)
		deed_lock_give(&table.lock);
}

__attribute__((constructor)) static void see_to_forks(void)
{
	if (!DEED_TRAP)
		(void)pthread_atfork(deed_foreign_fork_prepare, deed_foreign_fork_done,
				     deed_foreign_fork_done);
}

DEED_EXPORT int deed_adopt_release_(struct deed_owner *ret, void *data, size_t count, size_t bytes,
				    deed_deleter_fn deleter, void *context)
{
	const struct deed_foreign foreign = {
		.data = data, .bytes = bytes, .deleter = deleter, .context = context
	};
	const int err = deed_foreign_put(&foreign);

	if (err)
		return err;
	ret->own = data;
	ret->len = count | (size_t)DEED_ORIGIN_FOREIGN << DEED_ORIGIN_SHIFT;
	return 0;
}

DEED_EXPORT int deed_new_with_release_(struct deed_owner *ret,
				       const struct deed_allocator *allocator, size_t count,
				       size_t bytes, size_t align, int zeroed)
{
	struct deed_foreign foreign;
	int err;

	if (!deed_foreign_alloc(&foreign, allocator, bytes, deed_max(align, DEED_LEAST_ALIGN),
				zeroed))
		return -ENOMEM;
	err = deed_foreign_put(&foreign);
	if (err) {
		deed_foreign_end(&foreign);
		return err;
	}
	ret->own = foreign.data;
	ret->len = count | (size_t)DEED_ORIGIN_FOREIGN << DEED_ORIGIN_SHIFT;
	return 0;
}

DEED_EXPORT void deed_drop_foreign_(void *data)
{
	struct deed_foreign foreign;

	if (deed_foreign_take(data, &foreign))
		deed_foreign_end(&foreign);
}

DEED_EXPORT void deed_forget_foreign_(void *data)
{
	struct deed_foreign foreign;

	(void)deed_foreign_take(data, &foreign);
}
