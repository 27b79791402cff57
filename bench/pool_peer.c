/* SPDX-License-Identifier: MIT
 *
 * bench/pool_peer.c - the runtimes that bench_pool.c compares itself with, as pool_peer.h wants
 * them: OpenMP, whose runtime is the compiler's, or pthreadpool with -DPEER_PTHREADPOOL.
 */
#include "pool_peer.h"

#ifdef PEER_PTHREADPOOL
#include <pthreadpool.h>

static void *open_team(unsigned workers)
{
	return pthreadpool_create(workers);
}

/* It has one way, which steals. */
static void each(void *team, bool is_dynamic, size_t parts, pool_part run, void *context)
{
	(void)is_dynamic;
	pthreadpool_parallelize_1d(team, run, context, parts, 0);
}
#else
#include <omp.h>

static void *open_team(unsigned workers)
{
	static unsigned kept;

	kept = workers;
	omp_set_dynamic(0);
	omp_set_num_threads((int)workers);
	return &kept;
}

static void each(void *team, bool is_dynamic, size_t parts, pool_part run, void *context)
{
	(void)team;
	if (is_dynamic) {
#pragma omp parallel for schedule(dynamic, 1)
		for (size_t part = 0; part < parts; part++)
			run(context, part);
	} else {
#pragma omp parallel for schedule(static)
		for (size_t part = 0; part < parts; part++)
			run(context, part);
	}
}
#endif

const struct pool_peer *pool_peer(void)
{
	static const struct pool_peer peer = { open_team, each };

	return &peer;
}
