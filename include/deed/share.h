/* SPDX-License-Identifier: MIT
 *
 * deed/share.h - buffers shared out to the parts of a plan: each part gets its own elements.
 *
 *     #include <deed.h>
 *     #include <deed/pool.h>
 *     #include <deed/share.h>
 *     ...
 *     struct job {
 *             deed_f32_inout y;
 *             deed_f32_borrowed x;
 *     };
 *     static void double_part(struct deed_part *part, void *context)
 *     {
 *             const struct job *job = context;
 *
 *             deed_add_f32(deed_part_inout(part, &job->y), deed_part_borrowed(part, &job->x),
 *                          deed_part_borrowed(part, &job->x));
 *     }
 *     ...
 *     deed_plan_chunks(&plan, deed_len(job.x), 16384);
 *     deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
 *     deed_share_borrowed(&plan, &job.x, DEED_BY_INDEX);
 *     err = deed_parallel_for(pool, &plan, double_part, &job);
 *
 * Sharing out is a loan: from deed_share_inout() until deed_parallel_for() returns, the source may
 * not be used where it is shared out (E13), nor may anybody else lend it there (E09); after
 * deed_share_borrowed() it may be read. deed_at() of an inout view counts as a write, even where
 * only read: that is deed_at(deed_reading(v), i) then. The parts of an inout share must not meet
 * (E19). That is looked at when it is shared out, before any part is begun, so that the verdict
 * does not depend on how many workers there are or who comes first. A part's view has the part's
 * elements and no others: it begins at its element 0, which is element part->lo of what was shared
 * out by index. It is its task's: it ends with it, and another task that uses it is told (E20).
 *
 * A column of a struct of arrays (deed/soa.h) is a view as any other:
 *
 *     DEED_SOA_INOUT(x, &ps, x);
 *     job.x = x;
 *     deed_share_inout(&plan, &job.x, DEED_BY_INDEX);
 *
 * A part's view may be lent on, and shared out again, to the parts of a plan of its own.
 *
 * In release builds a share is a few words in the plan, and a part's view an addition.
 */
#ifndef DEED_SHARE_H
#define DEED_SHARE_H

#include "deed/lend.h"
#include "deed/plan.h"
#include "deed/tile.h"
#include "deed/trap.h"

/* ---- rules: which elements go with a part --------------------------------------------------- */

/* DEED_BY_INDEX - the elements that have the part's indices: [part->lo, part->hi).
 *
 * deed_by_rows - the rows that have the part's indices, of `width` elements each.
 *
 * deed_by_part - `each` elements for every part, in order: a place for what it has found.
 *
 * deed_by_halo - the part's indices, and `before` more below and `after` more above, as far as
 * there are elements. Such parts overlap: they can be borrowed, not lent inout. What is below comes
 * first, so that the part's own begin at the view's element min(part->lo, before). All of these are
 * single elements: rows with a margin of rows are for deed_by_call().
 *
 * deed_by_edges - [edges[i], edges[i + 1]) for part i. `edges` has one more than there are parts,
 * and stays as it is until deed_parallel_for() returns; parts may be empty.
 *
 * deed_by_call - what call(part, context) says. It is asked when the buffer is shared out and when
 * a part takes its own, on any thread, and must always say the same.
 *
 * deed_by_tile - of a matrix of rows of `pitch` elements, the rectangle of the part: of a plan of
 * deed_plan_tiles(), and no other (-EINVAL, E18). Taken by deed_part_tile_inout() and
 * deed_part_tile_borrowed() only. Where the plan is of rows, as deed_plan_chunks(&plan, rows, n)
 * is, deed_by_rows(pitch) gives each part its rows.
 *
 * No rule gives tiles a margin: deed_by_halo() counts elements. A part that reads around its tile
 * lends what it reads itself, out of a borrowed view of the caller's, which is not shared out:
 *
 *     around = deed_tile_borrow(&job->in, pitch, y_lo, x_lo, y_hi - y_lo, x_hi - x_lo);
 *     ...                                    part->lo less the margin, not below 0, and so on
 *     deed_end(&job->in, &around);
 *
 * A rule that covers, which all but deed_by_halo(), deed_by_edges() and deed_by_call() do, promises
 * that every element is in a part: A06 if not. (What is behind the columns of tiles is padding.)
 * deed_covering() makes another one promise it.
 */
