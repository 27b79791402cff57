/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_members.c (C, C++) - owners that are members, and end with what they are in.
 */
#include "deed.h"
#include "deed/soa.h"

#define MEMBERS_ROW(FIELD) FIELD(float, x) FIELD(uint32_t, id)
DEED_SOA(members_rows, MEMBERS_ROW);

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

	return deed_soa_new(&settled.rows, 3) || deed_new(&settled.scratch, 3) ||
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

	if (deed_soa_new(&all.rows, 3) || deed_new(&all.scratch, 3))
		return 1;
	deed_soa_drop(&all.rows);
	deed_settle(&all.scratch);
	return 0;
}
#endif
