/* SPDX-License-Identifier: MIT
 *
 * tests/test_text.c - the text of reports, letter by letter, from facts made up by hand.
 *
 * The sites name a source file that the suite writes, so that marks and labels can be
 * compared as they are printed. What the ledger makes of real faults is in tests/trap/.
 */
#include "trapped.h"

#include <sys/stat.h>

#include "os.h"
#include "trap/label.h"
#include "trap/options.h"
#include "trap/source.h"
#include "trap/spelling.h"
#include "trap/text.h"
#include "trap/writer.h"

static char file_name[64];
static struct deed_rendering *rendering;

/* Line 1 is empty; tabs as the style has them. */
static const char source[] =
	"\n"
	"int main(void)\n"
	"{\n"
	"\tdeed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;\n"
	"\n"
	"\tif (deed_new(&xs, 1000))\n" /* 6 */
	"\t\treturn 1;\n"
	"\tdeed_move(&ys, &xs);\n" /* 8 */
	"\tdeed_drop(&xs);\n"	   /* 9 */
	"\tdeed_move(&ys,\n"	   /* 10 */
	"\t\t  &xs);\n"
	"\tcopy(xs, deed_len(xs), xs);\n"			   /* 12 */
	"\tMY_DROP(xs);\n"					   /* 13 */
	"\tdeed_swap(&xs2, &xs);\n"				   /* 14 */
	"\t\t\t\t\t\tdeed_drop( & xs ); /* \xc3\xa9 \x01\xff */\n" /* 15 */
	"\tdeed_borrow(&s->xs) + deed_borrow(&xs);\n"		   /* 16 */
	"\tprintf(\"deed_x(&xs)\", deed_at(xs, 1));\r\n"	   /* 17 */
	"\twrap(other, thing);\n"				   /* 18 */
	"\tif (a_name_that_is_long_enough_to_matter && another_name_that_is_just_as_long_as_it) {"
	" deed_drop(&far); and_so_on_until_the_line_is_really_much_too_long(for_anybody); }\n" /* 19
												*/
	"\tdeed_last(&end);\n"	     /* 20 */
	"\tif (deed_new(&one,\n"     /* 21 */
	"\t\t     10)) mid(&one);\n" /* 22 */
	"\tdeed_last(&two)";	     /* 23, without a newline */

static void begin(void)
{
	FILE *file;

	snprintf(file_name, sizeof file_name, "/tmp/deed_text_%d.c", (int)getpid());
	file = fopen(file_name, "w");
	cr_assert_not_null(file);
	fwrite(source, 1, sizeof source - 1, file);
	fclose(file);
	rendering = deed_os_map(sizeof *rendering);
	cr_assert_not_null(rendering);
}

static void end(void)
{
	unlink(file_name);
}

TestSuite(text, .init = begin, .fini = end, .timeout = 60);
TestSuite(source, .init = begin, .fini = end, .timeout = 60);

static struct deed_site place(uint32_t line, const char *text)
{
	const struct deed_site site = {
		.file = file_name, .function = "main", .text = text, .type = "f32", .line = line
	};

	return site;
}

static const char *render(const struct deed_report *report)
{
	deed_writer_reset(&rendering->out);
	rendering->report = report;
	deed_text_report(rendering);
	return rendering->out.text;
}

static const struct deed_report_buffer xs_buffer = {
	.id = 7,
	.name = "&xs",
	.type = "f32",
	.kind = "heap",
	.state = "moved",
	.base = (const void *)0x1000,
	.count = 1000,
	.bytes = 4000,
	.element_bytes = 4,
	.align = 16,
};

/* The text with the name of the source file made `t.c`. */
static void expect_text(const char *seen, const char *expected)
{
	static char plain[65536];
	size_t len = 0;

	for (const char *at = seen; *at && len < sizeof plain - 4;)
		if (!strncmp(at, file_name, strlen(file_name))) {
			memcpy(plain + len, "t.c", 3);
			len += 3;
			at += strlen(file_name);
		} else {
			plain[len++] = *at++;
		}
	plain[len] = '\0';
	cr_expect_str_eq(plain, expected, "seen:\n%s\nexpected:\n%s", plain, expected);
}

/* ---- whole reports -------------------------------------------------------------------------- */

Test(text, a_use_after_move_from_the_first_word_to_the_last)
{
	const struct deed_site here = place(9, "&xs"), moved = place(8, "&xs"),
			       born = place(6, "&xs");
	const struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE, .site = &here, .thread = 1, .target = "", .repeats = 1 },
		{ .role = DEED_ROLE_ALLOCATED, .site = &born, .thread = 1, .target = "" },
		{ .role = DEED_ROLE_MOVED, .site = &moved, .thread = 1, .target = "&ys" },
	};
	const struct deed_report report = { .fault = DEED_E03,
					    .message = "`xs` was moved to `ys` and owns nothing",
					    .buffer = xs_buffer,
					    .sites = sites,
					    .site_count = 3 };

	expect_text(render(&report),
		    "deed: E03 use after move: `xs` was moved to `ys` and owns nothing\n"
		    "  --> t.c:9 in main\n"
		    "   |\n"
		    " 9 |     deed_drop(&xs);\n"
		    "   |               ^^^ used here, after it was moved away\n"
		    "  --> t.c:8 in main\n"
		    "   |\n"
		    " 8 |     deed_move(&ys, &xs);\n"
		    "   |                    ^^^ moved to `ys` here\n"
		    "  --> t.c:6 in main\n"
		    "   |\n"
		    " 6 |     if (deed_new(&xs, 1000))\n"
		    "   |                  ^^^ allocated here\n"
		    "   = buffer 7: `xs`, f32[1000], 4000 bytes, aligned to 16, heap, moved, at "
		    "0x1000\n"
		    "   = help: use it before the move, or move a deed_clone() of it\n"
		    "deed: E03 use after move: t.c:9 in main\n");
}

Test(text, a_double_drop_names_the_second_the_first_and_the_allocation)
{
	const struct deed_site here = place(9, "&xs"), first = place(13, "&xs"),
			       born = place(6, "&xs");
	const struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE, .site = &here },
		{ .role = DEED_ROLE_ALLOCATED, .site = &born },
		{ .role = DEED_ROLE_DROPPED, .site = &first },
	};
	const struct deed_report report = { .fault = DEED_E05, .sites = sites, .site_count = 3 };
	const char *const text = render(&report);
	const char *const second_at = strstr(text, "dropped here again");
	const char *const first_at = strstr(text, "dropped here first");
	const char *const born_at = strstr(text, "allocated here");

	cr_assert(second_at && first_at && born_at, "%s", text);
	cr_expect(second_at < first_at && first_at < born_at, "%s", text);
}

