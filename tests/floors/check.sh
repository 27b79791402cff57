#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/floors/check.sh [DIRECTORY] - proves that no file includes a floor above its own.
#
# The floors are the table in lib/README.md; the files are those of include/ and lib/. What
# fails is printed, a line each.
cd "${1:-.}" || exit

# Lines `FLOOR PATTERN`
floors=$(awk -F '|' '
	$2 ~ /^ *[0-9]+ *$/ {
		count = split($4, words, "`")
		for (i = 2; i <= count; i += 2)
			print $2 + 0, words[i]
	}' lib/README.md)
[ -n "$floors" ] || { echo "lib/README.md: there is no table of floors"; exit 1; }

files=$(find include lib -name '*.[ch]' | sort)

# Which floor each file is on, and whether it is on exactly one.
set -f
places=$(
	for file in $files; do
		echo "$floors" | while read -r floor pattern; do
			# shellcheck disable=SC2254
			case $file in
			$pattern) echo "$file $floor" ;;
			esac
		done
	done
)
set +f

# Every quoted include, as `FILE LINE INCLUDED`, the path made plain.
includes=$(
	for file in $files; do
		grep -n '^[ 	]*#[ 	]*include[ 	]*"' "$file" | \
			sed 's|^\([0-9]*\):[^"]*"\([^"]*\)".*|\1 \2|' | \
			while read -r line name; do
				for found in "${file%/*}/$name" "include/$name" "lib/$name" "$name"; do
					[ -f "$found" ] && break
				done
				echo "$file $line $found"
			done
	done | awk '{
		count = split($3, parts, "/")
		path = ""
		depth = 0
		for (i = 1; i <= count; i++) {
			if (parts[i] == "..") depth--
			else if (parts[i] != ".") plain[++depth] = parts[i]
		}
		for (i = 1; i <= depth; i++)
			path = path (i > 1 ? "/" : "") plain[i]
		print $1, $2, path
	}'
)

{
	echo "$places" | sed 's/^/place /'
	echo "$files" | sed 's/^/file /'
	echo "$includes" | sed 's/^/include /'
} | awk '
	$1 == "place" {
		if ($2 in floor)
			wrong($2 ": on two floors, " floor[$2] " and " $3)
		floor[$2] = $3
	}
	$1 == "file" && !($2 in floor) {
		wrong($2 ": on no floor: name it in lib/README.md")
	}
	$1 == "include" && $2 in floor {
		count++
		if (!($4 in floor))
			wrong($2 ":" $3 ": includes " $4 ", which is on no floor")
		else if (floor[$4] > floor[$2])
			wrong($2 ":" $3 ": floor " floor[$2] " includes " $4 ", floor " floor[$4])
	}
	function wrong(text) { print text; failed = 1 }
	END {
		if (count < 1) wrong("no include line was found")
		exit failed
	}'
