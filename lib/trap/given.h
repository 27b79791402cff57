/* SPDX-License-Identifier: MIT
 *
 * lib/trap/given.h - whether memory that an allocator gave may be used.
 *
 * A struct deed_allocator promises that a block is aligned as it was asked for, and overlaps no
 * other. One of the program's own may break that, and then two owners write the same bytes:
 * so what it gave is looked at before a byte of it is touched, whoever it is for. deed's own
 * allocators are taken at their word, but for a base that is owned already, as that of an adopted
 * block is which was freed behind deed's back.
 *
 * An allocator may take its memory out of a buffer: a block that lies in one is fine, unless
 * that buffer is a block of the same allocator.
 */
#ifndef DEED_GIVEN_H
#define DEED_GIVEN_H

#include "deed/allocator.h"
#include "story.h"

struct deed_given {
	const struct deed_allocator *allocator;
	const void *base;
	size_t bytes, align;
	uint32_t in_the_way; /* the slot of a buffer that has some of its bytes; 0: none */
};

/* deed_given_is_fit - whether it may be used; fills in the last member. What is not fit goes back
 * to its allocator if nothing is in the way, for else it would be freed twice. Takes only locks
 * that come after a shard's. deed_given_finding - E18 for what is not fit; `at` is the verb that
 * called the allocator. Inside, no shard lock. */
bool deed_given_is_fit(struct deed_given *given);
struct deed_finding *deed_given_finding(struct deed_thread *me, const struct deed_given *given,
					const struct deed_site *at, const void *frame);

#endif
