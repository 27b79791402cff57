/* SPDX-License-Identifier: MIT
 *
 * lib/trap/shown.c - the calls to ThreadSanitizer behind shown.h.
 */
#include "shown.h"

#include "stack.h"

/* Under names of our own: compilers have ideas of the types of theirs. Null without it. */
extern void tsan_read(const void *address, size_t bytes) __asm__("__tsan_read_range")
	__attribute__((weak));
extern void tsan_write(const void *address, size_t bytes) __asm__("__tsan_write_range")
	__attribute__((weak));
extern void tsan_read_at(const void *address, size_t bytes,
			 uintptr_t place) __asm__("__tsan_read_range_pc") __attribute__((weak));
extern void tsan_write_at(const void *address, size_t bytes,
			  uintptr_t place) __asm__("__tsan_write_range_pc") __attribute__((weak));

void deed_show_init(void)
{
	deed_options.tsan = deed_options.tsan && tsan_read && tsan_write;
}

void deed_shows_read(const void *address, size_t bytes, const void *frame)
{
	const uintptr_t place = tsan_read_at && frame ? deed_stack_caller(frame) : 0;

	if (place)
		tsan_read_at(address, bytes, place);
	else
		tsan_read(address, bytes);
}

void deed_shows_write(const void *address, size_t bytes, const void *frame)
{
	const uintptr_t place = tsan_write_at && frame ? deed_stack_caller(frame) : 0;

	if (place)
		tsan_write_at(address, bytes, place);
	else
		tsan_write(address, bytes);
}
