/* SPDX-License-Identifier: MIT
 *
 * tests/test_owner.c - the table of owners, every cell of it, and the rules below the table.
 *
 * `cells` is the table as data: a state that a handle is brought into, an event, the fault
 * that the event must raise, and the state afterwards. It is run for every combination of
 * element type and origin of the memory. After the event the state is told by what the
 * verbs say of the handle; and where the event raised a fault, the law's "changes nothing"
 * is checked on the handle's bits and on the bytes of the buffer.
 */
#include "trapped.h"

#include "any_family.h"

TestSuite(owner, .init = trapped_begin, .fini = trapped_end, .timeout = 60);

struct triple {
	unsigned char part[3];
};
DEED_DEFINE(triples, struct triple);

ANY_FAMILY(deed_u8, uint8_t);
ANY_FAMILY(deed_f32, float);
ANY_FAMILY(deed_f64, double);
ANY_FAMILY(triples, struct triple);

static const struct any_family *const families[] = { &any_deed_u8, &any_deed_f32, &any_deed_f64,
						     &any_triples };

/* ---- the table ------------------------------------------------------------------------------ */

enum origin { HEAP, ZEROED, ALIGNED, FOREIGN, COPIED, ORIGINS };
static const char *const origin_names[] = { "heap", "zeroed", "aligned", "foreign", "copied" };

enum state { EMPTY, LIVE, LENT, LENT_INOUT, MOVED, DROPPED };
static const char *const state_names[] = { "EMPTY",	 "LIVE",  "LENT borrowed",
					   "LENT inout", "MOVED", "DROPPED" };

enum event {
	NEW,
	NEW_ZEROED,
	NEW_ALIGNED,
	NEW2,
	FROM,
	ADOPT,
	STATIC,
	CLONE,
	MOVE_IN,
	BORROW,
	INOUT,
	CLONE_OUT,
	MOVE_OUT,
	RESIZE,
	RESIZE_TO_NOTHING,
	RESIZE_TO_SAME,
	DROP,
	SETTLE,
	RELEASE,
	LEN,
	OWNS,
};
static const char *const event_names[] = {
	"new",	     "new_zeroed", "new_aligned", "new2",
	"from",	     "adopt",	   "static",	  "clone into",
	"move into", "borrow",	   "inout",	  "clone of",
	"move out",  "resize",	   "resize to 0", "resize to the same",
	"drop",	     "settle",	   "release",	  "len",
	"owns",
};

#define OK DEED_NO_FAULT

