/* SPDX-License-Identifier: MIT
 *
 * tests/cases/main.c - runs one acceptance case.
 *
 *     cases ID [SHAPE]     runs it; SHAPE is 0 unless given
 *     cases --list         one line per case: id, kind, expected fault, shapes, options
 *
 * tests/test_cases.c starts this program once per case, shape and mode, and looks at how it
 * ended, at what it printed, and at the report.
 */
#include "case.h"

#undef TRAP
#undef CLEAN
#undef REPORT

struct entry {
	const char *id, *kind, *fault;
	int shapes;
	const char *options;
	void (*run)(int shape);
};

static const struct entry entries[] = {
#define TRAP(id, fault) { #id, "trap", #fault, 1, "", case_##id##_##fault },
#define TRAP_SHAPES(id, fault, shapes, options)                                                    \
	{ #id, "trap", #fault, shapes, options, case_##id##_##fault },
#define CLEAN(id) { #id, "clean", "-", 1, "", case_##id##_clean },
#define REPORT(id, fault) { #id, "report", #fault, 1, "", case_##id##_##fault },
#include "list.def"
};

#define ENTRY_COUNT (sizeof entries / sizeof *entries)

static int list(void)
{
	for (size_t i = 0; i < ENTRY_COUNT; i++)
		printf("%s %s %s %d %s\n", entries[i].id, entries[i].kind, entries[i].fault,
		       entries[i].shapes, entries[i].options);
	return 0;
}

int main(int argc, char **argv)
{
	const int shape = argc > 2 ? atoi(argv[2]) : 0;

	if (argc > 1 && strcmp(argv[1], "--list") == 0)
		return list();
	for (size_t i = 0; argc > 1 && i < ENTRY_COUNT; i++)
		if (strcmp(entries[i].id, argv[1]) == 0) {
			entries[i].run(shape);
			printf("ended: %s\n", argv[1]);
			return 0;
		}
	fprintf(stderr, "usage: cases ID [SHAPE] | cases --list\n");
	return 2;
}
