/* SPDX-License-Identifier: MIT
 *
 * tests/trap/async_loan_left.c - the background lends what it was given, and keeps the loan.
 */
#include <deed.h>
#include <deed/async.h>

static deed_u8_inout kept;

static int look(void *owner, void *context)
{
	deed_u8 *const bytes = owner;

	(void)context;
	kept = deed_inout(bytes);
	return 0;
}

int main(void)
{
	struct deed_async looking = DEED_ASYNC_EMPTY;
	DEED_AUTO(deed_u8, bytes);

	if (deed_new_zeroed(&bytes, 100) || deed_async(NULL, &looking, look, &bytes, NULL))
		return 1;
	return deed_await(&looking, &bytes);
}