/* Every row of the law's table, its columns spelled out into verbs. */
static const struct table_cell {
	enum state state;
	enum event event;
	enum deed_fault fault;
	enum state after;
} cells[] = {
	{ EMPTY, NEW, OK, LIVE },
	{ EMPTY, NEW_ZEROED, OK, LIVE },
	{ EMPTY, NEW_ALIGNED, OK, LIVE },
	{ EMPTY, NEW2, OK, LIVE },
	{ EMPTY, FROM, OK, LIVE },
	{ EMPTY, ADOPT, OK, LIVE },
	{ EMPTY, STATIC, OK, LIVE },
	{ EMPTY, CLONE, OK, LIVE },
	{ EMPTY, MOVE_IN, OK, LIVE },
	{ EMPTY, BORROW, DEED_E01, EMPTY },
	{ EMPTY, INOUT, DEED_E01, EMPTY },
	{ EMPTY, CLONE_OUT, DEED_E01, EMPTY },
	{ EMPTY, MOVE_OUT, DEED_E01, EMPTY },
	{ EMPTY, RESIZE, DEED_E01, EMPTY },
	{ EMPTY, RESIZE_TO_NOTHING, DEED_E01, EMPTY },
	{ EMPTY, DROP, OK, EMPTY },
	{ EMPTY, SETTLE, OK, EMPTY },
	{ EMPTY, RELEASE, DEED_E01, EMPTY },
	{ EMPTY, LEN, OK, EMPTY },
	{ EMPTY, OWNS, OK, EMPTY },

	{ LIVE, NEW, DEED_E02, LIVE },
	{ LIVE, NEW_ZEROED, DEED_E02, LIVE },
	{ LIVE, NEW_ALIGNED, DEED_E02, LIVE },
	{ LIVE, NEW2, DEED_E02, LIVE },
	{ LIVE, FROM, DEED_E02, LIVE },
	{ LIVE, ADOPT, DEED_E02, LIVE },
	{ LIVE, STATIC, DEED_E02, LIVE },
	{ LIVE, CLONE, DEED_E02, LIVE },
	{ LIVE, MOVE_IN, DEED_E02, LIVE },
	{ LIVE, BORROW, OK, LENT },
	{ LIVE, INOUT, OK, LENT_INOUT },
	{ LIVE, CLONE_OUT, OK, LIVE },
	{ LIVE, MOVE_OUT, OK, MOVED },
	{ LIVE, RESIZE, OK, LIVE },
	{ LIVE, RESIZE_TO_NOTHING, OK, LIVE },
	{ LIVE, RESIZE_TO_SAME, OK, LIVE },
	{ LIVE, DROP, OK, DROPPED },
	{ LIVE, SETTLE, OK, DROPPED },
	{ LIVE, RELEASE, OK, DROPPED },
	{ LIVE, LEN, OK, LIVE },
	{ LIVE, OWNS, OK, LIVE },

	{ LENT, NEW, DEED_E02, LENT },
	{ LENT, NEW_ZEROED, DEED_E02, LENT },
	{ LENT, NEW_ALIGNED, DEED_E02, LENT },
	{ LENT, NEW2, DEED_E02, LENT },
	{ LENT, FROM, DEED_E02, LENT },
	{ LENT, ADOPT, DEED_E02, LENT },
	{ LENT, STATIC, DEED_E02, LENT },
	{ LENT, CLONE, DEED_E02, LENT },
	{ LENT, MOVE_IN, DEED_E02, LENT },
	{ LENT, BORROW, OK, LENT },
	{ LENT, INOUT, DEED_E09, LENT },
	{ LENT, CLONE_OUT, OK, LENT },
	{ LENT, MOVE_OUT, DEED_E06, LENT },
	{ LENT, RESIZE, DEED_E07, LENT },
	{ LENT, RESIZE_TO_NOTHING, DEED_E07, LENT },
	{ LENT, RESIZE_TO_SAME, OK, LENT },
	{ LENT, DROP, DEED_E08, LENT },
	{ LENT, SETTLE, DEED_E08, LENT },
	{ LENT, RELEASE, DEED_E08, LENT },
	{ LENT, LEN, OK, LENT },
	{ LENT, OWNS, OK, LENT },

	{ LENT_INOUT, NEW, DEED_E02, LENT_INOUT },
	{ LENT_INOUT, ADOPT, DEED_E02, LENT_INOUT },
	{ LENT_INOUT, CLONE, DEED_E02, LENT_INOUT },
	{ LENT_INOUT, MOVE_IN, DEED_E02, LENT_INOUT },
	{ LENT_INOUT, BORROW, DEED_E09, LENT_INOUT },
	{ LENT_INOUT, INOUT, DEED_E09, LENT_INOUT },
	{ LENT_INOUT, CLONE_OUT, DEED_E13, LENT_INOUT },
	{ LENT_INOUT, MOVE_OUT, DEED_E06, LENT_INOUT },
	{ LENT_INOUT, RESIZE, DEED_E07, LENT_INOUT },
	{ LENT_INOUT, RESIZE_TO_NOTHING, DEED_E07, LENT_INOUT },
	{ LENT_INOUT, RESIZE_TO_SAME, OK, LENT_INOUT },
	{ LENT_INOUT, DROP, DEED_E08, LENT_INOUT },
	{ LENT_INOUT, SETTLE, DEED_E08, LENT_INOUT },
	{ LENT_INOUT, RELEASE, DEED_E08, LENT_INOUT },
	{ LENT_INOUT, LEN, OK, LENT_INOUT },
	{ LENT_INOUT, OWNS, OK, LENT_INOUT },

	{ MOVED, NEW, OK, LIVE },
	{ MOVED, NEW_ZEROED, OK, LIVE },
	{ MOVED, NEW_ALIGNED, OK, LIVE },
	{ MOVED, NEW2, OK, LIVE },
	{ MOVED, FROM, OK, LIVE },
	{ MOVED, ADOPT, OK, LIVE },
	{ MOVED, STATIC, OK, LIVE },
	{ MOVED, CLONE, OK, LIVE },
	{ MOVED, MOVE_IN, OK, LIVE },
	{ MOVED, BORROW, DEED_E03, MOVED },
	{ MOVED, INOUT, DEED_E03, MOVED },
	{ MOVED, CLONE_OUT, DEED_E03, MOVED },
	{ MOVED, MOVE_OUT, DEED_E03, MOVED },
	{ MOVED, RESIZE, DEED_E03, MOVED },
	{ MOVED, RESIZE_TO_NOTHING, DEED_E03, MOVED },
	{ MOVED, DROP, DEED_E03, MOVED },
	{ MOVED, SETTLE, OK, MOVED },
	{ MOVED, RELEASE, DEED_E03, MOVED },
	{ MOVED, LEN, DEED_E03, MOVED },
	{ MOVED, OWNS, OK, MOVED },

	{ DROPPED, NEW, OK, LIVE },
	{ DROPPED, NEW_ZEROED, OK, LIVE },
	{ DROPPED, NEW_ALIGNED, OK, LIVE },
	{ DROPPED, NEW2, OK, LIVE },
	{ DROPPED, FROM, OK, LIVE },
	{ DROPPED, ADOPT, OK, LIVE },
	{ DROPPED, STATIC, OK, LIVE },
	{ DROPPED, CLONE, OK, LIVE },
	{ DROPPED, MOVE_IN, OK, LIVE },
	{ DROPPED, BORROW, DEED_E04, DROPPED },
	{ DROPPED, INOUT, DEED_E04, DROPPED },
	{ DROPPED, CLONE_OUT, DEED_E04, DROPPED },
	{ DROPPED, MOVE_OUT, DEED_E04, DROPPED },
	{ DROPPED, RESIZE, DEED_E04, DROPPED },
	{ DROPPED, RESIZE_TO_NOTHING, DEED_E04, DROPPED },
	{ DROPPED, DROP, DEED_E05, DROPPED },
	{ DROPPED, SETTLE, OK, DROPPED },
	{ DROPPED, RELEASE, DEED_E05, DROPPED },
	{ DROPPED, LEN, DEED_E04, DROPPED },
	{ DROPPED, OWNS, OK, DROPPED },
};

enum { COUNT = 12, OTHER_COUNT = 7, ALIGN = 256 };

/* What a cell of the table is run on. */
struct scene {
	const struct any_family *family;
	enum origin origin;
	struct deed_owner handle;    /* the one under test */
	struct deed_owner elsewhere; /* where its buffer went, if it moved before the event */
	struct deed_owner target;    /* what the event moves or clones to */
	struct deed_owner other;     /* a second buffer: what is cloned or moved in */
	struct deed_borrowed borrowed, more_borrowed;
	struct deed_inout inout, more_inout;
	unsigned char bytes[COUNT * 8]; /* what the buffer holds */
	size_t deleted;
};

static void count_and_free(void *data, size_t bytes, void *context)
{
	struct scene *const scene = context;

	cr_expect(bytes == COUNT * scene->family->element_bytes);
	scene->deleted++;
	free(data);
}

static void fill(const struct any_family *family, struct deed_owner *owner,
		 const unsigned char *bytes)
{
	struct deed_inout view = family->inout(owner);
	void *const data = family->write(view);

	memcpy(data, bytes, view.len * family->element_bytes);
	family->end_inout(owner, &view);
}

static void make(struct scene *scene)
{
	const struct any_family *const family = scene->family;
	void *raw;
	int err = -1;

	switch (scene->origin) {
	case HEAP:
		err = family->make(&scene->handle, COUNT);
		break;
	case ZEROED:
		err = family->make_zeroed(&scene->handle, COUNT);
		break;
	case ALIGNED:
		err = family->make_aligned(&scene->handle, COUNT, ALIGN);
		break;
	case FOREIGN:
		raw = malloc(COUNT * family->element_bytes);
		err = family->adopt(&scene->handle, raw, COUNT, count_and_free, scene);
		break;
	case COPIED:
		err = family->from(&scene->handle, scene->bytes, COUNT);
		break;
	default:
		break;
	}
	cr_assert(err == 0);
	fill(family, &scene->handle, scene->bytes);
}

