#!/bin/sh
# SPDX-License-Identifier: MIT
#
# examples/demo.sh - what deed costs, and what it finds, in under a minute.
#
#   1  filestat as raw C, release and trap: three times, and whether they agree
#   2  an aliasing bug that -O2 makes wrong silently, and the lines that find it
#   3  every program of faults/, the id that it was caught with, and where
#
# Needs a C compiler, make and POSIX tools. `make demo` sets the variables: CC, INCLUDE,
# RELEASE_LIB, TRAP_LIB, TRAP_LIBS and BUILD, where everything that is built stays, with
# the whole report of each fault beside its program. Exit status: 0 if the outputs agree
# and every planted fault was caught where it is, with the right id.
set -u

started=$PWD
here=$(cd "$(dirname "$0")" && pwd) || exit 1
root=${here%/*}

absolute()
{
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s\n' "$started/$1" ;;
	esac
}

: "${CC:=gcc}"
# Without its variables: make knows where the libraries are, and what they need.
if [ -z "${RELEASE_LIB:-}" ] || [ -z "${TRAP_LIB:-}" ]; then
	exec make -C "$root" --no-print-directory demo CC="$CC"
fi
: "${TRAP_LIBS=}"
INCLUDE=$(absolute "${INCLUDE:-$root/include}")
BUILD=$(absolute "${BUILD:-$root/build/demo}")
RELEASE_LIB=$(absolute "$RELEASE_LIB")
TRAP_LIB=$(absolute "$TRAP_LIB")

rounds=51
tab=$(printf '\t')
limit= # a program that hangs is not waited for
command -v timeout > /dev/null && limit='timeout 20'
flags='-std=gnu11 -O2 -g'
trap_flags="$flags -DDEED_TRAP=1 -fno-omit-frame-pointer"
failed=0

unset DEED_OPTIONS
LC_ALL=C
export LC_ALL
ulimit -c 0 2> /dev/null # a trap aborts: no core files
mkdir -p "$BUILD/faults" || exit 1
cd "$here" || exit 1 # so that reports name short paths

# ---- helpers -----------------------------------------------------------------------------------

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

# A path as seen from where demo.sh was started.
shorten()
{
	say "${1#"$started/"}"
}

# Where we are, for who watches: one line that the next one overwrites.
progress()
{
	[ ! -t 1 ] || printf '\r\033[K%s' "${1:+   $1 ...}"
}

# cc OUTPUT ARGUMENT...
cc()
{
	output=$1
	shift
	# shellcheck disable=SC2086 # CC may hold options
	$CC -o "$output" "$@" 2> "$output.cc" || {
		progress
		cat "$output.cc" >&2
		die "cannot build ${output##*/}"
	}
	rm -f "$output.cc"
}

# trap_cc OUTPUT SOURCE
trap_cc()
{
	# shellcheck disable=SC2086 # lists of words
	cc "$1" $trap_flags "-I$INCLUDE" "$2" "$TRAP_LIB" $TRAP_LIBS -lm -pthread
}

# Lines of a file, set in; tabs as wide as the page allows.
indent()
{
	sed "s/$tab/    /g; s/^\(.\)/      \1/"
}

# aborts OUTPUT PROGRAM: what it says on stderr, without what the shell says of its end.
aborts()
{
	{ $limit "$2" > /dev/null < /dev/null; } 2> "$1.all"
	sed '/^Aborted/d; /^timeout: the monitored/d' "$1.all" > "$1"
	rm -f "$1.all"
}

# A real file of tens of megabytes, that is on every machine that can build.
big_file()
{
	# shellcheck disable=SC2086
	for file in "$($CC -print-prog-name=cc1 2> /dev/null)" \
		"$(gcc -print-prog-name=cc1 2> /dev/null)" \
		"$(readlink -f "$(command -v "${CC%% *}")")" \
		"$(find /usr/lib /usr/bin -type f -size +16384k 2> /dev/null | head -n 1)" \
		"$TRAP_LIB"; do
		if [ -f "$file" ] && [ -r "$file" ] && [ "$(wc -c < "$file")" -gt 4000000 ]; then
			break
		fi
	done
	say "$file"
}

# ---- what it needs -----------------------------------------------------------------------------

command -v "${CC%% *}" > /dev/null || die "$CC: no such compiler; set CC"
[ -f "$RELEASE_LIB" ] || die "$RELEASE_LIB: no such library"
[ -f "$TRAP_LIB" ] || die "$TRAP_LIB: no such library"

# ---- 1: what it costs --------------------------------------------------------------------------

input=$(big_file)
size=$(wc -c < "$input")
megabytes=$(((size + 500000) / 1000000))

say "deed $(sed -n 's/^#define DEED_VERSION "\(.*\)"/\1/p' "$INCLUDE/deed/config.h"),\
 $($CC --version | head -n 1),\
 $(sed -n 's/^model name.*: //p' /proc/cpuinfo 2> /dev/null | head -n 1)"
say
say '1. What it costs'
say
say "   filestat computes the figures of ent(1): entropy, chi-square, pi and so on. One source,"
say "   built three ways at -O2, reads the $megabytes MB of ${input##*/}. With deed it counts bytes by a"
say "   SIMD kernel, raw C by a loop."
say

