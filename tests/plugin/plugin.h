/* SPDX-License-Identifier: MIT
 *
 * tests/plugin/plugin.h - what a plugin does to the buffers of its host.
 */
#ifndef DEED_TEST_PLUGIN_H
#define DEED_TEST_PLUGIN_H

#include "deed.h"

struct plugin {
	int (*make)(deed_i32 *ret);
	void (*lend)(deed_i32 *owner, deed_i32_inout *ret);
	void (*lend_and_end)(deed_i32 *owner, deed_i32_inout *ret);
	/* What it has when it is unloaded is dropped by its last destructor. */
	void (*give)(deed_i32 *owner);
};

#endif
