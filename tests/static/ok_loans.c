/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_loans.c - loans that end where they are told to. C, C++
 */
#include "legal.h"

static int made(deed_f32 *ret) DEED_GIVES(ret);
static int made(deed_f32 *ret)
{
	return deed_new_zeroed(ret, 8);
}

LEGAL(borrowed_twice)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_borrowed v = deed_borrow(&a), w = deed_borrow(&a);
	(void)sum(v);
	deed_end(&a, &v);
	if (yes)
		(void)sum(w);
	deed_end(&a, &w);
	deed_drop(&a);
}

LEGAL(nested)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_borrowed v = deed_borrow(&a);
	for (int i = 0; i <= yes; i++) {
		deed_f32_borrowed w = deed_borrow(&a);
		(void)(sum(v) + sum(w));
		deed_end(&a, &w);
	}
	deed_end(&a, &v);
	deed_drop(&a);
}

LEGAL(one_after_the_other)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_inout w = deed_inout(&a);
	clear(w);
	deed_end(&a, &w);
	deed_f32_borrowed v = deed_borrow(&a);
	(void)sum(v);
	deed_end(&a, &v);
	w = deed_inout(&a);
	deed_end(&a, &w);
	for (int i = 0; i <= yes; i++) {
		w = deed_inout(&a);
		clear(w);
		deed_end(&a, &w);
	}
	deed_drop(&a);
}

LEGAL(two_owners_at_once)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (made(&a))
		return;
	if (made(&b)) {
		deed_drop(&a);
		return;
	}
	deed_f32_inout v = deed_inout(&a);
	deed_f32_borrowed w = deed_borrow(&b);
	if (yes)
		deed_copy(v, w);
	deed_end(&a, &v);
	deed_end(&b, &w);
	deed_drop(&b);
	deed_drop(&a);
}

LEGAL(lent_if)
{
	deed_f32_borrowed v = DEED_EMPTY;
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	if (yes)
		v = deed_borrow(&a);
	(void)sum(v);
	if (yes)
		deed_end(&a, &v);
	deed_drop(&a);
}

LEGAL(ended_in_each_branch)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_inout v = deed_inout(&a);
	if (yes) {
		clear(v);
		deed_end(&a, &v);
		deed_drop(&a);
		return;
	}
	deed_end(&a, &v);
	deed_drop(&a);
}

LEGAL(lent_across_rounds)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_inout v = deed_inout(&a);
	for (int i = 0; i < 3 + yes; i++) {
		clear(v);
		deed_end(&a, &v);
		if (deed_resize(&a, 10 + (size_t)i))
			abort();
		v = deed_inout(&a);
	}
	deed_end(&a, &v);
	deed_drop(&a);
}

LEGAL(part_beside_part)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_inout l = deed_inout_part(&a, 0, 4), r = deed_inout_part(&a, 4, 8);
	clear(l);
	if (yes)
		clear(r);
	deed_end(&a, &l);
	deed_end(&a, &r);
	deed_f32_borrowed b = deed_borrow_part(&a, 0, 4);
	r = deed_inout_part(&a, 4, 8);
	deed_end(&a, &r);
	deed_end(&a, &b);
	l = deed_inout(&a);
	deed_end(&a, &l);
	deed_drop(&a);
}

LEGAL(tiles)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new2(&a, 4, 4))
		return;
	deed_f32_tile_inout l = deed_tile_inout(&a, 4, 0, 0, 4, 2);
	deed_f32_tile_inout r = deed_tile_inout(&a, 4, 0, 2, 4, 2);
	for (size_t y = 0; y < deed_tile_rows(l) && yes; y++) {
		clear(deed_tile_row(l, y));
		clear(deed_tile_row(r, y));
	}
	deed_end(&a, &l);
	deed_end(&a, &r);
	deed_drop(&a);
}

LEGAL(children)
{
	deed_f32_inout l, r;
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_inout v = deed_inout(&a);
	deed_split(&v, 4, &l, &r);
	clear(l);
	deed_end(&v, &l);
	deed_end(&v, &r);
	deed_f32_inout c = deed_reborrow(&v, 2, 6);
	clear(c);
	deed_end(&v, &c);
	c = deed_inout(&v);
	deed_f32_borrowed b = deed_borrow(&c);
	(void)sum(b);
	deed_end(&c, &b);
	if (yes)
		deed_end(&v, &c);
	deed_end(&a, &v);
	deed_drop(&a);
}

LEGAL(children_end_with_their_parent)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_inout v = deed_inout(&a);
	deed_f32_inout c = deed_inout(&v);
	clear(c);
	deed_end(&a, &v);
	v = deed_inout(&a);
	c = deed_inout(&v);
	clear(c);
	deed_end(&a, &v);
	if (yes)
		deed_drop(&a);
	else
		deed_drop(&a);
}

static deed_f32_inout whole_of(deed_f32 *owner) DEED_LOANS(owner);
static deed_f32_inout whole_of(deed_f32 *owner)
{
	return deed_inout(owner);
}

static deed_f32_borrowed reading_of(const deed_f32 *owner)
{
	return deed_borrow(owner);
}

