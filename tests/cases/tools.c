/* SPDX-License-Identifier: MIT
 *
 * tests/cases/tools.c - the functions that many acceptance cases share.
 */
#include <unistd.h>

#include "case.h"

/* At once, past stdio: the next thing that happens may be the end of the process. */
static void tell(const char *line, int length)
{
	if (write(STDOUT_FILENO, line, (size_t)length) != length)
		_Exit(4);
}

void case_here(const char *file, int line)
{
	char text[512];

	tell(text, snprintf(text, sizeof text, "crime: %s:%d\n", file, line));
}

void case_about(const char *variable)
{
	char text[512];

	tell(text, snprintf(text, sizeof text, "about: %s\n", variable));
}

void case_says(const char *words)
{
	char text[512];

	tell(text, snprintf(text, sizeof text, "says: %s\n", words));
}

void case_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	_Exit(3);
}

void consume(deed_i32 *owned)
{
	deed_drop(owned);
}

int32_t total_of(deed_i32_borrowed view)
{
	int32_t total = 0;

	for (size_t i = 0; i < deed_len(view); i++)
		total += deed_at(view, i);
	return total;
}

void add_one(deed_i32_inout view)
{
	for (size_t i = 0; i < deed_len(view); i++)
		deed_at(view, i) += 1;
}

int condition(int value)
{
	static volatile int hidden;

	hidden = value;
	return hidden;
}

/* Ends are counted from several threads in no case: plain variables do. */
enum { ENDS_MAX = 128 };
static int ends[ENDS_MAX], end_count;

static void note_end(void *data, size_t bytes, void *context)
{
	(void)bytes;
	if (end_count < ENDS_MAX)
		ends[end_count++] = (int)(intptr_t)context;
	free(data);
}

void make_counted(deed_i32 *ret, size_t count, int number)
{
	int32_t *const data = calloc(count, sizeof *data);

	CHECK(data);
	CHECK(deed_adopt(ret, data, count, note_end, (void *)(intptr_t)number) == 0);
}

int case_ended(int number)
{
	int times = 0;

	for (int i = 0; i < end_count; i++)
		times += ends[i] == number;
	return times;
}

int case_end_order(int at)
{
	return at < end_count ? ends[at] : -1;
}

void case_forget_ends(void)
{
	end_count = 0;
}
