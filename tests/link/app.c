/* SPDX-License-Identifier: MIT
 *
 * tests/link/app.c - a program of one owner, in whichever flavour it is compiled as. Its
 * arguments are shared libraries, which it loads one after the other, as plugins.
 */
#include "deed.h"

#include <dlfcn.h>
#include <stdio.h>

static int use_an_owner(void)
{
	DEED_AUTO(deed_i32, xs);

	if (deed_new_zeroed(&xs, 3))
		return 1;
	DEED_INOUT(v, &xs);
	deed_at(v, 2) = 5;
	return deed_at(v, 2) != 5;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!dlopen(argv[i], RTLD_NOW | RTLD_LOCAL)) {
			fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
	}
	return use_an_owner();
}
