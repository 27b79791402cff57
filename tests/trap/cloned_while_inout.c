/* SPDX-License-Identifier: MIT
 *
 * tests/trap/cloned_while_inout.c - a snapshot is taken of a buffer that somebody is writing.
 */
#include <deed.h>

struct document {
	deed_u8 text;
	deed_u8 snapshot;
};

static int save(struct document *document)
{
	return deed_clone(&document->snapshot, &document->text);
}

int main(void)
{
	struct document document = { 0 };

	if (deed_new_zeroed(&document.text, 200))
		return 1;
	DEED_INOUT(typing, &document.text);
	deed_at(typing, 0) = 'H';
	if (save(&document)) /* half-way through a word */
		return 1;
	deed_at(typing, 1) = 'i';
	return 0;
}