progress 'building filestat three ways'
# shellcheck disable=SC2086
cc "$BUILD/filestat-raw" $flags -DFILESTAT_RAW filestat.c -lm -pthread
# shellcheck disable=SC2086
cc "$BUILD/filestat-release" $flags -DDEED_TRAP=0 "-I$INCLUDE" filestat.c "$RELEASE_LIB" -lm -pthread
trap_cc "$BUILD/filestat-trap" filestat.c
# shellcheck disable=SC2086
cc "$BUILD/stopwatch" $flags demo/stopwatch.c

progress "timing them, $rounds rounds"
"$BUILD/stopwatch" "$rounds" "$input" "$BUILD/filestat-raw" "$BUILD/filestat-release" \
	"$BUILD/filestat-trap" > "$BUILD/times" || die 'filestat failed'
progress
awk 'BEGIN {
	split("raw C|deed, release|deed, trap", name, "|")
	printf "      %-16s %12s %18s\n", "build", "time", "against raw C"
}
{
	printf "      %-16s %9.1f ms", name[NR], $1
	printf(NR == 1 ? "\n" : " %18.2f\n", $2)
}' "$BUILD/times"
say
say "   Processor time of the whole process, run in turns; medians of $rounds rounds, of the times"
say "   and of the ratios within a round."
outputs='raw release trap'
for build in $outputs; do
	"$BUILD/filestat-$build" -c "$input" > "$BUILD/filestat-$build.txt"
done
if command -v ent > /dev/null; then
	ent -c "$input" > "$BUILD/filestat-ent.txt"
	outputs="$outputs ent"
fi
agree=yes
for build in $outputs; do
	cmp -s "$BUILD/filestat-raw.txt" "$BUILD/filestat-$build.txt" || {
		say "   The output of $build differs: $BUILD/filestat-$build.txt"
		agree=no
		failed=1
	}
done
if [ $agree = yes ]; then
	case $outputs in
	*ent) say '   The three outputs are identical, and the same as that of ent.' ;;
	*) say '   The three outputs are identical.' ;;
	esac
fi
say

# ---- 2: what restrict hides --------------------------------------------------------------------

say '2. What restrict hides'
say
say '   restrict.c is plain C. It promises the compiler that arrays do not overlap:'
say
sed -n '/^static void add/,/^}/p' restrict.c | indent
say
say '   and then keeps a running balance by'"$(sed -n "s/^$tab\(add(.*\)/ \1/p" restrict.c)"
say
progress 'building restrict.c'
cc "$BUILD/restrict-O0" -std=gnu11 -O0 restrict.c
cc "$BUILD/restrict-O2" -std=gnu11 -O2 restrict.c
progress
right=$("$BUILD/restrict-O0")
wrong=$("$BUILD/restrict-O2")
say "      at -O0   $right"
if [ "$right" = "$wrong" ]; then
	say "      at -O2   $wrong, with this compiler"
else
	say "      at -O2   $wrong      garbage, and nobody said a word"
fi
say
say '   restrict_lent.c is the same program. The lines that it has more repeat the promise:'
say
code()
{
	sed '1,/^ \*\/$/d' "$1"
}
code restrict.c > "$BUILD/restrict.c"
code restrict_lent.c > "$BUILD/restrict_lent.c"
diff -U 1 "$BUILD/restrict.c" "$BUILD/restrict_lent.c" | sed '1,2d; /^@@/d' | indent
say
say '   Linked with libdeed-trap, it stops at the call that breaks it:'
say
progress 'building restrict_lent.c'
trap_cc "$BUILD/restrict_lent" restrict_lent.c
progress
aborts "$BUILD/restrict_lent.txt" "$BUILD/restrict_lent"
indent < "$BUILD/restrict_lent.txt"
grep -q '^deed: E09 ' "$BUILD/restrict_lent.txt" || {
	say '   MISSED: this should have been reported as E09.'
	failed=1
}
say

# ---- 3: what a trap build catches --------------------------------------------------------------

say '3. What a trap build catches'
say
say '   Each program of examples/faults is short, looks right, and breaks one rule:'
say
printf '      %-24s %-4s %-25s %s\n' 'fault' 'id' 'caught at' 'which says'

planted=0
caught=0
while read -r name id text; do
	case $name in
	'' | '#'*) continue ;;
	esac
	planted=$((planted + 1))
	source=faults/$name.c
	report=$BUILD/faults/$name.txt
	progress "$name"
	trap_cc "$BUILD/faults/$name" "$source"
	aborts "$report" "$BUILD/faults/$name"
	progress

	# deed: E03 use after move: faults/use_after_move.c:24 in main
	summary=$(sed -n "s/^deed: \(E[0-9]*\) \(.*\): \([^ ]*\):\([0-9]*\) in .*/\1|\2|\3|\4/p" \
		"$report" | head -n 1)
	IFS='|' read -r got what file line <<- END
		$summary
	END
	if [ "$got" = "$id" ] && sed -n "${line}p" "$source" | grep -qF -e "$text"; then
		printf '      %-24s %-4s %-25s %s\n' "$what" "$got" "${file##*/}:$line" "$text"
		caught=$((caught + 1))
	elif [ -n "$got" ]; then
		printf '      %-24s %-4s %s:%s  WRONG: %s at %s is due\n' "$what" "$got" \
			"${file##*/}" "$line" "$id" "$text"
	else
		printf '      %-24s %-4s MISSED: %s at %s is due\n' "$name" - "$id" "$text"
	fi
done < faults/faults.txt
say
say "   $planted planted, $caught caught. Their reports: $(shorten "$BUILD")/faults/*.txt"
[ $caught -eq $planted ] || failed=1

exit $failed