static void bring_into(struct scene *scene, enum state state)
{
	const struct any_family *const family = scene->family;

	if (state != EMPTY)
		make(scene);
	if (state == LENT)
		scene->borrowed = family->borrow(&scene->handle);
	if (state == LENT_INOUT)
		scene->inout = family->inout(&scene->handle);
	if (state == MOVED)
		family->move(&scene->elsewhere, &scene->handle);
	if (state == DROPPED)
		family->drop(&scene->handle);
}

static int happen(struct scene *scene, enum event event)
{
	static const double immovable[COUNT];
	const struct any_family *const family = scene->family;
	struct deed_owner *const handle = &scene->handle;
	void *raw;
	int err;

	switch (event) {
	case NEW:
		return family->make(handle, COUNT);
	case NEW_ZEROED:
		return family->make_zeroed(handle, COUNT);
	case NEW_ALIGNED:
		return family->make_aligned(handle, COUNT, ALIGN);
	case NEW2:
		return family->make_two(handle, COUNT / 4, 4);
	case FROM:
		return family->from(handle, scene->bytes, COUNT);
	case ADOPT:
		raw = malloc(COUNT * family->element_bytes);
		err = family->adopt(handle, raw, COUNT, NULL, NULL);
		if (err)
			free(raw);
		return err;
	case STATIC:
		return family->immovable(handle, immovable, COUNT);
	case CLONE:
		return family->clone(handle, &scene->other);
	case MOVE_IN:
		family->move(handle, &scene->other);
		return 0;
	case BORROW:
		scene->more_borrowed = family->borrow(handle);
		return 0;
	case INOUT:
		scene->more_inout = family->inout(handle);
		return 0;
	case CLONE_OUT:
		return family->clone(&scene->target, handle);
	case MOVE_OUT:
		family->move(&scene->target, handle);
		return 0;
	case RESIZE:
		return family->resize(handle, 2 * COUNT);
	case RESIZE_TO_NOTHING:
		return family->resize(handle, 0);
	case RESIZE_TO_SAME:
		return family->resize(handle, COUNT);
	case DROP:
		family->drop(handle);
		return 0;
	case SETTLE:
		family->settle(handle);
		return 0;
	case RELEASE:
		raw = family->release(handle);
		free(raw);
		return 0;
	case LEN:
		(void)family->len(handle);
		return 0;
	case OWNS:
		(void)deed_owns_(handle);
		return 0;
	}
	return 0;
}

static bool is_static(enum event event, enum state before)
{
	return event == STATIC && before != LIVE && before != LENT;
}

/* The state, as the verbs tell it. A second fault of one buffer is counted and not told, so the ids
 * are compared only where the event raised none. */
static void expect_state(struct scene *scene, enum state state, bool had_fault, const char *where)
{
	const struct any_family *const family = scene->family;
	struct deed_owner *const handle = &scene->handle;
	const bool owns = state == LIVE || state == LENT || state == LENT_INOUT;
	static const enum deed_fault of_use[] = { DEED_E01, OK, OK, OK, DEED_E03, DEED_E04 };
	struct deed_borrowed view;
	size_t faults;

	cr_expect(deed_owns_(handle) == owns, "%s: owns is %d", where, deed_owns_(handle));
	if (owns) {
		const size_t loans = deed_stats().live_loans;

		cr_expect((state == LIVE) == (loans == 0), "%s: %zu loans are live", where, loans);
		expect_silent((void)family->len(handle));
		return;
	}
	faults = fault_count(view = family->borrow(handle));
	(void)view;
	cr_expect(faults == 1, "%s: afterwards a borrow raises %zu faults", where, faults);
	if (!had_fault)
		cr_expect(trapped.report.fault == of_use[state], "%s: afterwards a borrow is %s",
			  where, trapped_id(trapped.report.fault));
}

static void clean_up(struct scene *scene, bool leaves_static)
{
	const struct any_family *const family = scene->family;

	/* Those that were never taken, or were refused, are views that end silently. */
	family->end_borrowed(&scene->handle, &scene->borrowed);
	family->end_borrowed(&scene->handle, &scene->more_borrowed);
	family->end_inout(&scene->handle, &scene->inout);
	family->end_inout(&scene->handle, &scene->more_inout);
	if (!leaves_static)
		family->settle(&scene->handle);
	family->settle(&scene->elsewhere);
	family->settle(&scene->target);
	family->settle(&scene->other);
}

static void run(const struct any_family *family, enum origin origin, const struct table_cell *cell)
{
	struct scene scene = { .family = family, .origin = origin };
	struct deed_owner before;
	char where[128];
	int err = 0;
	enum deed_fault fault;

	snprintf(where, sizeof where, "%s (%s, %s) x %s", state_names[cell->state], family->name,
		 origin_names[origin], event_names[cell->event]);
	for (size_t i = 0; i < sizeof scene.bytes; i++)
		scene.bytes[i] = (unsigned char)(i * 7 + 1);
	cr_assert(family->make(&scene.other, OTHER_COUNT) == 0);
	bring_into(&scene, cell->state);
	before = scene.handle;

	fault = fault_of(err = happen(&scene, cell->event));
	cr_expect(fault == cell->fault, "%s: expected %s, got %s: %s", where,
		  trapped_id(cell->fault), trapped_id(fault), fault ? trapped.report.message : "");
	cr_expect(trapped.count + trapped.follow_ons == (cell->fault != OK),
		  "%s: %u reports, %zu follow-ons", where, trapped.count, trapped.follow_ons);

	if (cell->fault != OK) {
		const bool is_int = cell->event <= CLONE || cell->event == CLONE_OUT ||
				    cell->event == RESIZE || cell->event == RESIZE_TO_NOTHING;

		if (is_int)
			cr_expect(err == -EPERM, "%s: returned %d", where, err);
		cr_expect(!memcmp(&before, &scene.handle, sizeof before),
			  "%s: the refused event changed the handle", where);
		if (cell->event == MOVE_IN)
			cr_expect(deed_owns_(&scene.other), "%s: the source is lost", where);
	} else {
		cr_expect(err == 0, "%s: returned %d", where, err);
	}
	expect_state(&scene, cell->after, cell->fault != OK, where);
	if (cell->after == LIVE && (cell->state == LIVE || cell->event == FROM)) {
		const struct deed_borrowed view = family->borrow(&scene.handle);
		const size_t bytes = (view.len < COUNT ? view.len : COUNT) * family->element_bytes;
		struct deed_borrowed loan = view;

		if (!(cell->event == RESIZE_TO_NOTHING))
			cr_expect(!memcmp(view.data, scene.bytes, bytes), "%s: bytes are lost",
				  where);
		family->end_borrowed(&scene.handle, &loan);
	}
	if (cell->event == ADOPT && cell->fault == OK)
		free(family->release(&scene.handle));
	clean_up(&scene, is_static(cell->event, cell->state));
	if (origin == FOREIGN && cell->state != EMPTY && cell->event != RELEASE)
		cr_expect(scene.deleted == 1, "%s: the deleter ran %zu times", where,
			  scene.deleted);
}

