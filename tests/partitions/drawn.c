/* SPDX-License-Identifier: MIT
 *
 * tests/partitions/drawn.c - programs that are drawn by lot, and what must be told of them.
 *
 * Two to six parts have up to four accesses each, one after the other, to a buffer of a few
 * elements: in any of the ways there are, and to elements of which a word of bits can say
 * whether two accesses meet. A program is racy if two of different parts do, one of them to
 * write. Then E19 must be told, and nothing else; and nothing at all if it is not.
 */
#include "partition.h"

enum { ELEMENTS = 36, PARTS_MAX = 6, ACCESSES_MAX = 4, LEN_MAX = 3 };

enum how { BY_PART, BY_TILE, BY_ADDRESS, BY_INNER_PART, BY_INNER_SHARE, BY_CHILD, HOWS };

struct access {
	enum how how;
	bool writes;
	size_t lo, hi;
	size_t pitch, y, x, rows, width; /* of a tile */
};

struct program {
	struct deed_pool *pool;
	deed_i32 *xs;
	int *raw;
	size_t parts, counts[PARTS_MAX];
	struct access accesses[PARTS_MAX][ACCESSES_MAX];
};

/* ---- what an access does -------------------------------------------------------------------- */

static void by_part(const struct program *program, const struct access *access)
{
	if (access->writes) {
		DEED_INOUT_PART(v, program->xs, access->lo, access->hi);
		add_to_all(v, 1);
	} else {
		DEED_BORROWED_PART(r, program->xs, access->lo, access->hi);
		CHECK(deed_len(r) == access->hi - access->lo);
	}
}

static void by_tile(const struct program *program, const struct access *access)
{
	if (access->writes) {
		DEED_TILE_INOUT(tile, program->xs, access->pitch, access->y, access->x,
				access->rows, access->width);
		add_to_all(deed_tile_row(tile, access->rows - 1), 1);
	} else {
		DEED_TILE_BORROWED(tile, program->xs, access->pitch, access->y, access->x,
				   access->rows, access->width);
		CHECK(deed_tile_rows(tile) == access->rows);
	}
}

static void by_address(const struct program *program, const struct access *access)
{
	if (access->writes) {
		DEED_LEND(v, program->raw + access->lo, access->hi - access->lo);
		add_to_all(v, 1);
	} else {
		DEED_LEND_CONST(r, program->raw + access->lo, access->hi - access->lo);
		CHECK(deed_len(r) == access->hi - access->lo);
	}
}

static void by_child(const struct program *program, const struct access *access)
{
	if (access->writes) {
		DEED_INOUT_PART(v, program->xs, access->lo, access->hi);
		DEED_INOUT(child, &v);
		add_to_all(child, 1);
	} else {
		DEED_BORROWED_PART(r, program->xs, access->lo, access->hi);
		DEED_BORROWED(child, &r);
		CHECK(deed_len(child) == deed_len(r));
	}
}

struct inside {
	const struct program *program;
	const struct access *access;
};

static void part_inside(struct deed_part *part, void *context)
{
	const struct inside *const inside = context;

	(void)part;
	by_part(inside->program, inside->access);
}

static void add_inside(struct deed_part *part, void *context)
{
	add_to_all(deed_part_inout(part, (const deed_i32_inout *)context), 1);
}

static void read_inside(struct deed_part *part, void *context)
{
	CHECK(deed_len(deed_part_borrowed(part, (const deed_i32_borrowed *)context)) <= 2);
}

static void by_inner_share(const struct program *program, const struct access *access)
{
	struct deed_plan plan = cut(access->hi - access->lo, 2);

	if (access->writes) {
		DEED_INOUT_PART(v, program->xs, access->lo, access->hi);

		deed_share_inout(&plan, &v, DEED_BY_INDEX);
		run_plan(program->pool, &plan, add_inside, (void *)(uintptr_t)&v);
	} else {
		DEED_BORROWED_PART(r, program->xs, access->lo, access->hi);

		deed_share_borrowed(&plan, &r, DEED_BY_INDEX);
		run_plan(program->pool, &plan, read_inside, (void *)(uintptr_t)&r);
	}
}

static void make_access(const struct program *program, const struct access *access)
{
	struct inside inside = { program, access };

	switch (access->how) {
	case BY_PART:
		by_part(program, access);
		break;
	case BY_TILE:
		by_tile(program, access);
		break;
	case BY_ADDRESS:
		by_address(program, access);
		break;
	case BY_INNER_PART:
		run(program->pool, cut(1, 1), part_inside, &inside);
		break;
	case BY_INNER_SHARE:
		by_inner_share(program, access);
		break;
	default:
		by_child(program, access);
	}
}

