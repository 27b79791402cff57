/* SPDX-License-Identifier: MIT
 *
 * tests/test_oracle.c - the ledger against an oracle that knows nothing but the law.
 *
 * The oracle is the loan tree by brute force: a buffer is a set of bytes, a loan is a
 * parent, a kind and a set of bytes, and every question (may this be lent, may this byte
 * be written) is answered by looking at every loan and every byte. Two tests ask it:
 *
 *   random      a million operations on several owners of several element sizes: whole
 *               loans, parts, tiles, rows, slices, splits, ends in any order, moves, drops,
 *               resizes, clones. Each verdict is compared, and the rights of random bytes.
 *               DEED_SEED=n repeats a run, DEED_OPS=n makes it longer.
 *   exhaustive  every sequence of operations up to a depth on a buffer of three elements;
 *               in every state every request and the rights of every byte. DEED_DEPTH=n.
 *
 * A buffer is reported once, and its further faults are counted. So the id of the first
 * fault is compared, and of the others that they were counted; buffers are renewed often.
 *
 * Requests that would break two rules at once, of which the law does not say which is
 * told, are not made.
 */
#include "trapped.h"

#include <time.h>

#include "any_family.h"

TestSuite(oracle, .init = trapped_begin, .fini = trapped_end, .timeout = 600);

struct triple {
	unsigned char part[3];
};
DEED_DEFINE(triples, struct triple);

ANY_FAMILY(deed_u8, uint8_t);
ANY_FAMILY(triples, struct triple);
ANY_FAMILY(deed_f32, float);
ANY_FAMILY(deed_f64, double);

static const struct any_family *const families[] = { &any_deed_u8, &any_triples, &any_deed_f32,
						     &any_deed_f64 };

#define OK DEED_NO_FAULT

/* ---- sets of bytes -------------------------------------------------------------------------- */

enum { MAX_COUNT = 24, MAX_BYTES = MAX_COUNT * 8, SET_WORDS = MAX_BYTES / 64 };

struct set {
	uint64_t word[SET_WORDS];
};

static void set_add(struct set *set, size_t lo, size_t hi)
{
	for (size_t byte = lo; byte < hi; byte++)
		set->word[byte / 64] |= (uint64_t)1 << byte % 64;
}

static bool set_has(const struct set *set, size_t byte)
{
	return set->word[byte / 64] >> byte % 64 & 1;
}

static bool sets_meet(const struct set *a, const struct set *b)
{
	for (size_t i = 0; i < SET_WORDS; i++)
		if (a->word[i] & b->word[i])
			return true;
	return false;
}

/* ---- the model ------------------------------------------------------------------------------ */

/* Whether the ledger has reported this buffer already. Which of two buffers a fault is charged to
 * is not always the law's: then it is MAYBE for both. */
enum reported { NEVER, MAYBE, CERTAINLY };

enum { MAX_NODES = 64, OWNERS = 6, VIEWS = 40 };

struct node;

struct cell {
	const struct any_family *family;
	size_t count;
	int holder; /* the owner variable that owns it, -1 if it has ended */
	enum reported reported;
	int references;
	struct node *live[MAX_NODES];
	size_t live_count;
};

struct node {
	struct cell *cell;
	struct node *parent; /* null: taken from the owner */
	bool is_inout, is_live;
	/* It ended with its parent: its own end, too late, is silent once. */
	bool is_late;
	bool is_unwound; /* of such the law does not say what their own end is */
	struct set region;
	uint64_t born, ended; /* how many loans had been recorded then */
	int references;
};

enum view_kind { NO_VIEW, BORROWED, INOUT, TILE_BORROWED, TILE_INOUT };

/* A view variable. `node` is null if the loan was empty, and so not recorded. */
struct view {
	enum view_kind kind;
	struct cell *cell;
	struct node *node;
	size_t offset, len; /* offset in bytes; len in elements, of a tile its width */
	size_t pitch, rows;
	union {
		struct deed_borrowed borrowed;
		struct deed_inout inout;
		struct deed_tile_borrowed tile_borrowed;
		struct deed_tile_inout tile_inout;
	} core;
};

enum tag { EMPTY, LIVE, MOVED, DROPPED };

struct owner {
	struct deed_owner handle;
	enum tag tag;
	struct cell *cell;
};

static struct owner owners[OWNERS];
static struct view views[VIEWS];
static uint64_t seed, sequence;
static size_t live_nodes, live_cells;

static void cell_unref(struct cell *cell)
{
	if (cell && !--cell->references)
		free(cell);
}

static void node_unref(struct node *node)
{
	if (!node || --node->references)
		return;
	node_unref(node->parent);
	cell_unref(node->cell);
	free(node);
}

static void owner_set(struct owner *owner, enum tag tag, struct cell *cell)
{
	if (cell)
		cell->references++;
	cell_unref(owner->cell);
	owner->tag = tag;
	owner->cell = cell;
}

static void view_clear(struct view *view)
{
	node_unref(view->node);
	cell_unref(view->cell);
	*view = (struct view){ .kind = NO_VIEW };
}

static bool is_lent(const struct cell *cell)
{
	return cell->live_count != 0;
}

static bool may_read(const struct node *node, size_t byte)
{
	if (!node->is_live || !set_has(&node->region, byte))
		return false;
	for (size_t i = 0; i < node->cell->live_count; i++) {
		const struct node *const child = node->cell->live[i];

		if (child->parent == node && child->is_inout && set_has(&child->region, byte))
			return false;
	}
	return true;
}

static bool may_write(const struct node *node, size_t byte)
{
	if (!node->is_live || !node->is_inout || !set_has(&node->region, byte))
		return false;
	for (size_t i = 0; i < node->cell->live_count; i++) {
		const struct node *const child = node->cell->live[i];

		if (child->parent == node && set_has(&child->region, byte))
			return false;
	}
	return true;
}

/* The last lines of the law's admission: the direct children of the source. */
static bool conflicts(const struct cell *cell, const struct node *parent, bool is_inout,
		      const struct set *region)
{
	for (size_t i = 0; i < cell->live_count; i++) {
		const struct node *const child = cell->live[i];

		if (child->parent == parent && (is_inout || child->is_inout) &&
		    sets_meet(&child->region, region))
			return true;
	}
	return false;
}

static struct node *node_admit(struct cell *cell, struct node *parent, bool is_inout,
			       const struct set *region)
{
	struct node *const node = calloc(1, sizeof *node);

	node->cell = cell;
	node->parent = parent;
	node->is_inout = is_inout;
	node->is_live = true;
	node->region = *region;
	node->born = sequence++;
	cell->references++;
	if (parent)
		parent->references++;
	cell->live[cell->live_count++] = node;
	live_nodes++;
	return node; /* the caller's view refers to it */
}

