#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/sqlite/run.sh - SQLite on deed's memory: the same answers from either flavour, no report
# and no leak, on a file that any SQLite reads.
. tests/lib.sh

if ! echo '#include <sqlite3.h>' | $CC -E - > /dev/null 2>&1; then
	skip "SQLite on deed" "SQLite is not installed (libsqlite3-dev)"
	finish
fi

check "the examples build" "$MAKE" -s CC="$CC" OPT="$OPT" SAN="$SAN" BUILD="$BUILD" examples

# answers FLAVOUR WHAT COMMAND...: what it prints, the memory apart, in FLAVOUR.answers
answers()
{
	flavour=$1 what=$2
	shift 2
	rm -f "$work/db"
	if "$@" "$work/db" > "$work/out" 2> "$work/err" && [ ! -s "$work/err" ]; then
		pass "SQLite on deed, $what"
	else
		fail "SQLite on deed, $what" "$work/err"
	fi
	sed '/^memory$/,$d' "$work/out" > "$work/$flavour.answers"
	check "SQLite on deed, $what: the check of the file is fine" \
		grep -qx ' *ok' "$work/$flavour.answers"
	check "SQLite on deed, $what: it is a file of SQLite's" \
		grep -aq '^SQLite format 3' "$work/db"
	check "SQLite on deed, $what: tells its memory" grep -q 'bytes of blocks' "$work/out"
}

answers release release timeout 120 "$RELEASE_DIR/examples/sqlite_on_deed"
answers trap trap timeout 120 "$TRAP_DIR/examples/sqlite_on_deed"
check "SQLite on deed: both flavours answer the same" \
	cmp "$work/release.answers" "$work/trap.answers"
if [ -f "$($CC -print-file-name=libjemalloc.so)" ]; then
	answers jemalloc "release, jemalloc" env "LD_PRELOAD=$($CC -print-file-name=libjemalloc.so)" \
		timeout 120 "$RELEASE_DIR/examples/sqlite_on_deed"
	check "SQLite on deed: jemalloc is found" grep -q 'over jemalloc' "$work/out"
fi
check "SQLite on deed: --help" "$TRAP_DIR/examples/sqlite_on_deed" --help
refuse "SQLite on deed: a file that is there is kept" 'is there already' \
	"$TRAP_DIR/examples/sqlite_on_deed" "$work/db"
refuse "SQLite on deed: nowhere to print to" 'standard output' \
	sh -c "'$TRAP_DIR/examples/sqlite_on_deed' > /dev/full"
refuse "SQLite on deed: no rows" 'Usage' "$TRAP_DIR/examples/sqlite_on_deed" --rows=0
refuse "SQLite on deed: a folder that is not there" 'unable to open' \
	"$TRAP_DIR/examples/sqlite_on_deed" "$work/no/db"
finish
