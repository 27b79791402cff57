#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/compile/run.sh - what must and what must not compile.
#
# ok_*.c compile without a warning, in both flavours, as C and (where their first comment
# says so) as C++; they are linked and run too, and exit 0. fail_*.c do not compile: the
# compiler's words match the first line's regular expression, and it names the line that
# is marked BAD. With -DFIXED that line is gone and the rest compiles, so that each fails
# for the right reason.
. tests/lib.sh

# fails FILE FLAVOUR COMPILER FLAG...
fails()
{
	file=$1 flavour=$2
	shift 2
	name="${file##*/}, DEED_TRAP=$flavour, $1"
	expected=$(sed -n '1s|^/\* expect: \(.*\) \*/$|\1|p' "$file")
	line=$(grep -n '/\* BAD \*/' "$file" | cut -d: -f1)

	# What the bad line is does not depend on the flavour.
	if [ "$flavour" -eq 0 ] && ! "$@" -DFIXED -DDEED_TRAP=0 -Iinclude -S \
		-o "$work/out.s" "$file" > "$work/out" 2>&1; then
		fail "$name: does not compile without its bad line" "$work/out"
	elif "$@" -DDEED_TRAP="$flavour" -Iinclude -S -o "$work/out.s" "$file" \
		> "$work/out" 2>&1; then
		fail "$name: compiles"
	elif ! grep -qE -e "$expected" "$work/out"; then
		fail "$name: the diagnostic is not /$expected/" "$work/out"
	elif ! grep -qF -e "${file##*/}:$line:" "$work/out"; then
		fail "$name: the diagnostic does not name line $line" "$work/out"
	else
		pass "$name"
	fi
}

# passes FILE FLAVOUR COMPILER FLAG...: `library` is what it is linked with, if it was built.
passes()
{
	file=$1 flavour=$2
	shift 2
	name="${file##*/}, DEED_TRAP=$flavour, $1"

	if ! "$@" -DDEED_TRAP="$flavour" -Iinclude -c -o "$work/out.o" "$file" \
		> "$work/out" 2>&1; then
		fail "$name: does not compile" "$work/out"
	elif [ -z "$library" ]; then
		skip "$name, run" "the library was not built"
	elif ! "$1" -o "$work/program" "$work/out.o" "$library" $libraries -pthread \
		> "$work/out" 2>&1; then
		fail "$name: does not link" "$work/out"
	elif ! "$work/program" > "$work/out" 2>&1; then
		fail "$name: fails when run" "$work/out"
	else
		pass "$name"
	fi
}

is_also_cxx()
{
	sed -n '1,6p' "$1" | grep -q 'C, C++'
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
		for file in tests/compile/fail_*.c; do
			fails "$file" $flavour "$compiler" -std=gnu11 $c_warnings
			# What C++ refuses does not depend on the flavour either.
			if [ -n "$cxx" ] && [ $flavour -eq 0 ] && is_also_cxx "$file"; then
				fails "$file" $flavour "$cxx" -std=gnu++17 $warnings -x c++
			fi
		done
		for file in tests/compile/ok_*.c; do
			passes "$file" $flavour "$compiler" -std=gnu11 $c_warnings
			if [ -n "$cxx" ] && is_also_cxx "$file"; then
				passes "$file" $flavour "$cxx" -std=gnu++17 $warnings -x c++
			fi
		done
	done
}

each with $(compilers)
finish
