/* SPDX-License-Identifier: MIT
 *
 * lib/foreign.c - the side table of adopted buffers, in both flavours.
 *
 * Open addressing with linear probing over a power of two of slots, at most half full, so
 * that a probe is short; removal closes the gap by shifting back (Knuth, TAOCP 3, 6.4,
 * algorithm R), so that there are no tombstones and a program that adopts and drops for
 * ever stays at one size. Pages come from the kernel: an adoption must not enter the
 * allocator whose memory it may be adopting. One lock; a deleter runs outside it, so that
 * it may adopt and drop itself.
 *
 * The lock is held over a fork(), so that the child finds it free and the table whole. In
 * release builds this file sees to that itself, in trap builds the ledger, in the order
 * of its locks.
 */
#include "foreign.h"

#include <errno.h>
#include <pthread.h>

#include "lock.h"
#include "os.h"

#define FIRST_SLOTS 256

static struct {
	struct deed_lock lock;
	struct deed_foreign *slots; /* data == NULL: free */
	size_t slot_count, used;
} table;

/* The calling thread has the lock or waits for it. */
static __thread bool is_inside __attribute__((tls_model("initial-exec")));

static void enter(void)
{
	is_inside = true;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	deed_lock_take(&table.lock);
}

static void leave(void)
{
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

int deed_foreign_put(const struct deed_foreign *foreign)
{
	int err = 0;
	size_t at;

	enter();
	if (2 * (table.used + 1) > table.slot_count)
		err = grow();
	if (!err) {
		at = find(table.slots, table.slot_count, foreign->data);
		if (table.slots[at].data) {
			err = -EEXIST;
		} else {
			table.slots[at] = *foreign;
			table.used++;
		}
	}
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

bool deed_foreign_take(void *data, struct deed_foreign *ret)
{
	bool found = false;
	size_t at;

	enter();
	if (table.slot_count) {
		at = find(table.slots, table.slot_count, data);
		found = table.slots[at].data;
		if (found) {
			*ret = table.slots[at];
			close_gap(at);
			table.used--;
		}
	}
	leave();
	return found;
}

void deed_foreign_end(const struct deed_foreign *foreign)
{
	if (foreign->deleter)
		foreign->deleter(foreign->data, foreign->bytes, foreign->context);
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
	const struct deed_foreign foreign = { data, bytes, deleter, context };
	const int err = deed_foreign_put(&foreign);

	if (err)
		return err;
	ret->own = data;
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