Test(owner, every_cell_of_the_table_holds_for_every_family_and_origin, .timeout = 300)
{
	for (size_t f = 0; f < ARRAY_LEN(families); f++)
		for (enum origin origin = HEAP; origin < ORIGINS; origin++)
			for (size_t i = 0; i < ARRAY_LEN(cells); i++)
				run(families[f], origin, &cells[i]);
	/* Static owners need no drop, so the ones that the table made are still there. */
	trapped_leaves = true;
	cr_expect(deed_stats().live_loans == 0);
}

/* The column "program end". */
CHILD(ends_in_state)
{
	static deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	const enum state state = (enum state)atoi(argument);
	deed_f32_borrowed r;

	if (state != EMPTY)
		require(deed_new(&a, 10) == 0);
	if (state == LENT) {
		r = deed_borrow(&a);
		(void)r;
	}
	if (state == MOVED) {
		deed_move(&b, &a);
		deed_drop(&b);
	}
	if (state == DROPPED)
		deed_drop(&a);
}

Test(owner, program_end_is_a_leak_of_the_live_alone)
{
	static const struct {
		enum state state;
		bool leaks;
	} ends[] = { { EMPTY, false },
		     { LIVE, true },
		     { LENT, true },
		     { MOVED, false },
		     { DROPPED, false } };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		char state[8];
		const struct child_result *result;

		snprintf(state, sizeof state, "%d", (int)ends[i].state);
		result = child_run("ends_in_state", state, "");
		cr_expect((strstr(result->err, "E17") != NULL) == ends[i].leaks, "%s: %s",
			  state_names[ends[i].state], result->err);
		cr_expect((result->signal == SIGABRT) == ends[i].leaks, "%s: signal %d, code %d",
			  state_names[ends[i].state], result->signal, result->code);
	}
}

/* ---- below the table: bit copies and relocation --------------------------------------------- */

static void make_filled(deed_f32 *ret, size_t count)
{
	cr_assert(deed_new(ret, count) == 0);
	{
		DEED_INOUT(v, ret);
		for (size_t i = 0; i < count; i++)
			deed_at(v, i) = (float)i;
	}
}

/* By value: the handle that the caller gets was born at another address, which is legal. What is
 * about that address uses make_filled(). */
static deed_f32 filled(size_t count)
{
	deed_f32 xs = DEED_EMPTY;

	make_filled(&xs, count);
	return xs;
}

static bool is_filled(const deed_f32 *xs, size_t count)
{
	DEED_BORROWED(r, xs);
	bool is = deed_len(r) == count;

	for (size_t i = 0; is && i < count; i++)
		is = deed_at(r, i) == (float)i;
	return is;
}

enum ending { BY_DROP, BY_MOVE, BY_RESIZE, BY_SETTLE, BY_RELEASE, ENDINGS };

static const char *const ending_names[] = { "drop", "move", "resize", "settle", "release" };

static void end_by(enum ending ending, deed_f32 *a, deed_f32 *elsewhere)
{
	int err = 0;

	switch (ending) {
	case BY_DROP:
		deed_drop(a);
		break;
	case BY_MOVE:
		deed_move(elsewhere, a);
		break;
	case BY_RESIZE:
		err = deed_resize(a, 99);
		break;
	case BY_SETTLE:
		deed_settle(a);
		break;
	case BY_RELEASE:
		free(deed_release(a));
		break;
	case ENDINGS:
		break;
	}
	cr_assert(err == 0);
}

enum copy_use {
	COPY_BORROW,
	COPY_INOUT,
	COPY_MOVE,
	COPY_RESIZE,
	COPY_DROP,
	COPY_SETTLE,
	COPY_LEN,
	COPY_CLONE,
	COPY_USES
};

static const char *const copy_use_names[] = { "borrow", "inout",  "move", "resize",
					      "drop",	"settle", "len",  "clone" };

static void use_copy(enum copy_use use, deed_f32 *copy)
{
	deed_f32 target = DEED_EMPTY;
	deed_f32_borrowed r;
	deed_f32_inout v;
	int err = 0;

	switch (use) {
	case COPY_BORROW:
		r = deed_borrow(copy);
		deed_end(copy, &r);
		break;
	case COPY_INOUT:
		v = deed_inout(copy);
		deed_end(copy, &v);
		break;
	case COPY_MOVE:
		deed_move(&target, copy);
		break;
	case COPY_RESIZE:
		err = deed_resize(copy, 7);
		break;
	case COPY_DROP:
		deed_drop(copy);
		break;
	case COPY_SETTLE:
		deed_settle(copy);
		break;
	case COPY_LEN:
		(void)deed_len(*copy);
		break;
	case COPY_CLONE:
		err = deed_clone(&target, copy);
		break;
	case COPY_USES:
		break;
	}
	(void)err;
	cr_expect(!deed_owns(&target));
}

/* The first drop, move or resize through either copy makes the other stale; the report says how. */
Test(owner, a_bit_copy_is_stale_once_the_other_ended_moved_or_resized)
{
	static const enum deed_fault of_use[ENDINGS] = { DEED_E04, DEED_E03, DEED_E04, DEED_E04,
							 DEED_E04 };

	for (enum ending ending = 0; ending < ENDINGS; ending++)
		for (enum copy_use use = 0; use < COPY_USES; use++) {
			deed_f32 a = filled(10), elsewhere = DEED_EMPTY, copy = a;
			enum deed_fault expected = of_use[ending], fault;

			/* A buffer that is gone is dropped twice; one that was resized lives on. So
			 * it is with a settle, which a release build would make a double free of.
			 */
			if ((use == COPY_DROP || use == COPY_SETTLE) && expected == DEED_E04 &&
			    ending != BY_RESIZE)
				expected = DEED_E05;
			expect_silent(end_by(ending, &a, &elsewhere));
			cr_expect(!deed_owns(&copy), "after %s the copy owns",
				  ending_names[ending]);
			fault = fault_of(use_copy(use, &copy));
			cr_expect(fault == expected, "%s of a copy after %s: expected %s, got %s",
				  copy_use_names[use], ending_names[ending], trapped_id(expected),
				  trapped_id(fault));
			deed_settle(&a);
			deed_settle(&elsewhere);
		}
}

