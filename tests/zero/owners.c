/* SPDX-License-Identifier: MIT
 *
 * tests/zero/owners.c - owners made, moved, lent and ended, twice.
 */
#include "zero.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

int new_deed(deed_f32 *ret, size_t count)
{
	return deed_new(ret, count);
}

int new_raw(struct raw_owner_f32 *ret, size_t count)
{
	return raw_new(ret, count);
}

int new_zeroed_deed(deed_f32 *ret, size_t count)
{
	return deed_new_zeroed(ret, count);
}

int new_zeroed_raw(struct raw_owner_f32 *ret, size_t count)
{
	size_t bytes;
	float *data;

	if (__builtin_mul_overflow(count, sizeof *data, &bytes))
		return -EOVERFLOW;
	data = calloc(1, bytes ? bytes : 1);
	if (!data)
		return -ENOMEM;
	ret->data = data;
	ret->len = count;
	return 0;
}

int new_matrix_deed(deed_f32 *ret, size_t rows, size_t columns)
{
	return deed_new2(ret, rows, columns);
}

int new_matrix_raw(struct raw_owner_f32 *ret, size_t rows, size_t columns)
{
	size_t count;

	if (__builtin_mul_overflow(rows, columns, &count))
		return -EOVERFLOW;
	return raw_new(ret, count);
}

int new_aligned_deed(deed_f32 *ret, size_t count)
{
	return deed_new_aligned(ret, count, 64);
}

int new_aligned_raw(struct raw_owner_f32 *ret, size_t count)
{
	size_t bytes;
	float *data;

	if (__builtin_mul_overflow(count, sizeof *data, &bytes))
		return -EOVERFLOW;
	data = alloc_aligned(bytes ? bytes : 1, 64, 0);
	if (!data)
		return -ENOMEM;
	ret->data = data;
	ret->len = count | (size_t)RAW_ALIGNED << RAW_ORIGIN_SHIFT;
	return 0;
}

int from_deed(deed_f32 *ret, const float *source, size_t count)
{
	return deed_from(ret, source, count);
}

int from_raw(struct raw_owner_f32 *ret, const float *source, size_t count)
{
	const int err = raw_new(ret, count);

	if (!err && count)
		memcpy(ret->data, source, count * sizeof *source);
	return err;
}

int clone_deed(deed_f32 *ret, const deed_f32 *source)
{
	return deed_clone(ret, source);
}

int clone_raw(struct raw_owner_f32 *ret, const struct raw_owner_f32 *source)
{
	return from_raw(ret, source->data, raw_len(source));
}

int clone_view_deed(deed_f32 *ret, deed_f32_borrowed source)
{
	return deed_clone(ret, &source);
}

int clone_view_raw(struct raw_owner_f32 *ret, struct raw_f32 source)
{
	return from_raw(ret, source.data, source.len);
}

void move_deed(deed_f32 *to, deed_f32 *from)
{
	deed_move(to, from);
}

void move_raw(struct raw_owner_f32 *to, struct raw_owner_f32 *from)
{
	const struct raw_owner_f32 moved = *from;

	from->data = NULL;
	from->len = 0;
	*to = moved;
}

void swap_deed(deed_f32 *a, deed_f32 *b)
{
	deed_swap(a, b);
}

void swap_raw(struct raw_owner_f32 *a, struct raw_owner_f32 *b)
{
	const struct raw_owner_f32 was = *a;

	*a = *b;
	*b = was;
}

struct pair_deed {
	deed_f32 left, right;
	size_t used;
};
struct pair_raw {
	struct raw_owner_f32 left, right;
	size_t used;
};

/* An owner through a struct: out of one field, into another, of another struct. */
void rotate_deed(struct pair_deed *to, struct pair_deed *from)
{
	deed_move(&to->left, &from->right);
	deed_move(&from->right, &from->left);
	to->used = deed_len(to->left);
}

void rotate_raw(struct pair_raw *to, struct pair_raw *from)
{
	move_raw(&to->left, &from->right);
	move_raw(&from->right, &from->left);
	to->used = raw_len(&to->left);
}

void drop_deed(deed_f32 *xs)
{
	deed_drop(xs);
}

void drop_raw(struct raw_owner_f32 *xs)
{
	raw_drop(xs);
}

void pair_done_deed(struct pair_deed *pair)
{
	deed_settle(&pair->left);
	deed_settle(&pair->right);
}

void pair_done_raw(struct pair_raw *pair)
{
	raw_drop(&pair->left);
	raw_drop(&pair->right);
}

int pair_init_deed(struct pair_deed *pair, size_t count)
{
	int err = deed_new(&pair->left, count);

	if (err)
		return err;
	err = deed_new(&pair->right, 2 * count);
	if (err)
		deed_drop(&pair->left);
	return err;
}

int pair_init_raw(struct pair_raw *pair, size_t count)
{
	int err = raw_new(&pair->left, count);

	if (err)
		return err;
	err = raw_new(&pair->right, 2 * count);
	if (err)
		raw_drop(&pair->left);
	return err;
}

int owns_deed(const deed_f32 *xs)
{
	return deed_owns(xs);
}

int owns_raw(const struct raw_owner_f32 *xs)
{
	return xs->data != NULL;
}

size_t owner_len_deed(const deed_f32 *xs)
{
	return deed_len(*xs);
}

size_t owner_len_raw(const struct raw_owner_f32 *xs)
{
	return raw_len(xs);
}

float sum_owner_deed(const deed_f32 *xs)
{
	DEED_BORROWED(v, xs);
	float total = 0;

	for (size_t i = 0; i < deed_len(v); i++)
		total += deed_at(v, i);
	return total;
}

