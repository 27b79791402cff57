/* SPDX-License-Identifier: MIT
 *
 * lib/unseen.h - what ThreadSanitizer must not see of the ledger.
 *
 * The ledger must neither hide a race of the program nor be reported itself. So in trap
 * builds it is not instrumented, and what it does to its own memory, and the order that its
 * locks make, is nobody's business. A program may compile the library with its own flags:
 * functions that are DEED_UNSEEN stay as they are, and must not be inlined into others.
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

#endif
