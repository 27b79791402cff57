/* SPDX-License-Identifier: MIT
 *
 * tests/faults/table.c - prints the README's table of faults and advisories, out of the list
 * in deed/fault.h.
 */
#include "deed/fault.h"

#include <stdio.h>

/* It needs the list alone, and links no library. */
const char DEED_FLAVOUR_MARK = 1;

int main(void)
{
	puts("| id | what it is | what to do |\n|---|---|---|");
#define ROW(id, name, help) puts("| " #id " | " name " | " help " |");
	DEED_FAULT_TABLE(ROW)
	DEED_ADVISORY_TABLE(ROW)
#undef ROW
	return 0;
}
