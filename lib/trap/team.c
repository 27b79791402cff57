/* SPDX-License-Identifier: MIT
 *
 * lib/trap/team.c - teams begin and end: all tasks of one deed_parallel_for().
 *
 * The struct is on the caller's stack, and the end is where shares and the history end with it. A
 * team that is asked for in a hot region has its tasks timed (A05).
 */
#include <time.h>

#include "history.h"
#include "hot_region.h"
#include "share.h"
#include "story.h"
#include "tale.h"
#include "task.h"

/* Parts that take less are not worth their hand-over: some 100 ns where threads are awake, and
 * microseconds where they are not. */
#define PART_NS_MIN 1000

uint64_t deed_team_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void deed_team_note_time(struct deed_team *team, uint64_t began_ns)
{
	__atomic_add_fetch(&team->busy_ns, deed_team_now_ns() - began_ns, __ATOMIC_RELAXED);
	__atomic_add_fetch(&team->tasks, 1, __ATOMIC_RELAXED);
}

/* A05, if it is so, and news; else null. */
static DEED_COLD struct deed_finding *small_parts(struct deed_thread *me,
						  const struct deed_team *team)
{
	struct deed_finding *finding;

	if (team->tasks < 2 || team->busy_ns / team->tasks >= PART_NS_MIN ||
	    !deed_hot_has_news(me, DEED_A05, team->frame, team->at))
		return NULL;
	finding = deed_hot_finding(me, DEED_A05, team->frame, team->at);
	deed_finding_say(finding, "the %zu parts of `%s` take less than a microsecond each",
			 team->plan->parts, deed_plain(team->at->text).text);
	return finding;
}

void deed_team_begin(struct deed_team *team, struct deed_plan *plan, const void *frame,
		     const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();

	if (me) {
		deed_task_see(me, frame, at);
		if (me->in_task)
			deed_tale_note(me);
		deed_leave(me);
	}
	deed_shares_run(plan, at);
	team->plan = plan;
	team->at = at;
	team->frame = frame;
	team->outer = deed_self->task;
	team->thread = deed_self->id;
	team->stack_hi = deed_on_own_stack(deed_self, (uintptr_t)team) ? deed_self->stack_hi : 0;
	team->history = NULL;
	team->is_timed = deed_self->hot_count != 0;
	team->busy_ns = team->tasks = 0;
	deed_fiber_team_begin(&team->fibers, team->outer ? &team->outer->fiber : NULL);
}

void deed_team_end(struct deed_team *team)
{
	struct deed_finding *finding = NULL;
	struct deed_thread *me;

	deed_fiber_team_end(&team->fibers);
	me = deed_enter();
	if (me) {
		deed_shares_end(me, team->plan, team->at);
		if (DEED_UNLIKELY(team->is_timed))
			finding = small_parts(me, team);
	}
	deed_history_end_team(team);
	if (finding)
		deed_raise(me, finding);
	else if (me)
		deed_leave(me);
}
