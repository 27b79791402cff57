/* SPDX-License-Identifier: MIT
 *
 * deed/trap.h - the entry points of the ledger, for the inline verbs; not for programs.
 *
 * Each exists in libdeed-trap only, and is called from behind `if (DEED_TRAP)`, so that
 * a release object names none of them. Whatever writes the ledger is out of line:
 * inline atomics in a program's own object would hide its races from ThreadSanitizer.
 * The one thing read inline is a loan's state word, by deed_at().
 *
 * `at` is never null. Sizes and ranges are in elements of `at->element_bytes` bytes.
 * `frame` is the frame of the function that the verb is written in.
 */
#ifndef DEED_TRAP_H
#define DEED_TRAP_H

#include "deed/columns.h"
#include "deed/handle.h"

/* What is asked of the ledger when something is lent. */
enum deed_lend_flags {
	DEED_LEND_BORROWED = 0,
	DEED_LEND_INOUT = 1, /* else borrowed */
	DEED_LEND_GUARD = 2, /* ends with its block */
	DEED_LEND_TILE = 4,  /* a part of a share: a rectangle */
};

/* A loan as the ledger gives it out, in two registers. `loan` is slot:24, generation:40; 0 is an
 * empty view. The length is the one that was asked for, unless the loan was refused. */
struct deed_grant {
	void *data;
	uint64_t loan;
};

/* A view that was refused, or made from one: everything about it is silent. */
#define DEED_LOAN_REFUSED (~(uint64_t)0)

/* A region of a source, as a verb asks for it: rows == 1 is the contiguous [lo, lo + width). */
struct deed_extent {
	size_t lo, width, pitch, rows;
};

/* A view that an operation works on, with others: `each` elements for every item; or, if that is 0,
 * DEED_BYTE_VALUES of them, however many items there are.
 *
 * What lies side by side in a view is apart here. Else a compiler copies two members by one load:
 * of a view that came in memory, stored by other pairs, and such a load waits until all that was
 * stored before has reached the cache. */
#define DEED_BYTE_VALUES 256
struct deed_operand {
	const void *data;
	const struct deed_site *at;
	size_t len;
	uint32_t each;
	uint32_t is_written;
	uint64_t loan;
};

#define DEED_LOAN_SLOT_BITS 24
#define DEED_LOAN_SLOT_MASK (((uint64_t)1 << DEED_LOAN_SLOT_BITS) - 1)
/* The flags of a state word whose loan is live and has no child: the states that deed_at() accepts
 * without asking. The second is that of an inout loan. */
#define DEED_LOAN_LIVE ((uint64_t)1)
#define DEED_LOAN_WRITES ((uint64_t)2)

/* A row of the loan table, as much of it as inline code may know. */
struct deed_loan_row {
	uint64_t word; /* flags:24, generation:40 */
	uint64_t more[15];
};

/* What the words of loans that the calling thread may use without asking have instead of flags: to
 * write `writes`; to read LIVE alone, or what is LIVE of `reads`. In the tasks of a pool the
 * flags name the task, too: see lib/trap/task.h. */
struct deed_trap_rights {
	uint64_t reads, writes;
};

struct deed_allocator;
struct deed_part;
struct deed_share_source;

DEED_BEGIN_C

extern struct deed_loan_row *deed_trap_loans;
extern __thread struct deed_trap_rights deed_trap_rights __attribute__((tls_model("initial-exec")));

/* owners */
int deed_trap_new(struct deed_owner *ret, size_t count, size_t align, int zeroed, const void *frame,
		  const struct deed_site *at) DEED_IN_OUT(1);
int deed_trap_from(struct deed_owner *ret, const void *source, size_t count, const void *frame,
		   const struct deed_site *at) DEED_IN_OUT(1);
int deed_trap_clone(struct deed_owner *ret, const struct deed_owner *source,
		    const struct deed_site *ret_at, const void *frame, const struct deed_site *at)
	DEED_IN_OUT(1) DEED_IN(2);
int deed_trap_adopt(struct deed_owner *ret, void *data, size_t count,
		    void (*deleter)(void *, size_t, void *), void *context, const void *frame,
		    const struct deed_site *at) DEED_IN_OUT(1);
int deed_trap_new_with(struct deed_owner *ret, const struct deed_allocator *allocator, size_t count,
		       int zeroed, const void *frame, const struct deed_site *at) DEED_IN_OUT(1)
	DEED_IN(2);