static void node_end(struct node *node, bool is_late)
{
	struct cell *const cell = node->cell;
	bool again;

	node->is_live = false;
	node->is_late = is_late;
	node->ended = sequence;
	live_nodes--;
	for (size_t i = 0; i < cell->live_count; i++)
		if (cell->live[i] == node) {
			cell->live[i] = cell->live[--cell->live_count];
			break;
		}
	do {
		again = false;
		for (size_t i = 0; i < cell->live_count && !again; i++)
			if (cell->live[i]->parent == node) {
				node_end(cell->live[i], true);
				again = true;
			}
	} while (again);
}

/* ---- what the ledger says ------------------------------------------------------------------- */

static struct {
	size_t count;
	enum deed_fault first;
	char message[300];
} heard;

static void hear(const struct deed_report *report, void *context)
{
	(void)context;
	if (!heard.count++) {
		heard.first = report->fault;
		snprintf(heard.message, sizeof heard.message, "%s", report->message);
	}
}

/* The last operations, for who has to find out why one went wrong. */
enum { LOGGED = 60 };
static struct logged {
	const char *what;
	long argument[9];
} operations[LOGGED];
static size_t operation_count;

#define LOG(text, ...)                                                                             \
	(operations[operation_count++ % LOGGED] = (struct logged){ text, { __VA_ARGS__ } })

static __attribute__((noreturn)) void wrong(const char *why, enum deed_fault expected)
{
	const size_t first = operation_count > LOGGED ? operation_count - LOGGED : 0;

	for (size_t i = first; i < operation_count; i++) {
		const struct logged *const log = &operations[i % LOGGED];

		fprintf(stderr, "%8zu %-40s", i, log->what);
		for (size_t k = 0; k < ARRAY_LEN(log->argument); k++)
			fprintf(stderr, " %ld", log->argument[k]);
		fputc('\n', stderr);
	}
	fprintf(stderr, "%s: expected %s, heard %zu reports, the first %s: %s\nDEED_SEED=%llu\n",
		why, trapped_id(expected), heard.count,
		heard.count ? trapped_id(heard.first) : "none", heard.message,
		(unsigned long long)seed);
	_exit(CHILD_WRONG);
}

static size_t follow_ons_before;

static void listen(void)
{
	heard.count = 0;
	heard.message[0] = '\0';
}

/* Compares what was heard since listen() with `count` expected faults, the first of which is
 * `expected`, of the buffer `cell`, or of either of two, or of none (null). */
static void compare(size_t count, enum deed_fault expected, struct cell *cell, struct cell *other)
{
	const size_t follow_ons = deed_stats().follow_ons;
	const size_t counted = follow_ons - follow_ons_before;

	follow_ons_before = follow_ons;
	if (heard.count && heard.first != expected)
		wrong("another verdict", expected);
	if (heard.count + counted != count)
		wrong(counted ? "counted, not expected" : "another number of faults", expected);
	if (!count)
		return;
	if (!cell) {
		if (heard.count != count)
			wrong("a fault of no buffer is counted under none", expected);
		return;
	}
	if (other && other != cell) {
		if (cell->reported == NEVER && other->reported == NEVER && heard.count != 1)
			wrong("the first fault of two buffers is reported", expected);
		cell->reported = other->reported = MAYBE;
		return;
	}
	if (cell->reported == NEVER && heard.count != 1)
		wrong("the first fault of a buffer is reported", expected);
	/* Of a loan that ended long ago the ledger has forgotten which buffer it was of: it never
	 * misses the fault, but may report it by itself. */
	if (expected == DEED_E11 || expected == DEED_E12) {
		cell->reported = cell->reported == NEVER ? MAYBE : cell->reported;
		return;
	}
	if (cell->reported == CERTAINLY && heard.count)
		wrong("a buffer is reported once", expected);
	if (heard.count)
		cell->reported = CERTAINLY;
}

/* One fault of an empty view: nothing was recorded of it, so it is of no known buffer. */
static void compare_of_nothing(enum deed_fault expected)
{
	compare(1, expected, NULL, NULL);
}

static size_t below(size_t limit)
{
	static uint64_t state;

	if (!state)
		state = seed * 0x9e3779b97f4a7c15u + 1;
	return random_below(&state, limit);
}

/* Most requests that break a rule are left out, so that the trees grow deep. */
static bool dares(enum deed_fault expected)
{
	return expected == OK || below(4) == 0;
}

/* ---- owners --------------------------------------------------------------------------------- */

static const enum deed_fault use_of[] = { DEED_E01, OK, DEED_E03, DEED_E04 };

static struct cell *cell_make(const struct any_family *family, size_t count, int holder)
{
	struct cell *const cell = calloc(1, sizeof *cell);

	cell->family = family;
	cell->count = count;
	cell->holder = holder;
	live_cells++;
	return cell;
}

static void do_make(void)
{
	const int to = (int)below(OWNERS);
	const struct any_family *const family = families[below(ARRAY_LEN(families))];
	const size_t count = below(8) ? 1 + below(MAX_COUNT) : 0;
	const enum deed_fault expected = owners[to].tag == LIVE ? DEED_E02 : OK;
	const int how = (int)below(3);
	int err;

	if (!dares(expected))
		return;
	LOG("owner = new of family, count, how", to, (long)family->element_bytes, (long)count, how);
	listen();
	if (how == 0)
		err = family->make(&owners[to].handle, count);
	else if (how == 1)
		err = family->make_zeroed(&owners[to].handle, count);
	else
		err = family->make_aligned(&owners[to].handle, count, (size_t)16 << below(4));
	compare(expected != OK, expected, owners[to].cell, NULL);
	if (err != (expected == OK ? 0 : -EPERM))
		wrong("another result of new", expected);
	if (expected == OK)
		owner_set(&owners[to], LIVE, cell_make(family, count, to));
}

static const struct any_family *family_of(const struct owner *owner)
{
	return owner->cell ? owner->cell->family : families[0];
}

static void do_drop(int at, bool settles)
{
	struct owner *const owner = &owners[at];
	const struct any_family *const family = family_of(owner);
	enum deed_fault expected = OK;

	if (owner->tag == LIVE && is_lent(owner->cell))
		expected = DEED_E08;
	else if (!settles && owner->tag == MOVED)
		expected = DEED_E03;
	else if (!settles && owner->tag == DROPPED)
		expected = DEED_E05;
	if (!dares(expected))
		return;
	LOG(settles ? "settle owner" : "drop owner", at);
	listen();
	(settles ? family->settle : family->drop)(&owner->handle);
	compare(expected != OK, expected, owner->cell, NULL);
	if (expected == OK && owner->tag == LIVE) {
		owner->cell->holder = -1;
		owner->tag = DROPPED;
		live_cells--;
	}
	if (deed_owns_(&owner->handle) != (owner->tag == LIVE))
		wrong("owns says otherwise", expected);
}

