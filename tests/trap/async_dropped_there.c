/* SPDX-License-Identifier: MIT
 *
 * tests/trap/async_dropped_there.c - the background drops what it is handed, and main counts on it.
 */
#include <deed.h>
#include <deed/async.h>

static int write_out(void *owner, void *context)
{
	(void)context;
	deed_drop((deed_u8 *)owner);
	return 0;
}

int main(void)
{
	struct deed_async writing = DEED_ASYNC_EMPTY;
	DEED_AUTO(deed_u8, bytes);

	if (deed_new_zeroed(&bytes, 100) || deed_async(NULL, &writing, write_out, &bytes, NULL) ||
	    deed_await(&writing, &bytes))
		return 1;
	DEED_BORROWED(all, &bytes);
	return deed_at(all, 0);
}
