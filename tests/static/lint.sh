#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/static/lint.sh - the static twin over deed itself: `make lint-ownership`.
#
# Its library, its examples, its tests and benchmarks say nothing at the default level, or this
# fails. So does a word of the strict level at an example that is written for it; what it asks
# of the others is counted, and kept in build/lint-ownership-strict.log. Left out are programs
# that break a rule so that it be found: what is not for a folder to say, DEED_UNCHECKED says
# of a function.
. tests/lib.sh

: "${TWIN:=$(compilers | grep clang | tail -n 1)}"
if [ -z "$TWIN" ]; then
	skip "the static twin" "there is no clang"
	finish
fi
checkflags=$(sed -n 's/^checkflags=-I${includedir}//p' lib/deed.pc.in)
strict_log=$BUILD/lint-ownership-strict.log
left_out='^(examples/faults|tests/trap)/|^tests/static/(fault|strict|limit)_|^tests/compile/fail_'
if ! echo '#include <criterion/criterion.h>' | $TWIN -E - > /dev/null 2>&1; then
	skip "tests/test_*.c" "Criterion is not installed"
	left_out="$left_out|^tests/test_"
fi
if ! echo '#include <sqlite3.h>' | $TWIN -E - > /dev/null 2>&1; then
	skip "examples/sqlite_on_deed.c" "SQLite is not installed"
	left_out="$left_out|^examples/sqlite_"
fi
if ! echo '#include <omp.h>' | $TWIN -E - > /dev/null 2>&1; then
	skip "bench/pool_peer.c" "OpenMP is not installed"
	left_out="$left_out|^bench/pool_peer"
fi

# lint FLAG...: what is said of all files, each in the flavour that it is for
lint()
{
	find lib examples bench tests -name '*.c' | grep -vE "$left_out" | sort |
		TWIN="$TWIN -std=gnu11 -Iinclude -Ilib -Itests -Ibench $checkflags $*" LC_ALL=C \
			xargs -P "$(nproc 2> /dev/null || echo 2)" -n 1 sh -c '
				flavour=1
				case $0 in
				tests/test_release_* | tests/zero/*) flavour=0 ;;
				esac
				$TWIN -DDEED_TRAP=$flavour "$0" 2>&1 || echo "$0: error: it does not compile"'
}

mkdir -p "$BUILD"
lint > "$work/default"
lint -DDEED_STRICT=1 > "$strict_log"
if grep -E ': (warning|error): ' "$work/default" > "$work/said"; then
	fail "$(wc -l < "$work/said") sentences at the default level, $TWIN" "$work/default"
else
	pass "the default level says nothing, $TWIN"
fi
written_for_it=$(grep -l 'Written for the strict level' examples/*.c)
check "an example is written for the strict level" [ -n "$written_for_it" ]
for file in $written_for_it; do
	if grep "^$file:" "$strict_log" > "$work/said"; then
		fail "$file at the strict level, $TWIN" "$work/said"
	else
		pass "$file at the strict level, $TWIN"
	fi
done
echo "$(grep -c ': warning: ' "$strict_log") sentences at the strict level: $strict_log"
finish
