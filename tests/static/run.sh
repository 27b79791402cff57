#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/static/run.sh - what the static twin says, line by line, and what it does not say.
#
#     ok_*.c        legal: not a word at the default level, in either flavour, and none when
#                   run as a trap build. Those whose first comment says `strict` are silent at
#                   that level, too; those that say `C++` in that language.
#     fault_*.c     faulty: what the default level says, line by line, is written beside it
#     strict_*.c    faulty: the same of the strict level
#     limit_*.c     what the default level does not follow: faulty, and nothing is said; but
#                   limit_said.c, and at the strict level limit_strict.c, are legal, and
#                   things are said
#
# What is said of a line stands before it, in comments of its own:
#
#     /* expect: cannot call function 'deed_drop' while state 'xs->is.gone' is held */
#     deed_drop(xs);
#
# note: is a note; expect-15..17: is for these versions of clang, -..14: and -18..: are for those
# up to one, and from one on. A faulty program is run, too, and its report is of the fault that
# it names.
. tests/lib.sh

here=tests/static

twins()
{
	compilers | grep clang
}

# As pkg-config hands them out.
checkflags=$(sed -n 's/^checkflags=-I${includedir}//p' lib/deed.pc.in)

# twin COMPILER FLAG...: with every warning
twin()
{
	compiler=$1
	shift
	# shellcheck disable=SC2086 # lists of words
	LC_ALL=C "$compiler" -std=gnu11 $c_warnings -Wno-error -Iinclude $checkflags "$@" 2>&1
}

# Lines `LINE KIND: WORDS` out of a program's comments, for clang `version`.
expected='
	function take(text) {
		gsub(/[ \t]*\*\/.*|^[ \t]*(\/\*|\*)[ \t]*/, "", text)
		said = said (said == "" ? "" : " ") text
	}
	/^[ \t]*\/\* (expect|note)(-[0-9]*\.\.[0-9]*)?: / { said = ""; open = 1 }
	open {
		take($0)
		if (/\*\//) { open = 0; waiting[++count] = said }
		next
	}
	/^[ \t]*$/ || /^[ \t]*(\/\*|\*)/ { next }
	{
		for (i = 1; i <= count; i++) {
			kind = words = waiting[i]
			sub(/:.*/, "", kind)
			sub(/^[^:]*: /, "", words)
			split(kind, part, "-")
			split(part[2], bound, /\.\./)
			if (version >= bound[1] + 0 && (bound[2] == "" || version <= bound[2] + 0))
				print NR, part[1] ": " words
		}
		count = 0
	}'

# The same out of what Clang said; where a macro was expanded, is no matter. The function that a
# guard or DEED_AUTO declares has a number in its name.
said='
	/: (warning|error): / || /: note: the other / {
		line = $0
		sub(/^[^:]*:/, "", line)
		sub(/:.*/, "", line)
		kind = / note: / ? "note" : / error: / ? "error" : "expect"
		sub(/^.*: (warning|error|note): /, "")
		sub(/ \[-W[^]]*\]$/, "")
		sub(/the_end_of_[a-z]+_[0-9]+/, "&N")
		sub(/_[0-9]+N/, "_N")
		print line, kind ": " $0
	}'

# says COMPILER FILE FLAG...: passes if it says what is expected, and nothing else
says()
{
	compiler=$1 file=$2
	shift 2
	version=$("$compiler" -dumpversion | cut -d. -f1)
	awk -v version="$version" "$expected" "$file" | sort -n > "$work/expected"
	twin "$compiler" "$@" "$file" | awk "$said" | sort -n > "$work/said"
	if diff "$work/expected" "$work/said" > "$work/diff"; then
		pass "${file##*/} $*, $compiler"
	else
		fail "${file##*/} $*, $compiler: expected (<) and said (>)" "$work/diff"
	fi
}

# silent NAME COMMAND...: passes if the command says nothing
silent()
{
	name=$1
	shift
	"$@" > "$work/silent.out" 2>&1
	if grep -qE ': (warning|error|note): ' "$work/silent.out"; then
		fail "$name" "$work/silent.out"
	else
		pass "$name"
	fi
}

for_default()
{
	for file in $here/fault_*.c $here/limit_*.c; do
		[ "$file" = $here/limit_strict.c ] || echo "$file"
	done
}

