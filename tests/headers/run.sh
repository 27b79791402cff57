#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/headers/run.sh - every public header compiles alone, and twice in a row, as C11 and
# as C++17, in both flavours, with every compiler that is here and the full warning set.
. tests/lib.sh

with()
{
	compiler=$1
	cxx=$(cxx_of "$compiler")
	[ -n "$cxx" ] || skip "headers as C++ beside $compiler" "no C++ compiler that links"
	for header in include/deed.h include/deed/*.h; do
		name=${header#include/}
		printf '#include "%s"\n#include "%s"\n' "$name" "$name" > "$work/one.c"
		for flavour in 0 1; do
			check "$name, DEED_TRAP=$flavour, $compiler -std=c11" \
				"$compiler" -std=c11 $c_warnings -DDEED_TRAP=$flavour -Iinclude \
				-fsyntax-only "$work/one.c"
			[ -n "$cxx" ] || continue
			check "$name, DEED_TRAP=$flavour, $cxx -std=c++17" \
				"$cxx" -std=c++17 $warnings -DDEED_TRAP=$flavour -Iinclude \
				-fsyntax-only -x c++ "$work/one.c"
		done
	done
}

each with $(compilers)
finish
