#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/readme/run.sh - the README is true: its program prints its report, compiles to its
# machine code, and makes the static twin say what it says; in C++ its report is as clean. Its other
# pieces compile, its arena is no leak, and its program of threads runs. With --update, writes the
# report into it.
. tests/lib.sh

# block N: the Nth fenced block of the README.
block()
{
	awk -v wanted="$1" '/^```/ { inside = !inside; if (inside) n++; next } inside && n == wanted' \
		README.md
}

# block_with WORD: the fenced blocks that have it.
block_with()
{
	awk -v word="$1" '/^```/ { if (inside && index(text, word)) printf "%s", text
		inside = !inside; text = ""; next }
		inside { text = text $0 "\n" }' README.md
}

block 1 > "$work/first.c"
flags="-std=gnu11 $c_warnings -I$INCLUDE"

# The compiler runs in the folder of the program, so that the report names it as a reader would.
report()
{
	# shellcheck disable=SC2086
	(cd "$work" && gcc $flags -g -O1 -fno-omit-frame-pointer -DDEED_TRAP=1 -o first first.c \
		"$TRAP_LIB" -pthread $TRAP_LIBS && DEED_OPTIONS='' ./first > /dev/null 2> report) 2> /dev/null
	sed -e "s|$work/||g" -e 's/0x[0-9a-f]*/0x5581d8a0dba0/' "$work/report" |
		awk '/^       #/ && past { next } { past = /in main|#[0-9]+ main/ } 1'
}

report > "$work/said"
if [ "${1:-}" = --update ]; then
	awk -v said="$work/said" '/^```/ { inside = !inside; n += inside; print
		if (inside && n == 2) while ((getline line < said) > 0) print line
		next }
		!(inside && n == 2)' README.md > "$work/readme"
	cat "$work/readme" > README.md
fi
block 2 > "$work/told"
check "the program of the README prints its report" diff "$work/told" "$work/said"

# In C++ the names of deed's inline functions are mangled.
for cxx in g++ clang++; do
	command -v $cxx > /dev/null || continue
	# shellcheck disable=SC2086
	check "as C++ its report has no frame of deed's, $cxx" sh -c "
		$cxx -std=c++17 -I'$INCLUDE' -g -O1 -fno-omit-frame-pointer -DDEED_TRAP=1 \
			-o '$work/first' -x c++ '$work/first.c' -x none '$TRAP_LIB' -pthread $TRAP_LIBS
		DEED_OPTIONS='' '$work/first' 2>&1 > /dev/null | grep '#[0-9]' > '$work/frames'
		grep -q publish '$work/frames' && ! grep /deed/ '$work/frames'"
done

if [ "$(uname -m)" = x86_64 ]; then
	# shellcheck disable=SC2086
	gcc $flags -O2 -c -o "$work/first.o" "$work/first.c" &&
		objdump -d --no-show-raw-insn "$work/first.o" |
		sed -n '/<mean>:/,/^$/s/^ *[0-9a-f]*:\t//p' | sed 's/^\(j[a-z]*\) .*/\1/' > "$work/code"
	block 3 | sed 's/^\(j[a-z]*\) .*/\1/' > "$work/loop"
	check "its loop compiles to the code of the README" sh -c \
		"grep -xF -A 3 \"\$(head -n 1 '$work/loop')\" '$work/code' | diff - '$work/loop'"
else
	skip "the machine code of the README" "it is x86-64"
fi

{
	printf '#include <deed.h>\n#include <deed/arena.h>\n#include <errno.h>\n'
	printf 'struct node { int n; };\nint main(void)\n{\n'
	block_with 'struct deed_arena arena'
	printf '\t(void)n;\n\treturn 0;\n}\n'
} > "$work/arena.c"
# shellcheck disable=SC2086
check "its arena runs as it stands there, and is no leak" sh -c "gcc $flags -g -DDEED_TRAP=1 \
	-o '$work/arena' '$work/arena.c' '$TRAP_LIB' -pthread $TRAP_LIBS && DEED_OPTIONS='' '$work/arena'"

# What begins with its headers, and leaves nothing out, compiles as it stands there.
number=1
while block "$number" > "$work/piece.c" && [ -s "$work/piece.c" ]; do
	if grep -q '^#include <deed' "$work/piece.c" && ! grep -qF ... "$work/piece.c"; then
		check "its piece $number compiles" \
			gcc -std=c11 -I"$INCLUDE" -fsyntax-only "$work/piece.c"
	fi
	number=$((number + 1))
done

block_with 'deed_parallel_for(pool' > "$work/threads.c"
# shellcheck disable=SC2086
check "its program of threads says what it should, in both flavours" sh -c "
	gcc $flags -g -DDEED_TRAP=1 -o '$work/threads' '$work/threads.c' '$TRAP_LIB' -pthread -lm \
		$TRAP_LIBS && [ \"\$(DEED_OPTIONS='' '$work/threads')\" = 150000 ] &&
	gcc $flags -O2 -DDEED_TRAP=0 -o '$work/threads' '$work/threads.c' '$RELEASE_LIB' -pthread -lm &&
	[ \"\$('$work/threads')\" = 150000 ]"

block_with 'deed: E19' > "$work/told"
# shellcheck disable=SC2086
{
	gcc $flags -g -DDEED_TRAP=1 -o "$work/threads" examples/faults/shared_accumulator.c \
		"$TRAP_LIB" -pthread -lm $TRAP_LIBS && DEED_OPTIONS='' "$work/threads" 2>&1
} 2> "$work/out" | sed '/^  -->/,$d' > "$work/said"
check "its shared accumulator is caught, in the words of the README" diff "$work/told" "$work/said"

for clang in $(compilers | grep clang | tail -n 1); do
	grep '^first\.c:[0-9:]* warning: ' README.md > "$work/told"
	# shellcheck disable=SC2046
	(cd "$work" && "$clang" -std=gnu11 -I"$INCLUDE" $(sed -n 's/^checkflags=-I${includedir}//p' \
		"$OLDPWD/lib/deed.pc.in") first.c 2>&1) | grep ': warning: ' |
		sed 's/ \[-W.*//' > "$work/said"
	check "the static twin says of the README's program what the README says, $clang" \
		diff "$work/told" "$work/said"
done
finish
