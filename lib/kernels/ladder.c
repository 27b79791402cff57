/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/ladder.c - which rung this process stands on.
 *
 * Climbed once, by a constructor: from scalar upwards, until the processor lacks what a rung
 * needs, or DEED_ISA names the rung below. A constructor, and not the first call, so that a
 * call costs one load and one jump; not an ifunc, which runs before ThreadSanitizer does and
 * which other C libraries than glibc lack. By its priority it comes before the constructors of
 * a program that is linked with the archive, C++ ones too; what runs before all the same finds
 * the scalar rung, which gives the same bits.
 *
 * __builtin_cpu_supports() also asks the operating system whether it saves the registers.
 */
#include "rungs.h"

#include <stdlib.h>
#include <string.h>

#include "base.h"

DEED_EXPORT const struct deed_kernels *deed_kernels = &deed_kernels_scalar;

#if defined __x86_64__
static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

/* What every processor of the architecture has. */
static bool has_it_always(void)
{
	return true;
}

static const struct {
	const struct deed_kernels *kernels;
	bool (*has)(void);
} rungs[] = {
	{ &deed_kernels_scalar, has_it_always },
#if defined __x86_64__
	{ &deed_kernels_sse2, has_it_always },
	{ &deed_kernels_avx2, has_avx2 },
	{ &deed_kernels_avx512, has_avx512 },
#elif defined __aarch64__
	{ &deed_kernels_neon, has_it_always },
#endif
};

__attribute__((constructor(101))) static void climb(void)
{
	const char *const cap = getenv("DEED_ISA");

#if defined __x86_64__
	__builtin_cpu_init();
#endif
	for (size_t i = 0; i < DEED_ARRAY_LEN(rungs) && rungs[i].has(); i++) {
		deed_kernels = rungs[i].kernels;
		if (cap && strcmp(cap, deed_kernels->isa) == 0)
			break;
	}
}

DEED_EXPORT const char *deed_isa_name(void)
{
	return deed_kernels->isa;
}
