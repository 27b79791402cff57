/* SPDX-License-Identifier: MIT
 *
 * tests/deleter.h - a deleter of adopted buffers that tells the test what it was told.
 */
#ifndef DELETER_H
#define DELETER_H

#include <stddef.h>

static struct {
	size_t runs, bytes;
	void *data, *context;
} told;

static void tell(void *data, size_t bytes, void *context)
{
	told.runs++;
	told.data = data;
	told.bytes = bytes;
	told.context = context;
}

#endif
