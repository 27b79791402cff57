/* SPDX-License-Identifier: MIT
 *
 * deed/async.h - hands an owner over to the background, and takes it back.
 *
 *     #include <deed.h>
 *     #include <deed/async.h>
 *     ...
 *     static int compress(void *owner, void *context)
 *     {
 *             deed_u8 *bytes = owner;                    the thread's alone, until it returns
 *             ...
 *             return deed_resize(bytes, compressed);
 *     }
 *     ...
 *     struct deed_async packing = DEED_ASYNC_EMPTY;
 *     int err = deed_async(pool, &packing, compress, &bytes, &options);
 *
 *     ...                                                `bytes` is MOVED: its use is E03
 *     if (!err)
 *             err = deed_await(&packing, &bytes);        `bytes` owns again; what compress() said
 *
 * What is worked on in the background may outlive the block that began it, so only what is owned
 * can be handed over: an owner, of elements or of columns (deed/soa.h), by move. A view is a loan
 * of somebody who waits for its end, and does not compile. What the function needs besides comes
 * through `context`, whose lifetime is the program's; views in it may be read at most, and only
 * borrowed ones that were lent outside of all parts, for what a part has ends with it (E20 else).
 * What it lends of other owners is told where it meets what others lend (E09). If it was begun in a
 * part of a plan, that part has lent it, whoever awaits it and when: no other part may (E19, see
 * deed/pool.h).
 *
 * A struct deed_async is a variable of the caller's. It stays where it is from deed_async() to
 * deed_await(), and can be used again then; a copy of it is none, and cannot be awaited. Each is
 * one thread's at a time, but that any thread may cancel it.
 */
#ifndef DEED_ASYNC_H
#define DEED_ASYNC_H

#include "deed/columns.h"
#include "deed/own.h"
#include "deed/pool.h"

struct deed_history;

/* Do not read the members. */
struct deed_async {
	struct deed_pool *pool;
	int (*fn)(void *owner, void *context);
	void *context;
	const struct deed_site *at;
	struct deed_async *before;
	struct deed_soa owned; /* the rows of columns alone */
	uint64_t work[5];
	int result;
	uint32_t is_under_way, is_run, is_cancelled, has_threads, has_rows;
	struct deed_history *history; /* trap builds: of the parts that it was begun in one of, */
	size_t part;		      /* which is this one */
};

#ifdef __cplusplus
#define DEED_ASYNC_EMPTY                                                                           \
	{                                                                                          \
	}
#else
#define DEED_ASYNC_EMPTY                                                                           \
	{                                                                                          \
		0                                                                                  \
	}
#endif

/* Gets the address of the owner, whose family it knows, and may do with it what any function does
 * with its own: lend it, resize it, drop it, move another into it. Returns 0 or an error. */
typedef int (*deed_async_fn)(void *owner, void *context);

DEED_BEGIN_C

/* deed_async - moves *owner into *async, and has fn(owner, context) called by a thread of `pool`.
 *
 * `pool`: may be null. If it has no thread that is ever idle, deed_await() calls it: so nothing
 * that awaits, inside of another's function or of a part too, waits for a thread that does not
 * come. `async`: zeroed, or awaited. `owner`: the address of an owner, of elements or of columns;
 * of a view, or of what may not be written, it is a compile error.
 *
 * Returns 0: *owner is MOVED, and only deed_await() gives it back. Else *owner is as it was:
 *
 *     -EBUSY     it is under way, or was not awaited
 *     -ESRCH     in a child of fork(), of a pool made before
 *     -EPERM     after a fault, where the program goes on
 *
 * Faults: those of deed_move() out of `owner`. What the function lends and does not end is E14. An
 * async that is never awaited has its owner at exit: E17, wherever the struct lies and even if the
 * function is still running. (Not if the thread that began it still runs, and is another than that
 * which ends the program.) If it leaves its scope before, a trap build that comes by the place
 * where it was stops the process.
 *
 * Cost: takes no memory; a lock, and a system call where a thread has to be woken.
 */