Test(text, a_conflict_says_both_kinds_both_places_and_what_is_shared)
{
	const struct deed_site here = place(8, "&xs"), one = place(14, "&xs"),
			       two = place(16, "&xs"), three = place(12, "xs");
	const struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE,
		  .site = &here,
		  .thread = 2,
		  .lo = 10,
		  .hi = 60,
		  .target = "inout" },
		{ .role = DEED_ROLE_LENT_BORROWED, .site = &one, .thread = 1, .lo = 0, .hi = 30 },
		{ .role = DEED_ROLE_LENT_INOUT,
		  .site = &two,
		  .thread = 3,
		  .lo = 40,
		  .hi = 50,
		  .is_guard = 1 },
		{ .role = DEED_ROLE_LENT_BORROWED,
		  .site = &three,
		  .thread = 2,
		  .lo = 59,
		  .hi = 99,
		  .has_ended = 1 },
	};
	const struct deed_report report = { .fault = DEED_E09,
					    .message = "`xs` cannot be lent inout here",
					    .buffer = xs_buffer,
					    .sites = sites,
					    .site_count = 4 };

	expect_text(
		render(&report),
		"deed: E09 conflicting loan: `xs` cannot be lent inout here\n"
		"  --> t.c:8 in main, on thread 2\n"
		"   |\n"
		" 8 |     deed_move(&ys, &xs);\n"
		"   |                    ^^^ this loan (inout, exclusive) is asked for here\n"
		"   = asks for elements [10, 60)\n"
		"  --> t.c:14 in main, on thread 1\n"
		"   |\n"
		"14 |     deed_swap(&xs2, &xs);\n"
		"   |                     ^^^ the earlier loan (borrowed, read-only) begins here\n"
		"   = covers elements [0, 30); both cover elements [10, 30); lasts until "
		"deed_end() ends it\n"
		"  --> t.c:16 in main, on thread 3\n"
		"   |\n"
		"16 |     deed_borrow(&s->xs) + deed_borrow(&xs);\n"
		"   |                                       ^^^ the earlier loan (inout, "
		"exclusive) "
		"begins here\n"
		"   = covers elements [40, 50); both cover elements [40, 50); lasts until the end "
		"of its block\n"
		"  --> t.c:12 in main, on thread 2\n"
		"   |\n"
		"12 |     copy(xs, deed_len(xs), xs);\n"
		"   |                       ^^ the earlier loan (borrowed, read-only) begins here\n"
		"   = covers elements [59, 99); both cover element 59; ended meanwhile, while this "
		"report was being\n"
		"       made\n"
		"   = buffer 7: `xs`, f32[1000], 4000 bytes, aligned to 16, heap, moved, at "
		"0x1000\n"
		"   = threads are numbered in the order of their first use of deed\n"
		"   = help: end the earlier loan first, or lend parts that do not overlap: only "
		"one "
		"may write\n"
		"deed: E09 conflicting loan: t.c:8 in main\n");
}

/* A row that is read has no range of elements. */
Test(text, what_both_cover_is_left_out_where_it_is_not_known)
{
	const struct deed_site here = place(8, "&xs"), one = place(14, "&xs");
	const struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE, .site = &here, .thread = 1, .verb = "read" },
		{ .role = DEED_ROLE_LENT_INOUT, .site = &one, .thread = 1, .lo = 0, .hi = 50 },
	};
	const struct deed_report report = { .fault = DEED_E19,
					    .message = "`xs` is read here",
					    .buffer = xs_buffer,
					    .sites = sites,
					    .site_count = 2 };
	const char *const text = render(&report);

	cr_expect(strstr(text, "= covers elements [0, 50)") && !strstr(text, "both cover"), "%s",
		  text);
}

Test(text, a_conflict_without_its_kind_says_what_is_certain)
{
	const struct deed_site here = place(8, "&xs"), one = place(14, "&xs");
	struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE, .site = &here },
		{ .role = DEED_ROLE_LENT_BORROWED, .site = &one },
	};
	const struct deed_report report = { .fault = DEED_E09, .sites = sites, .site_count = 2 };

	/* A borrow is in the way of nothing but an inout. */
	cr_expect(strstr(render(&report), "this loan (inout, exclusive) is asked for here"));
	sites[1].role = DEED_ROLE_LENT_INOUT;
	cr_expect(strstr(render(&report), "this loan is asked for here"));
}

Test(text, leaks_are_grouped_and_added_up)
{
	const struct deed_site one = place(6, "&xs"), two = place(20, "&end");
	const struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE, .site = &one, .repeats = 1 },
		{ .role = DEED_ROLE_ALLOCATED, .site = &one, .repeats = 1000, .bytes = 64000 },
		{ .role = DEED_ROLE_ADOPTED, .site = &two, .repeats = 1, .bytes = 1 },
	};
	const struct deed_report report = { .fault = DEED_E17,
					    .message = "1001 buffers are still owned at exit",
					    .sites = sites,
					    .site_count = 3 };

	expect_text(render(&report),
		    "deed: E17 leak: 1001 buffers are still owned at exit\n"
		    "  --> t.c:6 in main\n"
		    "   |\n"
		    " 6 |     if (deed_new(&xs, 1000))\n"
		    "   |                  ^^^ 1000 buffers, 64000 bytes, allocated here\n"
		    "  --> t.c:20 in main\n"
		    "   |\n"
		    "20 |     deed_last(&end);\n"
		    "   |               ^^^^ 1 buffer, 1 byte, taken over here from elsewhere "
		    "(adopted)\n"
		    "   = total: 1001 buffers, 64001 bytes, allocated at 2 places\n"
		    "   = help: deed_drop() each after its last use; DEED_AUTO does so at the end "
		    "of its "
		    "block;\n"
		    "       deed_immortal() says that it lives for ever\n"
		    "deed: E17 leak: t.c:6 in main\n");
}

Test(text, leaks_of_many_places_show_the_first_and_count_the_rest)
{
	static struct deed_site places[100];
	static struct deed_report_site sites[100];
	const struct deed_report report = { .fault = DEED_E17, .sites = sites, .site_count = 100 };
	const char *text;

	for (size_t i = 0; i < 100; i++) {
		places[i] = place(6, "&xs");
		sites[i] = (struct deed_report_site){
			.role = DEED_ROLE_ALLOCATED, .site = &places[i], .repeats = 2, .bytes = 10
		};
	}
	text = render(&report);
	cr_expect_eq(times_in(text, "-->"), 32);
	cr_expect(strstr(text, "= and at 68 places more: 136 buffers, 680 bytes\n"), "%s", text);
	cr_expect(strstr(text, "= total: 200 buffers, 1000 bytes, allocated at 100 places\n"));
}

Test(text, what_is_forgotten_is_said_to_be)
{
	const struct deed_site here = place(9, "&xs");
	const struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE, .site = &here },
		{ .role = DEED_ROLE_DROPPED, .site = NULL },
	};
	const struct deed_report report = { .fault = DEED_E04, .sites = sites, .site_count = 2 };

	deed_options.history = 3;
	cr_expect(strstr(render(&report),
			 "  --> forgotten (history=3)\n"
			 "   = where it was dropped is forgotten: DEED_OPTIONS=history=N keeps the "
			 "stories of N ended buffers\n"),
		  "%s", render(&report));
}

Test(text, events_are_a_list_unless_every_one_was_shown)
{
	const struct deed_site here = place(9, "&xs"), born = place(6, "&xs"),
			       resized = place(8, "&xs");
	const struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE, .site = &here },
		{ .role = DEED_ROLE_ALLOCATED, .site = &born },
	};
	const struct deed_report_site events[] = {
		{ .role = DEED_ROLE_ALLOCATED, .site = &born },
		{ .role = DEED_ROLE_RESIZED, .site = &resized },
		{ .role = DEED_ROLE_MOVED, .site = NULL, .target = "&(ys)" },
	};
	struct deed_report report = { .fault = DEED_E08,
				      .sites = sites,
				      .site_count = 2,
				      .events = events,
				      .event_count = 3 };
	char expected[512];

	deed_options.history = 3;
	snprintf(expected, sizeof expected,
		 "   = what happened to the buffer, in this order:\n"
		 "       allocated      %s:6 in main\n"
		 "       resized        %s:8 in main\n"
		 "       moved to `ys`  forgotten (history=3)\n",
		 file_name, file_name);
	cr_expect(strstr(render(&report), expected), "%s\n%s", render(&report), expected);
	report.event_count = 1;
	cr_expect_null(strstr(render(&report), "what happened"));
}

