/* SPDX-License-Identifier: MIT
 *
 * tests/plugin/plug.c - a plugin in C, of this and of more.c. The lines matter.
 */
#include "plugin.h"

int more_make(deed_i32 *ret);

static int make(deed_i32 *ret)
{
	return more_make(ret);
}

static void lend(deed_i32 *owner, deed_i32_inout *ret)
{
	const deed_i32_inout lent = deed_inout(owner);

	*ret = lent;
}

static void lend_and_end(deed_i32 *owner, deed_i32_inout *ret)
{
	*ret = deed_inout(owner);
	deed_end(owner, ret);
}

static deed_i32 given;

static void give(deed_i32 *owner)
{
	deed_move(&given, owner);
}

__attribute__((destructor)) static void unload_plugin(void)
{
	deed_drop(&given);
}

extern __attribute__((visibility("default"))) const struct plugin plugin;
const struct plugin plugin = { make, lend, lend_and_end, give };
