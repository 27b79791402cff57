/* SPDX-License-Identifier: MIT
 *
 * tests/trap/several_verbs_on_a_line.c - what was lent, freed, closed and read on one line is each
 * marked in its own verb.
 *
 * options: on_fault=continue
 *
 * status: 0
 */
#include <deed.h>
#include <deed/arena.h>
#include <deed/malloc.h>
#include <deed/soa.h>

#define BODY(F) F(float, x) F(float, mass)
DEED_SOA(bodies, BODY);

int main(void)
{
	struct deed_arena a = DEED_ARENA_EMPTY, b;
	bodies all = DEED_EMPTY;
	int *p = deed_malloc(40), *q = deed_malloc(44), *r;
	int err;

	{ DEED_LEND(v, p, 10); deed_free(p); }
	r = deed_realloc(q, 400); deed_free(q); deed_free(r);
	err = !deed_arena_alloc(&a, 3); b = a; deed_arena_close(&a); deed_arena_close(&b);
	err += deed_soa_new(&all, 3); bodies_row row = deed_soa_get(&all, 3); deed_soa_drop(&all);
	(void)row;
	return err;
}
