/* SPDX-License-Identifier: MIT
 *
 * lib/backend.h - the one door to the program's allocator: jemalloc where the program has
 * it, else its malloc family.
 *
 * What comes out of here is ended by free(), whichever it is and whatever its alignment: so
 * deed_release() may hand it out. `align` is a power of two, `bytes` more than 0.
 */
#ifndef DEED_BACKEND_H
#define DEED_BACKEND_H

#include "base.h"

/* What every allocator gives a block of 16 bytes. */
#define DEED_LEAST_ALIGN ((size_t)16)

/* deed_backend_alloc - null, and errno as the allocator left it, if there is none. */
void *deed_backend_alloc(size_t bytes, size_t align, bool zeroed);
/* deed_backend_resize - the block with another length, here or elsewhere, and its first bytes; null
 * if there is none, and it is as it was. `align` at least as before. */
void *deed_backend_resize(void *block, size_t old_bytes, size_t bytes, size_t align);
/* deed_backend_free - `bytes` and `align` as it was made or resized with; 0 bytes if nobody
 * remembers. */
void deed_backend_free(void *block, size_t bytes, size_t align);

/* "jemalloc", "libc (AddressSanitizer)" or "libc": a constant. */
const char *deed_backend_name(void);

#endif