LEGAL(begun_elsewhere)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_inout v = whole_of(&a);
	clear(v);
	deed_end(&a, &v);
	v = deed_inout(&a);
	deed_end(&a, &v);
	v = whole_of(&a);
	deed_end(&a, &v);
	deed_f32_borrowed r = reading_of(&a);
	if (yes)
		(void)sum(r);
	deed_end(&a, &r);
	deed_drop(&a);
}

static void finish(deed_f32 *owner, deed_f32_inout view) DEED_LOANS(owner);
static void finish(deed_f32 *owner, deed_f32_inout view)
{
	clear(view);
	deed_end(owner, &view);
}

static void done_with(const deed_f32 *owner, deed_f32_borrowed view) DEED_LOANS(owner);
static void done_with(const deed_f32 *owner, deed_f32_borrowed view)
{
	deed_end(owner, &view);
}

LEGAL(ended_elsewhere)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	finish(&a, deed_inout(&a));
	deed_f32_inout v = deed_inout(&a);
	finish(&a, v);
	v = whole_of(&a);
	finish(&a, v);
	deed_f32_borrowed r = deed_borrow(&a);
	done_with(&a, r);
	if (yes)
		deed_drop(&a);
	else
		deed_drop(&a);
}

LEGAL(cloned_while_borrowed)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_borrowed v = deed_borrow(&a);
	if (deed_clone(&b, &a) == 0 && yes)
		deed_drop(&b);
	deed_end(&a, &v);
	deed_drop(&a);
	deed_settle(&b);
}

LEGAL(narrower_is_the_same_loan)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_inout v = deed_inout(&a);
	deed_f32_inout half = deed_slice(v, 0, 4);
	clear(half);
	(void)sum(deed_reading(v));
	(void)deed_len(deed_bytes(v));
	if (yes)
		deed_end(&a, &half);
	deed_drop(&a);
}

LEGAL(one_or_the_other)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (made(&a))
		return;
	if (made(&b)) {
		deed_drop(&a);
		return;
	}
	deed_f32_borrowed v = deed_borrow(yes ? &a : &b);
	(void)sum(v);
	deed_end(yes ? &a : &b, &v);
	deed_drop(yes ? &a : &b);
	deed_drop(yes ? &b : &a);
}

LEGAL(raw_memory)
{
	float memory[8] = { 0 };

	DEED_LEND(v, memory, 4);
	DEED_LEND_CONST(w, memory + 4, 4);
	clear(v);
	if (yes)
		deed_copy(v, w);
}

/* Who asks whether it owns knows more than can be followed: of loans, too. */
LEGAL(ended_in_a_loop)
{
	deed_f32_borrowed views[2];
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	views[0] = deed_borrow(&a);
	views[1] = deed_borrow(&a);
	for (int i = 0; i < 1 + yes; i++)
		deed_end(&a, &views[i]);
	(void)deed_owns(&a);
	deed_drop(&a);
}

LEGAL(ended_in_a_round_of_a_loop)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_inout v = deed_inout(&a);
	(void)deed_owns(&a);
	for (int i = 0; i < 3; i++)
		if (i == yes)
			deed_end(&a, &v);
	deed_drop(&a);
}

LEGAL(ended_now_or_later)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_inout v = deed_inout(&a);
	if (yes)
		deed_end(&a, &v);
	(void)deed_owns(&a);
	if (!yes)
		deed_end(&a, &v);
	deed_drop(&a);
}

static void ended_behind_a_pointer(deed_f32 *owner, int yes)
{
	deed_f32_inout v = deed_inout(owner);

	if (yes)
		deed_end(owner, &v);
	(void)deed_owns(owner);
	if (!yes)
		deed_end(owner, &v);
	deed_drop(owner);
}

LEGAL(ended_behind_pointers)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	ended_behind_a_pointer(&a, yes);
}

LEGAL(split_into_itself)
{
	deed_f32 a = DEED_EMPTY;

	if (made(&a))
		return;
	deed_f32_inout all = deed_inout(&a), rest = all, head;
	for (int i = 0; i < 1 + yes; i++) {
		deed_split(&rest, 2, &head, &rest);
		clear(head);
	}
	{
		DEED_INOUT(w, &rest);
		clear(w);
	}
	deed_end(&a, &all);
	deed_drop(&a);
}

int main(int argc, char **argv)
{
	(void)argv;
	borrowed_twice(argc);
	nested(argc);
	one_after_the_other(argc);
	two_owners_at_once(argc);
	lent_if(argc);
	ended_in_each_branch(argc);
	lent_across_rounds(argc);
	part_beside_part(argc);
	tiles(argc);
	children(argc);
	children_end_with_their_parent(argc);
	begun_elsewhere(argc);
	ended_elsewhere(argc);
	cloned_while_borrowed(argc);
	narrower_is_the_same_loan(argc);
	one_or_the_other(argc);
	raw_memory(argc);
	ended_in_a_loop(argc);
	ended_in_a_round_of_a_loop(argc);
	ended_now_or_later(argc);
	ended_behind_pointers(argc);
	split_into_itself(argc);
	return 0;
}