static void do_move(void)
{
	const int from = (int)below(OWNERS), to = (int)below(OWNERS);
	struct owner *const source = &owners[from], *const target = &owners[to];
	const struct any_family *const family = family_of(source);
	enum deed_fault expected = use_of[source->tag];
	struct cell *charged = source->cell;

	if (from == to && source->tag != LIVE)
		return;
	if (source->tag == LIVE && is_lent(source->cell) && from != to)
		expected = DEED_E06;
	if (from != to && target->tag == LIVE) {
		if (expected != OK)
			return;
		expected = DEED_E02;
		charged = target->cell;
	}
	if (!dares(expected))
		return;
	LOG("move to, from", to, from);
	listen();
	family->move(&target->handle, &source->handle);
	compare(expected != OK, expected, charged, NULL);
	if (expected != OK || from == to)
		return;
	owner_set(target, LIVE, source->cell);
	target->cell->holder = to;
	source->tag = MOVED;
}

static void do_swap(void)
{
	const int a = (int)below(OWNERS), b = (int)below(OWNERS);
	const struct owner was = owners[a];
	struct deed_owner handle;

	/* Of one family, both live or empty, not lent: the rest is for the table. */
	if (a == b || owners[a].tag > LIVE || owners[b].tag > LIVE ||
	    family_of(&owners[a]) != family_of(&owners[b]))
		return;
	if ((was.tag == LIVE && is_lent(was.cell)) ||
	    (owners[b].tag == LIVE && is_lent(owners[b].cell)))
		return;
	LOG("swap", a, b);
	listen();
	family_of(&was)->swap(&owners[a].handle, &owners[b].handle);
	compare(0, OK, NULL, NULL);
	/* The model's variables keep their handles, which are exchanged already. */
	handle = owners[a].handle;
	owners[a] = owners[b];
	owners[b].tag = was.tag;
	owners[b].cell = was.cell;
	owners[b].handle = owners[a].handle;
	owners[a].handle = handle;
	if (owners[a].tag == LIVE)
		owners[a].cell->holder = a;
	if (owners[b].tag == LIVE)
		owners[b].cell->holder = b;
}

static void do_resize(void)
{
	const int at = (int)below(OWNERS);
	struct owner *const owner = &owners[at];
	const struct any_family *const family = family_of(owner);
	const size_t count = below(4) || !owner->cell ? below(MAX_COUNT + 1) : owner->cell->count;
	enum deed_fault expected = use_of[owner->tag];
	int err;

	if (owner->tag == LIVE && count != owner->cell->count && is_lent(owner->cell))
		expected = DEED_E07;
	if (!dares(expected))
		return;
	LOG("resize owner, count", at, (long)count);
	listen();
	err = family->resize(&owner->handle, count);
	compare(expected != OK, expected, owner->cell, NULL);
	if (err != (expected == OK ? 0 : -EPERM))
		wrong("another result of resize", expected);
	if (expected == OK)
		owner->cell->count = count;
}

static void do_clone_owner(void)
{
	const int to = (int)below(OWNERS), from = (int)below(OWNERS);
	struct owner *const source = &owners[from], *const target = &owners[to];
	enum deed_fault expected = use_of[source->tag];
	struct cell *charged = source->cell;
	int err;

	if (from == to)
		return;
	for (size_t i = 0; source->tag == LIVE && i < source->cell->live_count; i++)
		if (!source->cell->live[i]->parent && source->cell->live[i]->is_inout)
			expected = DEED_E13;
	if (target->tag == LIVE) {
		if (expected != OK)
			return;
		expected = DEED_E02;
		charged = target->cell;
	}
	if (!dares(expected))
		return;
	LOG("clone to, from owner", to, from);
	listen();
	err = family_of(source)->clone(&target->handle, &source->handle);
	compare(expected != OK, expected, charged, NULL);
	if (err != (expected == OK ? 0 : -EPERM))
		wrong("another result of clone", expected);
	if (expected == OK)
		owner_set(target, LIVE, cell_make(source->cell->family, source->cell->count, to));
}

static void do_len(void)
{
	const int at = (int)below(OWNERS);
	const struct owner *const owner = &owners[at];
	enum deed_fault expected = owner->tag == EMPTY ? OK : use_of[owner->tag];
	size_t len;

	if (!dares(expected))
		return;
	LOG("len of owner", at);
	listen();
	len = family_of(owner)->len(&owner->handle);
	compare(expected != OK, expected, owner->cell, NULL);
	if (owner->tag <= LIVE && len != (owner->tag == LIVE ? owner->cell->count : 0))
		wrong("another length", expected);
}

/* ---- loans ---------------------------------------------------------------------------------- */

/* A variable for a new view: one that holds no live loan, so that every loan can be ended. -1 if
 * there is none. */
static int free_view(void)
{
	const size_t start = below(VIEWS);

	for (size_t i = 0; i < VIEWS; i++) {
		const struct view *const view = &views[(start + i) % VIEWS];

		if (view->kind == NO_VIEW || !view->node || !view->node->is_live)
			return (int)((start + i) % VIEWS);
	}
	return -1;
}

static int random_view(void)
{
	const size_t start = below(VIEWS);

	for (size_t i = 0; i < VIEWS; i++)
		if (views[(start + i) % VIEWS].kind != NO_VIEW)
			return (int)((start + i) % VIEWS);
	return -1;
}

/* What a verb asks for: rows == 1 is contiguous. In elements, from the source's first one. */
struct request {
	size_t lo, hi; /* of a contiguous one */
	bool is_tile;
	size_t pitch, y, x, rows, width;
};

static struct request random_request(size_t len)
{
	struct request request = { 0 };
	const bool dares_bounds = below(30) == 0;

	request.is_tile = below(4) == 0;
	if (!request.is_tile) {
		request.lo = below(len + 1);
		request.hi = request.lo + below(len + 1 - request.lo + (dares_bounds ? 3 : 0));
		if (dares_bounds && below(3) == 0)
			request.hi = below(2) ? SIZE_MAX : request.lo - 1;
		return request;
	}
	request.pitch = 1 + below(8);
	request.rows = below(5);
	request.x = below(request.pitch);
	request.width = 1 + below(request.pitch - request.x);
	request.y = below(4);
	/* Whether a region of nothing may lie outside, the law leaves open. */
	if (!request.rows && request.y * request.pitch + request.x > len)
		request.rows = 1;
	return request;
}

