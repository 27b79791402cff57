/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_structs.c - owners in structs, in arrays, in lists, behind pointers. C
 */
#include "legal.h"

struct frame {
	deed_f32 red, green, blue;
};

static int frame_init(struct frame *frame, size_t count)
{
	int err;

	*frame = (struct frame){ .red = DEED_EMPTY, .green = DEED_EMPTY, .blue = DEED_EMPTY };
	err = deed_new_zeroed(&frame->red, count);
	if (err)
		return err;
	err = deed_new_zeroed(&frame->green, count);
	if (err)
		goto drop_red;
	err = deed_new_zeroed(&frame->blue, count);
	if (err)
		goto drop_green;
	return 0;

drop_green:
	deed_drop(&frame->green);
drop_red:
	deed_drop(&frame->red);
	return err;
}

/* Any frame: a whole one, half of one, one that lost an owner. */
static void frame_done(struct frame *frame)
{
	deed_settle(&frame->red);
	deed_settle(&frame->green);
	deed_settle(&frame->blue);
}

static void frame_mix(struct frame *frame)
{
	DEED_BORROWED(red, &frame->red);
	DEED_BORROWED(green, &frame->green);
	DEED_INOUT(blue, &frame->blue);

	for (size_t i = 0; i < deed_len(blue); i++)
		deed_at(blue, i) = deed_at(red, i) + deed_at(green, i);
}

LEGAL(struct_of_owners)
{
	struct frame frame;

	if (frame_init(&frame, 8))
		return;
	frame_mix(&frame);
	if (yes) {
		deed_f32 taken = DEED_EMPTY;

		deed_move(&taken, &frame.green);
		deed_drop(&taken);
	}
	frame_done(&frame);
}

LEGAL(struct_used_again)
{
	struct frame frame;

	for (int i = 0; i < 1 + yes; i++) {
		if (frame_init(&frame, 8))
			return;
		deed_drop(&frame.red);
		deed_drop(&frame.green);
		deed_drop(&frame.blue);
	}
	if (frame_init(&frame, 8))
		return;
	frame_done(&frame);
}

LEGAL(members_are_apart)
{
	struct frame frame;

	if (frame_init(&frame, 8))
		return;
	deed_f32_inout red = deed_inout(&frame.red);
	deed_f32_inout green = deed_inout(&frame.green);
	clear(red);
	clear(green);
	deed_end(&frame.red, &red);
	deed_drop(&frame.red);
	if (yes)
		deed_end(&frame.green, &green);
	frame_done(&frame);
}

/* One owner by two spellings. */
LEGAL(named_in_two_ways)
{
	struct frame frame, *const same = &frame;

	if (frame_init(&frame, 8))
		return;
	deed_drop(&frame.red);
	if (deed_new(&(&frame)->red, (size_t)yes) == 0)
		deed_drop(&frame.red);
	deed_drop(&(&frame)->green);
	if (deed_new(&frame.green, 1) == 0)
		deed_drop(&(&frame)->green);
	frame_done(same);
}

static struct frame frame_of(size_t count)
{
	struct frame frame;

	if (frame_init(&frame, count))
		frame = (struct frame){ .red = DEED_EMPTY,
					.green = DEED_EMPTY,
					.blue = DEED_EMPTY };
	return frame;
}

LEGAL(struct_returned_and_assigned)
{
	struct frame frame = frame_of(8), *const alias = &frame;

	if (!deed_owns(&frame.red))
		return;
	frame_mix(alias);
	frame_done(alias);
	frame = frame_of((size_t)yes);
	frame_done(&frame);
}

/* Half of the work is somebody else's. */
static void red_only(void *context)
{
	struct frame *const frame = context;
	DEED_INOUT(red, &frame->red);

	clear(red);
}

static void with(void (*work)(void *), void *context)
{
	work(context);
}

LEGAL(callback)
{
	struct frame frame;

	if (frame_init(&frame, 8))
		return;
	with(red_only, &frame);
	{
		DEED_BORROWED(green, &frame.green);
		with(red_only, &frame);
		if (yes)
			(void)sum(green);
	}
	frame_done(&frame);
}

LEGAL(array_by_index)
{
	deed_f32 a[4] = { DEED_EMPTY, DEED_EMPTY, DEED_EMPTY, DEED_EMPTY };
	int made = 0;

	for (; made < 4; made++)
		if (deed_new_zeroed(&a[made], made == 3 && yes ? SIZE_MAX : 1))
			goto undo;
	return;
undo:
	while (made-- > 0)
		deed_drop(&a[made]);
}

