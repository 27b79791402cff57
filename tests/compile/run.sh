#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/compile/run.sh - what must and what must not compile.
#
# ok_*.c compile without a warning, in both flavours, as C and (where their first comment
# says so) as C++; they are linked and run too, and exit 0. fail_*.c do not compile: on
# the line that is marked BAD stands an error in the words of the first line's regular
# expression. With -DFIXED that line is gone and the rest compiles; and no other line has
# an error, so that each fails for the right reason.
#
# One unit includes all files of a kind, because a start of the compiler costs more than a
# file: what a file defines has a name of its own, except `attempt` and `main`.
. tests/lib.sh

is_also_cxx()
{
	sed -n '1,6p' "$1" | grep -q 'C, C++'
}

# What gcc says of an ignored result it says late, and not at all beside an error.
is_late()
{
	sed -n 1p "$1" | grep -q 'unused-result'
}

# files KIND LANGUAGE: KIND is ok, early or late (two kinds of fail_*.c), or fail (both)
files()
{
	case $1 in
	ok) set -- "$1" "$2" tests/compile/ok_*.c ;;
	*) set -- "$1" "$2" tests/compile/fail_*.c ;;
	esac
	kind=$1 language=$2
	shift 2
	for file in "$@"; do
		[ "$language" = c ] || is_also_cxx "$file" || continue
		case $kind in
		early) ! is_late "$file" ;;
		late) is_late "$file" ;;
		esac || continue
		echo "$file"
	done
}

# unit KIND LANGUAGE NAME: the unit; the n-th file's function NAME is NAME_n in it.
unit()
{
	files "$1" "$2" | awk -v name="$3" '{
		printf "#define %s %s_%d\n#include \"%s\"\n#undef %s\n", name, name, NR, $0, name
	}'
}

# The same of ok_*.c, whose main()s are run in turn.
program()
{
	count=$(files ok "$1" | wc -l)
	awk -v n="$count" 'BEGIN { for (i = 1; i <= n; i++) printf "int main_%d(void);\n", i }'
	unit ok "$1" main
	echo '#include <stdio.h>'
	files ok "$1" | awk '
		BEGIN { print "int main(void)\n{\n\tint failed = 0;\n" }
		{
			printf "\tif (main_%d()) {\n\t\tputs(\"%s fails\");\n", NR, $0
			print "\t\tfailed = 1;\n\t}"
		}
		END { print "\treturn failed;\n}" }'
}

# Out of what the compiler said: for each of the files named, that it fails as it should, or the
# line `FAIL: why`.
verdicts='
	BEGIN {
		for (i = 1; i < ARGC; i++) {
			file = ARGV[i]
			getline words < file
			sub(/^\/\* expect: /, "", words)
			sub(/ \*\/$/, "", words)
			expected[file] = words
			for (line = 2; (getline text < file) > 0; line++)
				if (text ~ /\/\* BAD \*\//)
					bad[file] = line
			close(file)
		}
		while ((getline said < "/dev/stdin") > 0) {
			if (said !~ /: (fatal )?error: /)
				continue
			place = said
			sub(/^\.\//, "", place)
			split(place, part, ":")
			if (!(part[1] in bad) || part[2] != bad[part[1]])
				print "FAIL: not on a bad line: " said
			else if (said ~ expected[part[1]])
				found[part[1]] = 1
			else
				other[part[1]] = said
		}
		for (i = 1; i < ARGC; i++) {
			file = ARGV[i]
			if (file in found)
				print "pass: " file
			else if (file in other)
				print "FAIL: " file ": the error is not /" expected[file] "/: " other[file]
			else
				print "FAIL: " file ": its bad line compiles"
		}
	}'

# fails LANGUAGE FLAVOUR COMPILER FLAG...: where a macro is used, is where its errors are.
fails()
{
	language=$1 flavour=$2
	shift 2
	case $1 in
	*clang*) where=-ferror-limit=0 ;;
	*) where=-ftrack-macro-expansion=0 ;;
	esac
	unit fail "$language" attempt > "$work/fixed.c"
	# What the bad line is does not depend on the flavour.
	[ "$flavour" -eq 1 ] || check "without their bad lines, $1" \
		"$@" -DFIXED -DDEED_TRAP=0 -Iinclude -I. -S -o "$work/out.s" "$work/fixed.c"
	for kind in early late; do
		[ $kind = late ] && until="-S -o $work/out.s" || until=-fsyntax-only
		unit $kind "$language" attempt > "$work/$kind.c"
		# shellcheck disable=SC2046,SC2086 # lists of words
		LC_ALL=C "$@" $where -DDEED_TRAP="$flavour" -Iinclude -I. $until "$work/$kind.c" 2>&1 |
			awk "$verdicts" $(files $kind "$language") > "$work/verdicts"
		while read -r verdict what; do
			case $verdict in
			pass:) pass "$what, DEED_TRAP=$flavour, $1" ;;
			*) fail "$what, DEED_TRAP=$flavour, $1" ;;
			esac
		done < "$work/verdicts"
	done
}