/* Fills in the bytes; false if they are not inside `len` elements. */
static bool region_of(const struct request *request, size_t len, size_t offset, size_t size,
		      struct set *ret)
{
	*ret = (struct set){ { 0 } };
	if (!request->is_tile) {
		if (request->lo > request->hi || request->hi > len)
			return false;
		set_add(ret, offset + request->lo * size, offset + request->hi * size);
		return true;
	}
	if (request->x + request->width > request->pitch)
		return false;
	for (size_t row = 0; row < request->rows; row++) {
		const size_t lo = (request->y + row) * request->pitch + request->x;

		if (lo + request->width > len)
			return false;
		set_add(ret, offset + lo * size, offset + (lo + request->width) * size);
	}
	return true;
}

static bool is_empty(const struct request *request)
{
	return request->is_tile ? !request->rows || !request->width : request->lo == request->hi;
}

/* The verdict; of a request that is admitted, its bytes. `parent` null: the owner, which is live.
 */
static enum deed_fault admit(const struct cell *cell, const struct node *parent, bool has_loan,
			     size_t len, size_t offset, size_t size, bool is_inout,
			     const struct request *request, struct set *ret)
{
	if (is_empty(request))
		return OK;
	if (parent && !parent->is_live)
		return DEED_E11;
	if (!region_of(request, len, offset, size, ret))
		return DEED_E15;
	if (!has_loan)
		return DEED_E15;
	if (is_inout && parent && !parent->is_inout)
		return DEED_E10;
	return conflicts(cell, parent, is_inout, ret) ? DEED_E09 : OK;
}

/* Gives an admitted loan its node and its variable. */
static void view_keep(int at, enum view_kind kind, struct cell *cell, struct node *node,
		      size_t offset, const struct request *request, size_t size)
{
	struct view *const view = &views[at];

	cell->references++;
	view->kind = kind;
	view->cell = cell;
	view->node = node;
	if (node)
		node->references++;
	if (request->is_tile) {
		view->offset = offset + (request->y * request->pitch + request->x) * size;
		view->len = request->width;
		view->pitch = request->pitch;
		view->rows = request->rows;
	} else {
		view->offset = offset + request->lo * size;
		view->len = request->hi - request->lo;
	}
}

static void do_lend_owner(void)
{
	const int from = (int)below(OWNERS), to = free_view();
	struct owner *const owner = &owners[from];
	const struct any_family *const family = family_of(owner);
	const bool is_inout = below(2);
	struct request request;
	struct set region = { { 0 } };
	struct view taken = { .kind = NO_VIEW };
	enum deed_fault expected;
	size_t count = owner->tag == LIVE ? owner->cell->count : 5;

	if (to < 0 || (owner->cell && owner->cell->live_count >= MAX_NODES))
		return;
	if (below(3) == 0)
		request = (struct request){ .hi = count };
	else
		request = random_request(count);
	if (owner->tag != LIVE) {
		if (is_empty(&request))
			return;
		expected = use_of[owner->tag];
	} else {
		expected = admit(owner->cell, NULL, true, count, 0, family->element_bytes, is_inout,
				 &request, &region);
	}
	if (!dares(expected))
		return;
	LOG(is_inout ? "view = inout of owner, lo, hi, pyxrw"
		     : "view = borrow of owner, lo, hi, pyxrw",
	    to, from, (long)request.lo, (long)request.hi, (long)request.pitch, (long)request.y,
	    (long)request.x, (long)request.rows, (long)request.width);
	listen();
	if (request.is_tile && is_inout)
		taken.core.tile_inout = family->tile_inout(&owner->handle, request.pitch, request.y,
							   request.x, request.rows, request.width);
	else if (request.is_tile)
		taken.core.tile_borrowed =
			family->tile_borrow(&owner->handle, request.pitch, request.y, request.x,
					    request.rows, request.width);
	else if (is_inout && request.lo == 0 && request.hi == count && below(2))
		taken.core.inout = family->inout(&owner->handle);
	else if (is_inout)
		taken.core.inout = family->inout_part(&owner->handle, request.lo, request.hi);
	else if (request.lo == 0 && request.hi == count && below(2))
		taken.core.borrowed = family->borrow(&owner->handle);
	else
		taken.core.borrowed = family->borrow_part(&owner->handle, request.lo, request.hi);
	compare(expected != OK, expected, owner->cell, NULL);
	if (expected != OK)
		return;
	view_clear(&views[to]);
	views[to].core = taken.core;
	view_keep(to,
		  request.is_tile ? is_inout ? TILE_INOUT : TILE_BORROWED
		  : is_inout	  ? INOUT
				  : BORROWED,
		  owner->cell,
		  is_empty(&request) ? NULL : node_admit(owner->cell, NULL, is_inout, &region), 0,
		  &request, family->element_bytes);
}

/* An inout view made of a borrowed one's bits: what the types refuse. */
static struct deed_inout forge(struct deed_borrowed view)
{
	struct deed_inout inout;

	memcpy(&inout, &view, sizeof inout);
	return inout;
}

static bool is_stale(const struct view *view)
{
	return view->node && !view->node->is_live;
}

static void do_lend_view(void)
{
	const int from = random_view(), to = free_view();
	struct view source, taken = { .kind = NO_VIEW };
	const struct any_family *family;
	struct request request;
	struct set region = { { 0 } };
	enum deed_fault expected;
	bool is_inout = below(2), is_whole = below(4) == 0;

	if (from < 0 || to < 0)
		return;
	source = views[from];
	if (source.kind != BORROWED && source.kind != INOUT)
		return;
	if (source.cell->live_count >= MAX_NODES)
		return;
	family = source.cell->family;
	if (is_whole)
		request = (struct request){ .hi = source.len };
	else
		request = random_request(source.len);
	if (is_stale(&source) && is_empty(&request))
		return;
	expected = admit(source.cell, source.node, source.node != NULL, source.len, source.offset,
			 family->element_bytes, is_inout, &request, &region);
	if (!source.node && is_inout && source.kind == BORROWED && expected == OK)
		return; /* a forged empty view */
	if (is_inout && source.kind == BORROWED && expected == DEED_E15)
		return;
	if (!dares(expected))
		return;
	LOG(is_inout ? "view = inout of view, lo, hi, pyxrw"
		     : "view = borrow of view, lo, hi, pyxrw",
	    to, from, (long)request.lo, (long)request.hi, (long)request.pitch, (long)request.y,
	    (long)request.x, (long)request.rows, (long)request.width);
	listen();
	if (is_inout) {
		const struct deed_inout view =
			source.kind == INOUT ? source.core.inout : forge(source.core.borrowed);

		if (request.is_tile)
			taken.core.tile_inout =
				family->tile_inout_inout(&view, request.pitch, request.y, request.x,
							 request.rows, request.width);
		else if (below(2))
			taken.core.inout = family->inout_inout(&view, request.lo, request.hi);
		else
			taken.core.inout = family->reborrow_inout(&view, request.lo, request.hi);
	} else if (source.kind == INOUT) {
		const struct deed_inout view = source.core.inout;

		if (request.is_tile)
			taken.core.tile_borrowed =
				family->tile_borrow_inout(&view, request.pitch, request.y,
							  request.x, request.rows, request.width);
		else
			taken.core.borrowed = family->borrow_inout(&view, request.lo, request.hi);
	} else {
		const struct deed_borrowed view = source.core.borrowed;

		if (request.is_tile)
			taken.core.tile_borrowed = family->tile_borrow_borrowed(
				&view, request.pitch, request.y, request.x, request.rows,
				request.width);
		else if (below(2))
			taken.core.borrowed =
				family->borrow_borrowed(&view, request.lo, request.hi);
		else
			taken.core.borrowed =
				family->reborrow_borrowed(&view, request.lo, request.hi);
	}
	if (expected == DEED_E15 && !source.node)
		compare_of_nothing(expected);
	else
		compare(expected != OK, expected, source.cell, NULL);
	if (expected != OK)
		return;
	{
		struct cell *const cell = source.cell;
		struct node *const node =
			is_empty(&request) ? NULL
					   : node_admit(cell, source.node, is_inout, &region);

		/* The variable may be the source's own: then only the model's tree refers to it. */
		cell->references++;
		view_clear(&views[to]);
		views[to].core = taken.core;
		view_keep(to,
			  request.is_tile ? is_inout ? TILE_INOUT : TILE_BORROWED
			  : is_inout	  ? INOUT
					  : BORROWED,
			  cell, node, source.offset, &request, family->element_bytes);
		cell_unref(cell);
	}
}