DEED_UNCHECKED Test(owner, a_stale_copy_is_told_where_the_other_went)
{
	deed_f32 a = filled(4), copy = a;
	unsigned dropped_at;

	deed_drop(&a), dropped_at = __LINE__;
	expect_fault(DEED_E04, (void)deed_borrow(&copy));
	cr_expect(trapped_sites(DEED_ROLE_HERE, dropped_at + 1) == 1);
	cr_expect(trapped_sites(DEED_ROLE_DROPPED, dropped_at) == 1);
	cr_expect(trapped_sites(DEED_ROLE_ALLOCATED, 0) == 1);

	a = filled(4);
	copy = a;
	{
		deed_f32 b = DEED_EMPTY;
		unsigned moved_at;

		deed_move(&b, &a), moved_at = __LINE__;
		expect_fault(DEED_E03, deed_drop(&copy));
		cr_expect(trapped_sites(DEED_ROLE_MOVED, moved_at) == 1);
		deed_drop(&b);
	}

	a = filled(4);
	copy = a;
	{
		unsigned resized_at;
		int err;

		err = deed_resize(&a, 9), resized_at = __LINE__;
		cr_assert(err == 0);
		expect_fault(DEED_E04, (void)deed_borrow(&copy));
		cr_expect(trapped_sites(DEED_ROLE_RESIZED, resized_at) == 1);
		deed_drop(&a);
	}
}

Test(owner, a_live_bit_copy_reaches_the_same_buffer)
{
	deed_f32 a = filled(10), copy = a;

	expect_silent(cr_expect(is_filled(&copy, 10)));
	{
		DEED_INOUT(v, &copy);
		deed_f32_borrowed r;

		deed_at(v, 0) = 5;
		expect_fault(DEED_E09, r = deed_borrow(&a));
		(void)r;
	}
	deed_drop(&copy);
	cr_expect(!deed_owns(&a));
}

Test(owner, assigning_a_handle_to_itself_is_nothing)
{
	deed_f32 a = filled(10);

	a = *(deed_f32 *volatile){ &a };
	expect_silent(cr_expect(is_filled(&a, 10)));
	expect_silent(deed_drop(&a));
}

struct holder {
	int key;
	deed_f32 values;
};

static int by_key(const void *a, const void *b)
{
	return ((const struct holder *)a)->key - ((const struct holder *)b)->key;
}

Test(owner, a_struct_with_owners_moves_by_assignment_memcpy_realloc_and_qsort)
{
	struct holder *holders = malloc(40 * sizeof *holders), moved;

	for (int i = 0; i < 40; i++) {
		holders[i].key = (i * 17) % 40;
		holders[i].values = filled((size_t)holders[i].key);
	}
	expect_silent(qsort(holders, 40, sizeof *holders, by_key));
	for (int round = 0; round < 8; round++) {
		struct holder *const bigger =
			realloc(holders, (size_t)(80 << round) * sizeof *holders);

		cr_assert(bigger != NULL);
		holders = bigger;
		for (size_t i = 0; i < 40; i++)
			expect_silent(cr_expect(is_filled(&holders[i].values, i)));
	}
	memcpy(&moved, &holders[39], sizeof moved);
	memset(&holders[39], 0x5a, sizeof holders[39]);
	expect_silent({
		int err = deed_resize(&moved.values, 50);

		cr_expect(err == 0);
	});
	expect_silent(deed_drop(&moved.values));
	for (size_t i = 0; i < 39; i++)
		expect_silent(deed_drop(&holders[i].values));
	free(holders);
}

CHILD(pinned)
{
	deed_f32 a = DEED_EMPTY, copy;
	deed_f32_borrowed r;

	require(deed_new(&a, 3) == 0);
	r = deed_borrow(&a); /* where it was born: no fault */
	deed_end(&a, &r);
	copy = a;
	fprintf(stderr, "before\n");
	r = deed_borrow(&copy);
	deed_end(&copy, &r);
	deed_drop(&copy);
}

Test(owner, pin_handles_reports_the_first_use_at_another_address)
{
	const struct child_result *result = child_run("pinned", "", "pin_handles=1");

	cr_expect(result->signal == SIGABRT, "signal %d, code %d: %s", result->signal, result->code,
		  result->err);
	cr_expect(!strncmp(result->err, "before\n", 7));
	cr_expect(strstr(result->err, "E16") != NULL, "%s", result->err);

	result = child_run("pinned", "", "");
	cr_expect(result->code == 0 && !strcmp(result->err, "before\n"), "%s", result->err);
}

Test(owner, pin_handles_lets_a_move_change_the_address)
{
	expect_clean_exit(child_run("moves_about", "", "pin_handles=1"));
}

CHILD(moves_about)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	deed_f32_borrowed r;

	require(deed_new(&a, 3) == 0);
	deed_move(&b, &a);
	r = deed_borrow(&b);
	deed_end(&b, &r);
	deed_swap(&a, &b);
	deed_drop(&a);
}

/* ---- below the table: targets --------------------------------------------------------------- */

DEED_UNCHECKED Test(owner, overwriting_names_the_lost_buffer_and_keeps_it)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	int err = 0;

	make_filled(&a, 10);
	make_filled(&b, 3);
	expect_fault(DEED_E02, err = deed_new(&a, 5));
	cr_expect(err == -EPERM);
	cr_expect(trapped.report.count == 10);
	cr_expect(trapped_sites(DEED_ROLE_ALLOCATED, 0) == 1);
	cr_expect(is_filled(&a, 10));
	cr_expect(deed_stats().live_buffers == 2);
	deed_drop(&a);

	make_filled(&a, 10);
	expect_fault(DEED_E02, deed_move(&a, &b));
	cr_expect(is_filled(&a, 10) && is_filled(&b, 3));
	deed_drop(&a);
	deed_drop(&b);
}

