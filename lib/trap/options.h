/* SPDX-License-Identifier: MIT
 *
 * lib/trap/options.h - DEED_OPTIONS, read once, before main().
 *
 *     DEED_OPTIONS=on_fault=continue:format=json:log=/tmp/deed.log ./a.out
 */
#ifndef DEED_OPTIONS_H
#define DEED_OPTIONS_H

#include "../base.h"

enum deed_on_fault { DEED_FAULT_ABORT, DEED_FAULT_CONTINUE };
enum deed_format { DEED_FORMAT_TEXT, DEED_FORMAT_JSON, DEED_FORMAT_SARIF };
enum deed_colour { DEED_COLOUR_AUTO, DEED_COLOUR_ALWAYS, DEED_COLOUR_NEVER };
enum deed_stack_how { DEED_STACK_AUTO, DEED_STACK_FRAMES, DEED_STACK_UNWIND, DEED_STACK_NONE };

struct deed_options {
	enum deed_on_fault on_fault;
	enum deed_format format;
	enum deed_colour colour;
	enum deed_stack_how stack; /* how the stacks of owner events are taken */
	uint32_t stack_depth;	   /* frames kept per stack */
	bool loan_stacks;	   /* take a stack for every loan too: slow */
	uint32_t history;	   /* ended buffers that keep their story, at least */
	uint64_t quarantine;	   /* how many bytes of ended memory wait */
	bool guard;		   /* buffers lie before pages that may not be touched */
	bool fill;		   /* fresh and ended memory is filled with patterns */
	bool leaks;		   /* report leaks at exit */
	bool advice;		   /* report advisories: see hot_region.c */
	bool pin_handles;	   /* E16 when a handle is used at another address */
	bool tsan;		   /* show loans and handles to ThreadSanitizer, if it is there */
	bool source;		   /* print the source lines */
	uint32_t schedule;	   /* parts come one at a time, in this order; 0: all at once */
	char log[256]; /* where reports go: "stderr", "stdout" or a path; %p is the pid */
};

extern DEED_HIDDEN struct deed_options deed_options;

/* Reads DEED_OPTIONS; prints what help=1 asks for, and a line for each key or value that it does
 * not know. Called once, by the first constructor of the library. */
void deed_options_read(void);
/* The same for one string: for tests. Returns how many keys or values it refused. */
size_t deed_options_parse(const char *text);

#endif