static void do_split(void)
{
	const int from = random_view();
	struct deed_borrowed left_borrowed, right_borrowed;
	struct deed_inout left_inout, right_inout;
	struct request requests[2];
	struct set regions[2];
	enum deed_fault expected[2] = { OK, OK };
	struct node *nodes[2] = { NULL, NULL };
	struct view source;
	int to[2];
	bool is_inout;
	size_t at;

	if (from < 0)
		return;
	source = views[from];
	is_inout = source.kind == INOUT;
	if ((source.kind != BORROWED && source.kind != INOUT) || is_stale(&source) ||
	    source.cell->live_count + 2 > MAX_NODES)
		return;
	at = below(source.len + 1);
	requests[0] = (struct request){ .hi = at };
	requests[1] = (struct request){ .lo = at, .hi = source.len };
	/* The halves are disjoint, so the first one changes nothing for the second. */
	for (size_t i = 0; i < 2; i++)
		expected[i] = admit(source.cell, source.node, source.node != NULL, source.len,
				    source.offset, source.cell->family->element_bytes, is_inout,
				    &requests[i], &regions[i]);
	if (!dares(expected[0]) || !dares(expected[1]))
		return;
	to[0] = free_view();
	to[1] = -1;
	for (int i = 0; i < VIEWS; i++)
		if (i != to[0] && i != from &&
		    (views[i].kind == NO_VIEW || !views[i].node || !views[i].node->is_live))
			to[1] = i;
	if (to[0] < 0 || to[1] < 0 || to[0] == from)
		return;
	LOG("views = split of view, at", to[0], to[1], from, (long)at);
	listen();
	if (is_inout)
		source.cell->family->split_inout(&source.core.inout, at, &left_inout, &right_inout);
	else
		source.cell->family->split_borrowed(&source.core.borrowed, at, &left_borrowed,
						    &right_borrowed);
	compare((size_t)(expected[0] != OK) + (expected[1] != OK),
		expected[0] != OK ? expected[0] : expected[1], source.cell, NULL);
	for (size_t i = 0; i < 2; i++) {
		if (expected[i] != OK)
			continue;
		if (!is_empty(&requests[i]))
			nodes[i] = node_admit(source.cell, source.node, is_inout, &regions[i]);
		view_clear(&views[to[i]]);
		if (is_inout)
			views[to[i]].core.inout = i ? right_inout : left_inout;
		else
			views[to[i]].core.borrowed = i ? right_borrowed : left_borrowed;
		view_keep(to[i], source.kind, source.cell, nodes[i], source.offset, &requests[i],
			  source.cell->family->element_bytes);
	}
	/* A half that was refused is no loan of the model: its live sibling has its own variable.
	 */
}

/* Another view of the same loan: a slice, a reading, a row of a tile. */
static void do_narrow(void)
{
	const int from = random_view(), to = free_view();
	struct view source;
	const struct any_family *family;
	struct view narrow;
	size_t lo, hi, y;

	if (from < 0 || to < 0 || from == to)
		return;
	source = views[from];
	family = source.cell->family;
	narrow = source;
	if (source.kind == TILE_BORROWED || source.kind == TILE_INOUT) {
		if (!source.rows || !source.node)
			return;
		y = below(source.rows);
		LOG("view = row of view, y", to, from, (long)y);
		listen();
		if (source.kind == TILE_INOUT)
			narrow.core.inout = family->row_inout(source.core.tile_inout, y);
		else
			narrow.core.borrowed = family->row_borrowed(source.core.tile_borrowed, y);
		narrow.kind = source.kind == TILE_INOUT ? INOUT : BORROWED;
		narrow.offset += y * source.pitch * family->element_bytes;
	} else if (below(3) == 0 && source.kind == INOUT) {
		LOG("view = reading of view", to, from);
		listen();
		narrow.core.borrowed = deed_reading_(source.core.inout);
		narrow.kind = BORROWED;
	} else {
		lo = below(source.len + 1);
		hi = lo + below(source.len + 1 - lo);
		LOG("view = slice of view, lo, hi", to, from, (long)lo, (long)hi);
		listen();
		if (source.kind == INOUT)
			narrow.core.inout = family->slice_inout(source.core.inout, lo, hi);
		else
			narrow.core.borrowed = family->slice_borrowed(source.core.borrowed, lo, hi);
		narrow.offset += lo * family->element_bytes;
		narrow.len = hi - lo;
	}
	compare(0, OK, NULL, NULL);
	source.cell->references++;
	if (source.node)
		source.node->references++;
	view_clear(&views[to]);
	views[to] = narrow;
}

/* ---- ends ----------------------------------------------------------------------------------- */

static void call_end(const struct any_family *family, const struct view *source,
		     const struct owner *owner, const struct view *ended)
{
	struct view view = *ended;

	/* A tile is ended through a row of it, which is the same loan. */
	if (view.kind == TILE_BORROWED) {
		view.core.borrowed = family->row_borrowed(view.core.tile_borrowed, 0);
		view.kind = BORROWED;
	} else if (view.kind == TILE_INOUT) {
		view.core.inout = family->row_inout(view.core.tile_inout, 0);
		view.kind = INOUT;
	}
	if (owner && view.kind == INOUT)
		family->end_inout(&owner->handle, &view.core.inout);
	else if (owner)
		family->end_borrowed(&owner->handle, &view.core.borrowed);
	else if (source->kind == INOUT && view.kind == INOUT)
		family->end_inout_of_inout(&source->core.inout, &view.core.inout);
	else if (source->kind == INOUT)
		family->end_borrowed_of_inout(&source->core.inout, &view.core.borrowed);
	else if (view.kind == BORROWED)
		family->end_borrowed_of_borrowed(&source->core.borrowed, &view.core.borrowed);
}