static void make_accesses(struct deed_part *part, void *context)
{
	const struct program *const program = context;

	for (size_t i = 0; i < program->counts[part->index]; i++)
		make_access(program, &program->accesses[part->index][i]);
}

/* ---- drawing, and what must be told --------------------------------------------------------- */

static uint64_t lot = 88172645463325252u;

static size_t below(size_t limit)
{
	lot ^= lot << 13;
	lot ^= lot >> 7;
	lot ^= lot << 17;
	return (size_t)(lot >> 11) % limit;
}

static struct access draw_access(void)
{
	static const size_t pitches[] = { 3, 4, 6, 9 };
	const size_t lo = below(ELEMENTS), pitch = pitches[below(4)];
	const size_t y = below(ELEMENTS / pitch), x = below(pitch);
	struct access access = {
		.how = (enum how)below(HOWS),
		.writes = !below(3),
		.lo = lo,
		.hi = lo + below(LEN_MAX + 1),
		.pitch = pitch,
		.y = y,
		.x = x,
		.rows = 1 + below(ELEMENTS / pitch - y),
		.width = 1 + below(pitch - x),
	};

	access.hi = access.hi < ELEMENTS ? access.hi : ELEMENTS;
	access.width = access.width < 2 ? access.width : 2;
	return access;
}

static void draw(struct program *program)
{
	program->parts = 2 + below(PARTS_MAX - 1);
	for (size_t part = 0; part < program->parts; part++) {
		program->counts[part] = below(ACCESSES_MAX + 1);
		for (size_t i = 0; i < program->counts[part]; i++)
			program->accesses[part][i] = draw_access();
	}
}

static uint64_t elements_of(const struct access *access)
{
	uint64_t elements = 0;

	if (access->how == BY_TILE)
		for (size_t i = 0; i < access->rows * access->width; i++)
			elements |= (uint64_t)1
				    << ((access->y + i / access->width) * access->pitch +
					access->x + i % access->width);
	else
		for (size_t i = access->lo; i < access->hi; i++)
			elements |= (uint64_t)1 << i;
	return elements;
}

/* What the part reads, or writes. */
static uint64_t elements_of_part(const struct program *program, size_t part, bool but_writes)
{
	uint64_t elements = 0;

	for (size_t i = 0; i < program->counts[part]; i++)
		if (!but_writes || program->accesses[part][i].writes)
			elements |= elements_of(&program->accesses[part][i]);
	return elements;
}

static bool is_racy(const struct program *program)
{
	for (size_t one = 0; one < program->parts; one++)
		for (size_t other = 0; other < program->parts; other++)
			if (one != other && (elements_of_part(program, one, true) &
					     elements_of_part(program, other, false)))
				return true;
	return false;
}

static void show(const struct program *program)
{
	for (size_t part = 0; part < program->parts; part++)
		for (size_t i = 0; i < program->counts[part]; i++) {
			const struct access *const access = &program->accesses[part][i];

			printf("    part %zu, in way %d, %s: %#llx\n", part, access->how,
			       access->writes ? "writes" : "reads",
			       (unsigned long long)elements_of(access));
		}
}

/* ---- running -------------------------------------------------------------------------------- */

static bool is_told_rightly(struct program *program, struct deed_pool *pool, unsigned seed)
{
	const unsigned long long expected = is_racy(program) ? 1ull << DEED_E19 : 0;
	OWNER(xs, ELEMENTS);

	{
		DEED_INOUT(v, &xs);
		program->raw = deed_data(v);
	}
	program->xs = &xs;
	program->pool = pool;
	begin_run(seed);
	run(pool, cut(program->parts, 1), make_accesses, program);
	deed_settle(&xs);
	return told_of_run() == expected;
}

bool run_drawn(struct deed_pool *const pools[], size_t pool_count, unsigned count)
{
	struct program program;

	for (unsigned i = 0; i < count; i++) {
		draw(&program);
		for (size_t at = 0; at < pool_count; at++)
			for (unsigned run = 0; run < 4; run++) {
				const unsigned seed = run ? 1 + (unsigned)below(1000) : 0;

				if (is_told_rightly(&program, pools[at], seed))
					continue;
				printf("FAIL: partitions, drawn program %u, %u workers, "
				       "schedule=%u: %s, told %#llx\n",
				       i, deed_pool_workers(pools[at]), seed,
				       is_racy(&program) ? "racy" : "clean", told_of_run());
				show(&program);
				return false;
			}
	}
	return true;
}
