#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/race/run.sh DIRECTORY [unseen] - runs the race programs, compiled for ThreadSanitizer in
# DIRECTORY.
#
# The first line of a program says what ThreadSanitizer must say of it:
#
#     expects: race     one race at least, and only of the program's own: its functions racy_*
#     expects: clean    nothing
#
# and its line "options:", if it has one, the DEED_OPTIONS to run it with; without, the ledger
# keeps its loans from ThreadSanitizer (tsan=0), so that what is seen is what the program does.
#
# A race that is not found means that the ledger's locks order the program's threads. The
# clean programs run a second time with a ledger that ThreadSanitizer sees into (LEDGER=seen),
# where what it finds is the ledger's own; the others do not, for there its locks do order. With
# `unseen` that is left out.
. tests/lib.sh

directory=${1:?the directory of the compiled programs}

# The reports that name no racy_* function: they are not of a race of the program.
others()
{
	awk '/WARNING: ThreadSanitizer/ { report = ""; is_ours = 0 }
		/ racy_/ { is_ours = 1 }
		{ report = report $0 "\n" }
		/^SUMMARY: ThreadSanitizer/ && !is_ours { printf "%s", report }' "$1"
}

# one NAME DIRECTORY WHICH
one()
{
	source=tests/race/$1.c
	expects=$(sed -n '1s/.*expects: \([a-z]*\).*/\1/p' "$source")
	[ "$3" = seen ] && [ "$expects" = race ] && return
	# What reads stacks and debug information is not instrumented, so its own order is not seen.
	options=$(sed -n 's/^ \* options: //p' "$source")
	if [ -z "$options" ] && grep -qE 'options:( [a-z_]+=|$)' "$source"; then
		fail "$source: its options are not on a line of their own"
		return
	fi
	options=${options:-tsan=0}
	[ "$3" = seen ] && options=$options:stack=none:source=0
	if [ ! -x "$2/$1" ]; then
		fail "race/$1, ledger $3: does not build"
		return
	fi
	TSAN_OPTIONS="exitcode=66 halt_on_error=0 history_size=7 ${TSAN_OPTIONS:-}" DEED_OPTIONS=$options \
		timeout 60 "$2/$1" > "$work/$1.out" 2>&1
	status=$?
	case $expects in
	race)
		if [ $status -eq 66 ] && grep -q 'ThreadSanitizer: data race' "$work/$1.out" &&
			grep -q ' racy_write' "$work/$1.out"; then
			pass "race/$1"
		else
			fail "race/$1: the race is not reported, exit status $status" \
				"$work/$1.out"
		fi
		others "$work/$1.out" > "$work/$1.others"
		[ ! -s "$work/$1.others" ] ||
			fail "race/$1: a race of the ledger is reported" "$work/$1.others"
		;;
	clean)
		if [ $status -eq 0 ] && ! grep -q 'ThreadSanitizer' "$work/$1.out"; then
			pass "race/$1, ledger $3"
		else
			fail "race/$1, ledger $3: exit status $status" "$work/$1.out"
		fi
		;;
	*)
		fail "$source: its first line does not say what it expects"
		;;
	esac
}

names=$(for file in tests/race/*.c; do basename "$file" .c; done)
for name in $names; do
	one "$name" "$directory" unseen
done

[ "${2:-}" != unseen ] || finish
seen_make="$MAKE -s -k -j$(nproc 2> /dev/null || echo 2) CC=$CC SAN=thread MODE=trap OPT=$OPT LEDGER=seen BUILD=$BUILD"
if $seen_make race > "$work/make.out" 2>&1; then
	seen=$($seen_make print-folder)/race
	for name in $names; do
		one "$name" "$seen" seen
	done
else
	fail "the ledger that is seen does not build" "$work/make.out"
fi

finish
