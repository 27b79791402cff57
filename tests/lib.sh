# SPDX-License-Identifier: MIT
#
# tests/lib.sh - what the test scripts share; read with `.`, from the repository's root.
#
# A script counts with pass, fail and skip, and ends with finish, which prints the line
# that tests/run.sh adds up: `N passed, N failed, N skipped`. Passing is silent, unless
# V=1. The variables come from the Makefile; the defaults let a script run on its own.

: "${MAKE:=make}" "${CC:=gcc}" "${BUILD:=$PWD/build}" "${V:=}" "${OPT:=-O2}" "${SAN:=}"
: "${CXX:=$(echo "$CC" | sed 's/clang/clang++/; s/gcc/g++/')}"
: "${RELEASE_DIR:=$BUILD/$CC-release-plain}" "${TRAP_DIR:=$BUILD/$CC-trap-plain}"
: "${RELEASE_LIB:=$RELEASE_DIR/libdeed.a}" "${TRAP_LIB:=$TRAP_DIR/libdeed-trap.a}"
: "${INCLUDE:=$PWD/include}" "${TRAP_LIBS:=}"

warnings='-Wall -Wextra -Wpedantic -Wundef -Wconversion -Wshadow -Wcast-qual -Wvla -Werror'
c_warnings="$warnings -Wstrict-prototypes -Wmissing-prototypes"

passed=0
failed=0
skipped=0

# What a script builds lies in its own folder, made afresh, gone afterwards.
work=$(mktemp -d "${TMPDIR:-/tmp}/deed-test.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

pass()
{
	passed=$((passed + 1))
	[ -z "$V" ] || echo "pass: $1"
}

# fail NAME [FILE]: FILE holds what explains it.
fail()
{
	failed=$((failed + 1))
	echo "FAIL: $1"
	if [ -n "${2:-}" ] && [ -s "$2" ]; then
		head -n 40 "$2" | cut -c1-400 | sed "s/^/    /"
	fi
}

# skip NAME WHY [COUNT]
skip()
{
	skipped=$((skipped + ${3:-1}))
	echo "skip: $1: $2"
}

# check NAME COMMAND...: passes if the command succeeds.
check()
{
	check_name=$1
	shift
	if "$@" > "$work/check.out" 2>&1; then
		pass "$check_name"
	else
		fail "$check_name" "$work/check.out"
	fi
}

# refuse NAME REGEX COMMAND...: passes if the command fails and says so.
refuse()
{
	check_name=$1
	check_text=$2
	shift 2
	if "$@" > "$work/check.out" 2>&1; then
		fail "$check_name: was accepted" "$work/check.out"
	elif grep -qE -e "$check_text" "$work/check.out"; then
		pass "$check_name"
	else
		fail "$check_name: refused, but not with /$check_text/" "$work/check.out"
	fi
}

# each FUNCTION ITEM...: calls FUNCTION once per item, all at the same time, each with its own
# $work, and adds up what they counted. What they print comes in the order of the items.
each()
{
	each_function=$1
	shift
	for item in "$@"; do
		mkdir -p "$work/$item"
		(
			trap - EXIT
			work=$work/$item passed=0 failed=0 skipped=0
			"$each_function" "$item"
			echo "$passed $failed $skipped" > "$work/counts"
		) > "$work/$item/log" 2>&1 &
	done
	wait
	for item in "$@"; do
		cat "$work/$item/log"
		if ! read -r p f s < "$work/$item/counts"; then
			p=0 f=1 s=0
		fi 2> /dev/null
		passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	done
}

finish()
{
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}

# The C compilers to prove things with: the chosen one, and the usual ones that are here.
compilers()
{
	for compiler in "$CC" gcc clang clang-19; do
		command -v "$compiler" > /dev/null && echo "$compiler"
	done | awk '!seen[$0]++'
}

# The C++ compiler beside a C compiler; nothing if it is not installed, or cannot link.
cxx_of()
{
	cxx=$(echo "$1" | sed 's/clang/clang++/; s/gcc/g++/')
	[ "$cxx" != "$1" ] && command -v "$cxx" > /dev/null || return 0
	echo 'int main() { throw 1; }' > "$work/cxx.cc"
	"$cxx" -o "$work/cxx.out" "$work/cxx.cc" > /dev/null 2>&1 && echo "$cxx"
	return 0
}