LEGAL(array_by_number)
{
	deed_f32 a[2] = { DEED_EMPTY, DEED_EMPTY };

	if (deed_new(&a[0], 1))
		return;
	if (deed_new(&a[1], 1)) {
		deed_drop(&a[0]);
		return;
	}
	deed_f32_inout v = deed_inout(&a[0]), w = deed_inout(&a[1]);
	clear(v);
	clear(w);
	deed_end(&a[0], &v);
	deed_end(&a[1], &w);
	deed_drop(&a[0]);
	if (yes)
		deed_drop(&a[1]);
}

LEGAL(array_by_pointer)
{
	deed_f32 a[4] = { DEED_EMPTY, DEED_EMPTY, DEED_EMPTY, DEED_EMPTY }, *p;

	for (p = a; p < a + 4; p++)
		if (deed_new_zeroed(p, p == a + 3 && yes ? SIZE_MAX : 1))
			goto undo;
	for (p = a; p < a + 4; p++)
		deed_drop(p);
	return;
undo:
	while (p-- > a)
		deed_drop(p);
	if (deed_new(a, 1) == 0 && deed_new(a + 1, 1) == 0) {
		deed_drop(a);
		deed_drop(a + 1);
	}
}

static deed_f32 *next_of(deed_f32 **at)
{
	return (*at)++;
}

/* Two owners, though the words are the same. */
LEGAL(same_words)
{
	deed_f32 a[8], *p = a, *end = a + 8, *const third = a + 2, *const fourth = a + 3, *q;
	int i = 0;

	for (int n = 0; n < 8; n++) {
		a[n] = (deed_f32)DEED_EMPTY;
		if (deed_new(&a[n], (size_t)yes))
			return;
	}
	deed_drop(next_of(&p));
	deed_drop(next_of(&p));
	deed_drop(i ? fourth : third);
	i = yes;
	deed_drop(i ? fourth : third);
	deed_drop(p + 2);
	deed_drop(p + 3);
	deed_drop(end - 2);
	deed_drop(end - 1);
	if (deed_new(third, 1) || deed_new(fourth, 1))
		return;
	q = third;
	deed_drop(p = q);
	q = fourth;
	deed_drop(p = q);
}

struct node {
	struct node *next;
	deed_f32 values;
};

LEGAL(list)
{
	struct node *list = NULL, *node;

	for (int i = 0; i < 3; i++) {
		node = calloc(1, sizeof *node);
		if (!node)
			break;
		node->next = list;
		list = node;
		if (deed_new_zeroed(&node->values, i == yes ? SIZE_MAX : 4))
			(void)puts("not made");
	}
	for (node = list; node; node = node->next)
		if (deed_owns(&node->values)) {
			DEED_INOUT(values, &node->values);
			clear(values);
		}
	while (list) {
		node = list;
		list = node->next;
		deed_settle(&node->values);
		free(node);
	}
}

LEGAL(list_undone)
{
	struct node nodes[3] = { { &nodes[1], DEED_EMPTY }, { &nodes[2], DEED_EMPTY } };
	struct node *node;

	for (node = nodes; node; node = node->next)
		if (deed_new(&node->values, node == &nodes[2] && yes ? SIZE_MAX : 4))
			goto undo;
	for (node = nodes; node; node = node->next)
		deed_drop(&node->values);
	return;
undo:
	for (node = nodes; node; node = node->next)
		deed_drop(&node->values);
}

static deed_f32 cache;

/* A file-scope owner, made when it is first asked for. */
static float *cached(void)
{
	float *values;

	if (!deed_owns(&cache)) {
		if (deed_new_zeroed(&cache, 4))
			return NULL;
		deed_immortal(&cache);
	}
	deed_f32_inout view = deed_inout(&cache);
	values = deed_data(view);
	deed_end(&cache, &view);
	return values;
}

LEGAL(file_scope)
{
	for (int i = 0; i < 1 + yes; i++)
		(void)cached();
	deed_settle(&cache);
	(void)cached();
}

struct maybe {
	int has_values;
	deed_f32 values;
};

LEGAL(optional_owner)
{
	struct maybe maybe = { 0, DEED_EMPTY };

	if (yes) {
		if (deed_new_zeroed(&maybe.values, 4))
			return;
		maybe.has_values = 1;
	}
	if (maybe.has_values) {
		DEED_BORROWED(view, &maybe.values);
		(void)sum(view);
	}
	if (maybe.has_values)
		deed_drop(&maybe.values);
}

int main(int argc, char **argv)
{
	(void)argv;
	struct_of_owners(argc);
	struct_used_again(argc);
	members_are_apart(argc);
	named_in_two_ways(argc);
	struct_returned_and_assigned(argc);
	callback(argc);
	array_by_index(argc);
	array_by_number(argc);
	array_by_pointer(argc);
	same_words(argc);
	list(argc);
	list_undone(argc);
	file_scope(argc);
	optional_owner(argc);
	return 0;
}