DEED_BEGIN_C

#define DEED_BY_INDEX deed_by_rows(1)
DEED_INLINE struct deed_rule deed_by_rows(size_t width);
DEED_INLINE struct deed_rule deed_by_part(size_t each);
DEED_INLINE struct deed_rule deed_by_halo(size_t before, size_t after);
DEED_INLINE struct deed_rule deed_by_edges(const size_t *edges);
DEED_INLINE struct deed_rule deed_by_call(struct deed_range (*call)(const struct deed_part *part,
								    void *context),
					  void *context);
DEED_INLINE struct deed_rule deed_by_tile(size_t pitch);
DEED_INLINE struct deed_rule deed_covering(struct deed_rule rule);

DEED_END_C

/* ---- sharing out ---------------------------------------------------------------------------- */

/* deed_share_inout, deed_share_borrowed - shares `source` out to the parts of `plan`, by `rule`.
 *
 * `source`: the address of an owner or of a view; a const owner or a borrowed view can be borrowed
 * only. Until deed_parallel_for() returns, whatever it returns; or until the loan that the source
 * is ends. What no part has is not shared out: where edges and calls leave gaps, the source may be
 * used between them, and what is behind the columns of tiles.
 *
 * Errors are kept in the plan, and returned by the next deed_parallel_for(), which ends them with
 * the shares:
 *
 *     -EINVAL   null edges, a null call, or deed_by_tile() of a plan that deed_plan_tiles() has
 *               not cut
 *     -ENOSPC   more than DEED_SHARES_MAX
 *     -EEXIST   elements that are shared out already by another rule, be it of another view: a
 *               release build tells sources apart by address and length
 *     -ENOMEM   in trap builds, no memory to look at all edges or calls
 *
 * Faults: those of a loan (E01, E03, E04, E09, E10, E11, in a part E20). E18 of a plan that was
 * never cut, as far as that shows, or not into the tiles that the rule is for, or whose parts are
 * at work. E15 if a part leaves the source, and E19 if two parts of an inout share overlap.
 *
 * Advisories: A06 if a rule that covers leaves elements to no part. In a hot region (deed/hot.h)
 * A03 if an edge between two parts of an inout share splits a cache line, and A05 if the parts take
 * less than a microsecond each.
 *
 * Cost: of release builds, some stores. Of trap builds constant too, but for deed_by_edges() and
 * deed_by_call(), whose parts are all looked at: n log n of n parts, some 40 bytes each, and a loan
 * for each range that has no gap.
 */
