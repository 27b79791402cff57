/* expect: discards|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_case_DW23.c (C, C++) - acceptance case DW23: nothing is
 * moved out of a container of owners that is only borrowed.
 */
#include "deed.h"

DEED_DEFINE(handles, deed_i32);

size_t attempt(handles_borrowed b, handles_inout m);
size_t attempt(handles_borrowed b, handles_inout m)
{
	deed_i32 taken = DEED_EMPTY;

#ifndef FIXED
	deed_move(&taken, &deed_at(b, 0)); /* BAD */
#endif
	deed_move(&taken, &deed_at(m, 0));
	deed_move(&deed_at(m, 0), &taken);
	return deed_len(b);
}
