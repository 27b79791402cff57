/* SPDX-License-Identifier: MIT
 *
 * tests/trap/use_after_drop.c - a cache is emptied on an error path and read afterwards.
 */
#include <deed.h>

struct cache {
	deed_f64 rates;
	int is_valid;
};

static void invalidate(struct cache *cache)
{
	cache->is_valid = 0;
	deed_drop(&cache->rates);
}

static double latest(const struct cache *cache)
{
	DEED_BORROWED(rates, &cache->rates);

	return deed_at(rates, deed_len(rates) - 1);
}

int main(void)
{
	struct cache cache = { .is_valid = 1 };

	if (deed_new_zeroed(&cache.rates, 30))
		return 1;
	invalidate(&cache);
	return latest(&cache) > 1.0;
}
