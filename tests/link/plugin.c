/* SPDX-License-Identifier: MIT
 *
 * tests/link/plugin.c - a shared library that uses deed, in whichever flavour.
 */
#include "deed.h"

int plugin_run(void);
int plugin_run(void)
{
	DEED_AUTO(deed_i32, xs);

	return deed_new(&xs, 3);
}
