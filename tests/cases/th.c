/* SPDX-License-Identifier: MIT
 *
 * tests/cases/th.c - threads that hand over, and threads that only meant to.
 */
#include "case.h"

#include "deed/pool.h"
#include "deed/share.h"

static void start(pthread_t *ret, void *(*fn)(void *), void *context)
{
	CHECK(pthread_create(ret, NULL, fn, context) == 0);
}

static void join(pthread_t thread)
{
	CHECK(pthread_join(thread, NULL) == 0);
}

/* What two threads are at: one of them holds a loan until the other has tried. */
struct scene {
	deed_i32 *a;
	deed_i32_inout v;
	deed_i32_borrowed r;
	sem_t is_held, is_tried, is_over;
};

static void begin(struct scene *scene, deed_i32 *a)
{
	scene->a = a;
	CHECK(sem_init(&scene->is_held, 0, 0) == 0 && sem_init(&scene->is_tried, 0, 0) == 0 &&
	      sem_init(&scene->is_over, 0, 0) == 0);
}

static void hold(struct scene *scene)
{
	CHECK(sem_post(&scene->is_held) == 0 && sem_wait(&scene->is_tried) == 0);
}

static void *hold_borrowed(void *context)
{
	struct scene *const scene = context;
	DEED_BORROWED(r, scene->a);

	hold(scene);
	CHECK(deed_at(r, 3) == 0);
	return NULL;
}

static void *hold_inout(void *context)
{
	struct scene *const scene = context;
	{
		DEED_INOUT(v, scene->a);

		deed_at(v, 3) = 1;
		hold(scene);
		deed_at(v, 3) = 2;
	}
	CHECK(sem_post(&scene->is_over) == 0);
	return NULL;
}

static void *hold_child(void *context)
{
	struct scene *const scene = context;
	DEED_BORROWED(r, &scene->v);

	hold(scene);
	CHECK(deed_at(r, 3) == 0);
	return NULL;
}

/* A view of another thread's array, which that thread's return has taken away. */
static void *lend_own_stack(void *context)
{
	struct scene *const scene = context;
	int32_t numbers[8] = { 7 };
	DEED_LEND_CONST(r, numbers, 8);

	scene->r = r;
	hold(scene);
	return NULL;
}

TRAP(TH03, E11)
{
	struct scene scene;
	pthread_t thread;

	begin(&scene, NULL);
	start(&thread, lend_own_stack, &scene);
	CHECK(sem_wait(&scene.is_held) == 0);
	CHECK(deed_at(scene.r, 0) == 7);
	CHECK(sem_post(&scene.is_tried) == 0);
	join(thread);
	HERE;
	(void)deed_at(scene.r, 0);
}

/* One holds a borrow while the other asks for inout. */
TRAP(TH05, E09)
{
	deed_i32 a = DEED_EMPTY;
	struct scene scene;
	pthread_t thread;

	MAKE(&a, 100);
	begin(&scene, &a);
	start(&thread, hold_borrowed, &scene);
	CHECK(sem_wait(&scene.is_held) == 0);
	HERE;
	WRITE(&a, 5, 1);
	CHECK(sem_post(&scene.is_tried) == 0);
	join(thread);
	deed_drop(&a);
}

/* One has borrowed, and not read yet, when the other writes to what it lent. */
TRAP(TH07, E13)
{
	deed_i32 a = DEED_EMPTY;
	struct scene scene;
	pthread_t thread;

	MAKE(&a, 100);
	begin(&scene, &a);
	scene.v = deed_inout(&a);
	start(&thread, hold_child, &scene);
	CHECK(sem_wait(&scene.is_held) == 0);
	HERE;
	deed_at(scene.v, 50) = 1;
	CHECK(sem_post(&scene.is_tried) == 0);
	join(thread);
	deed_end(&a, &scene.v);
	deed_drop(&a);
}

/* One writes while the other drops. */
TRAP(TH09, E08)
{
	deed_i32 a = DEED_EMPTY;
	struct scene scene;
	pthread_t thread;

	MAKE(&a, 100);
	begin(&scene, &a);
	start(&thread, hold_inout, &scene);
	CHECK(sem_wait(&scene.is_held) == 0);
	HERE;
	deed_drop(&a);
	CHECK(sem_post(&scene.is_tried) == 0);
	join(thread);
	deed_settle(&a);
}