#define deed_share_inout(plan, source, rule)                                                       \
	deed_share_((plan), DEED_SOURCE_WRITABLE(source, DEED_SAY(deed_share_inout, source)),      \
		    (rule), DEED_LEND_INOUT, DEED_FRAME, sizeof *(source)->tag,                    \
		    DEED_HERE(#source, (source)->tag))
#define deed_share_borrowed(plan, source, rule)                                                    \
	deed_share_((plan), DEED_SOURCE(source, DEED_SAY(deed_share_borrowed, source)), (rule),    \
		    DEED_LEND_BORROWED, DEED_FRAME, sizeof *(source)->tag,                         \
		    DEED_HERE(#source, (source)->tag))

/* deed_unshare - takes back what was shared out by a plan that is not to be run after all: on an
 * error path, say.
 *
 * `plan`: cut. It may be shared out by, run and cut again as if nothing had been shared out by it;
 * what was wrong with a share goes too. Outside of parts any thread may call it, the plan's only
 * one then. A plan by which nothing is shared out, as one that was run, stays as it is.
 *
 * Faults: E18 of a plan that was never cut, and of one whose parts were begun and are not done: if
 * a jump out of them has left it so, deed_loans_unwind() comes first. E20 if another task has
 * shared out, as of any loan: in a part or a function of deed_async() what was shared out around
 * it, and outside what a part has shared out.
 *
 * Cost: of release builds, two stores; of trap builds, the end of as many loans.
 */
#define deed_unshare(plan) deed_unshare_((plan), DEED_FRAME, DEED_HERE(#plan, (unsigned char *)0))

/* ---- a part takes its own ------------------------------------------------------------------- */

/* deed_part_inout, deed_part_borrowed - the elements of `source` that are the part's, as a view.
 *
 * `part`: as the function was given it. `source`: the address of the owner or view that was shared
 * out, or of a copy of the view. The view is the task's, and ends with it; asked for again it is
 * the same loan. What was shared out inout can be borrowed too: the same loan, read only.
 *
 * It needs no deed_end(): E18. Nothing of no elements is recorded: of a view of none, which a
 * zeroed one is too, a part takes none, shared out or not.
 *
 * Faults: E18 if `source` was not shared out with this plan, or in another way: inout where it was
 * borrowed, contiguous where it was in tiles. E20 if `part` is not that of the task. E15 if the
 * rule gives the part other elements than when the buffer was shared out.
 *
 * Cost: no lock, and no look at other parts.
 */
#define deed_part_inout(part, source)                                                              \
	DEED_AS((source)->inout,                                                                   \
		deed_part_inout_((part), DEED_SOURCE_WRITABLE(source, &(source)->h), DEED_FRAME,   \
				 sizeof *(source)->tag, DEED_HERE(#source, (source)->tag)))
#define deed_part_borrowed(part, source)                                                           \
	DEED_AS((source)->borrowed,                                                                \
		deed_part_borrowed_((part), DEED_SOURCE(source, &(source)->h), DEED_FRAME,         \
				    sizeof *(source)->tag, DEED_HERE(#source, (source)->tag)))

/* deed_part_tile_inout, deed_part_tile_borrowed - the same of a source that was shared out by
 * deed_by_tile(). */
#define deed_part_tile_inout(part, source)                                                         \
	DEED_AS((source)->tile_inout,                                                              \
		deed_part_tile_inout_((part), DEED_SOURCE_WRITABLE(source, &(source)->h),          \
				      DEED_FRAME, sizeof *(source)->tag,                           \
				      DEED_HERE(#source, (source)->tag)))
#define deed_part_tile_borrowed(part, source)                                                      \
	DEED_AS((source)->tile_borrowed,                                                           \
		deed_part_tile_borrowed_((part), DEED_SOURCE(source, &(source)->h), DEED_FRAME,    \
					 sizeof *(source)->tag,                                    \
					 DEED_HERE(#source, (source)->tag)))

/* ---- inline bodies -------------------------------------------------------------------------- */

DEED_BEGIN_C

DEED_INLINE struct deed_rule deed_rule_(enum deed_rule_kind kind, uint32_t covers, size_t a,
					size_t b)
{
	const struct deed_rule rule = { kind, covers, a, b, (const size_t *)0, 0, (void *)0 };

	return rule;
}

DEED_INLINE struct deed_rule deed_by_rows(size_t width)
{
	return deed_rule_(DEED_RULE_INDEX, 1, width, 0);
}

DEED_INLINE struct deed_rule deed_by_part(size_t each)
{
	return deed_rule_(DEED_RULE_PART, 1, each, 0);
}

DEED_INLINE struct deed_rule deed_by_halo(size_t before, size_t after)
{
	return deed_rule_(DEED_RULE_HALO, 0, before, after);
}

DEED_INLINE struct deed_rule deed_by_edges(const size_t *edges)
{
	struct deed_rule rule = deed_rule_(DEED_RULE_EDGES, 0, 0, 0);

	rule.edges = edges;
	return rule;
}

DEED_INLINE struct deed_rule deed_by_call(struct deed_range (*call)(const struct deed_part *part,
								    void *context),
					  void *context)
{
	struct deed_rule rule = deed_rule_(DEED_RULE_CALL, 0, 0, 0);

	rule.call = call;
	rule.context = context;
	return rule;
}

DEED_INLINE struct deed_rule deed_by_tile(size_t pitch)
{
	return deed_rule_(DEED_RULE_TILE, 1, pitch, 0);
}

DEED_INLINE struct deed_rule deed_covering(struct deed_rule rule)
{
	rule.covers = 1;
	return rule;
}

/* `core` is the address of the source's. */
#define DEED_SOURCE(source, core)                                                                  \
	DEED_PICK(&(source)->h, deed_source_owner_, deed_source_borrowed_, deed_source_inout_)(core)
#define DEED_SOURCE_WRITABLE(source, core)                                                         \
	DEED_PICK_WRITABLE(&(source)->h, deed_source_owner_, deed_source_inout_)(core)

DEED_INLINE struct deed_share_source deed_source_owner_(const struct deed_owner *owner)
{
	const struct deed_share_source source = { owner->own, owner->len, 0, owner };

	return source;
}

DEED_INLINE struct deed_share_source deed_source_borrowed_(const struct deed_borrowed *view)
{
	const struct deed_share_source source = { view->data, view->len, DEED_LOAN_OF(*view),
						  (const struct deed_owner *)0 };

	return source;
}

DEED_INLINE struct deed_share_source deed_source_inout_(const struct deed_inout *view)
{
	const struct deed_share_source source = { view->data, view->len, DEED_LOAN_OF(*view),
						  (const struct deed_owner *)0 };

	return source;
}

void deed_share_(struct deed_plan *plan, struct deed_share_source source, struct deed_rule rule,
		 unsigned is_inout, const void *frame, size_t size, const struct deed_site *at)
	DEED_IN_OUT(1);
void deed_unshare_(struct deed_plan *plan, const void *frame, const struct deed_site *at)
	DEED_IN_OUT(1);

/* The elements of a part of what has this address and length: the first one's address, and the
 * shape in *ret. What is not shared out has none. */
void *deed_part_at_(const struct deed_part *part, const void *data, size_t len, size_t size,
		    struct deed_extent *ret) DEED_IN(1);

/* What a part takes: the address of its first element, and the loan; the shape in *ret. */
DEED_INLINE struct deed_grant deed_part_take_(struct deed_part *part,
					      struct deed_share_source source, unsigned flags,
					      struct deed_extent *ret, const void *frame,
					      size_t size, const struct deed_site *at)
{
	struct deed_grant grant = { (void *)0, 0 };

	if (DEED_TRAP)
		return deed_trap_part(part, &source, deed_taken_as_(size, flags), ret, frame, at);
	grant.data = deed_part_at_(part, source.data, source.len, size, ret);
	return grant;
}

DEED_INLINE struct deed_inout deed_part_inout_(struct deed_part *part,
					       struct deed_share_source source, const void *frame,
					       size_t size, const struct deed_site *at)
{
	struct deed_extent extent;
	const struct deed_grant grant =
		deed_part_take_(part, source, DEED_LEND_INOUT, &extent, frame, size, at);

	return deed_inout_core_(grant.data, extent.width, grant.loan);
}

DEED_INLINE struct deed_borrowed deed_part_borrowed_(struct deed_part *part,
						     struct deed_share_source source,
						     const void *frame, size_t size,
						     const struct deed_site *at)
{
	struct deed_extent extent;
	const struct deed_grant grant =
		deed_part_take_(part, source, DEED_LEND_BORROWED, &extent, frame, size, at);

	return deed_borrowed_core_(grant.data, extent.width, grant.loan);
}

DEED_INLINE struct deed_tile_inout deed_part_tile_inout_(struct deed_part *part,
							 struct deed_share_source source,
							 const void *frame, size_t size,
							 const struct deed_site *at)
{
	struct deed_extent extent;
	const struct deed_grant grant = deed_part_take_(
		part, source, DEED_LEND_INOUT | DEED_LEND_TILE, &extent, frame, size, at);

	return deed_tile_inout_core_(grant.data, grant.loan, extent);
}

DEED_INLINE struct deed_tile_borrowed deed_part_tile_borrowed_(struct deed_part *part,
							       struct deed_share_source source,
							       const void *frame, size_t size,
							       const struct deed_site *at)
{
	struct deed_extent extent;
	const struct deed_grant grant = deed_part_take_(
		part, source, DEED_LEND_BORROWED | DEED_LEND_TILE, &extent, frame, size, at);

	return deed_tile_borrowed_core_(grant.data, grant.loan, extent);
}

DEED_END_C

#endif
