#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/zero/run.sh - release costs nothing: every function of tests/zero/ is written twice,
# on deed's handles and on raw pointers, and the first is never longer than the second, in
# instructions, with any compiler, at -O2 and at -O3. V=1 prints the whole table.
#
# What only fills up to an alignment is not counted; what the compiler split off is. What is
# known to be longer with clang 14, whose successors dropped what makes it so, says it in its
# comment, and is reported as skipped there.
. tests/lib.sh

# Lines `NAME FLAVOUR COUNT` out of a disassembly. A cold part belongs to its function.
count='
	/^[0-9a-f]+ <.*>:$/ {
		name = $2
		gsub(/[<>:]/, "", name)
		sub(/\..*/, "", name)
		next
	}
	NF > 1 && name != "" {
		text = $0
		sub(/^[^\t]*\t/, "", text)
		if (text ~ /^(data16 |cs )*nop|^xchg +%ax,%ax/)
			next
		if (name ~ /_(deed|raw)$/)
			counts[name]++
	}
	END {
		for (name in counts) {
			flavour = name
			sub(/.*_/, "", flavour)
			sub(/_[a-z]*$/, "", name)
			print name, flavour, counts[name "_" flavour]
		}
	}'

# Lines `NAME`: the functions whose comment says that they are longer with clang 14
known=$(awk '
	/^\/\* Longer with clang 14/ { longer = 1 }
	longer && /_deed\(/ {
		sub(/_deed\(.*/, "")
		sub(/.*[ *]/, "")
		print
		longer = 0
	}' tests/zero/*.c)

with()
{
	compiler=$1
	is_clang_14=
	"$compiler" --version | grep -q 'clang version 14\.' && is_clang_14=yes
	for opt in -O2 -O3; do
		: > "$work/counts.$opt"
		for file in tests/zero/*.c; do
			# Identical functions must stay two functions: gcc would fold them.
			folding=
			case $("$compiler" --version) in
			*clang*) ;;
			*) folding=-fno-ipa-icf ;;
			esac
			if ! "$compiler" -std=gnu11 $c_warnings $opt $folding -DDEED_TRAP=0 \
				-Iinclude -c -o "$work/zero.o" "$file" > "$work/out" 2>&1; then
				fail "$file does not compile, $compiler $opt" "$work/out"
				continue
			fi
			objdump -d --no-show-raw-insn "$work/zero.o" | awk "$count" \
				>> "$work/counts.$opt"
		done
		awk -v with="$compiler $opt" '
			{ count[$1, $2] = $3; names[$1] }
			END {
				for (name in names)
					print name, count[name, "raw"] + 0, count[name, "deed"] + 0, with
			}' "$work/counts.$opt" | sort > "$work/pairs"
		while read -r name raw deed rest; do
			[ -z "$V" ] || printf '%-22s raw %4d  deed %4d  %s\n' "$name" "$raw" "$deed" "$rest"
			if [ "$raw" -eq 0 ] || [ "$deed" -eq 0 ]; then
				fail "zero cost: $name has no twin, $rest"
			elif [ "$deed" -gt "$raw" ] && [ -n "$is_clang_14" ] && \
				echo "$known" | grep -qx "$name"; then
				skip "zero cost: $name is $deed instructions, raw is $raw, $rest" \
					"known of clang 14"
			elif [ "$deed" -gt "$raw" ]; then
				fail "zero cost: $name is $deed instructions, raw is $raw, $rest"
			else
				passed=$((passed + 1))
			fi
		done < "$work/pairs"
	done
}

if command -v objdump > /dev/null; then
	each with $(compilers)
	[ "$passed" -ge 20 ] || fail "zero cost: only $passed comparisons were made"
else
	skip "zero cost" "there is no objdump"
fi
finish
