/* SPDX-License-Identifier: MIT
 *
 * lib/unseen.h - what ThreadSanitizer must not see of the ledger.
 *
 * The ledger must neither hide a race of the program nor be reported itself. So in trap
 * builds it is not instrumented, and what it does to its own memory, and the order that its
 * locks make, is nobody's business. Two things would show it all the same. A program may
 * compile the library with its own flags: functions that are DEED_UNSEEN stay as they are,
 * and must not be inlined into others; and without optimisation compilers copy structs by
 * memcpy(), so that the ledger wants -O1 at least. And ThreadSanitizer stands before libc:
 * memcpy(), mmap() or pthread_mutex_lock() are seen whoever calls them. Where the ledger lets
 * others work on memory of its own - to render a report, to unwind a stack - it says so:
 *
 *     deed_unseen_begin();        neither accesses nor order count from here ...
 *     ...                         nothing of the program's runs in between
 *     deed_unseen_end();          ... to here; the calling thread's only
 *
 * What the ledger does to the program's memory, like the copying of deed_clone(), is the
 * program's, and stays visible.
 *
 * Builds with DEED_LEDGER_SEEN hide nothing: that is how the ledger itself is checked for
 * races.
 */
#ifndef DEED_UNSEEN_H
#define DEED_UNSEEN_H

#include "base.h"

#ifdef DEED_LEDGER_SEEN
#define DEED_IS_UNSEEN 0
#else
#define DEED_IS_UNSEEN DEED_TRAP
#endif

#if !DEED_IS_UNSEEN
#define DEED_UNSEEN
#elif defined(__clang__)
#define DEED_UNSEEN __attribute__((noinline, disable_sanitizer_instrumentation))
#else
#define DEED_UNSEEN __attribute__((noinline, no_sanitize_thread))
#endif

/* ThreadSanitizer's, and null without it. These, because both compilers' libraries export them to
 * shared libraries too. */
extern void __tsan_init(void) __attribute__((weak));
extern void AnnotateIgnoreReadsBegin(const char *file, int line) __attribute__((weak));
extern void AnnotateIgnoreReadsEnd(const char *file, int line) __attribute__((weak));
extern void AnnotateIgnoreWritesBegin(const char *file, int line) __attribute__((weak));
extern void AnnotateIgnoreWritesEnd(const char *file, int line) __attribute__((weak));
extern void AnnotateIgnoreSyncBegin(const char *file, int line) __attribute__((weak));
extern void AnnotateIgnoreSyncEnd(const char *file, int line) __attribute__((weak));

/* Whether ThreadSanitizer is in the process. */
static inline bool deed_is_watched(void)
{
	return __tsan_init;
}

static inline void deed_unseen_begin(void)
{
	if (!DEED_IS_UNSEEN || !deed_is_watched())
		return;
	AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
	AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
	AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
}

static inline void deed_unseen_end(void)
{
	if (!DEED_IS_UNSEEN || !deed_is_watched())
		return;
	AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
	AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
	AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
}

#endif
