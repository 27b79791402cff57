/* SPDX-License-Identifier: MIT
 *
 * tests/zero/carved.c - buffers carved of arenas, twice. The raw twin is a bump allocator as one
 * writes it by hand: a pointer's increment while there is room, out of line where there is none.
 */
#include "zero.h"

#include "deed/arena.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

struct raw_bump {
	char *at, *end;
	size_t mask; /* its alignment, less 1 */
	char *start, *stop, *floor;
	size_t count, peak;
};
struct raw_bump_mark {
	char *at, *end, *last;
	size_t used;
};
struct node {
	struct node *next;
	float value;
};

/* Another chunk, or null. */
void *bump_more(struct raw_bump *bump, size_t bytes, size_t align)
	__attribute__((alloc_size(2), alloc_align(3), assume_aligned(16)));
void bump_return(struct raw_bump *bump, const struct raw_bump_mark *mark);

static inline __attribute__((always_inline, unused)) void *raw_cut(struct raw_bump *bump,
								   size_t bytes)
{
	const size_t need = (bytes + bump->mask) & ~bump->mask;
	char *const data = bump->at;

	if (__builtin_expect(need - 1 >= (size_t)(bump->end - data), 0))
		return bump_more(bump, bytes, 16);
	bump->at = data + need;
	return __builtin_assume_aligned(data, 16);
}

static inline __attribute__((always_inline, unused)) int raw_new_in(struct raw_owner_f32 *ret,
								    struct raw_bump *bump,
								    size_t count)
{
	size_t bytes;
	void *data;

	if (__builtin_mul_overflow(count, sizeof *ret->data, &bytes))
		return -EOVERFLOW;
	data = raw_cut(bump, bytes);
	if (!data)
		return -ENOMEM;
	ret->data = data;
	ret->len = count | (size_t)RAW_BORDER << RAW_ORIGIN_SHIFT;
	return 0;
}

void *carve_deed(struct deed_arena *arena, size_t bytes)
{
	return deed_arena_alloc(arena, bytes);
}

void *carve_raw(struct raw_bump *bump, size_t bytes)
{
	return raw_cut(bump, bytes);
}

void *carve_node_deed(struct deed_arena *arena)
{
	return deed_arena_new(arena, struct node, 1);
}

void *carve_node_raw(struct raw_bump *bump)
{
	return raw_cut(bump, sizeof(struct node));
}

/* One after another, in a loop. */
struct node *carve_list_deed(struct deed_arena *arena, const float *values, size_t count)
{
	struct node *first = NULL;

	for (size_t i = 0; i < count; i++) {
		struct node *const node = deed_arena_new(arena, struct node, 1);

		if (!node)
			return NULL;
		node->next = first;
		node->value = values[i];
		first = node;
	}
	return first;
}

struct node *carve_list_raw(struct raw_bump *bump, const float *values, size_t count)
{
	struct node *first = NULL;

	for (size_t i = 0; i < count; i++) {
		struct node *const node = raw_cut(bump, sizeof *node);

		if (!node)
			return NULL;
		node->next = first;
		node->value = values[i];
		first = node;
	}
	return first;
}

int new_in_deed(deed_f32 *ret, struct deed_arena *arena, size_t count)
{
	return deed_new_in(ret, arena, count);
}

int new_in_raw(struct raw_owner_f32 *ret, struct raw_bump *bump, size_t count)
{
	return raw_new_in(ret, bump, count);
}

/* Made, written, and looked at; a drop gives nothing back. */
float use_carved_deed(struct deed_arena *arena, size_t count, float value)
{
	deed_f32 xs = DEED_EMPTY;
	float sum = 0;

	if (deed_new_in(&xs, arena, count))
		return 0;
	{
		DEED_INOUT(x, &xs);

		for (size_t i = 0; i < deed_len(x); i++)
			deed_at(x, i) = value;
	}
	{
		DEED_BORROWED(x, &xs);

		sum = take_deed(x);
	}
	return sum;
}

float use_carved_raw(struct raw_bump *bump, size_t count, float value)
{
	struct raw_owner_f32 xs = { NULL, 0 };
	float sum = 0;

	if (raw_new_in(&xs, bump, count))
		return 0;
	{
		const struct raw_f32_inout x = { xs.data, raw_len(&xs) };

		for (size_t i = 0; i < x.len; i++)
			x.data[i] = value;
	}
	{
		const struct raw_f32 x = { xs.data, raw_len(&xs) };

		sum = take_raw(x);
	}
	return sum;
}
