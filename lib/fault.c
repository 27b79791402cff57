/* SPDX-License-Identifier: MIT
 *
 * lib/fault.c - names and help of faults, out of the one table in deed/fault.h.
 */
#include "deed/fault.h"

#include "base.h"

struct entry {
	enum deed_fault fault;
	const char *id, *name, *help;
};

static const struct entry table[] = {
#define ENTRY(id, name, help) { DEED_##id, #id, name, help },
	DEED_FAULT_TABLE(ENTRY) DEED_ADVISORY_TABLE(ENTRY)
#undef ENTRY
};

static const struct entry unknown = { DEED_NO_FAULT, "E??", "no fault", "" };

static const struct entry *find(enum deed_fault fault)
{
	for (size_t i = 0; i < DEED_ARRAY_LEN(table); i++)
		if (table[i].fault == fault)
			return &table[i];
	return &unknown;
}

DEED_EXPORT const char *deed_fault_id(enum deed_fault fault)
{
	return find(fault)->id;
}

DEED_EXPORT const char *deed_fault_name(enum deed_fault fault)
{
	return find(fault)->name;
}

DEED_EXPORT const char *deed_fault_help(enum deed_fault fault)
{
	return find(fault)->help;
}