/* Miri's error-range: an overlap tells of what overlaps. */
Test(text, history_of_other_elements_is_left_out_of_a_conflict)
{
	const struct deed_site here = place(9, "&xs"), one = place(8, "&xs"),
			       other = place(14, "&xs");
	const struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE, .site = &here, .lo = 0, .hi = 10 },
		{ .role = DEED_ROLE_LENT_INOUT, .site = &one, .lo = 9, .hi = 20 },
	};
	const struct deed_report_site events[] = {
		{ .role = DEED_ROLE_LENT_INOUT, .site = &other, .lo = 10, .hi = 20 },
		{ .role = DEED_ROLE_LENT_BORROWED, .site = &other, .lo = 5, .hi = 6 },
	};
	const struct deed_report report = { .fault = DEED_E09,
					    .sites = sites,
					    .site_count = 2,
					    .events = events,
					    .event_count = 2 };
	const char *const text = render(&report);

	cr_expect(strstr(text, "lent borrowed, element 5"), "%s", text);
	cr_expect_null(strstr(text, "lent inout, elements [10, 20)"));
	cr_expect(strstr(text, "both cover element 9;"), "%s", text);
}

Test(text, nothing_at_all_is_still_a_report)
{
	const struct deed_report_site nowhere = { .role = DEED_ROLE_HERE };
	struct deed_report report = { .fault = DEED_E18 };

	expect_text(
		render(&report),
		"deed: E18 wrong handle, source or memory: a rule is broken "
		"here\n"
		"   = help: start handles as DEED_EMPTY, end a loan through its source, lend no "
		"null pointer\n"
		"deed: E18 wrong handle, source or memory\n");
	report.sites = &nowhere;
	report.site_count = 1;
	cr_expect(strstr(render(&report), "  --> at a place that is not known\n"));
	report.events = &nowhere;
	report.event_count = 1;
	cr_expect(strlen(render(&report)) > 0);
}

/* Every fault with every role, every pointer null: no crash, and no two spaces or empty labels. */
Test(text, every_fault_has_words_for_every_role)
{
	const struct deed_site site = { .line = 3 };

	for (int fault = 0; fault < DEED_ADVISORY_END; fault++)
		for (int role = 0; role <= DEED_ROLE_PART + 1; role++) {
			const struct deed_report_site sites[] = {
				{ .role = DEED_ROLE_HERE, .site = &site },
				{ .role = (enum deed_role)role, .site = &site, .lo = 1, .hi = 2 },
			};
			const struct deed_report report = { .fault = (enum deed_fault)fault,
							    .sites = sites,
							    .site_count = 2,
							    .events = sites,
							    .event_count = 2 };
			struct deed_writer label = { 0 };

			cr_expect(strstr(render(&report), "\n   = help: "), "%d %d", fault, role);
			if (role > DEED_ROLE_PART)
				continue;
			deed_put_label(&label, &report, &sites[1]);
			cr_expect(label.bytes && !strstr(label.text, "  "),
				  "fault %d, role %d: \"%s\"", fault, role, label.text);
			deed_writer_done(&label);
		}
}

/* What a report knows beside its fault, and what it says for that. Both places have the text "&xs".
 */
struct advice {
	enum deed_fault fault;
	const char *verb;
	bool by_block, is_copy;
	enum deed_role other; /* of a second place, */
	bool other_by_block;
	const char *kind, *state;
	const char *label, *help;
};

static const struct advice advices[] = {
	{ DEED_E01, "cloned", .label = "owns nothing here", .help = "`deed_owns(&xs)` tells" },
	{ DEED_E02, "", .label = "overwritten here", .help = "put `deed_settle(&xs)` before" },
	{ DEED_E03, "", .other = DEED_ROLE_MOVED, .state = "live",
	  .label = "used here, after it was moved away",
	  .help = "use `ys`, which owns the buffer now" },
	{ DEED_E03, "dropped", .other = DEED_ROLE_MOVED, .label = "dropped here, after",
	  .help = "`deed_settle(&xs)` drops only" },
	{ DEED_E03, "moved", .is_copy = true, .other = DEED_ROLE_MOVED,
	  .label = "moved here, after it was moved away",
	  .help = "a copied handle does not notice a move" },
	{ DEED_E04, "resized", .other = DEED_ROLE_RELEASED,
	  .label = "resized here, after its buffer was released", .help = "before deed_release()" },
	{ DEED_E04, "used", .other = DEED_ROLE_RESIZED,
	  .label = "used here, after its buffer was resized", .help = "pass the owner by address" },
	{ DEED_E04, "used", .other = DEED_ROLE_DROPPED, .other_by_block = true,
	  .label = "used here, after its buffer was dropped",
	  .help = "DEED_AUTO drops at the end of its block" },
	{ DEED_E05, "released", .other = DEED_ROLE_DROPPED,
	  .label = "released here, after it was dropped", .help = "release it instead" },
	{ DEED_E05, "dropped", .by_block = true, .other = DEED_ROLE_DROPPED,
	  .label = "declared here, and dropped again at the end of its block",
	  .help = "delete the other drop" },
	{ DEED_E05, "dropped", .is_copy = true, .other = DEED_ROLE_DROPPED,
	  .label = "dropped here again", .help = "pass it by address" },
	{ DEED_E06, "swapped", .other = DEED_ROLE_LENT_INOUT,
	  .label = "swapped here, while it is lent", .help = "`deed_end(&xs, &view)`" },
	{ DEED_E07, "resized", .other = DEED_ROLE_LENT_INOUT, .other_by_block = true,
	  .label = "resized here, while it is lent",
	  .help = "resize it after that block; a resize puts" },
	{ DEED_E08, "released", .other = DEED_ROLE_LENT_BORROWED, .other_by_block = true,
	  .label = "released here, while it is lent", .help = "release it after that block" },
	{ DEED_E08, "dropped", .by_block = true, .other = DEED_ROLE_LENT_BORROWED,
	  .label = "declared here, and dropped at the end of its block, while it is lent",
	  .help = "`deed_end(&xs, &view)`" },
	{ DEED_E10, "", .kind = "static", .label = "lent here for writing",
	  .help = "deed_clone()" },
	{ DEED_E10, "", .other = DEED_ROLE_LENT_BORROWED, .kind = "raw",
	  .label = "lent here for writing", .help = "let main() lend it for writing: DEED_LEND" },
	{ DEED_E11, "read", .other = DEED_ROLE_LENT_BORROWED, .other_by_block = true,
	  .label = "read here, after its loan ended", .help = "inside the block of its guard" },
	{ DEED_E12, "ended", .by_block = true,
	  .label = "declared here: the end of its block ends the loan again",
	  .help = "delete the deed_end()" },
	{ DEED_E13, "cloned", .other = DEED_ROLE_LENT_INOUT,
	  .label = "cloned here, while it is lent", .help = "clone it before" },
	{ DEED_E13, "opened for writing", .other = DEED_ROLE_LENT_BORROWED,
	  .label = "opened for writing here, while it is lent", .help = "`deed_reading(&xs)`" },
	{ DEED_E14, "ended", .label = "noticed here", .help = "-fexceptions" },
	{ DEED_E14, "jumped", .label = "noticed here", .help = "deed_loans_unwind()" },
	{ DEED_E16, "dropped", .label = "dropped here, at another address", .help = "deed_move()" },
	{ DEED_E18, "adopted", .label = "adopted here", .help = "adopt memory once" },
	{ DEED_E18, "dropped", .kind = "static", .label = "dropped here, but it is static data",
	  .help = "needs no drop" },
	{ DEED_E18, "released", .kind = "static", .label = "released here, but it is static data",
	  .help = "a copy of its own can be released" },
	{ DEED_E18, "lent", .label = "lent here, but it is null", .help = "check the pointer" },
	{ DEED_E18, "used", .label = "used here", .help = "DEED_EMPTY" },
	{ DEED_E18, "", .other = DEED_ROLE_LENT_INOUT, .label = "through the wrong source",
	  .help = "`deed_end(&xs, &xs)`" },
};

