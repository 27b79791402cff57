/* SPDX-License-Identifier: MIT
 *
 * tests/trap/async_smuggled_view.c - the background writes through a view of its caller.
 */
#include <deed.h>
#include <deed/async.h>

struct watch {
	deed_u64_inout progress;
};

static int pack(void *owner, void *context)
{
	const struct watch *const watch = context;

	(void)owner;
	deed_at(watch->progress, 0) = 1;
	return 0;
}

int main(void)
{
	struct deed_async packing = DEED_ASYNC_EMPTY;
	DEED_AUTO(deed_u8, bytes);
	DEED_AUTO(deed_u64, counters);

	if (deed_new_zeroed(&bytes, 100) || deed_new_zeroed(&counters, 4))
		return 1;
	DEED_INOUT(progress, &counters);
	struct watch watch = { progress };
	if (deed_async(NULL, &packing, pack, &bytes, &watch))
		return 1;
	return deed_await(&packing, &bytes);
}
