/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_async_while_lent.c - handed over to the background while it is lent, and when
 * it is gone
 *
 * fault: E06
 */
#include <deed.h>
#include <deed/async.h>

static int nothing(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

int main(void)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8) || deed_new_zeroed(&b, 8))
		return 1;
	deed_f32_borrowed v = deed_borrow(&a);
	/* expect: cannot call function 'deed_async' while loan 'a.is.lent' is held */
	if (deed_async(NULL, &async, nothing, &a, NULL) == 0)
		return deed_await(&async, &a);
	deed_end(&a, &v);
	deed_drop(&b);
	/* expect: calling function 'deed_async'
	 * requires holding ownership 'b.is.owned' exclusively */
	return deed_async(NULL, &async, nothing, &b, NULL);
}
