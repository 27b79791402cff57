/* SPDX-License-Identifier: MIT
 *
 * tests/install/templates.cc - verbs in C++ templates, where types are known late.
 */
#include <deed.h>

#include <cstdio>

template <typename View> float first(View view)
{
	return deed_at(view, 0) + *deed_data(view);
}

/* Whose types do not depend on what it is made for. */
template <int INDEX> float at(deed_f32_borrowed view)
{
	return deed_at(view, INDEX) + deed_at(deed_slice(view, 0, INDEX), 0);
}

int main()
{
	deed_f32 xs = DEED_EMPTY;
	float sum;

	if (deed_new_zeroed(&xs, 4))
		return 1;
	{
		DEED_BORROWED(view, &xs);
		sum = first(view) + at<3>(view);
	}
	deed_drop(&xs);
	std::printf("sum %g\n", sum);
	return 0;
}
