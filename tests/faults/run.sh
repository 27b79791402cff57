#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/faults/run.sh - the README's table of faults is the one in the source.
. tests/lib.sh

check "the table is printed" sh -c "$MAKE -s fault-table > $work/table"
check "it has every fault and advisory, once" \
	sh -c "[ \$(grep -cE '^\| [EA][0-9]{2} ' $work/table) -eq 32 ] &&
		[ -z \"\$(cut -d'|' -f2 $work/table | sort | uniq -d)\" ]"
if [ -f README.md ] && grep -q '<!-- faults -->' README.md; then
	sed -n '/<!-- faults -->/,/<!-- \/faults -->/p' README.md | grep '^|' > "$work/readme"
	check "README.md shows it: make fault-table prints it" diff "$work/readme" "$work/table"
else
	skip "the table in README.md" "README.md has no table between <!-- faults --> marks"
fi
finish