Test(text, a_label_has_the_verb_and_the_help_is_about_the_case)
{
	const struct deed_site site = place(9, "&xs"), second = place(8, "&xs");

	for (size_t i = 0; i < ARRAY_LEN(advices); i++) {
		const struct advice *const a = &advices[i];
		const struct deed_report_site sites[] = {
			{ .role = DEED_ROLE_HERE,
			  .site = &site,
			  .verb = a->verb,
			  .is_guard = a->by_block,
			  .is_copy = a->is_copy },
			{ .role = a->other,
			  .site = &second,
			  .target = "&ys",
			  .is_guard = a->other_by_block },
		};
		const struct deed_report report = {
			.fault = a->fault,
			.buffer = { .id = 1,
				    .kind = a->kind ? a->kind : "heap",
				    .state = a->state ? a->state : "dropped" },
			.sites = sites,
			.site_count = a->other ? 2 : 1,
		};
		struct deed_writer out = { 0 };

		deed_put_label(&out, &report, &sites[0]);
		cr_expect(strstr(out.text, a->label), "case %zu: %s", i, out.text);
		deed_writer_reset(&out);
		deed_put_help(&out, &report);
		cr_expect(strstr(out.text, a->help), "case %zu: %s", i, out.text);
		deed_writer_done(&out);
	}
}

/* Code that is advised must not do again what its argument does. */
Test(text, an_expression_with_effects_is_not_repeated)
{
	const char *const texts[] = { "&list[count++]", "next(list)", "at = &xs" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const struct deed_site site = place(9, texts[i]);
		const struct deed_report_site here = { .role = DEED_ROLE_HERE, .site = &site };
		const struct deed_report report = { .fault = DEED_E02,
						    .sites = &here,
						    .site_count = 1 };
		struct deed_writer out = { 0 };

		deed_put_help(&out, &report);
		cr_expect(strstr(out.text, "`deed_settle()`"), "%s", out.text);
		deed_writer_done(&out);
	}
}

/* [lo, hi) was asked for of `of`. */
static const struct {
	size_t lo, hi, of;
	const char *what, *label, *help;
} missing[] = {
	{ 30, 31, 30, "", "there is no element 30", "it must be less than deed_len(xs)" },
	{ SIZE_MAX, 0, 30, "", "asked for here", "it must be less than deed_len(xs)" },
	{ 20, 40, 30, "", "there are no elements [30, 40)", "end at or before deed_len(xs)" },
	{ 20, 31, 30, "", "there is no element 30", "end at or before deed_len(xs)" },
	{ 40, 50, 30, "", "there are no elements [40, 50)", "end at or before deed_len(xs)" },
	{ 9, 3, 30, "", "asked for here", "must not end before it begins" },
	{ 7, 8, 7, "row", "there is no row 7", "less than deed_tile_rows(xs)" },
	{ 0, 10, 30, "tile", "this tile does not fit", "x + width <= pitch" },
};

Test(text, what_is_missing_is_what_was_asked_for_and_is_not_there)
{
	const struct deed_site site = place(9, "xs");

	for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
		const struct deed_report_site here = { .role = DEED_ROLE_HERE,
						       .site = &site,
						       .lo = missing[i].lo,
						       .hi = missing[i].hi,
						       .rows = 1,
						       .of = missing[i].of,
						       .target = missing[i].what };
		const struct deed_report report = { .fault = DEED_E15,
						    .sites = &here,
						    .site_count = 1 };
		const char *const text = render(&report);

		cr_expect(strstr(text, missing[i].label), "case %zu: %s", i, text);
		cr_expect(strstr(text, missing[i].help), "case %zu: %s", i, text);
	}
}

/* A range that is the whole buffer is no news, unless the other one is a part. */
Test(text, ranges_are_shown_where_they_tell_something)
{
	const struct deed_site here = place(9, "&xs"), one = place(8, "&xs");
	struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE, .site = &here, .lo = 0, .hi = 1000, .target = "inout" },
		{ .role = DEED_ROLE_LENT_INOUT, .site = &one, .lo = 0, .hi = 1000 },
	};
	const struct deed_report report = {
		.fault = DEED_E09, .buffer = xs_buffer, .sites = sites, .site_count = 2
	};

	cr_expect_null(strstr(render(&report), "elements"));
	sites[1].hi = 10;
	cr_expect(strstr(render(&report), "   = asks for all 1000 elements\n"));
	cr_expect(strstr(render(&report), "   = covers elements [0, 10); lasts"));
	sites[0].lo = 5;
	sites[0].hi = 15;
	cr_expect(strstr(render(&report), "   = asks for elements [5, 15)\n"));
	cr_expect(
		strstr(render(&report), "covers elements [0, 10); both cover elements [5, 10); "));
}

Test(text, colours_are_only_there_when_wanted)
{
	const struct deed_site here = place(9, "&xs");
	const struct deed_report_site site = { .role = DEED_ROLE_HERE, .site = &here };
	const struct deed_report report = { .fault = DEED_E03, .sites = &site, .site_count = 1 };

	cr_expect_null(strchr(render(&report), '\033'));
	rendering->is_coloured = true;
	cr_expect(strstr(render(&report), "\033[1;31mdeed: E03 use after move\033[0m"));
	cr_expect(
		strstr(render(&report), "\033[1;31m^^^ used here, after it was moved away\033[0m"));
	rendering->is_coloured = false;
}

Test(text, without_source_the_same_is_said)
{
	struct deed_site here = place(9, "&(xs)");
	const struct deed_report_site site = { .role = DEED_ROLE_HERE, .site = &here };
	const struct deed_report report = { .fault = DEED_E03, .sites = &site, .site_count = 1 };
	static const char said[] = "   = `xs`: used here, after it was moved away\n";

	deed_options.source = false;
	cr_expect(strstr(render(&report), said), "%s", render(&report));
	deed_options.source = true;
	cr_expect_null(strstr(render(&report), said));
	here.file = "no/such/file.c";
	cr_expect(strstr(render(&report), said));
	cr_expect(strstr(render(&report), "  --> no/such/file.c:9 in main\n"));
	here.file = "/dev/stdin"; /* is not waited for */
	cr_expect(strstr(render(&report), said));
	here.file = "/tmp";
	cr_expect(strstr(render(&report), said));
	here.file = NULL;
	cr_expect(strstr(render(&report), said));
	here.file = file_name;
	here.line = 1000;
	cr_expect(strstr(render(&report), said));
}

Test(text, long_lines_are_shown_around_the_mark)
{
	const struct deed_site here = place(19, "&far");
	const struct deed_report_site site = { .role = DEED_ROLE_HERE, .site = &here };
	const struct deed_report report = { .fault = DEED_E14, .sites = &site, .site_count = 1 };
	const char *text = render(&report);

	for (const char *line = text; *line; line = strchr(line, '\n') + 1)
		cr_expect(strchr(line, '\n') - line <= 100, "%s", text);
	cr_expect(strstr(text, "deed_drop(&far)"), "%s", text);
	cr_expect(strstr(text, "...\n"), "%s", text);
}

