/* SPDX-License-Identifier: MIT
 *
 * lib/trap/crash.c - SIGSEGV and SIGBUS at a wall (memory.h): E25 of a live buffer, E04 of one
 * that has ended, at the very instruction, whoever's code it is.
 *
 * The handler is there only with guard=1. It finds the buffer by the address, and makes the
 * place out of the instruction: there is no call-site label, for no verb is at fault. What it
 * does not know, or finds while the thread is inside the ledger, goes to whoever handled
 * the signal before. So does what is left after a report that did not stop the program:
 * such an access cannot be skipped, so it happens again and is no longer deed's.
 *
 * It runs on the alternate signal stack where the thread has one. Nothing large lies on the
 * stack: names and report live in mapped pages.
 */
#define _GNU_SOURCE
#include "crash.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#include "../os.h"
#include "finding.h"
#include "memory.h"
#include "near.h"
#include "options.h"
#include "shard.h"
#include "stack.h"
#include "symbol.h"

static const int signals[] = { SIGSEGV, SIGBUS };
static struct sigaction before[DEED_ARRAY_LEN(signals)];

/* What the processor was doing. */
struct access {
	uintptr_t address, instruction, frame;
	const char *verb;
};

static struct access access_of(const siginfo_t *info, const void *context)
{
	const ucontext_t *const machine = context;
	struct access access = { .address = (uintptr_t)info->si_addr, .verb = "used" };

#if defined(__x86_64__)
	access.instruction = (uintptr_t)machine->uc_mcontext.gregs[REG_RIP];
	access.frame = (uintptr_t)machine->uc_mcontext.gregs[REG_RBP];
	access.verb = machine->uc_mcontext.gregs[REG_ERR] & 2 ? "written" : "read";
#elif defined(__aarch64__)
	access.instruction = (uintptr_t)machine->uc_mcontext.pc;
	access.frame = (uintptr_t)machine->uc_mcontext.regs[29];
#else
	(void)machine;
#endif
	return access;
}

/* ---- which buffer --------------------------------------------------------------------------- */

struct look {
	uintptr_t address;
	uint32_t slot;
};

static bool see(uint32_t slot, void *context)
{
	struct look *const look = context;
	const struct deed_cell *const cell = deed_cell_at(slot);

	if (!deed_memory_is_ours(cell->kind) ||
	    !deed_memory_is_about(deed_memory_of(cell), look->address))
		return true;
	look->slot = slot;
	return false;
}

/* A wall is as far from its buffer as the buffer is aligned, and a page long. 0 if it is nobody's.
 */
static uint32_t slot_of(uintptr_t address)
{
	const uintptr_t reach = 2 * deed_os_page_bytes();
	struct look look = { address, 0 };

	deed_near_search(address > reach ? address - reach : 0,
			 address < UINTPTR_MAX - reach ? address + reach : UINTPTR_MAX, see, &look);
	return look.slot;
}

/* ---- the report ----------------------------------------------------------------------------- */

/* Whether a frame is of the C library, which does what it is told: memcpy() is not at fault. */
static bool is_of_libc(const struct deed_frame *frame)
{
	const char *const slash = frame->module ? strrchr(frame->module, '/') : NULL;

	return slash && !strncmp(slash, "/libc.", strlen("/libc."));
}

/* The place as a site of the program: its function, file and line, where somebody knows them. Its
 * text is empty: that is how reports know that no verb is at fault. */
static struct deed_site site_of(struct deed_frames *frames, const uintptr_t *stack, size_t len)
{
	struct deed_site site = { "", "", "", "", 1, 1, 0 };
	const struct deed_frame *place = NULL;

	if (frames)
		deed_symbol_frames(frames, stack, len, NULL);
	for (size_t i = 0; frames && i < frames->count && !place; i++)
		if (frames->frame[i].file && frames->frame[i].line &&
		    !is_of_libc(&frames->frame[i]))
			place = &frames->frame[i];
	if (place) {
		site.file = place->file;
		site.function = place->function ? place->function : "";
		site.line = place->line;
	}
	return site;
}

