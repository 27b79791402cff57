/* SPDX-License-Identifier: MIT
 *
 * lib/trap/symbol.h - from addresses to functions, files and lines.
 */
#ifndef DEED_SYMBOL_H
#define DEED_SYMBOL_H

#include "../base.h"
#include "deed/report.h"
#include "module.h"

/* More than a stack has addresses, because one may stand for several inlined functions. */
#define DEED_FRAMES_MAX 160

/* One function of a stack. What is not known is null, or 0. */
struct deed_frame {
	uintptr_t address; /* of the call itself: one less than where it returns to; 0 of a function
			    * that has left its frame to the verb, of which the site tells */
	const char *function;
	const char *file; /* null without debug information or without libbacktrace */
	uint32_t line;
	bool is_inlined;    /* into the frame that follows */
	bool is_gone;	    /* the code: its object was unloaded */
	const char *module; /* the file that the code is in */
	uintptr_t offset;   /* of the address from where the module was loaded: for addr2line */
};

/* The frames of one stack, and the texts that they point into. 48 KiB: lives in mapped pages. */
struct deed_frames {
	size_t count;
	struct deed_frame frame[DEED_FRAMES_MAX];
	size_t text_bytes;
	struct deed_module module; /* of the address at hand */
	char text[24 << 10];
};

/* deed_symbol_frames - names the functions of a stack, innermost first, in `ret`.
 *
 * Frames that are deed's own, such as its inline verbs, are left out, wherever they are; and what
 * lies before the function of the site, which may be null. Never takes the program's allocator.
 * Takes the dynamic linker's lock for a moment; where deed_stack_may_hang() says so it does not,
 * and names no functions and lines. Any thread.
 */
void deed_symbol_frames(struct deed_frames *ret, const uintptr_t *stack, size_t len,
			const struct deed_site *site);

#endif