Test(text, events_know_the_verbs_that_make_them)
{
	const struct deed_report_site freed = { .role = DEED_ROLE_FREED };
	struct deed_report_site here = { .role = DEED_ROLE_HERE, .verb = "closed" };

	cr_expect_str_eq(deed_verbs_of(&freed), "free");
	cr_expect_str_eq(deed_verbs_of(&here), "close");
	here.verb = "pushed to";
	cr_expect_str_eq(deed_verbs_of(&here), "push reserve");
	here.verb = "used"; /* that can be any verb */
	cr_expect_null(deed_verbs_of(&here));
	here.verb = NULL;
	cr_expect_null(deed_verbs_of(&here));
	here.target = "inout";
	cr_expect_str_eq(deed_verbs_of(&here),
			 deed_verbs_of(&(struct deed_report_site){ .role = DEED_ROLE_LENT_INOUT }));
}

Test(text, a_mark_stands_under_its_text_whatever_is_on_the_line)
{
	const struct deed_site here = place(15, "&xs");
	const struct deed_report_site site = { .role = DEED_ROLE_HERE, .site = &here };
	const struct deed_report report = { .fault = DEED_E03, .sites = &site, .site_count = 1 };

	cr_expect(strstr(render(&report), "15 |     deed_drop( & xs ); /* \xc3\xa9 ?? */\n"
					  "   |                ^^^^ used here"),
		  "%s", render(&report));
}

Test(text, a_label_that_does_not_fit_goes_below)
{
	const struct deed_site here = place(16, "&xs");
	const struct deed_report_site site = { .role = DEED_ROLE_HERE, .site = &here };
	const struct deed_report report = { .fault = DEED_E23, .sites = &site, .site_count = 1 };
	const char *const text = render(&report);

	cr_expect(strstr(text, "   |                                       ^^^\n"
			       "   |"),
		  "%s", text);
	for (const char *line = text; *line; line = strchr(line, '\n') + 1)
		cr_expect(strchr(line, '\n') - line <= 100, "%s", text);
}

Test(text, a_buffer_of_structs_tells_their_size)
{
	const struct deed_report report = {
		.fault = DEED_E22,
		.buffer = { .id = 1, .count = 1, .bytes = 24, .element_bytes = 24, .kind = "raw" }
	};

	cr_expect(
		strstr(render(&report),
		       "= buffer 1: 1 element of 24 bytes, 24 bytes, memory lent by its address\n"),
		"%s", render(&report));
}

/* ---- parts ---------------------------------------------------------------------------------- */

Test(text, a_place_in_a_part_is_told_by_the_part_and_not_by_the_thread)
{
	const struct deed_site here = place(8, "&ys"), other = place(14, "&xs"),
			       team = place(18, "other"), born = place(6, "&xs");
	const struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE,
		  .site = &here,
		  .thread = 3,
		  .lo = 10,
		  .hi = 60,
		  .target = "inout",
		  .part = 7,
		  .parts = 8,
		  .part_lo = 448,
		  .part_hi = 512 },
		{ .role = DEED_ROLE_LENT_INOUT,
		  .site = &other,
		  .thread = 2,
		  .lo = 0,
		  .hi = 30,
		  .part = 1,
		  .parts = 8,
		  .part_lo = 64,
		  .part_hi = 128,
		  .part_x_lo = 0,
		  .part_x_hi = 32 },
		{ .role = DEED_ROLE_ALLOCATED, .site = &born, .thread = 1 },
		{ .role = DEED_ROLE_TEAM, .site = &team, .thread = 1 },
	};
	const struct deed_report report = { .fault = DEED_E19,
					    .message = "two parts",
					    .buffer = { .count = 1000 },
					    .sites = sites,
					    .site_count = 4 };

	expect_text(
		render(&report),
		"deed: E19 tasks overlap: two parts\n"
		"  --> t.c:8 in main, part 7 of 8 ([448, 512))\n"
		"   |\n"
		" 8 |     deed_move(&ys, &xs);\n"
		"   |               ^^^ this loan (inout, exclusive) is asked for here\n"
		"   = asks for elements [10, 60)\n"
		"  --> t.c:14 in main, part 1 of 8 (rows [64, 128), columns [0, 32))\n"
		"   |\n"
		"14 |     deed_swap(&xs2, &xs);\n"
		"   |                     ^^^ the other part's loan (inout, exclusive) began here\n"
		"   = covers elements [0, 30); both cover elements [10, 30)\n"
		"  --> t.c:18 in main\n"
		"   |\n"
		"18 |     wrap(other, thing);\n"
		"   |          ^^^^^ the parts run here\n"
		"  --> t.c:6 in main\n"
		"   |\n"
		" 6 |     if (deed_new(&xs, 1000))\n"
		"   |                  ^^^ allocated here\n"
		"   = parts run in any order and at the same time: it is luck if these two do not "
		"meet\n"
		"   = help: let each part write to its own: share it out before the parts run, by "
		"deed_share_inout()\n"
		"       with DEED_BY_INDEX, and take `deed_part_inout(part, &ys)` here\n"
		"deed: E19 tasks overlap: t.c:8 in main\n");
}

Test(text, a_fault_of_a_plan_says_what_each_part_is_to_have)
{
	const struct deed_site here = place(8, "&ys");
	const struct deed_report_site sites[] = {
		{ .role = DEED_ROLE_HERE,
		  .site = &here,
		  .lo = 31,
		  .hi = 33,
		  .target = "inout",
		  .verb = "shared out by halo",
		  .shared_into = 3 },
		{ .role = DEED_ROLE_PART,
		  .site = &here,
		  .lo = 0,
		  .hi = 33,
		  .parts = 3,
		  .part_hi = 32 },
		{ .role = DEED_ROLE_PART,
		  .site = &here,
		  .lo = 50,
		  .hi = 31,
		  .part = 1,
		  .parts = 3,
		  .part_lo = 32,
		  .part_hi = 64 },
	};
	const struct deed_report report = {
		.fault = DEED_E19, .message = "overlap", .sites = sites, .site_count = 3
	};

	expect_text(render(&report),
		    "deed: E19 tasks overlap: overlap\n"
		    "  --> t.c:8 in main\n"
		    "   |\n"
		    " 8 |     deed_move(&ys, &xs);\n"
		    "   |               ^^^ shared out (inout, exclusive) here, to 3 parts\n"
		    "   = part 0 of 3 ([0, 32)) is to have elements [0, 33)\n"
		    "   = part 1 of 3 ([32, 64)) is to have elements from 50 on, which end "
		    "before they begin\n"
		    "   = help: a halo is for reading: `deed_share_borrowed(&plan, &ys, "
		    "deed_by_halo(...))`, and write to\n"
		    "       another buffer, shared out DEED_BY_INDEX\n"
		    "deed: E19 tasks overlap: t.c:8 in main\n");
}