/* A flat view variable of the loan `node`; -1 if there is none. */
static int view_of(const struct node *node)
{
	for (int i = 0; i < VIEWS; i++)
		if (views[i].node == node && (views[i].kind == BORROWED || views[i].kind == INOUT))
			return i;
	return -1;
}

/* A second end of a child whose parent is gone is silent when the child's row has been used again:
 * who ended it first, it or its parent's end, is not known any more. A row waits for so many loans
 * at least. */
static bool is_forgotten(const struct node *node)
{
	enum { ROW_WAITS = 64 };

	return node->parent && !node->parent->is_live && sequence - node->ended > ROW_WAITS &&
	       deed_stats().follow_ons == follow_ons_before;
}

static void end_view(int at)
{
	const struct view *const view = &views[at], *source = NULL;
	struct node *const node = view->node;
	const struct owner *owner = NULL;
	enum deed_fault expected;

	if (!node || node->is_unwound)
		return;
	if ((view->kind == TILE_BORROWED || view->kind == TILE_INOUT) && !view->rows)
		return;
	if (!node->parent) {
		if (node->cell->holder < 0)
			return;
		owner = &owners[node->cell->holder];
	} else {
		const int of = view_of(node->parent);

		if (of < 0)
			return;
		source = &views[of];
		/* What a borrowed source cannot have lent by its type. */
		if (source->kind == BORROWED && (view->kind == INOUT || view->kind == TILE_INOUT))
			return;
	}
	expected = node->is_live || node->is_late ? OK : DEED_E12;
	if (!dares(expected))
		return;
	LOG("end view, of owner, of view", at, owner ? node->cell->holder : -1,
	    source ? (long)(source - views) : -1);
	listen();
	call_end(node->cell->family, source, owner, view);
	if (expected == DEED_E12 && !heard.count && is_forgotten(node))
		expected = OK;
	compare(expected != OK, expected, node->cell, NULL);
	if (node->is_live)
		node_end(node, false);
	else
		node->is_late = false;
}

static void do_end_wrongly(void)
{
	const int at = random_view(), through = (int)below(OWNERS);
	const struct view *const view = at < 0 ? NULL : &views[at];
	const struct owner *const owner = &owners[through];

	if (!view || !view->node || !view->node->is_live || owner->tag != LIVE)
		return;
	if (!view->node->parent && view->cell->holder == through)
		return;
	if ((view->kind == TILE_BORROWED || view->kind == TILE_INOUT) && !view->rows)
		return;
	if (!dares(DEED_E18))
		return;
	LOG("end view wrongly, of owner", at, through);
	listen();
	call_end(view->cell->family, NULL, owner, view);
	compare(1, DEED_E18, view->cell, owner->cell);
}

static void do_unwind(void)
{
	static uint64_t mark, marked_at;

	if (below(20)) {
		mark = deed_loans_mark();
		marked_at = sequence;
		LOG("mark", (long)marked_at);
		return;
	}
	if (!mark)
		return;
	LOG("unwind to", (long)marked_at);
	listen();
	deed_loans_unwind(mark);
	compare(0, OK, NULL, NULL);
	for (size_t i = 0; i < VIEWS; i++) {
		struct node *const node = views[i].node;

		if (node && node->is_live && node->born >= marked_at) {
			node->is_unwound = true;
			node_end(node, false);
		}
	}
	/* And the children that ended with them, which were all taken later. */
	for (size_t i = 0; i < VIEWS; i++)
		if (views[i].node && !views[i].node->is_live && views[i].node->born >= marked_at)
			views[i].node->is_unwound = true;
	mark = 0;
}

/* ---- rights --------------------------------------------------------------------------------- */

static enum deed_fault verdict_of_access(const struct view *view, size_t lo, size_t hi, bool writes)
{
	for (size_t byte = lo; byte < hi; byte++)
		if (!(writes ? may_write(view->node, byte) : may_read(view->node, byte)))
			return DEED_E13;
	return OK;
}

static void do_access(void)
{
	const int at = random_view();
	const struct any_family *family;
	enum deed_fault expected;
	struct view view;
	bool writes, is_at;
	size_t index, size;

	if (at < 0)
		return;
	view = views[at];
	family = view.cell->family;
	size = family->element_bytes;
	if (view.kind == TILE_BORROWED || view.kind == TILE_INOUT) {
		if (!view.rows || !view.node)
			return;
		index = below(view.rows);
		if (view.kind == TILE_INOUT)
			view.core.inout = family->row_inout(view.core.tile_inout, index);
		else
			view.core.borrowed = family->row_borrowed(view.core.tile_borrowed, index);
		view.kind = view.kind == TILE_INOUT ? INOUT : BORROWED;
		view.offset += index * view.pitch * size;
	}
	writes = view.kind == INOUT && below(2);
	is_at = below(3) != 0;
	index = below(20) || !view.len ? below(view.len + 1) : SIZE_MAX - below(3);
	if (is_stale(&view)) {
		if (!view.len)
			return;
		expected = DEED_E11;
	} else if (is_at && index >= view.len) {
		expected = DEED_E15;
	} else if (!view.node) {
		expected = OK;
	} else if (is_at) {
		expected = verdict_of_access(&view, view.offset + index * size,
					     view.offset + (index + 1) * size, writes);
	} else {
		expected = verdict_of_access(&view, view.offset, view.offset + view.len * size,
					     writes);
	}
	if (!dares(expected))
		return;
	if (is_at)
		LOG(writes ? "write view, at" : "read view, at", at, (long)index);
	else
		LOG(writes ? "write view" : "read view", at);
	listen();
	if (is_at && writes)
		memset(family->write_at(view.core.inout, index), (int)sequence, size);
	else if (is_at)
		(void)family->read_at(view.kind == INOUT ? deed_reading_(view.core.inout)
							 : view.core.borrowed,
				      index);
	else if (writes)
		memset(family->write(view.core.inout), (int)sequence, view.len * size);
	else
		(void)family->read(view.kind == INOUT ? deed_reading_(view.core.inout)
						      : view.core.borrowed);
	if (expected == DEED_E15 && !view.node)
		compare_of_nothing(expected);
	else
		compare(expected != OK, expected, view.cell, NULL);
}

