#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/partitions/run.sh [SEEDS] - that racy partitions are told from clean ones, whatever the
# schedule: see partition.h.
. tests/lib.sh

seeds=${1:-100}

# one COMPILER
one()
{
	program=$work/partitions
	# shellcheck disable=SC2086 # lists of words
	if ! "$1" -std=gnu11 -g "$OPT" -fno-omit-frame-pointer -DDEED_TRAP=1 -I"$INCLUDE" -Ilib \
		$c_warnings -o "$program" tests/partitions/*.c "$TRAP_LIB" $TRAP_LIBS -pthread -lm \
		> "$work/log" 2>&1; then
		fail "partitions, $1: does not build" "$work/log"
		return
	fi
	DEED_OPTIONS=stack=none:source=0 timeout 300 "$program" "$seeds" > "$work/log" 2>&1
	counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, .*/\1 \2/p' "$work/log")
	if [ -z "$counts" ]; then
		fail "partitions, $1: does not end" "$work/log"
		return
	fi
	passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
	grep '^FAIL' "$work/log"
}

for compiler in $(compilers); do
	one "$compiler"
done
finish
