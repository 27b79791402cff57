/* SPDX-License-Identifier: MIT
 *
 * tests/cases/other.c - the crimes that happen in another file than their cause.
 */
#include "case.h"

void other_drop(deed_i32 *owner)
{
	HERE;
	deed_drop(owner);
}

int32_t other_read(deed_i32 *owner)
{
	HERE;
	return READ(owner, 0);
}

void other_drop_parcel(struct other_parcel parcel)
{
	HERE;
	deed_drop(&parcel.buffer);
}
