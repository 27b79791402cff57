/* SPDX-License-Identifier: MIT
 *
 * lib/trap/render.c - what every format asks for.
 *
 * Programs often run elsewhere than where they were compiled, and compilers write the
 * paths that they were given. The debug information knows the directory: so when a
 * relative path leads nowhere, the stack of the same site tells where it begins.
 */
#include "render.h"

#include "label.h"
#include "options.h"
#include "spelling.h"

void deed_render_stack(struct deed_rendering *rendering, const struct deed_report_site *site)
{
	const struct deed_frames *const frames = &rendering->frames;

	deed_symbol_frames(&rendering->frames, site->stack, site->stack_len, site->site);
	for (size_t i = 0; i < frames->count && site->site; i++)
		deed_source_learn_root(&rendering->source, frames->frame[i].file, site->site->file);
}

bool deed_render_source(struct deed_rendering *rendering, const struct deed_report_site *site)
{
	const char *const verbs = deed_verbs_of(site);

	if (!site->site || !deed_options.source)
		return false;
	if (deed_source_find(&rendering->source, site->site, verbs))
		return true;
	if (rendering->source.root_len || !site->stack_len)
		return false;
	deed_render_stack(rendering, site);
	return rendering->source.root_len &&
	       deed_source_find(&rendering->source, site->site, verbs);
}

void deed_render_label(struct deed_rendering *rendering, const struct deed_report_site *site)
{
	deed_writer_reset(&rendering->words);
	deed_put_label(&rendering->words, rendering->report, site);
}
