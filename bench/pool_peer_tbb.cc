/* SPDX-License-Identifier: MIT
 *
 * bench/pool_peer_tbb.cc - oneTBB, as pool_peer.h wants it.
 */
#include "pool_peer.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace
{

struct team {
	tbb::global_control limit;
	tbb::task_arena arena;
	explicit team(unsigned workers)
		: limit(tbb::global_control::max_allowed_parallelism, workers),
		  arena(static_cast<int>(workers))
	{
	}
};

void *open_team(unsigned workers)
{
	return new team(workers);
}

void each(void *opaque, bool is_dynamic, size_t parts, pool_part run, void *context)
{
	const auto body = [=](const tbb::blocked_range<size_t> &range) {
		for (size_t part = range.begin(); part != range.end(); part++)
			run(context, part);
	};
	const tbb::blocked_range<size_t> range(0, parts, 1);

	static_cast<team *>(opaque)->arena.execute([&] {
		if (is_dynamic)
			tbb::parallel_for(range, body, tbb::auto_partitioner());
		else
			tbb::parallel_for(range, body, tbb::static_partitioner());
	});
}

} // namespace

const struct pool_peer *pool_peer()
{
	static const struct pool_peer peer = { open_team, each };

	return &peer;
}
