/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_async_columns.c - columns, there and back (strict, C++)
 */
#include <deed.h>
#include <deed/async.h>
#include <deed/soa.h>

#define POINT(FIELD) FIELD(float, x) FIELD(float, y)
DEED_SOA(points, POINT);

static int nothing(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

int main(void)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	points ps = DEED_EMPTY;
	int err;

	if (deed_soa_new_zeroed(&ps, 8))
		return 1;
	err = deed_async((struct deed_pool *)NULL, &async, nothing, &ps, NULL);
	if (!err)
		err = deed_await(&async, &ps);
	deed_soa_settle(&ps);
	return err;
}