# passes LANGUAGE FLAVOUR COMPILER FLAG...: `library` is what it is linked with, if it was built.
# Optimised, because that is when gcc warns of most.
passes()
{
	language=$1 flavour=$2
	shift 2
	count=$(files ok "$language" | wc -l)
	name="ok_*.c as $language, DEED_TRAP=$flavour, $1"
	program "$language" > "$work/ok.c"

	if ! "$@" -O2 -DDEED_TRAP="$flavour" -Iinclude -I. -c -o "$work/out.o" "$work/ok.c" \
		> "$work/out" 2>&1; then
		fail "$name: do not compile" "$work/out"
	elif [ -z "$library" ]; then
		skip "$name, run" "the library was not built" "$count"
	elif ! "$1" -o "$work/program" "$work/out.o" "$library" $libraries -pthread -lm \
		> "$work/out" 2>&1; then
		fail "$name: do not link" "$work/out"
	elif ! "$work/program" > "$work/out" 2>&1; then
		fail "$name: fail when run" "$work/out"
	else
		[ -z "$V" ] || echo "pass: $name"
		passed=$((passed + count))
	fi
}

# sanitized COMPILER FLAG...: the code is another then, and gcc warns of other things; of ends of
# objects that it puts into the function in which they live, so in a unit of their own.
sanitized()
{
	check "ok_members.c, sanitized, $1" "$@" -O1 -fsanitize=undefined -DDEED_TRAP=1 \
		-Iinclude -I. -S -o "$work/out.s" tests/compile/ok_members.c
	for sanitizer in address thread; do
		check "ok_resized.c, -fsanitize=$sanitizer, $1" "$@" -O2 -fsanitize=$sanitizer \
			-DDEED_TRAP=0 -Iinclude -I. -S -o "$work/out.s" tests/compile/ok_resized.c
	done
}

with()
{
	compiler=$1
	cxx=$(cxx_of "$compiler")
	for flavour in 0 1; do
		case $flavour in
		0) library=$RELEASE_LIB libraries= ;;
		1) library=$TRAP_LIB libraries=$TRAP_LIBS ;;
		esac
		[ -f "$library" ] || library=
		fails c $flavour "$compiler" -std=gnu11 $c_warnings
		passes c $flavour "$compiler" -std=gnu11 $c_warnings
		[ -n "$cxx" ] || continue
		fails cxx $flavour "$cxx" -std=gnu++17 $warnings -x c++
		passes cxx $flavour "$cxx" -std=gnu++17 $warnings -x c++
	done
	sanitized "$compiler" -std=gnu11 $c_warnings
	[ -z "$cxx" ] || sanitized "$cxx" -std=gnu++17 $warnings -x c++
}

each with $(compilers)
finish
