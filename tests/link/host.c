/* SPDX-License-Identifier: MIT
 *
 * tests/link/host.c - a program without deed, which loads plugins that use it.
 */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!dlopen(argv[i], RTLD_NOW | RTLD_LOCAL)) {
			fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
	}
	return 0;
}