static void do_clone_view(void)
{
	const int from = random_view(), to = (int)below(OWNERS);
	struct view view;
	enum deed_fault expected;
	int err;

	if (from < 0 || owners[to].tag == LIVE)
		return;
	view = views[from];
	if ((view.kind != BORROWED && view.kind != INOUT) || (is_stale(&view) && !view.len))
		return;
	if (is_stale(&view))
		expected = DEED_E11;
	else if (!view.node)
		expected = OK;
	else
		expected = verdict_of_access(
			&view, view.offset,
			view.offset + view.len * view.cell->family->element_bytes, false);
	if (expected != OK)
		return; /* what comes back is the test of another file */
	LOG("clone to owner, from view", to, from);
	listen();
	if (view.kind == INOUT)
		err = view.cell->family->clone_inout(&owners[to].handle, &view.core.inout);
	else
		err = view.cell->family->clone_borrowed(&owners[to].handle, &view.core.borrowed);
	compare(0, OK, NULL, NULL);
	if (err)
		wrong("a clone fails", OK);
	owner_set(&owners[to], LIVE, cell_make(view.cell->family, view.len, to));
}

/* ---- the run -------------------------------------------------------------------------------- */

/* A reported buffer tells no more ids: ends its loans and drops it. */
static void renew(void)
{
	const int at = (int)below(OWNERS);
	struct owner *const owner = &owners[at];

	if (owner->tag != LIVE || owner->cell->reported == NEVER)
		return;
	for (int i = 0; i < VIEWS; i++)
		if (views[i].node && views[i].node->is_live && !views[i].node->parent &&
		    views[i].cell == owner->cell)
			end_view(i);
	do_drop(at, false);
}

static void check_rest(void)
{
	const struct deed_statistics stats = deed_stats();

	if (stats.live_loans != live_nodes || stats.live_buffers != live_cells) {
		fprintf(stderr,
			"live loans %zu, of the model %zu; live buffers %zu, of the model %zu\n",
			stats.live_loans, live_nodes, stats.live_buffers, live_cells);
		wrong("other numbers", OK);
	}
}

static void step(void)
{
	const size_t choice = below(100);

	if (choice < 5)
		do_make();
	else if (choice < 7)
		do_drop((int)below(OWNERS), below(2));
	else if (choice < 11)
		do_move();
	else if (choice < 13)
		do_resize();
	else if (choice < 14)
		do_swap();
	else if (choice < 15)
		do_clone_owner();
	else if (choice < 16)
		do_clone_view();
	else if (choice < 17)
		do_len();
	else if (choice < 32)
		do_lend_owner();
	else if (choice < 50)
		do_lend_view();
	else if (choice < 53)
		do_split();
	else if (choice < 58)
		do_narrow();
	else if (choice < 74) {
		const int at = random_view();

		if (at >= 0)
			end_view(at);
	} else if (choice < 75)
		do_end_wrongly();
	else if (choice < 76)
		do_unwind();
	else if (choice < 78)
		renew();
	else
		do_access();
}

static size_t number_from(const char *variable, size_t otherwise)
{
	const char *const text = getenv(variable);

	return text ? (size_t)strtoull(text, NULL, 0) : otherwise;
}

CHILD(random)
{
	const size_t total = number_from("DEED_OPS", 1200000);
	struct deed_statistics stats;

	seed = (uint64_t)strtoull(argument, NULL, 0);
	deed_on_fault(hear, NULL);
	while (operation_count < total) {
		step();
		if (operation_count % 1024 == 0)
			check_rest();
	}
	/* Ending the loans of the owners ends them all. */
	for (int i = 0; i < VIEWS; i++)
		if (views[i].node && views[i].node->is_live && !views[i].node->parent)
			end_view(i);
	check_rest();
	require(live_nodes == 0);
	for (int i = 0; i < OWNERS; i++)
		do_drop(i, true);
	check_rest();
	require(live_cells == 0);
	stats = deed_stats();
	printf("%zu operations, %zu buffers, %zu reports, %zu counted\n", operation_count,
	       stats.buffers_made, stats.reports, stats.follow_ons);
}

Test(oracle, a_million_random_operations_get_the_verdicts_of_the_law)
{
	char number[32];
	const struct child_result *result;

	seed = number_from("DEED_SEED", (size_t)getpid() * 2654435761u ^ (size_t)time(NULL));
	snprintf(number, sizeof number, "%llu", (unsigned long long)seed);
	printf("test_oracle: DEED_SEED=%s\n", number);
	fflush(stdout);
	result = child_run("random", number, "stack=none:source=0");
	cr_expect(result->signal == 0 && result->code == 0, "DEED_SEED=%s: signal %d, code %d\n%s",
		  number, result->signal, result->code, result->err);
	printf("test_oracle: %s", result->out);
}

/* ---- exhaustive ----------------------------------------------------------------------------- */

enum { ELEMENTS = 3, DEPTH_MAX = 6 };

/* A node of the model by name: 0 is the owner. */
struct branch {
	int parent;
	bool is_inout, is_live;
	unsigned mask;
	size_t lo, hi;
	deed_f32_inout view; /* of a borrowed loan, its bits */
};

/* A state: every node that was ever admitted, in order; and how to get there again. */
struct tree {
	struct branch node[DEPTH_MAX + 1];
	int count;
};

struct move {
	bool ends;
	int node;
	bool is_inout;
	size_t lo, hi;
};

static size_t states_seen, requests_refused;

static bool tree_reads(const struct tree *tree, int n, unsigned bit)
{
	if (!tree->node[n].is_live || !(tree->node[n].mask & bit))
		return false;
	for (int c = 1; c < tree->count; c++)
		if (tree->node[c].is_live && tree->node[c].parent == n && tree->node[c].is_inout &&
		    tree->node[c].mask & bit)
			return false;
	return true;
}

static bool tree_writes(const struct tree *tree, int n, unsigned bit)
{
	if (!tree->node[n].is_live || !(tree->node[n].mask & bit) || !tree->node[n].is_inout)
		return false;
	for (int c = 1; c < tree->count; c++)
		if (tree->node[c].is_live && tree->node[c].parent == n && tree->node[c].mask & bit)
			return false;
	return true;
}

static enum deed_fault tree_admits(const struct tree *tree, const struct move *move)
{
	const struct branch *const source = &tree->node[move->node];
	const unsigned mask = (1u << move->hi) - (1u << move->lo);

	if (!source->is_live)
		return DEED_E11;
	if (mask & ~source->mask)
		return DEED_E15;
	if (move->is_inout && !source->is_inout)
		return DEED_E10;
	for (int c = 1; c < tree->count; c++)
		if (tree->node[c].is_live && tree->node[c].parent == move->node &&
		    tree->node[c].mask & mask && (move->is_inout || tree->node[c].is_inout))
			return DEED_E09;
	return OK;
}

