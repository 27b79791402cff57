/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_flow.c - loops, switches, jumps. C, C++
 */
#include "legal.h"

LEGAL(made_in_each_round)
{
	for (int i = 0; i < 3; i++) {
		deed_f32 a = DEED_EMPTY;

		if (deed_new(&a, 1))
			continue;
		if (i == yes) {
			deed_drop(&a);
			break;
		}
		deed_drop(&a);
	}
}

LEGAL(one_name_for_every_round)
{
	deed_f32 a = DEED_EMPTY;

	for (int i = 0; i < 2 + yes; i++) {
		if (deed_new(&a, 1))
			break;
		deed_drop(&a);
	}
	deed_settle(&a);
}

LEGAL(given_up_and_made_in_each_round)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	for (int i = 0; i < 2 + yes; i++) {
		deed_move(&b, &a);
		deed_drop(&b);
		if (deed_new(&a, (size_t)i))
			return;
	}
	deed_drop(&a);
}

LEGAL(given_up_in_the_last_round)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 1))
		return;
	for (int i = 0;; i++) {
		{
			DEED_BORROWED(view, &a);
			(void)sum(view);
		}
		if (i == yes) {
			deed_drop(&a);
			break;
		}
	}
}

LEGAL(settled_in_some_rounds)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	for (int i = 0; i < 3; i++) {
		if (i == yes)
			deed_settle(&a);
		if (!deed_owns(&a) && deed_new(&a, 1))
			return;
	}
	deed_settle(&a);
}

LEGAL(given_up_before_the_loop)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	deed_drop(&a);
	for (int i = 0; i < 2 + yes; i++) {
		if (deed_new(&a, 1))
			return;
		deed_drop(&a);
	}
}

LEGAL(nested_loops)
{
	for (int i = 0; i < 2; i++) {
		deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

		if (deed_new_zeroed(&a, 1))
			return;
		for (int j = 0; j < 2 + yes; j++) {
			if (deed_clone(&b, &a))
				break;
			if (i == j) {
				deed_drop(&b);
				continue;
			}
			deed_swap(&a, &b);
			deed_drop(&b);
		}
		deed_drop(&a);
	}
}

LEGAL(switched)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	switch (yes) {
	case 0:
		deed_drop(&a);
		break;
	case 1:
		deed_move(&b, &a);
		deed_drop(&b);
		break;
	case 2:
		if (deed_resize(&a, 2))
			abort();
		deed_drop(&a);
		break;
	default:
		deed_settle(&a);
		return;
	}
}

LEGAL(falls_through)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 1))
		return;
	switch (yes) {
	case 1: {
		DEED_INOUT(view, &a);
		clear(view);
	}
	/* fall through */
	case 2: {
		DEED_BORROWED(view, &a);
		(void)sum(view);
	}
	/* fall through */
	default:
		deed_drop(&a);
	}
}

LEGAL(state_machine)
{
	enum { START, RUN, END } state = START;
	deed_f32 a = DEED_EMPTY;

	for (;;) {
		switch (state) {
		case START:
			if (deed_new_zeroed(&a, (size_t)yes))
				return;
			state = RUN;
			break;
		case RUN: {
			DEED_BORROWED(view, &a);
			(void)sum(view);
			state = END;
			break;
		}
		case END:
			deed_drop(&a);
			return;
		}
	}
}

LEGAL(jumps_back)
{
	deed_f32 a = DEED_EMPTY;
	int round = 0;

again:
	if (deed_new(&a, 1))
		return;
	if (round++ < yes) {
		deed_drop(&a);
		goto again;
	}
	deed_drop(&a);
}

LEGAL(jumps_out_of_two_loops)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 1))
		return;
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++) {
			DEED_BORROWED(view, &a);
			if (i + j > yes)
				goto found;
			(void)sum(view);
		}
found:
	deed_drop(&a);
}

LEGAL(returns_early)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	if (yes) {
		deed_move(&b, &a);
		deed_drop(&b);
		return;
	}
	deed_drop(&a);
}

LEGAL(ends_the_program)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 1))
		exit(1);
	if (!yes) {
		deed_drop(&a);
		abort();
	}
	deed_drop(&a);
}

LEGAL(commas_and_conditions)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	yes ? deed_drop(&a) : deed_settle(&a);
	(void)(deed_new(&a, 1) || (deed_drop(&a), yes));
}

LEGAL(reader_until_the_end)
{
	deed_f32 line = DEED_EMPTY, lines[4] = { DEED_EMPTY, DEED_EMPTY, DEED_EMPTY, DEED_EMPTY };
	int count = 0;

	while (count < 3 + yes && deed_new(&line, 1) == 0)
		deed_move(&lines[count++], &line);
	while (count > 0)
		deed_drop(&lines[--count]);
	deed_settle(&line);
}

/* Whoever asks whether it owns knows more than can be followed. */
LEGAL(asked_before_a_loop_that_moves)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	int is_moved = 0;

	if (deed_new(&a, 1))
		return;
	(void)deed_owns(&a);
	for (int i = 0; i < 3; i++)
		if (!is_moved && i == yes) {
			deed_move(&b, &a);
			is_moved = 1;
		}
	deed_drop(&b);
}

LEGAL(asked_before_a_loop_that_fills)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	deed_drop(&a);
	(void)deed_owns(&a);
	for (int i = 0; i < 1 + yes; i++)
		if (deed_new(&a, 1) == 0)
			break;
	deed_drop(&a);
}

LEGAL(asked_while_it_owns)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	while (deed_owns(&a))
		if (yes)
			deed_drop(&a);
}

LEGAL(asked_between_two_conditions)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 1))
		return;
	if (!yes)
		deed_move(&b, &a);
	(void)deed_owns(&a);
	if (yes)
		deed_drop(&a);
	deed_settle(&b);
}

int main(int argc, char **argv)
{
	(void)argv;
	made_in_each_round(argc);
	one_name_for_every_round(argc);
	given_up_and_made_in_each_round(argc);
	given_up_in_the_last_round(argc);
	settled_in_some_rounds(argc);
	given_up_before_the_loop(argc);
	nested_loops(argc);
	switched(argc);
	falls_through(argc);
	state_machine(argc);
	jumps_back(argc);
	jumps_out_of_two_loops(argc);
	returns_early(argc);
	ends_the_program(argc);
	commas_and_conditions(argc);
	reader_until_the_end(argc);
	asked_before_a_loop_that_moves(argc);
	asked_before_a_loop_that_fills(argc);
	asked_while_it_owns(argc);
	asked_between_two_conditions(argc);
	return 0;
}