Test(owner, a_target_that_only_looks_live_is_no_overwritten_owner)
{
	deed_f32 a = DEED_EMPTY, relic, garbage, b = filled(2);
	int err = -1;

	make_filled(&a, 10);
	relic = a;

	/* The buffer's home is `a`: nothing is lost with the bits in `relic`. */
	expect_silent(err = deed_new(&relic, 4));
	cr_expect(err == 0 && is_filled(&a, 10));
	deed_drop(&relic);
	relic = a;
	expect_silent(deed_move(&relic, &b));
	cr_expect(is_filled(&relic, 2) && is_filled(&a, 10));
	deed_drop(&relic);
	memset(&garbage, 0x77, sizeof garbage);
	expect_silent(err = deed_clone(&garbage, &a));
	cr_expect(err == 0 && is_filled(&garbage, 10));
	deed_drop(&garbage);
	deed_drop(&a);
}

DEED_UNCHECKED Test(owner, a_handle_may_be_filled_again_after_its_end)
{
	deed_f32 a = filled(4), b = DEED_EMPTY;

	for (int round = 0; round < 100; round++) {
		expect_silent(deed_move(&b, &a));
		expect_silent(a = filled(5)); /* by assignment of a fresh handle */
		expect_silent(deed_drop(&b));
		expect_silent(deed_drop(&a));
		expect_silent({
			int err = deed_new(&a, 4);

			cr_expect(err == 0);
		});
	}
	deed_drop(&a);
}

/* ---- below the table: no deed handle -------------------------------------------------------- */

DEED_UNCHECKED Test(owner, bits_that_name_nothing_are_no_handle)
{
	static const uint64_t patterns[] = {
		1,
		2,
		3,
		0x5a5a5a5a5a5a5a5au,
		0xa5a5a5a5a5a5a5a5u,
		0xffffffffffffffffu,
		0xfffffffffffffffcu,
		0xfffffffffffffffdu,
		0xfffffffffffffffeu,
		0x00007fffdeadbeefu,
		(uint64_t)1 << 63,
	};

	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		deed_f32 forged, target = DEED_EMPTY;
		deed_f32_borrowed r;
		int err = 0;

		memset(&forged, 0, sizeof forged);
		forged.h.own = (void *)(uintptr_t)patterns[i];
		forged.h.len = 10;
		expect_fault(DEED_E18, r = deed_borrow(&forged));
		expect_fault(DEED_E18, deed_drop(&forged));
		expect_fault(DEED_E18, deed_move(&target, &forged));
		expect_fault(DEED_E18, err = deed_resize(&forged, 3));
		cr_expect(err == -EPERM && !deed_owns(&target) && !deed_owns(&forged));
		(void)r;
	}
}

DEED_UNCHECKED Test(owner, an_address_is_no_handle)
{
	float on_stack[4] = { 0 };
	deed_f32 forged = DEED_EMPTY, real = filled(4);
	float *raw = malloc(16);

	forged.h.len = 4;
	forged.h.own = on_stack;
	expect_fault(DEED_E18, deed_drop(&forged));
	forged.h.own = raw;
	expect_fault(DEED_E18, deed_drop(&forged));
	{
		DEED_BORROWED(r, &real);
		forged.h.own = (void *)(uintptr_t)deed_data(r);
	}
	expect_fault(DEED_E18, deed_drop(&forged));
	free(raw);
	deed_drop(&real);
}

Test(owner, a_length_that_is_not_the_buffers_is_no_handle)
{
	for (int verb = 0; verb < 4; verb++) {
		deed_f32 a = filled(10), forged = a, target = DEED_EMPTY;
		int err = 0;

		forged.h.len = verb & 1 ? 11 : 5;
		if (verb == 0)
			expect_fault(DEED_E18, (void)deed_borrow(&forged));
		else if (verb == 1)
			expect_fault(DEED_E18, deed_drop(&forged));
		else if (verb == 2)
			expect_fault(DEED_E18, deed_move(&target, &forged));
		else
			expect_fault(DEED_E18, err = deed_resize(&forged, 3));
		cr_expect(verb != 3 || err == -EPERM);
		cr_expect(is_filled(&a, 10));
		deed_drop(&a);
	}
}

Test(owner, half_of_one_handle_and_half_of_another_is_no_handle)
{
	deed_f32 a = filled(10), b = filled(20), mixed;

	mixed.h.own = a.h.own;
	mixed.h.len = b.h.len;
	expect_fault(DEED_E18, deed_drop(&mixed));
	deed_drop(&a);
	deed_drop(&b);
}

Test(owner, a_handle_of_another_family_is_a_type_mismatch)
{
	deed_f32 a = filled(10);
	deed_f64 forged;
	deed_f64_borrowed r;

	memcpy(&forged, &a, sizeof forged);
	expect_fault(DEED_E22, r = deed_borrow(&forged));
	(void)r;
	deed_drop(&a);
}

Test(owner, a_stale_handle_never_matches_however_often_its_slot_is_used_again)
{
	deed_f32 old = filled(10), stale = old;
	deed_f32_borrowed r;

	deed_drop(&old);
	for (int i = 0; i < 200000; i++) {
		deed_f32 a = DEED_EMPTY;

		cr_assert(deed_new(&a, 10) == 0);
		if (deed_owns(&stale))
			cr_assert_fail("after %d buffers the stale handle owns", i);
		deed_drop(&a);
	}
	expect_fault(DEED_E04, r = deed_borrow(&stale));
	(void)r;
}

/* ---- below the table: move, swap, resize, settle -------------------------------------------- */

DEED_UNCHECKED Test(owner, moving_a_handle_to_itself_does_nothing)
{
	deed_f32 a = filled(10);

	expect_silent(deed_move(&a, &a));
	cr_expect(is_filled(&a, 10));
	{
		DEED_BORROWED(r, &a);
		expect_silent(deed_move(&a, &a));
		expect_silent((void)deed_at(r, 0));
	}
	expect_silent(deed_drop(&a));
}

Test(owner, swap_exchanges_live_empty_and_ended_handles)
{
	deed_f32 a = filled(3), b = filled(5), none = DEED_EMPTY;

	expect_silent(deed_swap(&a, &b));
	cr_expect(is_filled(&a, 5) && is_filled(&b, 3));
	expect_silent(deed_swap(&a, &none));
	cr_expect(!deed_owns(&a) && is_filled(&none, 5));
	expect_silent(deed_swap(&a, &none));
	cr_expect(is_filled(&a, 5) && !deed_owns(&none));
	expect_silent(deed_swap(&a, &a));
	cr_expect(is_filled(&a, 5));
	expect_silent(deed_drop(&a));
	expect_silent(deed_swap(&a, &b));
	cr_expect(is_filled(&a, 3) && !deed_owns(&b));
	/* It keeps its home: a target that owns is a lost owner. */
	expect_fault(DEED_E02, {
		int err = deed_new(&a, 2);

		cr_expect(err == -EPERM);
	});
	expect_silent(deed_drop(&a));
}

