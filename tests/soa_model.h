/* SPDX-License-Identifier: MIT
 *
 * tests/soa_model.h - columns against an array of structs, at random: in either flavour they are
 * the same rows.
 *
 * The row has fields of 1, 2, 4, 8, 3 and 40 bytes, in an order that leaves gaps in the struct.
 */
#ifndef SOA_MODEL_H
#define SOA_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deed.h"
#include "deed/soa.h"

struct rgb {
	uint8_t of[3];
};
struct wide {
	double of[5];
};

#define MODEL(FIELD)                                                                               \
	FIELD(uint8_t, tag)                                                                        \
	FIELD(double, weight)                                                                      \
	FIELD(struct rgb, colour)                                                                  \
	FIELD(uint16_t, small)                                                                     \
	FIELD(float, x)                                                                            \
	FIELD(struct wide, wide)                                                                   \
	FIELD(uint32_t, id)
DEED_SOA(models, MODEL);

static inline uint64_t model_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1du;
}

static inline models_row model_row(uint64_t *state)
{
	const uint64_t bits = model_next(state);
	models_row row;

	memset(&row, 0, sizeof row);
	row.tag = (uint8_t)bits;
	row.weight = (double)(bits >> 32);
	row.colour = (struct rgb){ { (uint8_t)(bits >> 3), (uint8_t)(bits >> 5), 7 } };
	row.small = (uint16_t)(bits >> 9);
	row.x = (float)(uint16_t)(bits >> 17);
	for (int i = 0; i < 5; i++)
		row.wide.of[i] = (double)(bits & 0xffff) + i;
	row.id = (uint32_t)(bits >> 11);
	return row;
}

/* Field by field: a struct that was copied may have other gaps. */
static inline bool model_equal(const models_row *a, const models_row *b)
{
	return a->tag == b->tag && a->weight == b->weight &&
	       !memcmp(&a->colour, &b->colour, sizeof a->colour) && a->small == b->small &&
	       a->x == b->x && !memcmp(&a->wide, &b->wide, sizeof a->wide) && a->id == b->id;
}

/* All columns, seen as views, hold the rows; and each begins a cache line. */
static inline bool model_holds(const models *ms, const models_row *rows, size_t count)
{
	bool holds = deed_soa_len(*ms) == count;
	DEED_SOA_BORROWED(tag, ms, tag);
	DEED_SOA_BORROWED(weight, ms, weight);
	DEED_SOA_BORROWED(colour, ms, colour);
	DEED_SOA_BORROWED(small, ms, small);
	DEED_SOA_BORROWED(x, ms, x);
	DEED_SOA_BORROWED(wide, ms, wide);
	DEED_SOA_BORROWED(id, ms, id);

	holds &= deed_len(tag) == count && deed_len(id) == count;
	if (count)
		holds &= ((uintptr_t)deed_data(tag) | (uintptr_t)deed_data(weight) |
			  (uintptr_t)deed_data(colour) | (uintptr_t)deed_data(small) |
			  (uintptr_t)deed_data(x) | (uintptr_t)deed_data(wide) |
			  (uintptr_t)deed_data(id)) %
				 64 ==
			 0;
	for (size_t i = 0; holds && i < count; i++) {
		models_row row;

		memset(&row, 0, sizeof row);
		row.tag = deed_at(tag, i);
		row.weight = deed_at(weight, i);
		row.colour = deed_at(colour, i);
		row.small = deed_at(small, i);
		row.x = deed_at(x, i);
		row.wide = deed_at(wide, i);
		row.id = deed_at(id, i);
		holds = model_equal(&row, &rows[i]);
	}
	return holds;
}

/* One sequence of verbs, against the same on an array; the number of the step that went wrong, or
 * 0. `steps` is at most 1 << 16. */
static inline int model_run(uint64_t seed, int steps)
{
	enum { LIMIT = 1 << 12 };
	models_row *const rows = (models_row *)calloc(LIMIT, sizeof *rows);
	models_row *const copy = (models_row *)calloc(LIMIT, sizeof *copy);
	models ms = DEED_EMPTY, other = DEED_EMPTY;
	uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
	size_t len = model_next(&state) % 200;
	int wrong = 0;

	if (!rows || !copy || deed_soa_new_zeroed(&ms, len))
		wrong = 1;
	for (int step = 1; !wrong && step <= steps; step++) {
		const size_t some = model_next(&state) % LIMIT;
		bool good = true;

		switch (model_next(&state) >> 32 & 15) {
		case 0: /* longer or shorter; what is new has no value */
			good = !deed_soa_resize(&ms, some);
			for (size_t i = len; good && i < some; i++) {
				rows[i] = model_row(&state);
				deed_soa_set(&ms, i, rows[i]);
			}
			len = some;
			break;
		case 1:
			good = !deed_soa_reserve(&ms, some);
			break;
		case 2:
			deed_soa_move(&other, &ms);
			good = !deed_soa_owns(&ms) && deed_soa_len(other) == len;
			deed_soa_move(&ms, &other);
			break;
		case 3: /* out, and in again */
			memset(copy, 0xff, LIMIT * sizeof *copy);
			deed_soa_to(copy, &ms);
			deed_soa_drop(&ms);
			good = !deed_soa_from(&ms, copy, len);
			break;
		case 4:
			if (len) {
				const models_row row = deed_soa_get(&ms, some % len);

				good = model_equal(&row, &rows[some % len]);
			}
			break;
		case 5:
			if (len) {
				rows[some % len] = model_row(&state);
				deed_soa_set(&ms, some % len, rows[some % len]);
			}
			break;
		case 6: { /* one column, through a view */
			DEED_SOA_INOUT(weight, &ms, weight);
			DEED_SOA_BORROWED(id, &ms, id);

			for (size_t i = 0; i < len; i++) {
				deed_at(weight, i) += deed_at(id, i);
				rows[i].weight += rows[i].id;
			}
			break;
		}
		default:
			for (size_t i = some % 70; good && i > 0 && len < LIMIT; i--) {
				rows[len] = model_row(&state);
				good = !deed_soa_push(&ms, rows[len]);
				len++;
			}
		}
		if (!good || !model_holds(&ms, rows, len))
			wrong = step;
	}
	deed_soa_settle(&ms);
	deed_soa_settle(&other);
	free(rows);
	free(copy);
	return wrong;
}

#endif
