/* SPDX-License-Identifier: MIT
 *
 * deed.h - ownership for C: buffers held through handles that own, borrow, or lend for
 * writing, and that move.
 *
 *     deed_f32 xs = DEED_EMPTY;
 *
 *     if (deed_new(&xs, 1000))
 *             return -ENOMEM;
 *     {
 *             DEED_INOUT(v, &xs);                 a loan, until the closing brace
 *             deed_fill(v, 1.0f);
 *     }
 *     deed_drop(&xs);
 *
 * Link libdeed and nothing is checked: a handle is a pointer and a length. Compile with
 * -DDEED_TRAP=1, link libdeed-trap, and the first broken ownership rule stops the program
 * with the whole story. `pkg-config deed` and `pkg-config deed-trap` say the flags.
 *
 * Conventions, true of every header unless it says otherwise:
 *
 *   verbs     are macros that note the call site and hand over to a function at once. Each
 *             evaluates its arguments once. Owners, and the sources of loans, are given by
 *             address; views by value.
 *   errors    can happen in a correct program: an int, 0 or a negative errno. Outputs are
 *             untouched after one. deed prints nothing for them; errno is as the
 *             allocator left it.
 *   faults    are broken rules: E01 to E26 (deed/fault.h). Trap builds report them; in a
 *             release build they are undefined behaviour. A trap build that is let go on
 *             (deed_on_fault(), on_fault=continue) has not done what was asked: owners are as
 *             they were, and an int is -EPERM. Of E25, which finds what was done before, the
 *             verb does all the same; from an access that guard=1 stopped nothing goes on.
 *   lifetime  a buffer lives until its owner is dropped, whatever becomes of the variable; a
 *             view is good until its loan ends; strings that deed returns are constants.
 *   cost      is said of release builds; trap builds add the ledger's work.
 *   threads   different objects on different threads need nothing. One object on several
 *             threads needs the program's own synchronisation, as a plain variable does.
 *   signals   a handler may lend, end and look, unless it interrupted deed on its own thread
 *             (E24); a thread's first verb must not be in a handler, for it takes memory. What
 *             allocates or frees - new, from, clone, resize, adopt, drop, settle - is for
 *             handlers as little as malloc() and free() are.
 *   fork      the child keeps the buffers and its own thread's loans; in a part of a plan those
 *             of the callers around it, too.
 *
 * This header is the core. It needs nothing but libc and threads. The others are included beside
 * it: they bring what their own verbs need, and not all of what is done with a view.
 */
#ifndef DEED_H
#define DEED_H

#include "deed/border.h"
#include "deed/config.h"
#include "deed/fault.h"
#include "deed/handle.h"
#include "deed/lend.h"
#include "deed/own.h"
#include "deed/report.h"
#include "deed/tile.h"
#include "deed/use.h"

#endif
