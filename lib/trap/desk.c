/* SPDX-License-Identifier: MIT
 *
 * lib/trap/desk.c - room to render in, that survives whatever its thread does.
 *
 * A *desk* is some mapped pages in which one report is rendered; the program's allocator
 * is never asked. Desks hang on a list that only grows, and are taken by putting one's
 * thread id on a free one, so there is no lock that a signal handler or a fork() could
 * find taken.
 *
 * A handler may jump out, and nobody tells us. The desk notes the frame of the delivery,
 * where that returns to, and a number that lies in it. When the same thread delivers
 * again, the earlier delivery is
 *
 *     gone      if this one is further out on the same stack, or the frame was overwritten;
 *     running   if the chain of frame pointers leads from here to its frame;
 *     doubtful  if that chain passes the frame by. Program code without frame pointers can
 *               make it do so, and so can a jump with luck; the desk is left alone.
 *
 * A thread with many doubtful deliveries is believed to call itself for ever.
 */
#include "desk.h"

#include <time.h>

#include "../os.h"
#include "log.h"

/* Deliveries of one thread that may be doubtful before the handler is believed to call itself. */
#define DOUBTS_MAX 8
/* Desks that are kept before we ask whether their threads still live. */
#define DESKS_ENOUGH 16

enum life { LIFE_GONE, LIFE_DOUBTFUL, LIFE_RUNNING };

static struct deed_desk *desks;
static uint64_t last_cookie;

static uint32_t thread_id(void)
{
	return (uint32_t)deed_os_thread_id();
}

static struct deed_desk *first_desk(void)
{
	return __atomic_load_n(&desks, __ATOMIC_ACQUIRE);
}

static bool is_of(const struct deed_desk *desk, uint32_t thread)
{
	return __atomic_load_n(&desk->owner, __ATOMIC_RELAXED) == thread;
}