int deed_trap_static(struct deed_owner *ret, const void *data, size_t count, const void *frame,
		     const struct deed_site *at) DEED_IN_OUT(1);
int deed_trap_resize(struct deed_owner *owner, size_t count, const void *frame,
		     const struct deed_site *at) DEED_IN_OUT(1);
void deed_trap_move(struct deed_owner *to, struct deed_owner *from, const struct deed_site *to_at,
		    const void *frame, const struct deed_site *at) DEED_IN_OUT(1) DEED_IN_OUT(2);
void deed_trap_swap(struct deed_owner *a, struct deed_owner *b, const struct deed_site *a_at,
		    const void *frame, const struct deed_site *b_at) DEED_IN_OUT(1) DEED_IN_OUT(2);
void deed_trap_drop(struct deed_owner *owner, const void *frame, const struct deed_site *at)
	DEED_IN_OUT(1);
void deed_trap_settle(struct deed_owner *owner, const void *frame, const struct deed_site *at)
	DEED_IN_OUT(1);
/* The same of DEED_AUTO, whose place is a declaration: reports say so. */
void deed_trap_auto_end(struct deed_owner *owner, const void *frame, const struct deed_site *at)
	DEED_IN_OUT(1);
void *deed_trap_release(struct deed_owner *owner, const void *frame, const struct deed_site *at)
	DEED_IN_OUT(1);
void deed_trap_immortal(struct deed_owner *owner, const void *frame, const struct deed_site *at)
	DEED_IN_OUT(1);
/* Blocks of the malloc family. SIZE_MAX bytes to free are those that it has. */
void *deed_trap_malloc(size_t bytes, size_t align, int zeroed, const void *frame,
		       const struct deed_site *at)
	__attribute__((malloc, alloc_size(1), alloc_align(2), warn_unused_result));
void *deed_trap_realloc(void *address, size_t bytes, const void *frame, const struct deed_site *at)
	__attribute__((alloc_size(2), warn_unused_result));
void deed_trap_free(void *address, size_t bytes, const void *frame, const struct deed_site *at);
int deed_trap_owns(const struct deed_owner *owner) DEED_IN(1);
size_t deed_trap_len(const struct deed_owner *owner, const void *frame, const struct deed_site *at)
	DEED_IN(1);

/* columns: see deed/soa.h. What names an owner of columns has elements of a row without gaps. */
int deed_trap_soa_new(struct deed_soa *ret, size_t count, int zeroed, const void *frame,
		      const struct deed_site *at) DEED_IN_OUT(1);
int deed_trap_soa_from(struct deed_soa *ret, const void *rows, size_t count,
		       const struct deed_columns *columns, const void *frame,
		       const struct deed_site *at) DEED_IN_OUT(1) DEED_IN(4);
/* `count` rows, and room for `room`. */
int deed_trap_soa_resize(struct deed_soa *soa, size_t count, size_t room,
			 const struct deed_columns *columns, const void *frame,
			 const struct deed_site *at) DEED_IN_OUT(1) DEED_IN(4);
int deed_trap_soa_push(struct deed_soa *soa, const void *row, const struct deed_columns *columns,
		       const void *frame, const struct deed_site *at) DEED_IN_OUT(1) DEED_IN(2)
	DEED_IN(3);
void deed_trap_soa_get(const struct deed_soa *soa, size_t index, void *row,
		       const struct deed_columns *columns, const void *frame,
		       const struct deed_site *at) DEED_IN(1) DEED_IN(4);
void deed_trap_soa_set(const struct deed_soa *soa, size_t index, const void *row,
		       const struct deed_columns *columns, const void *frame,
		       const struct deed_site *at) DEED_IN(1) DEED_IN(3) DEED_IN(4);
void deed_trap_soa_to(const struct deed_soa *soa, void *rows, const struct deed_columns *columns,
		      const void *frame, const struct deed_site *at) DEED_IN(1) DEED_IN(3);
/* The column of the field that `before` bytes of fields are before; `soa_at` names the owner, `at`
 * the column. */
struct deed_grant deed_trap_soa_lend(const struct deed_soa *soa, size_t before, unsigned flags,
				     const void *frame, const struct deed_site *soa_at,
				     const struct deed_site *at) DEED_IN(1);

/* loans */
struct deed_grant deed_trap_borrow(const struct deed_owner *owner, const void *frame,
				   const struct deed_site *at) DEED_IN(1);