static void tree_end(struct tree *tree, int n)
{
	tree->node[n].is_live = false;
	for (int c = n + 1; c < tree->count; c++)
		if (tree->node[c].is_live && tree->node[c].parent == n)
			tree_end(tree, c);
}

/* Asks the ledger. Regions are of the buffer; a part is asked for as the source counts. */
static deed_f32_inout ask(deed_f32 *owner, const struct tree *tree, const struct move *move)
{
	const struct branch *const source = &tree->node[move->node];
	const size_t lo = move->lo - source->lo, hi = move->hi - source->lo;
	deed_f32_borrowed borrowed;
	deed_f32_inout view;

	if (!move->node && move->is_inout)
		return deed_inout_part(owner, move->lo, move->hi);
	if (move->node && move->is_inout)
		return deed_inout_part(&source->view, lo, hi);
	borrowed = move->node ? deed_borrow_part(&source->view, lo, hi)
			      : deed_borrow_part(owner, move->lo, move->hi);
	memcpy(&view, &borrowed, sizeof view);
	return view;
}

/* From the first move on: a fresh buffer in the state that the moves lead to. */
static void replay(const struct move *moves, int count, deed_f32 *owner, struct tree *tree)
{
	const int err = deed_new(owner, ELEMENTS);

	require(err == 0);
	*tree = (struct tree){ .count = 1 };
	tree->node[0] = (struct branch){
		.is_inout = true, .is_live = true, .hi = ELEMENTS, .mask = (1u << ELEMENTS) - 1
	};
	for (int i = 0; i < count; i++) {
		const struct move *const move = &moves[i];
		struct branch *const node = &tree->node[tree->count];

		if (move->ends) {
			struct branch *const ended = &tree->node[move->node];

			if (ended->parent)
				deed_end(&tree->node[ended->parent].view, &ended->view);
			else
				deed_end(owner, &ended->view);
			tree_end(tree, move->node);
			continue;
		}
		*node = (struct branch){ move->node,	move->is_inout,
					 true,		(1u << move->hi) - (1u << move->lo),
					 move->lo,	move->hi,
					 { .h = { 0 } } };
		node->view = ask(owner, tree, move);
		tree->count++;
	}
	if (heard.count)
		wrong("an admitted sequence is refused", OK);
}

static size_t faults_so_far(void)
{
	return heard.count + deed_stats().follow_ons;
}

static void expect_verdict(size_t before, enum deed_fault expected, bool is_first)
{
	const size_t faults = faults_so_far() - before;

	if (faults != (expected != OK))
		wrong("exhaustive: another verdict", expected);
	if (faults && is_first && heard.first != expected)
		wrong("exhaustive: another fault", expected);
}

/* In one state: every right of every node on every byte. */
static void check_rights(const struct tree *tree, bool *told)
{
	for (int n = 1; n < tree->count; n++)
		for (size_t i = tree->node[n].lo; i < tree->node[n].hi; i++) {
			const struct branch *const node = &tree->node[n];
			const enum deed_fault otherwise = node->is_live ? DEED_E13 : DEED_E11;
			const enum deed_fault reads = tree_reads(tree, n, 1u << i) ? OK : otherwise;
			const enum deed_fault writes =
				tree_writes(tree, n, 1u << i) ? OK : otherwise;
			volatile float seen;
			size_t before = faults_so_far();

			seen = deed_at(deed_reading(node->view), i - node->lo);
			(void)seen;
			expect_verdict(before, reads, !*told);
			*told |= reads != OK;
			before = faults_so_far();
			if (!node->is_inout)
				continue; /* its type refuses to write */
			deed_at(node->view, i - node->lo) = 1;
			expect_verdict(before, writes, !*told);
			*told |= writes != OK;
		}
}

/* Every request in the state that the moves lead to; then the same one move further. */
static void explore(struct move *moves, int depth, int limit)
{
	struct move next[2 * (DEPTH_MAX + 1) * ELEMENTS * (ELEMENTS + 1) / 2];
	const int start = (int)(states_seen++ * 7919 % ARRAY_LEN(next));
	int next_count = 0, refused_count = 0;
	struct move refused[ARRAY_LEN(next)];
	deed_f32 owner = DEED_EMPTY;
	struct tree tree;
	bool told = false;

	heard.count = 0;
	replay(moves, depth, &owner, &tree);
	for (int n = 0; n < tree.count; n++)
		for (int kind = 0; kind < 2; kind++)
			for (size_t lo = 0; lo < ELEMENTS; lo++)
				for (size_t hi = lo + 1; hi <= ELEMENTS; hi++) {
					const struct move move = { false, n, kind == 1, lo, hi };

					if (lo < tree.node[n].lo)
						continue; /* no index says that */
					if (tree_admits(&tree, &move) == OK)
						next[next_count++] = move;
					else
						refused[refused_count++] = move;
				}
	/* The first fault of a buffer is the one with an id; in each state it is another request.
	 */
	for (int i = 0; i < refused_count; i++) {
		const struct move *const move = &refused[(start + i) % refused_count];
		const size_t before = faults_so_far();

		(void)ask(&owner, &tree, move);
		expect_verdict(before, tree_admits(&tree, move), !told);
		told = true;
		requests_refused++;
	}
	check_rights(&tree, &told);
	for (int n = 1; n < tree.count; n++)
		if (tree.node[n].is_live && !tree.node[n].parent)
			deed_end(&owner, &tree.node[n].view);
	heard.count = 0;
	deed_drop(&owner);
	if (heard.count)
		wrong("exhaustive: the drop at the end", OK);
	if (depth == limit)
		return;
	for (int i = 0; i < next_count; i++) {
		moves[depth] = next[i];
		explore(moves, depth + 1, limit);
	}
	for (int n = 1; n < tree.count; n++)
		if (tree.node[n].is_live) {
			moves[depth] = (struct move){ .ends = true, .node = n };
			explore(moves, depth + 1, limit);
		}
}

CHILD(exhaustive)
{
	struct move moves[DEPTH_MAX];

	seed = 0;
	deed_on_fault(hear, NULL);
	explore(moves, 0, atoi(argument));
	require(deed_stats().live_buffers == 0 && deed_stats().live_loans == 0);
	printf("depth %s: %zu sequences, %zu requests refused\n", argument, states_seen,
	       requests_refused);
}

Test(oracle, every_sequence_on_three_elements_gets_the_verdicts_of_the_law)
{
	char depth[16];
	const struct child_result *result;

	snprintf(depth, sizeof depth, "%zu", number_from("DEED_DEPTH", 4));
	result = child_run("exhaustive", depth, "stack=none:source=0");
	cr_expect(result->signal == 0 && result->code == 0, "signal %d, code %d\n%s",
		  result->signal, result->code, result->err);
	printf("test_oracle: %s", result->out);
}