/* Under the shard lock. */
static struct deed_finding *find(struct deed_thread *me, uint32_t slot, const struct access *access,
				 const struct deed_site *site)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	const uintptr_t base = (uintptr_t)cell->base, end = base + deed_cell_bytes(cell);
	const uintptr_t address = access->address;
	const int last = deed_cell_event_back(cell, 0);
	const struct deed_plain name = deed_cell_name(cell);
	struct deed_finding *const finding = deed_finding_begin(
		me, cell->is_live ? DEED_E25 : DEED_E04, site->line ? site : NULL, NULL);
	char where[128];

	deed_finding_cell(finding, slot);
	deed_finding_does(finding, access->verb, false);
	if (!cell->is_live && last > 0)
		deed_finding_event(finding, slot, last, DEED_ROLE_DROPPED);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	if (address >= base && address < end)
		snprintf(where, sizeof where, "byte %zu of `%s`", (size_t)(address - base),
			 name.text);
	else if (address == end)
		snprintf(where, sizeof where, "the byte right behind `%s`", name.text);
	else if (address > end)
		snprintf(where, sizeof where, "a byte behind `%s`, %zu bytes from its end,",
			 name.text, (size_t)(address - end));
	else
		snprintf(where, sizeof where, "a byte in front of `%s`, %zu bytes from it,",
			 name.text, (size_t)(base - address));
	if (cell->is_live)
		deed_finding_say(finding, "%s is %s", where, access->verb);
	else
		deed_finding_say(finding, "%s is %s after its %s", where, access->verb,
				 deed_end_name(cell));
	return finding;
}

/* False if it is nobody's business here. */
static bool report(const struct access *access)
{
	struct deed_thread *const me = deed_self ? deed_self : deed_thread_try_start();
	struct deed_finding *finding;
	struct deed_frames *frames;
	uintptr_t stack[DEED_STACK_MAX];
	struct deed_site site;
	uint32_t slot;
	size_t len;

	if (!me || me->inside)
		return false;
	me->inside = 1;
	slot = slot_of(access->address);
	deed_leave(me);
	if (!slot)
		return false;
	len = deed_stack_of_signal(access->instruction, access->frame, me->stack_lo, me->stack_hi,
				   stack);
	frames = deed_os_map(sizeof *frames);
	site = site_of(frames, stack, len);
	me->inside = 1;
	deed_shard_take(slot);
	finding = find(me, slot, access, &site);
	deed_shard_give(slot);
	memcpy(finding->stack, stack, len * sizeof *stack);
	finding->sites[0].stack_len = len;
	if (frames)
		deed_os_unmap(frames, sizeof *frames);
	deed_raise(me, finding);
	return true;
}

/* ---- the signal ----------------------------------------------------------------------------- */

/* To whoever was there before: a function is called, anything else takes the signal's place again,
 * and the access is repeated when we return. */
static void hand_on(int number, siginfo_t *info, void *context)
{
	const struct sigaction *old = &before[0];

	for (size_t i = 0; i < DEED_ARRAY_LEN(signals); i++)
		if (signals[i] == number)
			old = &before[i];
	if (old->sa_flags & SA_SIGINFO) {
		old->sa_sigaction(number, info, context);
	} else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN) {
		old->sa_handler(number);
	} else {
		(void)sigaction(number, old, NULL);
		if (info->si_code <= 0)
			(void)raise(number); /* sent by somebody: it will not come again */
	}
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	const int saved = errno;

	if (info->si_code > 0) {
		const struct access access = access_of(info, context);

		(void)report(&access);
	}
	errno = saved;
	hand_on(number, info, context);
}

void deed_crash_begin(void)
{
	struct sigaction ours = { .sa_sigaction = on_signal,
				  .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };

	if (!deed_options.guard)
		return;
	sigemptyset(&ours.sa_mask);
	for (size_t i = 0; i < DEED_ARRAY_LEN(signals); i++)
		(void)sigaction(signals[i], &ours, &before[i]);
}

void deed_crash_end(void)
{
	for (size_t i = 0; deed_options.guard && i < DEED_ARRAY_LEN(signals); i++) {
		struct sigaction now;

		if (!sigaction(signals[i], NULL, &now) && now.sa_sigaction == on_signal)
			(void)sigaction(signals[i], &before[i], NULL);
	}
}