/* A task and what is in its way. */
static const struct {
	enum deed_fault fault;
	const char *verb, *target;
	size_t parts, part, shared_into;
	enum deed_role other;
	size_t other_parts, other_part, other_shared_into;
	const char *label, *help;
} task_cases[] = {
	{ DEED_E19, "", "inout", 8, 3, 0, DEED_ROLE_LENT_INOUT, 8, 1, 0,
	  "this loan (inout, exclusive) is asked for here", "`deed_part_inout(part, &xs)` here" },
	{ DEED_E19, "", "inout", 8, 3, 0, DEED_ROLE_LENT_BORROWED, 8, 1, 0, "this loan",
	  "what all parts read, none may write" },
	{ DEED_E19, "dropped", "", 8, 3, 0, DEED_ROLE_LENT_BORROWED, 8, 1, 0, "dropped here",
	  "as it is: do that when all parts are done" },
	{ DEED_E19, "shared out by edges", "inout", 0, 0, 8, 0, 0, 0, 0,
	  "shared out (inout, exclusive) here, to 8 parts", "no edge may lie below" },
	{ DEED_E20, "opened for writing", "", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0, 0,
	  "opened for writing here, but it was lent outside of all parts",
	  "by deed_share_inout() with DEED_BY_INDEX, and take `deed_part_inout(part, &xs)`" },
	{ DEED_E20, "ended", "", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0, 0, "ended here, but",
	  "end it where it was lent" },
	{ DEED_E20, "read", "", 8, 3, 0, DEED_ROLE_LENT_INOUT, 8, 1, 0,
	  "read here, but it is the loan of another part", "`deed_part_inout(part, &xs2)`" },
	{ DEED_E20, "read", "", 0, 0, 0, DEED_ROLE_LENT_INOUT, 8, 1, 0, "the loan of another part",
	  "lends it itself" },
	{ DEED_E20, "taken", "", 8, 3, 0, 0, 0, 0, 0, "taken here", "another one ends when" },
	{ DEED_E20, "taken", "", 0, 0, 0, 0, 0, 0, 0, "taken here", "from the part that it" },
	{ DEED_E20, "taken", "inout", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8, "taken here",
	  "another one ends when" },
	{ DEED_E20, "taken", "inout", 0, 0, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8, "taken here",
	  "lends it itself" },
	{ DEED_E20, "taken with a copy of the part", "inout", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0,
	  8, "taken here, with a copy of the part", "`deed_part_inout(part, &xs)`" },
	{ DEED_E20, "taken after unwinding", "inout", 0, 0, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8,
	  "taken here, after unwinding", "with a mark of its own" },
	{ DEED_E20, "taken with the part around", "borrowed", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0,
	  8, "taken here, with the part around",
	  "`deed_share_borrowed(&plan, &view, DEED_BY_INDEX)`" },
	{ DEED_E13, "read", "", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8,
	  "read here, while it is shared out", "use the part's own: `deed_part_inout(part, &xs)`" },
	{ DEED_E13, "read", "", 0, 0, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8,
	  "read here, while it is shared out", "before it is shared out, or when all parts" },
	{ DEED_E14, "returned", "", 8, 3, 0, DEED_ROLE_LENT_INOUT, 8, 3, 0,
	  "noticed here, when part 3 was done", "`deed_end(&xs2, &view)`" },
	{ DEED_E14, "returned", "", 8, 3, 0, DEED_ROLE_LENT_INOUT, 8, 3, 8,
	  "noticed here, when part 3 was done",
	  "`deed_parallel_for(pool, &plan, fn, context)`: that ends" },
	{ DEED_E14, "jumped", "", 8, 3, 0, DEED_ROLE_LENT_INOUT, 8, 3, 0,
	  "noticed here: the part was left without", "deed_loans_unwind()" },
	{ DEED_E15, "shared out by index", "inout", 0, 0, 8, 0, 0, 0, 0, "to 8 parts",
	  "`deed_plan_chunks(&plan, deed_len(xs), chunk)`" },
	{ DEED_E08, "dropped", "", 0, 0, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8, "dropped here, while",
	  "share it out right before they run" },
	{ DEED_E08, "dropped", "", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8, "dropped here, while",
	  "as it is: do that when all parts are done" },
	{ DEED_E09, "", "borrowed", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8, "this loan (borrowed",
	  "`deed_part_borrowed(part, &xs)`" },
	{ DEED_E18, "taken", "inout", 8, 3, 0, 0, 0, 0, 0, "taken here",
	  "by deed_share_inout() with DEED_BY_INDEX; it may have another name there" },
	{ DEED_E18, "taken of another cut", "inout", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8,
	  "taken here", "to cut a plan again forgets" },
	{ DEED_E18, "taken", "inout", 8, 3, 0, DEED_ROLE_LENT_BORROWED, 0, 0, 8, "taken here",
	  "to read only, take `deed_part_borrowed(part, &xs)`" },
	{ DEED_E18, "taken", "borrowed", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8, "taken here",
	  "take deed_part_tile_borrowed()" },
	{ DEED_E18, "taken as a tile", "inout", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8,
	  "taken as a tile here", "or share it out by deed_by_tile()" },
	{ DEED_E18, "taken from another source", "inout", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8,
	  "taken here, from another source", "`deed_part_inout(part, &xs2)`" },
	{ DEED_E18, "run by what is no plan", "", 0, 0, 0, 0, 0, 0, 0, "was never cut",
	  "by deed_plan_chunks() or, of tiles, deed_plan_tiles()" },
	{ DEED_E15, "taken by other edges", "inout", 8, 3, 0, DEED_ROLE_LENT_INOUT, 0, 0, 8,
	  "asked for here", "leave the edges as they are until all parts are done" },
	{ DEED_A03, "shared out by part", "inout", 0, 0, 8, 0, 0, 0, 0, "to 8 parts",
	  "deed_by_part(16)" },
	{ DEED_A06, "shared out by index", "inout", 0, 0, 8, 0, 0, 0, 0, "to 8 parts",
	  "`deed_len(xs)`" },
};

Test(text, the_help_of_a_task_is_about_whose_loan_it_is)
{
	const struct deed_site site = place(9, "&xs"), second = place(8, "&xs2");

	for (size_t i = 0; i < ARRAY_LEN(task_cases); i++) {
		const struct deed_report_site sites[] = {
			{ .role = DEED_ROLE_HERE,
			  .site = &site,
			  .verb = task_cases[i].verb,
			  .target = task_cases[i].target,
			  .part = task_cases[i].part,
			  .parts = task_cases[i].parts,
			  .shared_into = task_cases[i].shared_into },
			{ .role = task_cases[i].other,
			  .site = &second,
			  .part = task_cases[i].other_part,
			  .parts = task_cases[i].other_parts,
			  .shared_into = task_cases[i].other_shared_into },
		};
		const struct deed_report report = {
			.fault = task_cases[i].fault,
			.buffer = { .id = 1, .kind = "heap", .element_bytes = 4, .align = 64 },
			.sites = sites,
			.site_count = task_cases[i].other ? 2 : 1
		};
		struct deed_writer out = { 0 };

		deed_put_label(&out, &report, &sites[0]);
		cr_expect(strstr(out.text, task_cases[i].label), "case %zu: %s", i, out.text);
		deed_writer_reset(&out);
		deed_put_help(&out, &report);
		cr_expect(strstr(out.text, task_cases[i].help), "case %zu: %s", i, out.text);
		/* It may have been deed_reduce(). */
		cr_expect(!strstr(out.text, "deed_parallel_for()"), "case %zu: %s", i, out.text);
		deed_writer_done(&out);
	}
}

/* ---- ranges --------------------------------------------------------------------------------- */

struct range_case {
	struct deed_report_site a, b;
	const char *common; /* null: none */
};

#define RANGE(low, high)                                                                           \
	{                                                                                          \
		.lo = (low), .hi = (high)                                                          \
	}
#define TILE(low, high, count, apart)                                                              \
	{                                                                                          \
		.lo = (low), .hi = (high), .rows = (count), .pitch = (apart)                       \
	}

static const struct range_case range_cases[] = {
	{ RANGE(0, 10), RANGE(5, 20), "elements [5, 10)" },
	{ RANGE(5, 20), RANGE(0, 10), "elements [5, 10)" },
	{ RANGE(0, 10), RANGE(9, 20), "element 9" },
	{ RANGE(0, 10), RANGE(10, 20), NULL },
	{ RANGE(0, 0), RANGE(0, 20), NULL },
	{ TILE(0, 50, 8, 100), TILE(50, 100, 8, 100), NULL },
	{ TILE(0, 51, 8, 100), TILE(50, 100, 8, 100), "element 50 in each of 8 rows, 100 apart" },
	{ TILE(0, 50, 8, 100), RANGE(110, 120), "elements [110, 120)" },
	{ RANGE(110, 120), TILE(0, 50, 8, 100), "elements [110, 120)" },
	{ TILE(0, 50, 8, 100), RANGE(60, 90), NULL },
	{ TILE(0, 50, 8, 100), RANGE(40, 320), "elements [40, 50) and 3 more runs" },
	{ TILE(0, 10, 4, 100), TILE(5, 10, 2, 200),
	  "elements [5, 10) in each of 2 rows, 200 apart" },
	{ TILE(0, 50, 1, 100), RANGE(0, 1000), "elements [0, 50)" },
};

