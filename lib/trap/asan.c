/* SPDX-License-Identifier: MIT
 *
 * lib/trap/asan.c - what deed knows of the bytes that AddressSanitizer reports.
 *
 * AddressSanitizer sees every access, and knows of a buffer that it is so many bytes of a
 * block which some library allocated. deed knows whose they are. So below its report, if it
 * is about memory in or next to a buffer, stand the buffer's name, how far off the access
 * was, and where the buffer was made, moved and ended:
 *
 *     ==4711==ERROR: AddressSanitizer: use-after-poison on address 0x603000000068 ...
 *     deed: 0x603000000068 is 0 bytes behind `xs`
 *       buffer 1: `xs`, f32[10], 40 bytes, aligned to 16, heap, live, at 0x603000000040
 *       allocated: demo.c:12 in main, on thread 1
 *
 * It is no report of deed's own: no handler is called for it, and what follows is
 * AddressSanitizer's business. A program that sets a callback of its own takes the place of
 * this one.
 */
#include "asan.h"

#include <stdlib.h>
#include <string.h>

#include "deliver.h"
#include "label.h"
#include "page.h"
#include "shard.h"
#include "story.h"
#include "thread.h"
#include "where.h"
#include "writer.h"

/* AddressSanitizer's, and null without it. */
extern void __asan_set_error_report_callback(void (*callback)(const char *text))
	__attribute__((weak));
extern void *__asan_get_report_address(void) __attribute__((weak));

/* How far from a buffer an access is still taken for one that ran off it. */
#define NEAR_BYTES 64

static void put_event(struct deed_writer *out, const struct deed_cell *cell, int i)
{
	const bool is_latest_move = i == deed_cell_latest_move(cell);

	deed_put_text(out, "  ");
	deed_put_text(out, deed_role_name(deed_event_role(cell, i)));
	if (is_latest_move) {
		deed_put_text(out, " to ");
		deed_put_name(out, deed_plain(cell->name).text);
	}
	deed_put_text(out, ": ");
	deed_put_place(out, cell->event_site[i]);
	deed_put_format(out, ", on thread %u\n", cell->event_who[i] & 0xffffff);
}

/* Under the cell's shard lock. */
static void put_story(struct deed_writer *out, uintptr_t address, const struct deed_where *where)
{
	const struct deed_cell *const cell = deed_cell_at(where->slot);
	struct deed_plain name;
	const struct deed_report_buffer buffer = deed_describe(cell, &name);

	deed_put_format(out, "deed: 0x%zx is ", (size_t)address);
	deed_put_where(out, where);
	deed_put_text(out, "\n  ");
	deed_put_buffer(out, &buffer);
	deed_put_text(out, "\n");
	put_event(out, cell, 0);
	for (uint32_t back = DEED_EVENTS; back-- > 0;)
		if (deed_cell_event_back(cell, back) > 0)
			put_event(out, cell, deed_cell_event_back(cell, back));
}

/* Of a free() of what malloc() did not give, AddressSanitizer does not tell the address but in its
 * report, whose first number after its name and the kind of error it is. */
static uintptr_t address_of(const char *text)
{
	const uintptr_t address = (uintptr_t)__asan_get_report_address();
	const char *const title = text ? strstr(text, "AddressSanitizer: ") : NULL;
	const char *const number = title ? strstr(title, "0x") : NULL;

	return address || !number ? address : strtoul(number, NULL, 16);
}

static void tell(const char *text)
{
	const uintptr_t address = address_of(text);
	struct deed_writer out = { 0 };
	struct deed_where where;
	struct deed_thread *me;

	me = address ? deed_enter() : NULL;
	if (!me)
		return; /* a verb itself is at fault, and may hold locks */
	/* What a program marked itself, and no allocator: first of all arenas' bytes are that. */
	where = text && strstr(text, "use-after-poison") ? deed_where_in_arenas(address, NEAR_BYTES)
							 : (struct deed_where){ 0 };
	if (!where.slot)
		where = deed_where(address, NEAR_BYTES);
	if (where.slot) {
		deed_shard_take(where.slot);
		put_story(&out, address, &where);
		deed_shard_give(where.slot);
	}
	deed_leave(me);
	if (out.bytes)
		deed_deliver_text(out.text, out.bytes);
	deed_writer_done(&out);
}

void deed_asan_begin(void)
{
	if (__asan_set_error_report_callback && __asan_get_report_address)
		__asan_set_error_report_callback(tell);
}

void deed_asan_end(void)
{
	if (__asan_set_error_report_callback && __asan_get_report_address)
		__asan_set_error_report_callback(NULL);
}