static bool claim(struct deed_desk *desk, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&desk->owner, &from, to, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

/* Makes the desk ready for another report. Who was interrupted while rendering, and will not go on,
 * may have left a text half grown: its pages are forgotten. */
static void clear(struct deed_desk *desk)
{
	struct deed_rendering *const rendering = &desk->rendering;

	if (desk->phase == DEED_PHASE_RENDERS) {
		rendering->out = (struct deed_writer){ 0 };
		rendering->words = (struct deed_writer){ 0 };
	}
	deed_writer_reset(&rendering->out);
	deed_writer_reset(&rendering->words);
	rendering->report = NULL;
	desk->has_lock = false;
	deed_desk_goes_to(desk, DEED_PHASE_RENDERS); /* whoever takes it next */
}

void deed_desk_leave(struct deed_desk *desk)
{
	clear(desk);
	__atomic_store_n(&desk->owner, 0, __ATOMIC_RELEASE);
}

static struct deed_desk *new_desk(uint32_t thread)
{
	struct deed_desk *const desk = deed_os_map(sizeof *desk);

	if (!desk)
		return NULL;
	desk->owner = thread;
	desk->next = first_desk();
	while (!__atomic_compare_exchange_n(&desks, &desk->next, desk, false, __ATOMIC_RELEASE,
					    __ATOMIC_ACQUIRE))
		;
	return desk;
}

/* A free desk, or one whose thread exited inside a handler, or a new one; null without memory. */
static struct deed_desk *find_desk(uint32_t thread)
{
	size_t count = 0;

	for (struct deed_desk *desk = first_desk(); desk; desk = desk->next, count++)
		if (claim(desk, 0, thread))
			return desk;
	for (struct deed_desk *desk = first_desk(); desk && count > DESKS_ENOUGH;
	     desk = desk->next) {
		const uint32_t owner = __atomic_load_n(&desk->owner, __ATOMIC_RELAXED);

		if (owner && !deed_os_thread_exists((int)owner) && claim(desk, owner, thread)) {
			clear(desk);
			return desk;
		}
	}
	return new_desk(thread);
}

/* Follows the frame pointers from `from` to `frame`, both on this stack, `frame` further out. */
__attribute__((no_sanitize_address)) static enum life follow(uintptr_t from, uintptr_t frame)
{
	while (from < frame) {
		const uintptr_t next = *(const uintptr_t *)from;

		if (next <= from || next % sizeof next)
			return LIFE_RUNNING; /* no chain: the number alone must do */
		from = next;
	}
	return from == frame ? LIFE_RUNNING : LIFE_DOUBTFUL;
}

static enum life life_of(const struct deed_desk *desk, uintptr_t here)
{
	const bool is_same_stack = desk->is_on_signal_stack == deed_os_on_signal_stack();
	uint64_t cookie, return_address;

	if (is_same_stack && here >= desk->frame)
		return LIFE_GONE;
	if (!deed_os_peek(desk->cookie_at, &cookie) ||
	    !deed_os_peek(desk->frame + sizeof(void *), &return_address))
		return LIFE_DOUBTFUL;
	if (cookie != desk->cookie || return_address != desk->return_address)
		return LIFE_GONE;
	return is_same_stack ? follow(here, desk->frame) : LIFE_RUNNING;
}

struct deed_around deed_look_around(uintptr_t here)
{
	const uint32_t thread = thread_id();
	struct deed_around around = { 0 };
	size_t doubts = 0;

	for (struct deed_desk *desk = first_desk(); desk; desk = desk->next) {
		enum life life;

		if (!is_of(desk, thread))
			continue;
		life = life_of(desk, here);
		if (life == LIFE_GONE) {
			if (desk->has_lock)
				deed_log_give();
			deed_desk_leave(desk);
			continue;
		}
		doubts += life == LIFE_DOUBTFUL;
		around.has_lock |= desk->has_lock;
		if (life == LIFE_RUNNING || doubts > DOUBTS_MAX) {
			around.is_writing |= desk->phase >= DEED_PHASE_WRITES;
			around.is_handling |= desk->phase == DEED_PHASE_HANDLER;
		}
	}
	return around;
}

uint64_t deed_desk_cookie(void)
{
	return __atomic_add_fetch(&last_cookie, 1, __ATOMIC_RELAXED) << 32 ^ 0xdeedc001e5a7f00du;
}

struct deed_desk *deed_desk_take(uintptr_t here, const volatile uint64_t *cookie)
{
	struct deed_desk *const desk = find_desk(thread_id());

	if (!desk)
		return NULL;
	deed_desk_goes_to(desk, DEED_PHASE_RENDERS);
	desk->frame = here;
	desk->cookie = *cookie;
	desk->cookie_at = (uintptr_t)cookie;
	desk->return_address = ((const uint64_t *)here)[1];
	desk->is_on_signal_stack = deed_os_on_signal_stack();
	return desk;
}

/* Milliseconds that an exit waits for another thread. A handler of SIGABRT may stay there. */
static const uint32_t patience_ms[] = {
	[DEED_PHASE_RENDERS] = 10000,
	[DEED_PHASE_HANDLER] = 0,
	[DEED_PHASE_WRITES] = 10000,
	[DEED_PHASE_ABORTS] = 100,
};

static bool is_awaited(const struct deed_desk *desk, uint32_t waited_ms)
{
	const uint32_t owner = __atomic_load_n(&desk->owner, __ATOMIC_RELAXED);

	return owner && owner != thread_id() && deed_os_thread_exists((int)owner) &&
	       waited_ms < patience_ms[__atomic_load_n(&desk->phase, __ATOMIC_RELAXED)];
}

void deed_desks_wait(void)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	const struct deed_desk *desk = first_desk();

	if (deed_desks_have_lock())
		return; /* they wait for this one */
	for (uint32_t waited_ms = 0; desk; waited_ms++) {
		for (desk = first_desk(); desk && !is_awaited(desk, waited_ms);)
			desk = desk->next;
		if (desk)
			(void)nanosleep(&ms, NULL);
	}
}

bool deed_desks_have_lock(void)
{
	const uint32_t thread = thread_id();

	for (const struct deed_desk *desk = first_desk(); desk; desk = desk->next)
		if (is_of(desk, thread) && desk->has_lock)
			return true;
	return false;
}

void deed_desks_inherit(uint32_t parent)
{
	const uint32_t thread = thread_id();

	for (struct deed_desk *desk = first_desk(); desk; desk = desk->next) {
		if (is_of(desk, parent))
			__atomic_store_n(&desk->owner, thread, __ATOMIC_RELAXED);
		else
			deed_desk_leave(desk);
	}
}