float sum_owner_raw(const struct raw_owner_f32 *xs)
{
	const struct raw_f32 v = { xs->data, raw_len(xs) };
	float total = 0;

	for (size_t i = 0; i < v.len; i++)
		total += v.data[i];
	return total;
}

float lend_and_call_deed(deed_f32 *xs)
{
	{
		DEED_INOUT(v, xs);
		change_deed(v);
	}
	deed_f32_borrowed r = deed_borrow(xs);
	const float result = take_deed(r);

	deed_end(xs, &r);
	return result;
}

float lend_and_call_raw(struct raw_owner_f32 *xs)
{
	{
		const struct raw_f32_inout v = { xs->data, raw_len(xs) };
		change_raw(v);
	}
	const struct raw_f32 r = { xs->data, raw_len(xs) };

	return take_raw(r);
}

/* Longer with clang 14, before the loop: its pointers have types, and the overlap test that guards
 * a vector loop takes more steps where an address was loaded, and stepped on, as a void *. */
float lend_parts_deed(deed_f32 *xs, size_t at)
{
	DEED_INOUT_PART(head, xs, 0, at);
	DEED_BORROWED_PART(tail, xs, at, deed_len(*xs));

	for (size_t i = 0; i < deed_len(head) && i < deed_len(tail); i++)
		deed_at(head, i) += deed_at(tail, i);
	return deed_at(head, 0);
}

float lend_parts_raw(struct raw_owner_f32 *xs, size_t at)
{
	const struct raw_f32_inout head = { xs->data, at };
	const struct raw_f32 tail = { xs->data + at, raw_len(xs) - at };

	for (size_t i = 0; i < head.len && i < tail.len; i++)
		head.data[i] += tail.data[i];
	return head.data[0];
}

/* Left in three ways, inside two guards. */
int early_deed(deed_f32 *xs, const deed_f32 *ys, float limit)
{
	DEED_INOUT(v, xs);

	if (deed_len(v) == 0)
		return -1;
	{
		DEED_BORROWED(r, ys);

		for (size_t i = 0; i < deed_len(r); i++) {
			if (deed_at(r, i) > limit)
				goto found;
			if (deed_at(r, i) < 0)
				return (int)i;
		}
	}
	deed_at(v, 0) = 0;
	return 0;
found:
	change_deed(v);
	return 1;
}

int early_raw(struct raw_owner_f32 *xs, const struct raw_owner_f32 *ys, float limit)
{
	const struct raw_f32_inout v = { xs->data, raw_len(xs) };

	if (v.len == 0)
		return -1;
	{
		const struct raw_f32 r = { ys->data, raw_len(ys) };

		for (size_t i = 0; i < r.len; i++) {
			if (r.data[i] > limit)
				goto found;
			if (r.data[i] < 0)
				return (int)i;
		}
	}
	v.data[0] = 0;
	return 0;
found:
	change_raw(v);
	return 1;
}

/* A buffer for the length of a block, whichever way the block is left. */
float scratch_deed(deed_f32_borrowed source)
{
	DEED_AUTO(deed_f32, copy);

	if (deed_new(&copy, deed_len(source)))
		return -1;
	DEED_INOUT(v, &copy);
	deed_copy(v, source);
	change_deed(v);
	return deed_at(v, 0);
}

float scratch_raw(struct raw_f32 source)
{
	struct raw_owner_f32 copy = { 0 };
	float result = -1;

	if (raw_new(&copy, source.len))
		goto out;
	struct raw_f32_inout v = { copy.data, raw_len(&copy) };
	if (v.len)
		memcpy(v.data, source.data, v.len * sizeof *v.data);
	change_raw(v);
	result = v.data[0];
out:
	raw_drop(&copy);
	return result;
}

/* Made, filled, handed over. */
int produce_deed(deed_f32 *ret, size_t count, float value)
{
	deed_f32 made = DEED_EMPTY;
	const int err = deed_new(&made, count);

	if (err)
		return err;
	{
		DEED_INOUT(v, &made);
		deed_fill(v, value);
	}
	deed_move(ret, &made);
	return 0;
}

int produce_raw(struct raw_owner_f32 *ret, size_t count, float value)
{
	struct raw_owner_f32 made = { 0 };
	const int err = raw_new(&made, count);

	if (err)
		return err;
	{
		const struct raw_f32_inout v = { made.data, raw_len(&made) };
		for (size_t i = 0; i < v.len; i++)
			v.data[i] = value;
	}
	move_raw(ret, &made);
	return 0;
}

float *release_deed(deed_f32 *xs)
{
	return deed_release(xs);
}

float *release_raw(struct raw_owner_f32 *xs)
{
	float *const data = xs->data;

	if (__builtin_expect(xs->len >> RAW_ORIGIN_SHIFT == RAW_FOREIGN, 0))
		forget_foreign(data);
	xs->data = NULL;
	xs->len = 0;
	return data;
}

int static_deed(deed_f32 *ret, const float *table, size_t count)
{
	return deed_static(ret, table, count);
}

int static_raw(struct raw_owner_f32 *ret, const float *table, size_t count)
{
	size_t bytes;

	if (!table || (uintptr_t)table % _Alignof(float))
		return -EINVAL;
	if (__builtin_mul_overflow(count, sizeof *table, &bytes) || count > RAW_LEN_MAX)
		return -EOVERFLOW;
	ret->data = (float *)(uintptr_t)table;
	ret->len = count | (size_t)RAW_BORDER << RAW_ORIGIN_SHIFT;
	return 0;
}
