#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/floors/run.sh - the floors hold, and the check would see if they did not; what has
# one door in lib/README.md is called through that door only.
. tests/lib.sh

check "no file includes a floor above its own" tests/floors/check.sh

# The same tree with one more line must fail, in three ways.
tree()
{
	rm -rf "$work/tree"
	mkdir "$work/tree"
	cp -r include lib "$work/tree"
}
tree
echo '#include "deed/own.h"' >> "$work/tree/lib/base.h"
refuse "an upward include is seen" 'lib/base.h:[0-9]+: floor 0 includes include/deed/own.h' \
	tests/floors/check.sh "$work/tree"
tree
echo '#include "../own.c"' >> "$work/tree/lib/trap/near.h"
refuse "an upward include by another path is seen" 'lib/trap/near.h:[0-9]+: floor 2 includes lib/own.c' \
	tests/floors/check.sh "$work/tree"
tree
touch "$work/tree/lib/homeless.c"
refuse "a file without a floor is seen" 'lib/homeless.c: on no floor' \
	tests/floors/check.sh "$work/tree"

# Lines `NAME-PATTERN FILE...`
doors=$(awk -F '|' '
	$2 ~ /`/ && $2 !~ /^ *[0-9]+ *$/ {
		files = ""
		count = split($3, quoted, "`")
		for (i = 2; i <= count; i += 2)
			files = files " " quoted[i]
		count = split($2, quoted, "`")
		for (i = 2; i <= count; i += 2) {
			gsub(/\*/, ".*", quoted[i])
			print quoted[i] files
		}
	}' lib/README.md)

if [ -z "$SAN" ] && [ -f "$TRAP_DIR/lib/os.o" ] && [ -n "$doors" ]; then
	for file in lib/*.c lib/trap/*.c; do
		object=$TRAP_DIR/${file%.c}.o
		[ -f "$object" ] || continue
		nm -u "$object" 2> /dev/null | awk '{ sub(/@.*/, "", $2); print $2 }' | grep -v '^deed_' \
			> "$work/calls"
		echo "$doors" | while read -r name owners; do
			case " $owners " in
			*" $file "*) ;;
			*) grep -xE "$name" "$work/calls" ;;
			esac
		done > "$work/trespass"
		if [ -s "$work/trespass" ]; then
			fail "$file goes through its own doors only" "$work/trespass"
		else
			pass "$file goes through its own doors only"
		fi
	done
else
	skip "doors" "needs the objects of a plain trap build"
fi
finish