/* A thread that nobody waits for writes, and so does who has started it. */
TRAP(TH11, E09)
{
	deed_i32 a = DEED_EMPTY;
	struct scene scene;
	pthread_t thread;

	MAKE(&a, 100);
	begin(&scene, &a);
	start(&thread, hold_inout, &scene);
	CHECK(pthread_detach(thread) == 0);
	CHECK(sem_wait(&scene.is_held) == 0);
	HERE;
	WRITE(&a, 5, 1);
	CHECK(sem_post(&scene.is_tried) == 0);
	CHECK(sem_wait(&scene.is_over) == 0);
	deed_drop(&a);
}

/* Given to a thread, and used by its giver before the thread has ended. */
static void *drop_when_tried(void *context)
{
	struct scene *const scene = context;

	hold(scene);
	deed_drop(scene->a);
	return NULL;
}

TRAP(TH15, E03)
{
	deed_i32 a = DEED_EMPTY, given = DEED_EMPTY;
	struct scene scene;
	pthread_t thread;

	MAKE(&a, 100);
	deed_move(&given, &a);
	begin(&scene, &given);
	start(&thread, drop_when_tried, &scene);
	CHECK(sem_wait(&scene.is_held) == 0);
	HERE;
	(void)READ(&a, 3);
	CHECK(sem_post(&scene.is_tried) == 0);
	join(thread);
}

/* ---- clean ---------------------------------------------------------------------------------- */

static void *read_view(void *context)
{
	const deed_i32_borrowed *const r = context;

	CHECK(total_of(*r) == 0);
	return NULL;
}

static void *write_view(void *context)
{
	const deed_i32_inout *const v = context;

	add_one(*v);
	return NULL;
}

/* Two threads read one buffer, and a third writes another; then the one that was read grows. */
CLEAN(TH17)
{
	deed_i32 a = DEED_EMPTY, x = DEED_EMPTY;
	pthread_t thread[3];

	MAKE(&a, 100);
	MAKE(&x, 10);
	{
		DEED_BORROWED(r, &a);
		DEED_INOUT(v, &x);

		start(&thread[0], read_view, (void *)(uintptr_t)&r);
		start(&thread[1], read_view, (void *)(uintptr_t)&r);
		start(&thread[2], write_view, (void *)(uintptr_t)&v);
		for (int i = 0; i < 3; i++)
			join(thread[i]);
	}
	CHECK(deed_resize(&a, 101) == 0);
	WRITE(&a, 100, 4);
	CHECK(READ(&x, 9) == 1);
	deed_drop(&a);
	deed_drop(&x);
}

/* A channel of one owner. */
struct channel {
	deed_i32 slot;
	sem_t is_full, is_empty;
};

static void channel_init(struct channel *channel)
{
	*channel = (struct channel){ .slot = DEED_EMPTY };
	CHECK(sem_init(&channel->is_full, 0, 0) == 0);
	CHECK(sem_init(&channel->is_empty, 0, 1) == 0);
}

static void channel_send(struct channel *channel, deed_i32 *owner)
{
	CHECK(sem_wait(&channel->is_empty) == 0);
	deed_move(&channel->slot, owner);
	CHECK(sem_post(&channel->is_full) == 0);
}

static void channel_receive(struct channel *channel, deed_i32 *ret)
{
	CHECK(sem_wait(&channel->is_full) == 0);
	deed_move(ret, &channel->slot);
	CHECK(sem_post(&channel->is_empty) == 0);
}

/* An owner over a channel that was itself handed over. */
struct channel_of_channels {
	struct channel *channel;
	sem_t is_sent;
};

static void *receive_and_drop(void *context)
{
	struct channel_of_channels *const outer = context;
	deed_i32 mine = DEED_EMPTY;

	CHECK(sem_wait(&outer->is_sent) == 0);
	channel_receive(outer->channel, &mine);
	CHECK(READ(&mine, 7) == 42);
	deed_drop(&mine);
	return NULL;
}

CLEAN(TH19)
{
	struct channel_of_channels outer = { 0 };
	struct channel channel;
	deed_i32 a = DEED_EMPTY;
	pthread_t thread;

	MAKE(&a, 100);
	WRITE(&a, 7, 42);
	channel_init(&channel);
	CHECK(sem_init(&outer.is_sent, 0, 0) == 0);
	start(&thread, receive_and_drop, &outer);
	outer.channel = &channel;
	CHECK(sem_post(&outer.is_sent) == 0);
	channel_send(&channel, &a);
	join(thread);
	CHECK(!deed_owns(&a));
}

