/* SPDX-License-Identifier: MIT
 *
 * tests/install/overloads.cc - DEED_LEND in C++ functions of one name, inlined into each other:
 * a callee lends what its caller holds, and is not taken for it.
 */
#include <deed.h>

#include <cstdio>

#define INLINED __attribute__((always_inline)) inline

struct inner {
	INLINED int run(int *p)
	{
		DEED_LEND(v, p, 2);
		return ++deed_at(v, 0);
	}
};

struct outer {
	inner part;

	INLINED int run(int *p)
	{
		DEED_LEND(v, p, 4);
		return part.run(p) + deed_at(v, 1);
	}
};

INLINED int run(int *p, long)
{
	DEED_LEND(v, p, 3);
	return ++deed_at(v, 0);
}

INLINED int run(int *p)
{
	DEED_LEND(v, p, 4);
	return run(p, 0L) + deed_at(v, 1);
}

template <int Depth> INLINED int descend(int *p)
{
	DEED_LEND(v, p, Depth);
	return descend<Depth - 1>(p) + deed_at(v, 0);
}

template <> INLINED int descend<0>(int *p)
{
	return *p = 10;
}

int main()
{
	int x[4] = { 1, 2, 3, 4 };
	outer object;
	auto lambda = [&](int *p) {
		DEED_LEND(v, p, 4);
		return run(p) + deed_at(v, 2);
	};
	const int sum = object.run(x) + run(x) + lambda(x) + descend<4>(x);

	std::printf("sum %d\n", sum);
	return sum != 4 + 5 + 9 + 50;
}