Test(text, common_elements_are_exact)
{
	for (size_t i = 0; i < ARRAY_LEN(range_cases); i++) {
		const struct range_case *const c = &range_cases[i];
		struct deed_writer words = { 0 };
		const bool is_common = deed_put_common(&words, &c->a, &c->b);

		cr_expect(is_common == !!c->common, "case %zu", i);
		cr_expect_str_eq(words.text ? words.text : "", c->common ? c->common : "");
		deed_writer_done(&words);
	}
}

/* Against every element, one by one. */
Test(text, common_elements_agree_with_counting)
{
	uint64_t seed = 20;

	for (int round = 0; round < 20000; round++) {
		struct deed_report_site site[2];
		size_t first = SIZE_MAX, shared = 0;
		struct deed_writer words = { 0 };
		char expected[64];

		for (int i = 0; i < 2; i++) {
			const size_t lo = random_below(&seed, 20);
			const size_t width = 1 + random_below(&seed, 8);

			site[i] = (struct deed_report_site){ .lo = lo,
							     .hi = lo + width,
							     .rows = random_below(&seed, 5),
							     .pitch = width +
								      random_below(&seed, 10) };
		}
		for (size_t at = 0; at < 200; at++) {
			bool in[2] = { false, false };

			for (int i = 0; i < 2; i++)
				for (size_t row = 0; row < deed_site_rows(&site[i]); row++)
					in[i] |= at >= site[i].lo + row * site[i].pitch &&
						 at < site[i].hi + row * site[i].pitch;
			if (in[0] && in[1]) {
				first = at < first ? at : first;
				shared++;
			}
		}
		cr_assert(deed_put_common(&words, &site[0], &site[1]) == (shared > 0));
		snprintf(expected, sizeof expected, "%zu", first);
		cr_assert(!shared || strstr(words.text, expected), "%s: %s", words.text, expected);
		deed_writer_done(&words);
	}
}

/* ---- names ---------------------------------------------------------------------------------- */

Test(text, names_are_bare)
{
	static const char *const pairs[][2] = {
		{ "&xs", "`xs`" },
		{ "xs", "`xs`" },
		{ "&(xs)", "`xs`" },
		{ "(&xs)", "`xs`" },
		{ " & ( xs ) ", "`xs`" },
		{ "&s->xs", "`s->xs`" },
		{ "&(a)->b", "`(a)->b`" },
		{ "(a) + (b)", "`(a) + (b)`" },
		{ "f(x)", "`f(x)`" },
		{ "&rows[i]", "`rows[i]`" },
		{ "", "``" },
		{ "&", "``" },
		{ "()", "``" },
		{ "((x))", "`x`" },
		{ "((x)", "`((x)`" },
	};
	struct deed_writer words = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		deed_writer_reset(&words);
		deed_put_name(&words, pairs[i][0]);
		cr_expect_str_eq(words.text, pairs[i][1], "%s: %s", pairs[i][0], words.text);
	}
	deed_writer_reset(&words);
	deed_put_name(&words, NULL);
	cr_expect_str_eq(words.text, "``");
}

/* ---- source --------------------------------------------------------------------------------- */

struct source_case {
	uint32_t line;
	const char *text;
	uint32_t first_line, mark_line;
	const char *marked;
	size_t column; /* in bytes from 0; of the mark */
};

static const struct source_case source_cases[] = {
	{ 6, "&xs", 6, 6, "&xs", 14 },
	{ 8, "&xs", 8, 8, "&xs", 16 },
	{ 8, "&ys", 8, 8, "&ys", 11 },
	{ 10, "&xs", 10, 11, "&xs", 4 }, /* the compiler names the first line of a call */
	{ 11, "&xs", 10, 11, "&xs", 4 }, /* or the last */
	{ 11, "&ys", 10, 10, "&ys", 11 },
	{ 12, "xs", 12, 12, "xs", 19 },	  /* inside the verb, not the first */
	{ 13, "&(xs)", 13, 13, "xs", 9 }, /* the text of a macro of the program's own */
	{ 14, "&xs", 14, 14, "&xs", 17 }, /* not a part of xs2 */
	{ 15, "&xs", 15, 15, "& xs", 17 },
	{ 16, "&xs", 16, 16, "&xs", 35 },
	{ 17, "xs", 17, 17, "xs", 31 },
	{ 18, "nowhere", 18, 18, "wrap", 1 },
	{ 8, "nowhere", 8, 8, "deed_move", 1 },
	{ 18, "", 18, 18, "wrap(other, thing);", 1 }, /* of no verb: the statement */
	{ 18, NULL, 18, 18, "wrap", 1 },
	{ 20, "&end", 20, 20, "&end", 11 },
	{ 21, "&one", 21, 21, "&one", 14 },
	{ 22, "&one", 21, 21, "&one", 14 }, /* not that of another call on the last line */
	{ 23, "&two", 23, 23, "&two", 11 },
	{ 1, "&xs", 1, 1, "", 0 },
};

Test(source, the_argument_is_found_in_its_call)
{
	for (size_t i = 0; i < ARRAY_LEN(source_cases); i++) {
		const struct source_case *const c = &source_cases[i];
		const struct deed_site site = place(c->line, c->text);
		struct deed_source *const found = &rendering->source;
		const char *marked;

		cr_assert(deed_source_find(found, &site, NULL), "case %zu", i);
		marked = found->lines[found->mark_line] + found->mark;
		cr_expect(found->first_line == c->first_line, "case %zu: first line %u", i,
			  found->first_line);
		cr_expect(found->first_line + found->mark_line == c->mark_line,
			  "case %zu: line %zu", i, found->first_line + found->mark_line);
		cr_expect(found->mark_len == strlen(c->marked) &&
				  !strncmp(marked, c->marked, found->mark_len),
			  "case %zu: %.*s", i, (int)found->mark_len, marked);
		cr_expect(found->mark == c->column, "case %zu: column %zu", i, found->mark);
	}
}

Test(source, lines_that_are_not_there_are_not_found)
{
	struct deed_site site = place(24, "&xs");

	cr_expect(!deed_source_find(&rendering->source, &site, NULL));
	site.line = 0;
	cr_expect(!deed_source_find(&rendering->source, &site, NULL));
	site.line = UINT32_MAX;
	cr_expect(!deed_source_find(&rendering->source, &site, NULL));
	cr_expect(!deed_source_find(&rendering->source, NULL, NULL));
}

Test(source, a_relative_path_is_below_the_root_once_that_is_known)
{
	struct deed_site site = place(6, "&xs");
	char dir[64], path[128];

	/* Not below a directory that this program may lie in. */
	snprintf(dir, sizeof dir, "/tmp/deed_root_%d", (int)getpid());
	snprintf(path, sizeof path, "%s/%s", dir, file_name + 5);
	cr_assert(!mkdir(dir, 0700) && !rename(file_name, path) && !chdir("/"));
	site.file = file_name + 5; /* without "/tmp/" */
	cr_expect(!deed_source_find(&rendering->source, &site, NULL));
	deed_source_learn_root(&rendering->source, "/somewhere/else.c", site.file);
	cr_expect(!deed_source_find(&rendering->source, &site, NULL));
	deed_source_learn_root(&rendering->source, path, site.file);
	cr_expect(deed_source_find(&rendering->source, &site, NULL));
	unlink(path);
	rmdir(dir);
}