struct deed_grant deed_trap_inout(const struct deed_owner *owner, const void *frame,
				  const struct deed_site *at) DEED_IN(1);
/* The same of a guard. */
struct deed_grant deed_trap_lend(const struct deed_owner *owner, unsigned flags, const void *frame,
				 const struct deed_site *at) DEED_IN(1);
struct deed_grant deed_trap_lend_part(const struct deed_owner *owner, unsigned flags,
				      const struct deed_extent *part, const void *frame,
				      const struct deed_site *at) DEED_IN(1) DEED_IN(3);
struct deed_grant deed_trap_reborrow(const void *data, size_t len, uint64_t source, unsigned flags,
				     const struct deed_extent *part, const void *frame,
				     const struct deed_site *at) DEED_NOT_READ(1) DEED_IN(5);
struct deed_grant deed_trap_lend_raw(const void *data, size_t count, unsigned flags,
				     const void *frame, const struct deed_site *at)
	DEED_NOT_READ(1);
/* The length of the view that the calling thread was last refused. */
DEED_COLD size_t deed_trap_refused_len(void);
void deed_trap_end_of_owner(const struct deed_owner *source, uint64_t loan, const void *frame,
			    const struct deed_site *at) DEED_IN(1);
void deed_trap_end_of_loan(uint64_t source, uint64_t loan, const void *frame,
			   const struct deed_site *at);
void deed_trap_end_guard(uint64_t loan, const void *frame, const struct deed_site *at);
uint64_t deed_trap_loans_mark(void);
void deed_trap_loans_unwind(uint64_t mark);

/* How a part takes its share: the size of its elements, and the flags of the verb. */
DEED_INLINE uint64_t deed_taken_as_(size_t element, unsigned flags)
{
	return element | (uint64_t)flags << 32;
}

/* A part of a share: see deed/share.h. The shape of what is granted is in *ret; of what is not
 * taken as a tile, its width alone may be. */
struct deed_grant deed_trap_part(struct deed_part *part, const struct deed_share_source *source,
				 uint64_t as, struct deed_extent *ret, const void *frame,
				 const struct deed_site *at) DEED_IN(1) DEED_IN(2);

/* hot regions: `self` is the address of the variable that stands for one */
void deed_trap_hot_begin(const void *self, const void *frame, const struct deed_site *at)
	DEED_NOT_READ(1);
void deed_trap_hot_end(const void *self) DEED_NOT_READ(1);

/* use: each returns the address that the program may go on with */
const void *deed_trap_read(const void *data, size_t len, uint64_t loan, const void *frame,
			   const struct deed_site *at);
void *deed_trap_write(void *data, size_t len, uint64_t loan, const void *frame,
		      const struct deed_site *at);
DEED_COLD const void *deed_trap_read_at(const void *data, size_t len, uint64_t loan, size_t index,
					const void *frame, const struct deed_site *at);
DEED_COLD void *deed_trap_write_at(void *data, size_t len, uint64_t loan, size_t index,
				   const void *frame, const struct deed_site *at);
/* Whether a range [lo, hi) of `len` is one; reports if not. */
DEED_COLD void deed_trap_bad_range(uint64_t loan, size_t lo, size_t hi, size_t len,
				   const void *frame, const struct deed_site *at);
/* Row `row` of a tile of `rows`, which has none such. */
DEED_COLD void deed_trap_bad_row(uint64_t loan, size_t row, size_t rows, const void *frame,
				 const struct deed_site *at);
/* The operands of one operation: 0 if it may go on. `name` is null for that of all[0].at's
 * function. If the first operand is all of one that has its bit (1 << index) in `in_place`, there
 * is NAME_by(the other operands `more`), `more` being scalars as they are written: ", 2.0f". */
int deed_trap_operands(const struct deed_operand *all, size_t count, const char *name,
		       unsigned in_place, const char *more, const void *frame) DEED_IN(1);
/* The same of one operand, of elements of so many bytes, which are at->element_bytes: that it need
 * not be read there. */
int deed_trap_operand_read(const void *data, size_t len, uint64_t loan, size_t element,
			   const void *frame, const struct deed_site *at);
int deed_trap_operand_written(const void *data, size_t len, uint64_t loan, size_t element,
			      const void *frame, const struct deed_site *at);

DEED_END_C

#endif
