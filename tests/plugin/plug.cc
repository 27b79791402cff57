/* SPDX-License-Identifier: MIT
 *
 * tests/plugin/plug.cc - a plugin in C++. The lines matter.
 */
#include "plugin.h"

namespace
{
struct keeper {
	deed_i32 given = DEED_EMPTY;
	~keeper()
	{
		deed_drop(&given);
	}
};

keeper kept;

int make(deed_i32 *ret)
{
	return deed_new_zeroed(ret, 5);
}

void lend(deed_i32 *owner, deed_i32_inout *ret)
{
	const deed_i32_inout lent = deed_inout(owner);

	*ret = lent;
}

void lend_and_end(deed_i32 *owner, deed_i32_inout *ret)
{
	*ret = deed_inout(owner);
	deed_end(owner, ret);
}

void give(deed_i32 *owner)
{
	deed_move(&kept.given, owner);
}
} // namespace

extern "C" {
extern const plugin plugin;
const struct plugin plugin = { make, lend, lend_and_end, give };
}