/* Sixteen threads send four owners each to one, which ends them all. */
static void *send_four(void *context)
{
	struct channel *const channel = context;

	for (int i = 0; i < 4; i++) {
		deed_i32 mine = DEED_EMPTY;

		MAKE(&mine, 10);
		WRITE(&mine, 0, i);
		channel_send(channel, &mine);
	}
	return NULL;
}

CLEAN(TH21)
{
	struct channel channel;
	pthread_t thread[16];
	int32_t total = 0;

	channel_init(&channel);
	for (int i = 0; i < 16; i++)
		start(&thread[i], send_four, &channel);
	for (int i = 0; i < 64; i++) {
		deed_i32 one = DEED_EMPTY;

		channel_receive(&channel, &one);
		total += READ(&one, 0);
		deed_drop(&one);
	}
	CHECK(total == 16 * 6);
	for (int i = 0; i < 16; i++)
		join(thread[i]);
}

/* There and back again. */
static void *fill_and_return(void *context)
{
	deed_i32 *const mine = context;

	WRITE(mine, 9, 9);
	CHECK(deed_resize(mine, 200) == 0);
	return mine;
}

CLEAN(TH23)
{
	deed_i32 a = DEED_EMPTY, away = DEED_EMPTY;
	pthread_t thread;
	void *back;

	MAKE(&a, 100);
	deed_move(&away, &a);
	start(&thread, fill_and_return, &away);
	CHECK(pthread_join(thread, &back) == 0);
	deed_move(&a, (deed_i32 *)back);
	CHECK(READ(&a, 9) == 9);
	deed_drop(&a);
}

/* Written, the loan ended, and a flag released; acquired, lent, and read. */
struct flagged {
	deed_i32 *a;
	int is_written;
};

static void *write_and_release(void *context)
{
	struct flagged *const flagged = context;

	WRITE(flagged->a, 0, 1);
	__atomic_store_n(&flagged->is_written, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void *acquire_and_read(void *context)
{
	struct flagged *const flagged = context;

	while (!__atomic_load_n(&flagged->is_written, __ATOMIC_ACQUIRE))
		sched_yield();
	{
		DEED_INOUT(v, flagged->a);
		CHECK(deed_at(v, 0) == 1);
	}
	return NULL;
}

CLEAN(TH25)
{
	deed_i32 a = DEED_EMPTY;
	struct flagged flagged = { &a, 0 };
	pthread_t thread[2];

	MAKE(&a, 1);
	start(&thread[0], acquire_and_read, &flagged);
	start(&thread[1], write_and_release, &flagged);
	join(thread[0]);
	join(thread[1]);
	deed_drop(&a);
}

/* Windows of four elements, at every place: they overlap, and are only read. */
static void read_window(struct deed_part *part, void *context)
{
	const deed_i32_borrowed *const r = context;
	const deed_i32_borrowed window = deed_part_borrowed(part, r);

	CHECK(deed_len(window) == 4 && total_of(window) == 0);
}

CLEAN(TH27)
{
	deed_i32 a = DEED_EMPTY;
	struct deed_pool *pool = NULL;
	struct deed_plan plan;

	MAKE(&a, 100);
	CHECK(deed_pool_new(&pool, 4) == 0);
	{
		DEED_BORROWED(r, &a);

		deed_plan_chunks(&plan, 97, 1);
		deed_share_borrowed(&plan, &r, deed_by_halo(0, 3));
		CHECK(deed_parallel_for(pool, &plan, read_window, (void *)(uintptr_t)&r) == 0);
	}
	CHECK(deed_pool_free(&pool) == 0);
	deed_drop(&a);
}

/* Threads come and go, a thousand of them, ten at a time. */
static void *make_and_drop(void *unused)
{
	deed_i32 mine = DEED_EMPTY;

	MAKE(&mine, 100);
	WRITE(&mine, 99, 1);
	deed_drop(&mine);
	return unused;
}

CLEAN(TH29)
{
	enum { AT_ONCE = 10, ROUNDS = 100 };

	for (int round = 0; round < ROUNDS; round++) {
		pthread_t thread[AT_ONCE];

		for (int i = 0; i < AT_ONCE; i++)
			start(&thread[i], make_and_drop, NULL);
		for (int i = 0; i < AT_ONCE; i++)
			join(thread[i]);
	}
	CHECK(deed_stats().live_buffers == 0);
}
