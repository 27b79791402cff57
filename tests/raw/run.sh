#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/raw/run.sh - what each of deed's means sees of the crimes of raw pointers.
#
# Handles cannot commit them, so the ledger alone is blind; each means is scored apart. The
# table says, for redzones with quarantine (what every trap build has), for guard=1, and for
# AddressSanitizer with deed's story below its report:
#
#     at once    stopped at the very access
#     later      found when the buffer is dropped, when its memory leaves quarantine, or at exit;
#                in an arena when that ends it, or its bytes are carved again
#     unseen     the program goes on to its end
#     at_once_without_story  too far from any buffer for deed to say more; and if another's
#                memory had been there, AddressSanitizer would not have seen it either
#
# What is unseen is as much of the table as what is seen: when that changes, it should say so.
. tests/lib.sh

#       crime                case   redzones    guard=1       AddressSanitizer
table=' write_one_behind     OB27   later:E25   at_once:E25   at_once
        write_eight_behind   OB29   later:E25   at_once:E25   at_once
        write_far_behind     -      unseen      at_once:E25   at_once_without_story
        write_slack          -      later:E25   later:E25     at_once
        write_before         -      later:E25   later:E25     at_once
        read_behind          -      unseen      at_once:E25   at_once
        write_after_drop     -      later:E04   at_once:E04   at_once
        read_after_drop      UF17   unseen      at_once:E04   at_once
        write_after_resize   -      later:E04   at_once:E04   at_once
        write_behind_carved  AR03   later:E25   later:E25     at_once
        write_before_carved  AR03   later:E25   later:E25     at_once
        write_carved_after_drop -   later:E04   later:E04     at_once
        write_after_rewind   AR01   later:E21   later:E21     at_once
        read_after_reset     -      unseen      unseen        at_once
        write_after_reset_over_buffer - later:E21 later:E21   at_once
        write_under_borrow   IX21   unseen      unseen        unseen
        write_under_inout    IX65   unseen      unseen        unseen'

export ASAN_OPTIONS=abort_on_error=0:detect_leaks=1:allocator_may_return_null=1

# build WITH PROGRAM FLAG...
build()
{
	with=$1 program=$2
	shift 2
	# shellcheck disable=SC2086 # lists of words
	"$with" -std=gnu11 -g -O1 -fno-omit-frame-pointer -DDEED_TRAP=1 -I"$INCLUDE" $c_warnings \
		"$@" -o "$program" tests/raw/crimes.c "$TRAP_LIB" -pthread $TRAP_LIBS
}

# outcome CRIME: of the program's output in $work/out
outcome()
{
	if grep -q 'AddressSanitizer:' "$work/out"; then
		# Its report is nobody's but for the story.
		if grep -q '^deed: 0x.* is .*`xs`' "$work/out" &&
			grep -q '^  allocated: .*crimes.c:' "$work/out"; then
			echo at_once
		else
			echo at_once_without_story
		fi
		return
	fi
	fault=$(sed -n 's/^deed: \(E[0-9]*\) .*/\1/p' "$work/out" | head -n 1)
	case $fault,$(grep -c 'went on' "$work/out") in
	,1) echo unseen ;;
	,*) echo "crashed" ;;
	*,1) echo "later:$fault" ;;
	*) echo "at_once:$fault" ;;
	esac
}

# try PROGRAM OPTIONS CRIME EXPECTED NAME
try()
{
	DEED_OPTIONS=$2 timeout 60 "$1" "$3" > "$work/out" 2>&1
	seen=$(outcome)
	if [ "$seen" = "$4" ]; then
		pass "$5: $3"
	else
		echo "expected $4, seen $seen" >> "$work/out"
		fail "$5: $3" "$work/out"
	fi
	[ "$3" != read_after_drop ] || ! grep -q '^old bytes' "$work/out" ||
		fail "$5: the bytes of a dropped buffer are still there"
}

for compiler in "$CC" $([ "$CC" = gcc ] && echo clang || echo gcc); do
	command -v "$compiler" > /dev/null || continue
	check "$compiler: builds" build "$compiler" "$work/plain"
	if ! build "$compiler" "$work/asan" -fsanitize=address 2> /dev/null ||
		! "$work/asan" write_under_inout > /dev/null 2>&1; then
		skip "AddressSanitizer, $compiler" "it does not work here"
		rm -f "$work/asan"
	fi
	echo "$table" > "$work/table"
	while read -r crime case redzones guard asan; do
		name="$compiler, $case"
		try "$work/plain" "" "$crime" "$redzones" "$name, redzones"
		try "$work/plain" guard=1 "$crime" "$guard" "$name, guard=1"
		[ ! -x "$work/asan" ] || try "$work/asan" "" "$crime" "$asan" "$name, ASan"
	done < "$work/table"
	# A pointer that malloc did not give: the story is all there is to tell whose it is.
	[ ! -x "$work/asan" ] || try "$work/asan" "" free_it at_once "$compiler, ASan"
done
finish
