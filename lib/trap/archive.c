/* SPDX-License-Identifier: MIT
 *
 * lib/trap/archive.c - hash-consed sites and texts.
 *
 * A site is a constant of the object that its verb was compiled into, and goes when that
 * object is unloaded. What must outlive it, the rows of the ledger (unload.c) and the
 * report that a thread is just writing (story.c), holds a copy from here. There are only as
 * many sites as were written, so each is kept once, and nothing is ever taken out.
 *
 *     heads[hash] --> item: next, hash, bytes, body --> item ...      a chain per head
 *
 * An item is a run of bytes, whatever they mean: a text with its final null, or a record of
 * a site whose texts are in the archive already, so that equal sites are equal bytes. It is
 * complete before the compare-and-swap that hangs it at the front of its chain: nobody
 * takes a lock, as in depot.c, and for the same reasons.
 */
#include "archive.h"

#include <string.h>

#include "../os.h"
#include "../unseen.h"

/* Address space, not memory. A site with its texts is some 200 bytes. */
#define ROOM ((size_t)64 << 20)
/* Thousands of sites, at most. */
#define HEADS ((uint32_t)1 << 14)

struct item {
	uint32_t next; /* how far into the room; 0 is the end of the chain */
	uint32_t hash;
	uint64_t bytes;
	unsigned char body[];
};

/* A site and the object that it comes from, or null. */
struct record {
	struct deed_site site;
	const char *object;
};

_Static_assert(sizeof(struct record) == sizeof(struct deed_site) + sizeof(void *) &&
		       sizeof(struct deed_site) == 5 * sizeof(void *) + 2 * sizeof(uint32_t),
	       "no padding: records are compared as bytes");

struct archive {
	uint32_t heads[HEADS];
	unsigned char room[ROOM];
};

static void *archive;			       /* a struct archive */
static size_t room_used = sizeof(struct item); /* nothing lies at 0 */

static struct archive *open_archive(void)
{
	struct archive *const seen = __atomic_load_n(&archive, __ATOMIC_ACQUIRE);

	return DEED_LIKELY(seen) ? seen : deed_os_reserve_once(&archive, sizeof *seen);
}

/* The hash of Fowler, Noll and Vo. */
static uint32_t hash_of(const unsigned char *body, size_t bytes)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < bytes; i++)
		hash = (hash ^ body[i]) * 16777619u;
	return hash;
}

static struct item *item_at(struct archive *in, uint32_t at)
{
	return (struct item *)(void *)&in->room[at];
}

static const void *find(struct archive *in, uint32_t at, uint32_t hash, const void *body,
			size_t bytes)
{
	for (; at; at = item_at(in, at)->next) {
		const struct item *const item = item_at(in, at);

		if (item->hash == hash && item->bytes == bytes && !memcmp(item->body, body, bytes))
			return item->body;
	}
	return NULL;
}

/* Room for an item; 0 if there is none. Its bytes are spent even if the item is not used. */
static uint32_t deal(size_t body_bytes)
{
	const size_t bytes = (sizeof(struct item) + body_bytes + 7) & ~(size_t)7;
	size_t seen = __atomic_load_n(&room_used, __ATOMIC_RELAXED);

	do
		if (bytes > ROOM - seen)
			return 0;
	while (!__atomic_compare_exchange_n(&room_used, &seen, seen + bytes, true, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED));
	return (uint32_t)seen;
}

/* The one copy of these bytes; null if there is no room for it. */
static const void *keep(const void *body, size_t bytes)
{
	struct archive *const in = open_archive();
	const uint32_t hash = hash_of(body, bytes);
	uint32_t *const head = in ? &in->heads[hash % HEADS] : NULL;
	uint32_t front, at = 0;
	const void *kept;

	if (!in)
		return NULL;
	front = __atomic_load_n(head, __ATOMIC_ACQUIRE);
	do {
		kept = find(in, front, hash, body, bytes);
		if (kept)
			return kept;
		if (!at) {
			at = deal(bytes);
			if (!at)
				return NULL;
			item_at(in, at)->hash = hash;
			item_at(in, at)->bytes = bytes;
			memcpy(item_at(in, at)->body, body, bytes);
		}
		item_at(in, at)->next = front;
	} while (!__atomic_compare_exchange_n(head, &front, at, false, __ATOMIC_RELEASE,
					      __ATOMIC_ACQUIRE));
	return item_at(in, at)->body;
}

static bool is_archived(const void *address)
{
	const struct archive *const in = __atomic_load_n(&archive, __ATOMIC_ACQUIRE);

	return in && (uintptr_t)address - (uintptr_t)in < sizeof *in;
}

static const char *keep_text(const char *text)
{
	return is_archived(text) ? text : keep(text, strlen(text) + 1);
}

const char *deed_archive_text(const char *text)
{
	const char *kept;

	if (!text)
		return NULL;
	deed_unseen_begin();
	kept = keep_text(text);
	deed_unseen_end();
	return kept ? kept : text;
}

const struct deed_site *deed_archive_site(const struct deed_site *site, const char *object)
{
	const struct record *kept = NULL;
	struct record record;

	if (!site || is_archived(site))
		return site;
	deed_unseen_begin();
	record.site = *site;
	record.site.file = keep_text(site->file);
	record.site.function = keep_text(site->function);
	record.site.text = keep_text(site->text);
	record.site.type = keep_text(site->type);
	record.object = object;
	if (record.site.file && record.site.function && record.site.text && record.site.type)
		kept = keep(&record, sizeof record);
	deed_unseen_end();
	return kept ? &kept->site : site;
}

const char *deed_archive_object(const struct deed_site *site)
{
	return is_archived(site) ? ((const struct record *)(const void *)site)->object : NULL;
}

size_t deed_archive_bytes(void)
{
	return __atomic_load_n(&archive, __ATOMIC_ACQUIRE)
		       ? __atomic_load_n(&room_used, __ATOMIC_RELAXED)
		       : 0;
}