Test(owner, swap_of_a_lent_buffer_is_a_move_while_lent)
{
	for (int side = 0; side < 2; side++) {
		deed_f32 a = filled(3), b = filled(5);
		deed_f32_borrowed r = deed_borrow(side ? &a : &b);

		expect_fault(DEED_E06, deed_swap(&a, &b));
		cr_expect(trapped_sites(DEED_ROLE_LENT_BORROWED, 0) == 1);
		cr_expect(is_filled(&a, 3) && is_filled(&b, 5));
		deed_end(side ? &a : &b, &r);
		deed_drop(&a);
		deed_drop(&b);
	}
}

Test(owner, after_move_and_drop_the_handle_does_not_own)
{
	deed_f32 a = filled(3), b = DEED_EMPTY;

	cr_expect(deed_owns(&a) && !deed_owns(&b));
	deed_move(&b, &a);
	cr_expect(!deed_owns(&a) && deed_owns(&b));
	deed_drop(&b);
	cr_expect(!deed_owns(&b));
	expect_silent(deed_settle(&a));
	expect_silent(deed_settle(&b));
}

static const void *address_of(const deed_f32 *xs)
{
	DEED_BORROWED(r, xs);
	return deed_data(r);
}

Test(owner, resize_keeps_the_elements_and_always_changes_the_address)
{
	deed_f32 a = filled(10);
	static const size_t lengths[] = { 11, 10, 9, 100, 99, 1000, 1 };
	size_t common = 10;

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		const uintptr_t before = (uintptr_t)address_of(&a);
		int err;

		expect_silent(err = deed_resize(&a, lengths[i]));
		cr_expect(err == 0 && deed_len(a) == lengths[i]);
		cr_expect((uintptr_t)address_of(&a) != before, "to %zu stays in place", lengths[i]);
		common = common < lengths[i] ? common : lengths[i];
		{
			DEED_BORROWED(r, &a);
			for (size_t k = 0; k < common; k++)
				cr_expect(deed_at(r, k) == (float)k);
		}
	}
	deed_drop(&a);
}

DEED_UNCHECKED Test(owner, resize_to_the_same_length_is_nothing_even_while_lent)
{
	deed_f32 a = filled(10), copy = a;
	const void *const before = address_of(&a);
	deed_f32_inout v = deed_inout(&a);
	int err = -1;

	expect_silent(err = deed_resize(&a, 10));
	cr_expect(err == 0);
	expect_silent(deed_at(v, 9) = 9);
	deed_end(&a, &v);
	expect_silent(err = deed_resize(&a, 10));
	cr_expect(address_of(&a) == before);
	expect_silent(cr_expect(is_filled(&copy, 10))); /* its generation is the same */
	deed_drop(&a);
}

Test(owner, a_failed_resize_leaves_owner_and_bytes_as_they_were)
{
	static const size_t huge[] = { SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4 + 1, DEED_LEN_MAX + 1 };
	deed_f32 a = filled(10);
	const deed_f32 was = a;
	const void *const before = address_of(&a);

	for (size_t i = 0; i < ARRAY_LEN(huge); i++) {
		int err;

		expect_silent(err = deed_resize(&a, huge[i]));
		cr_expect(err == -EOVERFLOW, "%zx: %d", huge[i], err);
		cr_expect(!memcmp(&was, &a, sizeof a) && address_of(&a) == before);
		cr_expect(is_filled(&a, 10));
	}
	deed_drop(&a);
}

Test(owner, a_failed_constructor_leaves_its_target_as_it_was)
{
	static const size_t huge[] = { SIZE_MAX, SIZE_MAX / 4 + 1, DEED_LEN_MAX + 1 };
	deed_f64 a = DEED_EMPTY;
	const deed_f64 was = a;
	int err;

	for (size_t i = 0; i < ARRAY_LEN(huge); i++) {
		expect_silent(err = deed_new(&a, huge[i]));
		cr_expect(err == -EOVERFLOW);
		expect_silent(err = deed_new_zeroed(&a, huge[i]));
		cr_expect(err == -EOVERFLOW);
		expect_silent(err = deed_new_aligned(&a, huge[i], 64));
		cr_expect(err == -EOVERFLOW);
	}
	expect_silent(err = deed_new2(&a, SIZE_MAX / 2, 3));
	cr_expect(err == -EOVERFLOW);
	expect_silent(err = deed_new2(&a, (size_t)1 << 31, (size_t)1 << 30));
	cr_expect(err == -EOVERFLOW);
	/* It fits a size_t, and no machine. */
	expect_silent(err = deed_new(&a, (size_t)1 << 56));
	cr_expect(err == -ENOMEM);
	for (size_t bits = 62; bits < 64; bits++) {
		deed_u8 bytes = DEED_EMPTY;

		expect_silent(err = deed_new(&bytes, (size_t)1 << bits));
		cr_expect(err == -ENOMEM);
	}
	expect_silent(err = deed_new_aligned(&a, 4, 3));
	cr_expect(err == -EINVAL);
	expect_silent(err = deed_new_aligned(&a, 4, 0));
	cr_expect(err == -EINVAL);
	expect_silent(err = deed_new_aligned(&a, 4, 2 * DEED_ALIGN_MAX));
	cr_expect(err == -EINVAL);
	cr_expect(!memcmp(&was, &a, sizeof a) && !deed_owns(&a));
}

Test(owner, alignment_is_what_was_asked_for_and_survives_a_resize)
{
	for (size_t align = 1; align <= DEED_ALIGN_MAX; align *= 2) {
		deed_u8 a = DEED_EMPTY;
		deed_u8_borrowed r;
		int err = deed_new_aligned(&a, 100, align);

		cr_assert(err == 0, "align %zu: %d", align, err);
		for (int round = 0; round < 2; round++) {
			r = deed_borrow(&a);
			cr_expect((uintptr_t)deed_data(r) % (align < 16 ? 16 : align) == 0,
				  "align %zu: %p", align, (const void *)deed_data(r));
			deed_end(&a, &r);
			err = deed_resize(&a, 5000);
			cr_assert(err == 0);
		}
		deed_drop(&a);
	}
}

