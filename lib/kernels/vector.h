/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/vector.h - a vector of the rung's width. A template: see bodies.h.
 */

#if WIDTH
typedef T NAME(vector) __attribute__((vector_size(WIDTH)));

/* One that lies in memory: aligned as its elements are. */
typedef T NAME(loose) __attribute__((vector_size(WIDTH), aligned(sizeof(T)), may_alias));

static KERNEL_INLINE NAME(vector) NAME(load)(const T *x)
{
	return *(const NAME(loose) *)x;
}
#endif