Test(source, a_relative_path_is_looked_for_around_the_program)
{
	struct deed_site site = place(6, "&xs");
	char path[512], *slash;
	const ssize_t len = readlink("/proc/self/exe", path, sizeof path - 64);

	cr_assert(len > 0);
	path[len] = '\0';
	for (int level = 0; level < 3; level++) { /* build/flavour/tests/program */
		slash = strrchr(path, '/');
		*slash = '\0';
	}
	snprintf(slash, 64, "/deed_text_%d.c", (int)getpid());
	if (rename(file_name, path)) /* another file system */
		cr_skip_test("%s cannot be made", path);
	site.file = slash + 1;
	cr_assert(!chdir("/"));
	cr_expect(deed_source_find(&rendering->source, &site, NULL));
	cr_expect(deed_source_find(&rendering->source, &site, NULL)); /* the root is known now */
	unlink(path);
}

/* gcc names the first line of a call, and clang the last. */
Test(source, a_call_of_many_lines_is_marked_at_its_argument)
{
	FILE *const file = fopen(file_name, "w");
	const struct deed_site first = place(3, "&xs"), last = place(15, "&xs");
	const struct deed_site out_of_reach = place(60, "&ys");
	const struct deed_report_site sites[] = { { .role = DEED_ROLE_HERE, .site = &last } };
	const struct deed_report report = { .fault = DEED_E01, .sites = sites, .site_count = 1 };

	fputs("int f(void)\n{\n\tdeed_new(\n", file);
	for (int line = 4; line < 15; line++)
		fprintf(file, "\t\t%s,\n", line == 12 ? "&xs" : "0");
	fputs("\t);\n\tdeed_from(&ys,\n", file);
	for (int line = 17; line < 60; line++)
		fputs("\t\t0,\n", file);
	fputs("\t\t0);\n", file);
	fclose(file);
	cr_assert(deed_source_find(&rendering->source, &first, NULL));
	cr_expect_eq(rendering->source.first_line + rendering->source.mark_line, 12);
	cr_assert(deed_source_find(&rendering->source, &last, NULL));
	cr_expect_eq(rendering->source.first_line + rendering->source.mark_line, 12);
	cr_expect(strstr(render(&report), " 3 |     deed_new(\n"
					  "...\n"
					  "10 |             0,\n"
					  "11 |             0,\n"
					  "12 |             &xs,\n"
					  "   |             ^^^ owns nothing here\n"),
		  "%s", render(&report));
	/* What cannot be found is at least the line that was named. */
	cr_assert(deed_source_find(&rendering->source, &out_of_reach, NULL));
	cr_expect_eq(rendering->source.first_line + rendering->source.mark_line, 60);
}

Test(source, a_line_without_end_is_cut)
{
	FILE *const file = fopen(file_name, "w");
	const struct deed_site site = place(2, "&xs");

	fputs("\n", file);
	for (int i = 0; i < 100000; i++)
		fputs("deed_drop(&xs);", file);
	fclose(file);
	cr_assert(deed_source_find(&rendering->source, &site, NULL));
	cr_expect_eq(strlen(rendering->source.lines[0]), DEED_SOURCE_WIDTH - 1);
	cr_expect_eq(rendering->source.mark, 10);
}

/* `^` stands in front of what is to be marked, in a line of its own. */
static const struct {
	const char *verbs, *text, *lines;
} verb_cases[] = {
	{ NULL, "p", "{ DEED_LEND(v, ^p, 8); deed_free(p); }" },
	{ "free", "p", "{ DEED_LEND(v, p, 8); deed_free(^p); }" },
	{ "lend", "p", "{ deed_free(p); DEED_LEND(v, ^p, 8); }" },
	{ "close", "&a", "deed_arena_alloc(&a, 3); deed_arena_close(^&a);" },
	{ "close", "&a", "deed_arena_close(&b); deed_arena_alloc(^&a, 3);" }, /* of another */
	{ "new", "&xs", "deed_renew(&xs); deed_new_in(^&xs, &a, 3);" },	      /* whole words */
	{ "alloc malloc", "&a", "deed_free(&a); x = deed_malloc(^&a);" },
	{ "free", "p", "free(p); q = deed_realloc(p, 4); deed_free(q->p); deed_free(^p);" },
	{ "free", "p", "deed_free(q); p = r; deed_realloc(^p, 3);" }, /* the call is over */
	{ "get", "&all", "new(&all), deed_soa_get(^&all, deed_len(x)); deed_soa_push(&all, 3);" },
	{ "move", "&a", "deed_drop(&a); deed_move(&b, deed_end(c),\n\t^&a); deed_drop(&a);" },
	{ "drop", "&a", "deed_move(&b, \")\",\n\t&a); deed_drop(^&a); /* deed_drop(&a) */" },
	{ "drop", "&a", "MY_DROP(^&a);" },
	{ "drop", "&a", "deed_drop (^&a);" },
};

Test(source, of_several_calls_on_a_line_the_one_of_the_event_is_marked)
{
	for (size_t i = 0; i < ARRAY_LEN(verb_cases); i++) {
		FILE *const file = fopen(file_name, "w");
		const char *const all = verb_cases[i].lines;
		const char *const mark = strchr(all, '^'), *start = mark;
		const struct deed_site site = place(strchr(all, '\n') ? 2 : 1, verb_cases[i].text);
		struct deed_source *const found = &rendering->source;

		fprintf(file, "%.*s%s\n", (int)(mark - all), all, mark + 1);
		fclose(file);
		cr_assert(deed_source_find(found, &site, verb_cases[i].verbs));
		while (start > all && start[-1] != '\n')
			start--;
		cr_expect_eq(found->mark, (size_t)(mark - start), "case %zu: column %zu of %s", i,
			     found->mark, found->lines[found->mark_line]);
	}
}

/* ---- writer --------------------------------------------------------------------------------- */

Test(text, a_writer_grows_and_is_reused)
{
	struct deed_writer writer = { 0 };
	size_t expected = 0;

	for (int i = 0; i < 100000; i++) {
		deed_put_format(&writer, "%d,", i % 10);
		expected += 2;
	}
	cr_expect_eq(writer.bytes, expected);
	cr_expect_eq(strlen(writer.text), expected);
	cr_expect_eq(writer.text[expected - 2], '9');
	deed_writer_reset(&writer);
	cr_expect_eq(writer.bytes, 0);
	deed_put_text(&writer, NULL);
	deed_put_text(&writer, "x");
	cr_expect_str_eq(writer.text, "x");
	deed_writer_done(&writer);
	cr_expect_null(writer.text);
}

Test(text, utf8_is_told_from_what_is_not)
{
	static const struct {
		const char *text;
		size_t len;
	} utf8_cases[] = {
		{ "a", 1 },
		{ "\xc3\xa9", 2 },
		{ "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x98\x80", 4 },
		{ "\x80", 0 },
		{ "\xc0\x80", 0 },
		{ "\xc1\xbf", 0 },
		{ "\xe0\x80\x80", 0 },
		{ "\xed\xa0\x80", 0 },
		{ "\xf0\x80\x80\x80", 0 },
		{ "\xf4\x90\x80\x80", 0 },
		{ "\xf5\x80\x80\x80", 0 },
		{ "\xff", 0 },
		{ "\xc3", 0 },
		{ "\xe2\x82", 0 },
		{ "\xc3(", 0 },
		{ "\xe2(\xa1", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(utf8_cases); i++)
		cr_expect(deed_utf8_len(utf8_cases[i].text, strlen(utf8_cases[i].text)) ==
				  utf8_cases[i].len,
			  "case %zu", i);
}
