#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/analysers/run.sh - what gcc -fanalyzer and clang --analyze say, whom nobody taught deed.
#
# They look into the inline bodies of the release flavour, and know malloc() and free(); what
# lies out of line is told to them by attributes. A line of a program's first comment names a
# tool and the warning that it gives; `nothing` is none at all.
#
#     * gcc: -Wanalyzer-malloc-leak
#     * clang, trap: core.NonNullParamChecker
. tests/lib.sh

here=tests/analysers

# analyse TOOL FLAVOUR FILE: the names of its warnings
analyse()
{
	case $1 in
	*clang*)
		"$1" -std=gnu11 --analyze -Xanalyzer -analyzer-output=text -DDEED_TRAP="$2" \
			-Iinclude "$3" 2>&1
		;;
	*) "$1" -std=gnu11 -O1 -Wall -Wextra -fanalyzer -DDEED_TRAP="$2" -Iinclude -c -o /dev/null "$3" 2>&1 ;;
	esac | sed -n 's/.*: warning: .*\[\([^]]*\)\]$/\1/p' | sort -u
}

with()
{
	tool=$1
	case $tool in
	*clang*) family=clang ;;
	*)
		family=gcc
		echo | "$tool" -fanalyzer -xc -c -o /dev/null - 2> /dev/null || {
			skip "$tool -fanalyzer" "it has no analyser"
			return
		}
		;;
	esac
	for file in $here/*.c; do
		for flavour in 0 1; do
			case $flavour in
			0) name=$family ;;
			1) name="$family, trap" ;;
			esac
			analyse "$tool" $flavour "$file" > "$work/said"
			sed -n "s/^ \* $name: //p" "$file" | while read -r word; do
				case $word in
				nothing) [ ! -s "$work/said" ] ;;
				*) grep -qxe "$word" "$work/said" ;;
				esac && echo "pass $word" || echo "fail $word"
			done > "$work/verdicts"
			while read -r verdict word; do
				$verdict "${file##*/}, $tool, DEED_TRAP=$flavour: $word" "$work/said"
			done < "$work/verdicts"
		done
	done
}

each with $(compilers)
[ "$passed" -gt 0 ] || fail "no analyser said anything"
finish
