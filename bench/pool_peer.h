/* SPDX-License-Identifier: MIT
 *
 * bench/pool_peer.h - what bench_pool.c asks of every pool: to call a function for each of some
 * parts, on a number of workers, the calling thread among them.
 *
 * A peer is a shared library of its own that bench/run.sh builds, for each runtime wants a
 * compiler, or an option, of its own.
 */
#ifndef POOL_PEER_H
#define POOL_PEER_H

#include <stdbool.h>
#include <stddef.h>

typedef void (*pool_part)(void *context, size_t part);

struct pool_peer {
	void *(*open)(unsigned workers); /* null if it cannot */
	void (*each)(void *team, bool is_dynamic, size_t parts, pool_part run, void *context);
};

#ifdef __cplusplus
extern "C"
#endif
	const struct pool_peer *
	pool_peer(void);

#endif
