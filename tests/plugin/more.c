/* SPDX-License-Identifier: MIT
 *
 * tests/plugin/more.c - the second part of the plugin.
 */
#include "plugin.h"

int more_make(deed_i32 *ret);
int more_make(deed_i32 *ret)
{
	return deed_new_zeroed(ret, 5);
}