#define deed_async(pool, async, fn, owner, context)                                                \
	deed_async_((pool), (async), (fn), DEED_HANDED(owner, DEED_SAY(deed_async, owner)),        \
		    (context), DEED_FRAME, DEED_HERE(#fn, (owner)->tag),                           \
		    DEED_HERE(#async, (owner)->tag), DEED_HERE(#owner, (owner)->tag))

/* deed_await - waits until the function has returned, and moves the owner back.
 *
 * `owner`: the address of an owner that owns nothing, of the family that was handed over (E22).
 * What the function left in its owner comes back; if it left none, *owner is as it was.
 *
 * Returns what the function returned; or -ECANCELED if it was not called, because it was cancelled
 * before. Else *owner is as it was:
 *
 *     -EINVAL    it is not under way, or a copy of one that is
 *     -EDEADLK   inside of its own function
 *     -ESRCH     in a child of fork(), of one that a thread of the parent was working on
 *     -EPERM     after a fault, where the program goes on: then it can be awaited again
 *
 * Faults: those of deed_move() into `owner`, out of *async: E21 if its arena has ended meanwhile,
 * which settles it, too. E18 of a copy.
 */
#define deed_await(async, owner)                                                                   \
	DEED_SAY_MADE(owner, deed_await_((async), DEED_HANDED(owner, &(owner)->h), DEED_FRAME,     \
					 DEED_HERE(#owner, (owner)->tag),                          \
					 DEED_HERE(#async, (owner)->tag)))

/* deed_async_cancel - it need not be done any more.
 *
 * If the function was not called yet, it is not: deed_await() gives the owner back as it was. If it
 * was, it goes on until it returns, and its result counts; it may ask whether it should. Any
 * thread; of one that is not under way, or a copy, it does nothing.
 *
 * deed_async_is_cancelled - inside of the function: whether that was done. 0 outside, and on other
 * threads that help it.
 */
void deed_async_cancel(struct deed_async *async) DEED_IN_OUT(1);
int deed_async_is_cancelled(void);

/* deed_async_is_done - whether deed_await() has nothing to wait for: the function has returned, or
 * there is no thread but the one that awaits to call it, or nothing is under way, or it is a copy.
 * For a look now and then: who has nothing else to do awaits, for all threads of the pool may wait
 * for somebody.
 */
int deed_async_is_done(const struct deed_async *async) DEED_IN(1);

DEED_END_C

/* ---- what the macros are made of ------------------------------------------------------------ */

/* An owner, whichever it is. Picked by type, in C too: a pointer of another type would be a warning
 * there, and is an error that names what is taken. */
struct deed_handed {
	struct deed_owner *owner;
	size_t *rows; /* of columns, whose number changes hands with them; else null */
};

DEED_INLINE struct deed_handed deed_handed_elements_(struct deed_owner *owner)
{
	const struct deed_handed handed = { owner, (size_t *)0 };

	return handed;
}

DEED_INLINE struct deed_handed deed_handed_columns_(struct deed_soa *soa)
{
	const struct deed_handed handed = { &soa->owner, &soa->len };

	return handed;
}

/* No pointer is one, so that no view is taken, and no owner that may not be written. */
struct deed_async_takes_writable_owners_no_views {
	char nothing;
};

DEED_INLINE struct deed_handed deed_async_takes_writable_owners_no_views_(
	struct deed_async_takes_writable_owners_no_views none)
{
	const struct deed_handed handed = { (struct deed_owner *)0, (size_t *)0 };

	(void)none;
	return handed;
}

#ifdef __cplusplus
extern "C++" {
DEED_INLINE struct deed_handed deed_handed_(struct deed_owner *owner)
{
	return deed_handed_elements_(owner);
}
DEED_INLINE struct deed_handed deed_handed_(struct deed_soa *soa)
{
	return deed_handed_columns_(soa);
}
}
#define DEED_HANDED(owner, core) deed_handed_(core)
#else
#define DEED_HANDED(owner, core)                                                                   \
	_Generic(&(owner)->h, struct deed_owner *                                                  \
		 : deed_handed_elements_, struct deed_soa *                                        \
		 : deed_handed_columns_, default                                                   \
		 : deed_async_takes_writable_owners_no_views_)(core)
#endif

DEED_BEGIN_C

/* `at` is the function's, for the task; the others name what is moved. */
int deed_async_(struct deed_pool *pool, struct deed_async *async, deed_async_fn fn,
		struct deed_handed owner, void *context, const void *frame,
		const struct deed_site *at, const struct deed_site *async_at,
		const struct deed_site *owner_at) DEED_CHECK_RESULT;
int deed_await_(struct deed_async *async, struct deed_handed owner, const void *frame,
		const struct deed_site *owner_at,
		const struct deed_site *async_at) DEED_CHECK_RESULT;

DEED_END_C

#endif
