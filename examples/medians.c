/* SPDX-License-Identifier: MIT
 *
 * examples/medians.c - the medians of lines of numbers: what a line needs ends with the line, and
 * what it leaves ends with the page.
 *
 *     cc medians.c $(pkg-config --cflags --libs deed)
 *     printf 'rain 3 1 4 1 5\nwind 9 2 6\n\n' | ./medians
 *
 * Each page, up to an empty line, is read into one arena:
 *
 *     | answer | answer | numbers of the line at hand ...
 *                       ^ mark: to here when the line is done, and the answer is carved
 *
 * The sorted copy is needed in one function only, and lies in its scratch arena. Nothing is
 * dropped, also where something fails; and no line can take more than the limit.
 */
#include <deed.h>
#include <deed/arena.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 4096
#define PAGE_BYTES ((size_t)1 << 20)

struct answer {
	struct answer *next;
	float median;
	char name[32];
};

/* The numbers of a text, up to what is none. */
static int numbers_of(deed_f32 *ret, struct deed_arena *arena, const char *text)
{
	size_t count = 0;
	int err = deed_new_in(ret, arena, 4);

	for (char *end; !err; text = end) {
		const float number = strtof(text, &end);

		if (end == text)
			break;
		if (count == deed_len(*ret))
			err = deed_resize_in(ret, arena, 2 * count);
		if (!err) {
			DEED_INOUT(numbers, ret);
			deed_at(numbers, count) = number;
			count++;
		}
	}
	return err ? err : deed_resize_in(ret, arena, count);
}

static int by_value(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static int median_of(float *ret, const deed_f32 *numbers)
{
	DEED_SCRATCH(scratch);
	DEED_BORROWED(number, numbers);
	const size_t count = deed_len(number);
	float *const sorted = deed_arena_new(scratch, float, count);

	if (!sorted)
		return -ENOMEM;
	if (!count)
		return -EINVAL;
	for (size_t i = 0; i < count; i++)
		sorted[i] = deed_at(number, i);
	qsort(sorted, count, sizeof *sorted, by_value);
	*ret = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
	return 0;
}

/* The answer to "name number...", in the arena, which nothing else of the line is left in. */
static int answer(struct answer **ret, struct deed_arena *arena, const char *line)
{
	const size_t name_len = strcspn(line, " \t\n");
	const struct deed_arena_mark mark = deed_arena_mark(arena);
	deed_f32 numbers = DEED_EMPTY;
	struct answer *made;
	float median = 0;
	int err;

	err = numbers_of(&numbers, arena, line + name_len);
	if (!err)
		err = median_of(&median, &numbers);
	deed_arena_rewind(arena, mark);
	if (err)
		return err;
	made = deed_arena_new(arena, struct answer, 1);
	if (!made)
		return -ENOMEM;
	made->next = NULL;
	made->median = median;
	(void)snprintf(made->name, sizeof made->name, "%.*s", (int)name_len, line);
	*ret = made;
	return 0;
}

/* Everything up to an empty line; false if that was the last. */
static bool page(struct deed_arena *arena, FILE *in)
{
	char line[LINE_MAX_BYTES];
	struct answer *first = NULL, **last = &first;
	bool is_line;

	while ((is_line = fgets(line, sizeof line, in) != NULL) && line[0] != '\n') {
		const int err = answer(last, arena, line);

		if (err)
			(void)fprintf(stderr, "medians: %.*s: %s\n", (int)strcspn(line, " \t\n"),
				      line, strerror(-err));
		else
			last = &(*last)->next;
	}
	for (const struct answer *one = first; one; one = one->next)
		(void)printf("%s %g\n", one->name, (double)one->median);
	return is_line;
}

int main(void)
{
	struct deed_arena arena;
	const int err =
		deed_arena_open(&arena, &(struct deed_arena_options){ .limit_bytes = PAGE_BYTES });

	if (err)
		return 1;
	while (page(&arena, stdin))
		deed_arena_reset(&arena);
	deed_arena_close(&arena);
	return 0;
}
