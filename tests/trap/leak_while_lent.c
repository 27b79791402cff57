/* SPDX-License-Identifier: MIT
 *
 * tests/trap/leak_while_lent.c - a buffer and the loan of it are both forgotten.
 */
#include <deed.h>

struct plugin {
	deed_f64 state;
	deed_f64_inout view;
};

static int plugin_start(struct plugin *plugin)
{
	if (deed_new_zeroed(&plugin->state, 32))
		return -1;
	plugin->view = deed_inout(&plugin->state);
	return 0;
}

int main(void)
{
	static struct plugin reverb;

	if (plugin_start(&reverb))
		return 1;
	deed_at(reverb.view, 0) = 0.5;
	return 0; /* plugin_stop() is missing */
}
