/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_members.c (C, C++) - owners that are members, and end with what they are in;
 * and one that lives for ever, which no tool calls a leak.
 */
#include "deed.h"
#include "deed/soa.h"

#define MEMBERS_ROW(FIELD) FIELD(float, x) FIELD(uint32_t, id)
DEED_SOA(members_rows, MEMBERS_ROW);

extern deed_u32 members_forever;
deed_u32 members_forever;

DEED_CHECK_RESULT static int members_begin(void)
{
	if (deed_new(&members_forever, 100))
		return -1;
	deed_immortal(&members_forever);
	return 0;
}

#ifdef __cplusplus
struct members_settled {
	members_rows rows;
	deed_f32 scratch;
	members_settled() : rows(), scratch()
	{
	}
	~members_settled()
	{
		deed_settle(&scratch);
		deed_soa_settle(&rows);
	}
};

struct members_dropped {
	members_rows rows;
	members_dropped() : rows()
	{
	}
	~members_dropped()
	{
		deed_soa_drop(&rows);
	}
};

int main()
{
	members_settled settled;
	members_dropped dropped;

	return members_begin() || deed_soa_new(&settled.rows, 3) || deed_new(&settled.scratch, 3) ||
	       deed_soa_new(&dropped.rows, 3);
}
#else
struct members {
	members_rows rows;
	deed_f32 scratch;
};

int main(void)
{
	struct members all = { DEED_EMPTY, DEED_EMPTY };

	if (members_begin() || deed_soa_new(&all.rows, 3) || deed_new(&all.scratch, 3))
		return 1;
	deed_soa_drop(&all.rows);
	deed_settle(&all.scratch);
	return 0;
}
#endif
