#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/trap/run.sh - golden reports: one fault, one program, the exact text.
#
#     tests/trap/run.sh [BUILDDIR]              compares with NAME.txt
#     tests/trap/run.sh [BUILDDIR] --update     writes NAME.txt
#
# BUILDDIR holds the programs: `make golden` makes BUILDDIR/NAME of tests/trap/NAME.c. The
# comment that a program begins with may have lines for this script:
#
#      * options: format=json       its DEED_OPTIONS
#      * status: 0                  how it exits, if not by SIGABRT
#
# What differs between two runs, two compilers or two machines is made equal first:
#
#     tests/trap/NAME.c:7              NAME.c:7
#     0x5581c0de1bc0                   0xADDR
#     aligned to 64, foreign memory    aligned to N, foreign memory: where the linker put it
#     frames of a stack                those of the program alone, numbered anew, and those
#                                      of deed, of which there must be none; whether one was
#                                      inlined is not told, nor the line of the first, which
#                                      the place above has told
#     JSON                             a line for every place, frame and rule
#
# A build without libbacktrace knows no names of frames: its stacks are not compared.
. tests/lib.sh

here=tests/trap
programs=$TRAP_DIR/golden
update=
for argument in "$@"; do
	case $argument in
	--update) update=yes ;;
	*) programs=$argument ;;
	esac
done

LC_ALL=C
export LC_ALL
# shellcheck disable=SC3045 # where it is there
ulimit -c 0 2> /dev/null
within=
command -v timeout > /dev/null && within='timeout 60'

# header NAME KEY: the value of a line of the first comment
header()
{
	sed -n -e "s|^ \* $2: *||p" -e '/\*\//q' "$here/$1.c"
}

# plain NAME: stdin to stdout, made equal
plain()
{
	sed -e "s|[^ \"]*$here/||g" -e "s|[^ \"]*/$1+0x[0-9a-f]*|$1+0xADDR|g" \
		-e "s|\"module\":\"[^\"]*/|\"module\":\"|g" -e 's/0x[0-9a-f][0-9a-f]*/0xADDR/g' \
		-e 's/aligned to [0-9]*, \(foreign\|static\|memory\)/aligned to N, \1/' \
		-e 's/"process":[0-9]*/"process":N/g' -e 's/"ledger_bytes":[0-9]*/"ledger_bytes":N/' |
		awk -v program="$1" '
	# An address is the only word that is as long as it likes: its line is made whole again.
	is_open && /^ +0xADDR/ { sub(/^ +/, ""); line = line " " $0; next }
	{ put(); line = $0; is_open = 1 }
	END { put() }

	function put() {
		if (is_open)
			put_line(line)
		is_open = 0
	}

	# The frames of a text: those of other files are left out.
	function put_line(text) {
		if (text ~ /^\{|^\]/) {
			put_json(text)
			return
		}
		if (text ~ /^ +#[0-9]+ /) {
			if (text !~ " (at " program "\\.c:|in " program "\\+)[0-9]" &&
			    text !~ /lib\/trap\/|include\/deed\/|#[0-9]+ deed_/)
				return
			sub(/#[0-9]+/, "#" frames++, text)
			sub(/ \(inlined\)$/, "", text)
			if (frames == 1)
				sub(/:[0-9]+$/, "", text)
		} else {
			frames = 0
		}
		if (text !~ /^ += for lines: /)
			print text
	}

	function put_json(text, count, part, i) {
		gsub(/\{"(role|address|id|location|ruleId)"/, "\n&", text)
		gsub(/"offset":"0xADDR"\}+,?/, "&\n", text)
		gsub(/,"inlined":(true|false)/, "", text)
		count = split(text, part, "\n")
		for (i = 1; i <= count; i++) {
			if (part[i] ~ /"offset":"0xADDR"\}/) {
				if (part[i] !~ "\"" program "\\.c\"" && part[i] ~ /"(file|uri)"|libc/)
					continue
				sub(/,$/, "", part[i])
			}
			if (part[i] != "")
				print part[i]
		}
	}'
}

# Frames that the program has, but no names for them: libbacktrace is missing.
is_nameless()
{
	grep -qE "^ +#[0-9]+ in $1\+|\{\"address\":\"0xADDR\",\"module\":\"$1\"|\
\{\"location\":\{\},\"module\":\"$1\"" "$2"
}

without_stacks()
{
	grep -vE '^ += stack:|^ +#[0-9]+ |"offset":"0xADDR"\}' "$1"
}

# run NAME: its output, made equal, in $work/NAME.txt; false if it ends as it should not
run()
{
	status=$(header "$1" status)
	DEED_OPTIONS=$(header "$1" options)
	export DEED_OPTIONS
	# What the shell says of a signal is not what the program says.
	(
		exec 2> /dev/null
		# shellcheck disable=SC2086 # words
		(exec $within "$programs/$1" > "$work/out" 2>&1)
		exit
	)
	ended=$?
	plain "$1" < "$work/out" > "$work/$1.txt"
	[ "$ended" -eq "${status:-134}" ]
}

# compare NAME: its output with what is expected; the difference goes to stdout
compare()
{
	if is_nameless "$1" "$work/$1.txt"; then
		without_stacks "$here/$1.txt" > "$work/expected"
		without_stacks "$work/$1.txt" > "$work/seen"
	else
		cp "$here/$1.txt" "$work/expected"
		cp "$work/$1.txt" "$work/seen"
	fi
	diff -u "$work/expected" "$work/seen"
}

if [ ! -d "$programs" ]; then
	fail "golden reports: no $programs (make golden)"
	finish
fi
for source in "$here"/*.c; do
	name=$(basename "$source" .c)
	if [ ! -x "$programs/$name" ]; then
		fail "golden $name: no $programs/$name (make golden)"
	elif ! run "$name"; then
		fail "golden $name: status $ended, not ${status:-134}" "$work/out"
	elif [ -n "$update" ] && is_nameless "$name" "$work/$name.txt"; then
		fail "golden $name: not updated by a build without libbacktrace"
	elif [ -n "$update" ]; then
		cmp -s "$work/$name.txt" "$here/$name.txt" || echo "updated: $here/$name.txt"
		cp "$work/$name.txt" "$here/$name.txt"
		pass "golden $name"
	elif [ ! -f "$here/$name.txt" ]; then
		fail "golden $name: no $here/$name.txt (--update writes it)" "$work/$name.txt"
	elif compare "$name" > "$work/diff"; then
		pass "golden $name"
	else
		fail "golden $name" "$work/diff"
	fi
done
for text in "$here"/*.txt; do
	[ -f "${text%.txt}.c" ] || fail "golden ${text##*/}: no program for it"
done
finish