DEED_UNCHECKED Test(owner, zero_elements_are_an_owner_as_any_other)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	int err;

	expect_silent(err = deed_new(&a, 0));
	cr_expect(err == 0 && deed_owns(&a) && deed_len(a) == 0);
	{
		DEED_INOUT(v, &a);
		DEED_INOUT(w, &a);		  /* empty loans conflict with nothing */
		expect_silent(deed_move(&b, &a)); /* and pin nothing */
		cr_expect(deed_len(v) == 0 && deed_len(w) == 0);
	}
	expect_silent(err = deed_resize(&b, 5));
	cr_expect(err == 0 && deed_len(b) == 5);
	expect_silent(err = deed_resize(&b, 0));
	cr_expect(err == 0 && deed_len(b) == 0 && deed_owns(&b));
	expect_silent(deed_drop(&b));
	expect_fault(DEED_E05, deed_drop(&b));
}

Test(owner, settle_is_silent_whatever_the_handle_is)
{
	deed_f32 none = DEED_EMPTY, moved = filled(3), to = DEED_EMPTY, dropped = filled(3);

	deed_move(&to, &moved);
	deed_drop(&dropped);
	expect_silent({
		deed_settle(&none);
		deed_settle(&none);
		deed_settle(&moved);
		deed_settle(&dropped);
		deed_settle(&to);
		deed_settle(&to);
	});
	cr_expect(deed_stats().live_buffers == 0);
}

DEED_UNCHECKED Test(owner, automatic_owners_settle_however_their_block_is_left)
{
	deed_f32 kept = DEED_EMPTY;

	for (int way = 0; way < 4; way++) {
		DEED_AUTO(deed_f32, a);
		DEED_AUTO(deed_f32, never);

		cr_assert(deed_new(&a, 10) == 0);
		if (way == 0)
			continue;
		if (way == 1)
			deed_drop(&a);
		if (way == 2)
			deed_move(&kept, &a);
		if (way == 3)
			break;
	}
	cr_expect(deed_stats().live_buffers == 1);
	deed_drop(&kept);
}

Test(owner, a_clone_is_a_buffer_of_its_own)
{
	deed_f32 a = filled(10), b = DEED_EMPTY;
	int err = deed_clone(&b, &a);

	cr_assert(err == 0);
	cr_expect(address_of(&a) != address_of(&b));
	{
		DEED_INOUT(v, &a);
		DEED_INOUT(w, &b);
		deed_at(v, 0) = 100;
		deed_at(w, 1) = 1;
	}
	deed_drop(&a);
	cr_expect(is_filled(&b, 10));
	deed_drop(&b);
}

/* As in a release build, which does not know the alignment of what it clones. */
Test(owner, a_clone_is_aligned_as_new_buffers_are)
{
	enum { CLONES = 32 };
	deed_f32 a = DEED_EMPTY, clones[CLONES] = { DEED_EMPTY };
	size_t aligned_alike = 0;
	int err = deed_new_aligned(&a, 10, 1 << 16);

	cr_assert(err == 0);
	for (size_t i = 0; i < CLONES; i++) {
		err = deed_clone(&clones[i], &a);
		cr_assert(err == 0);
		aligned_alike += (uintptr_t)address_of(&clones[i]) % (1 << 16) == 0;
	}
	cr_expect(aligned_alike < CLONES);
	for (size_t i = 0; i < CLONES; i++)
		deed_drop(&clones[i]);
	deed_drop(&a);
}

Test(owner, immortal_says_nothing_and_the_buffer_works_on)
{
	deed_f32 a = filled(10);

	expect_silent(deed_immortal(&a));
	expect_silent(cr_expect(is_filled(&a, 10)));
	expect_silent(deed_drop(&a));
}

DEED_UNCHECKED Test(owner, while_lent_every_holder_is_named)
{
	static const enum deed_fault faults[] = { DEED_E06, DEED_E07, DEED_E08 };

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		deed_f32 a = filled(10), b = DEED_EMPTY;
		unsigned first_line;
		int err = 0;
		deed_f32_borrowed r[3];
		deed_f32_inout w;

		first_line = __LINE__ + 1;
		r[0] = deed_borrow_part(&a, 0, 2);
		r[1] = deed_borrow_part(&a, 1, 3);
		r[2] = deed_borrow_part(&a, 0, 4);
		w = deed_inout_part(&a, 4, 10);
		if (i == 0)
			expect_fault(DEED_E06, deed_move(&b, &a));
		else if (i == 1)
			expect_fault(DEED_E07, err = deed_resize(&a, 11));
		else
			expect_fault(DEED_E08, deed_drop(&a));
		cr_expect(i != 1 || err == -EPERM);
		for (unsigned k = 0; k < 3; k++)
			cr_expect(trapped_sites(DEED_ROLE_LENT_BORROWED, first_line + k) == 1,
				  "holder %u of 4 is not named", k);
		cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, first_line + 3) == 1);
		cr_expect(trapped_sites(DEED_ROLE_ALLOCATED, 0) == 1);
		/* The memory is kept: the holders go on. */
		expect_silent(cr_expect(deed_at(r[2], 3) == 3));
		for (size_t k = 0; k < 3; k++)
			deed_end(&a, &r[k]);
		deed_end(&a, &w);
		expect_silent(deed_drop(&a));
	}
}

DEED_UNCHECKED Test(owner, a_handler_that_jumps_out_leaves_everything_as_it_was)
{
	deed_f32 a = filled(10);
	deed_f32_borrowed r = deed_borrow(&a);

	cr_expect(fault_jumped(deed_drop(&a)) == DEED_E08);
	expect_silent(cr_expect(deed_at(r, 9) == 9));
	deed_end(&a, &r);
	expect_silent(deed_drop(&a));
	cr_expect(fault_jumped(deed_drop(&a)) == DEED_NO_FAULT); /* counted under the first */
	cr_expect(trapped.follow_ons == 1);
}

DEED_UNCHECKED Test(owner, a_second_fault_of_one_buffer_is_counted_and_not_reported)
{
	deed_f32 a = filled(10), b = filled(10);
	const struct deed_statistics before = deed_stats();

	deed_drop(&a);
	deed_drop(&b);
	for (int i = 0; i < 5; i++)
		(void)fault_of(deed_drop(&a));
	(void)fault_of(deed_drop(&b));
	cr_expect(deed_stats().reports == before.reports + 2);
	cr_expect(deed_stats().follow_ons == before.follow_ons + 4);
}
