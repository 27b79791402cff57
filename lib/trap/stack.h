/* SPDX-License-Identifier: MIT
 *
 * lib/trap/stack.h - call stacks: taking them, and keeping each different one once.
 */
#ifndef DEED_STACK_H
#define DEED_STACK_H

#include "../base.h"

/* The frames nearest to the fault that one stack may hold, whatever stack_depth says. */
#define DEED_STACK_MAX 64

/* deed_stack_keep - the id of the calling thread's stack, from the function whose frame is `frame`
 * outwards; 0 if stacks are off, or there is no memory to keep it.
 *
 * By frame pointers where the program has them, which is found out, inside [lo, hi), the bounds of
 * the thread's stack; else by unw_backtrace(). deed's own frames are left out. Equal stacks have
 * equal ids. Any thread.
 */
uint32_t deed_stack_keep(const void *frame, uintptr_t lo, uintptr_t hi);

/* The same, at once, into `ret` (DEED_STACK_MAX long): how many frames. Never fails; may be 0. Asks
 * no unwinder where deed_stack_may_hang() says so. */
size_t deed_stack_take(const void *frame, uintptr_t lo, uintptr_t hi, uintptr_t *ret);

/* The stack that a signal interrupted, of this thread, at an instruction in a function whose frame
 * pointer is `fp`: as many addresses as options ask for, the first one behind the instruction, as
 * if it were where a call returns to. For a signal handler, outside of the ledger. */
size_t deed_stack_of_signal(uintptr_t instruction, uintptr_t fp, uintptr_t lo, uintptr_t hi,
			    uintptr_t *ret);

/* Where the function of this frame called the library, which the caller is in; 0 if that cannot be
 * seen. */
uintptr_t deed_stack_caller(const void *frame);

/* The return addresses of a kept stack, innermost first; they live for ever. 0 for id 0. */
size_t deed_stack_get(uint32_t id, const uintptr_t **ret);

/* deed_stack_main_has_returned - for a handler of atexit(), on the main thread: whether the process
 * ends because main() returned, and not by a call of exit() in the middle. False if nobody can
 * tell: without libunwind, or in a static program. */
bool deed_stack_main_has_returned(void);

/* In the child of a fork: `had_threads`, if the parent had others. One of them may have held the
 * dynamic linker's lock, which is then taken for ever; the unwinder takes it, and is not asked
 * again.
 */
void deed_stack_fork_done(bool had_threads);
/* Whether to ask the dynamic linker for anything may hang: in such a child, and while the calling
 * thread, which is not the only one, is inside the ledger and may hold its locks. A thread that is
 * in dlclose() waits for them (unload.h), or one that loads an object whose constructor lends. */
bool deed_stack_may_hang(void);

/* For deed_stats(). */
size_t deed_stack_count(void);
size_t deed_stack_bytes(void);

#endif