with()
{
	compiler=$1
	cxx=$(cxx_of "$compiler")
	for file in $here/ok_*.c; do
		about=$(sed -n '1,/\*\//p' "$file")
		for flavour in 0 1; do
			silent "${file##*/}, DEED_TRAP=$flavour, $compiler" \
				twin "$compiler" -DDEED_TRAP=$flavour "$file"
			case $about in
			*strict*) silent "${file##*/} at the strict level, $compiler" \
				twin "$compiler" -DDEED_STRICT=1 -DDEED_TRAP=$flavour "$file" ;;
			esac
		done
		case $about in
		*C++*)
			# shellcheck disable=SC2086 # lists of words
			[ -z "$cxx" ] || silent "${file##*/} as C++, $cxx" "$cxx" -std=gnu++17 \
				$warnings -Iinclude $checkflags -x c++ "$file"
			;;
		esac
	done
	# shellcheck disable=SC2086 # lists of words
	[ -z "$cxx" ] || silent "ok_cxx.cc, $cxx" "$cxx" -std=gnu++17 $warnings -Wno-error -Iinclude \
		$checkflags $here/ok_cxx.cc
	for file in $(for_default); do
		says "$compiler" "$file" -DDEED_TRAP=0
		says "$compiler" "$file" -DDEED_TRAP=1
	done
	for file in $here/strict_*.c $here/limit_strict.c; do
		says "$compiler" "$file" -DDEED_STRICT=1
	done
	nine='&x[0], &x[1], &x[2], &x[3], &x[4], &x[5], &x[6], &x[7], &x[8]'
	printf '#include <deed.h>\nstatic deed_f32 x[9];\nvoid f(void) DEED_TAKES(%s);\n' "$nine" \
		> "$work/nine.c"
	twin "$compiler" "$work/nine.c" | awk "$said" > "$work/said"
	if [ "$(cat "$work/said")" = \
		"3 error: use of undeclared identifier 'a_word_names_at_most_8_owners'" ]; then
		pass "nine owners, $compiler"
	else
		fail "nine owners, $compiler" "$work/said"
	fi
	for file in examples/*.c examples/demo/*.c tests/cases/*.c; do
		silent "$file, $compiler" twin "$compiler" -Ilib -Itests -DDEED_TRAP=1 "$file"
	done
	for file in $(grep -l 'Written for the strict level' examples/*.c); do
		silent "$file at the strict level, $compiler" twin "$compiler" -DDEED_STRICT=1 "$file"
	done
}

# built FILE: as a trap build
built()
{
	case $1 in
	*.cc) compiler="$CXX -std=gnu++17" ;;
	*) compiler="$CC -std=gnu11" ;;
	esac
	# shellcheck disable=SC2086 # lists of words
	$compiler -g -O1 -fno-omit-frame-pointer -DDEED_TRAP=1 -Iinclude -o "$work/program" \
		"$1" "$TRAP_LIB" $TRAP_LIBS -pthread > "$work/out" 2>&1
}

runs()
{
	has_cxx=$(cxx_of "$CC")
	for file in $here/ok_*.c $here/limit_said.c $here/limit_strict.c \
		${has_cxx:+$here/ok_cxx.cc}; do
		if ! built "$file"; then
			fail "${file##*/} does not build, $CC" "$work/out"
		elif timeout 60 "$work/program" > /dev/null 2> "$work/out" && [ ! -s "$work/out" ]; then
			pass "${file##*/} is legal"
		else
			fail "${file##*/} is not legal" "$work/out"
		fi
	done
	for file in $here/fault_*.c $here/strict_*.c $here/limit_*.c; do
		case $file in
		*/limit_said.c | */limit_strict.c) continue ;;
		esac
		id=$(sed -n 's/^ \* fault: //p' "$file")
		if ! built "$file"; then
			fail "${file##*/} does not build, $CC" "$work/out"
			continue
		fi
		timeout 60 "$work/program" > /dev/null 2> "$work/out"
		if [ "$(sed -n 's/^deed: \(E[0-9]*\) .*/\1/p' "$work/out" | head -n 1)" = "$id" ]; then
			pass "${file##*/} traps: $id"
		else
			fail "${file##*/} does not trap with $id" "$work/out"
		fi
	done
}

# The README's table: each of its sentences is the first that some program is said, and the faults
# of those programs are in its row.
table()
{
	for file in $here/fault_*.c $here/strict_*.c; do
		level=default
		case $file in
		*/strict_*) level=strict ;;
		esac
		echo "$level $(sed -n 's/^ \* fault: //p' "$file") $(awk -v version=18 "$expected" "$file" |
			sort -n | sed -n 's/^[0-9]* expect: //p' | head -n 1)"
	done > "$work/sentences"
	awk '
		NR == FNR {
			level[NR] = $1
			fault[NR] = $2
			sub(/^[^ ]* [^ ]* /, "")
			text[NR] = $0
			count = NR
			next
		}
		/<!-- twin -->/ { inside = 1 }
		/<!-- \/twin -->/ { inside = 0 }
		inside && /`/ {
			wanted = /strict: `/ ? "strict" : "default"
			split($0, part, "`")
			sentence = part[2]
			gsub(/\./, "\\.", sentence)
			gsub(/function .[a-z_]*./, "function .[A-Za-z_]*.", sentence)
			gsub(/xs\\\./, "[a-z.>-]*", sentence)
			found = 0
			for (i = 1; i <= count; i++)
				if (level[i] == wanted && text[i] ~ "^" sentence "$") {
					found = 1
					told[i] = 1
					if (!index($0, fault[i]))
						print "FAIL: " fault[i] " is not in the row of: " part[2]
				}
			print (found ? "pass: " : "FAIL: no program is said: ") part[2]
		}
		END {
			for (i = 1; i <= count; i++)
				if (text[i] != "" && !(i in told))
					print "FAIL: the table has no row for: " text[i]
		}' "$work/sentences" README.md > "$work/rows"
	while read -r verdict what; do
		case $verdict in
		pass:) pass "the README: $what" ;;
		*) fail "the README: $what" ;;
		esac
	done < "$work/rows"
	[ -s "$work/rows" ] || fail "the README has no table of sentences"
}

table
legal=$(cat $here/ok_*.c* | grep -c '^LEGAL(')
if [ "$legal" -ge 60 ]; then
	pass "$legal legal functions"
else
	fail "only $legal legal functions"
fi
if [ -n "$(twins)" ]; then
	# shellcheck disable=SC2046 # a list of words
	each with $(twins)
else
	skip "the static twin" "there is no clang"
fi
if [ -f "$TRAP_LIB" ]; then
	runs
else
	skip "the twin's programs, run" "the library was not built"
fi
finish
