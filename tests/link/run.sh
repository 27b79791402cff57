#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/link/run.sh - one program, one flavour.
#
# A release object names nothing of the ledger, even unoptimised. Objects and libraries of
# different flavours do not link, and the missing symbol's name says what to do. Where
# shared libraries of both flavours meet in a process, it stops with one sentence, exit 127.
# The libraries define no name but deed's own.
. tests/lib.sh

# Every verb is in the programs that must compile.
verbs=$(echo tests/compile/ok_*.c)

# names FILE: what it defines and refers to
names()
{
	nm "$1" 2> /dev/null | awk 'NF > 1 { print $NF }'
}

# lacks NAME PATTERN FILE: passes if no symbol of FILE matches
lacks()
{
	if names "$3" | grep -E "$2" > "$work/names"; then
		fail "$1" "$work/names"
	else
		pass "$1"
	fi
}

# defines_only NAME nm-FLAG PATTERN FILE
defines_only()
{
	if nm "$2" --defined-only "$4" 2> /dev/null | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | \
		grep -vE "$3" > "$work/names"; then
		fail "$1" "$work/names"
	else
		pass "$1"
	fi
}

objects()
{
	compiler=$1
	for opt in -O0 -O2; do
		for file in $verbs; do
			"$compiler" -std=gnu11 $opt -Iinclude -c -o "$work/verbs.o" "$file" || continue
			lacks "a release ${file##*/} names no ledger, $compiler $opt" \
				'^deed_trap_' "$work/verbs.o"
		done
	done
}

# meets WHAT STATUS TEXT PROGRAM ARGUMENT...: runs it, and compares how it ends
meets()
{
	what=$1 status=$2 text=$3
	shift 3
	"$@" > "$work/out" 2>&1
	if [ $? -ne "$status" ]; then
		fail "$what: exit $?, not $status" "$work/out"
	elif [ -n "$text" ] && [ "$(grep -cE "$text" "$work/out")" -ne 1 ]; then
		fail "$what: does not say /$text/ once" "$work/out"
	elif [ "$status" -ne 0 ] && [ "$(wc -l < "$work/out")" -ne 1 ]; then
		fail "$what: says more than a line" "$work/out"
	else
		pass "$what"
	fi
}

flavours()
{
	compiler=$1
	shared="-Wl,-rpath,$RELEASE_DIR -Wl,-rpath,$TRAP_DIR"
	say_trap=deed_built_with_DEED_TRAP_1__link_libdeed_trap_not_libdeed
	say_release=deed_built_with_DEED_TRAP_0__link_libdeed_not_libdeed_trap

	for opt in -O0 '-O2 -flto' '-O2 -ffunction-sections -fdata-sections -Wl,--gc-sections'; do
		c="$compiler -std=gnu11 $opt -Iinclude"
		case $opt in
		*lto*)
			# A machine may have a compiler without its link-time optimiser.
			echo 'int main(void) { return 0; }' > "$work/lto.c"
			$c -o "$work/lto" "$work/lto.c" > /dev/null 2>&1 || continue ;;
		esac
		for library in "$RELEASE_LIB" "-L$RELEASE_DIR -ldeed"; do
			check "release object, $library, $compiler $opt" \
				$c -DDEED_TRAP=0 -o "$work/app" tests/link/app.c $library
			refuse "trap object, $library, $compiler $opt" $say_trap \
				$c -DDEED_TRAP=1 -o "$work/app" tests/link/app.c $library
		done
		for library in "$TRAP_LIB" "-L$TRAP_DIR -ldeed-trap"; do
			check "trap object, $library, $compiler $opt" \
				$c -DDEED_TRAP=1 -o "$work/app" tests/link/app.c $library
			refuse "release object, $library, $compiler $opt" $say_release \
				$c -DDEED_TRAP=0 -o "$work/app" tests/link/app.c $library
		done
	done

	c="$compiler -std=gnu11 -O2 -Iinclude -Wl,--no-as-needed $shared"
	$c -DDEED_TRAP=0 -o "$work/app-release" tests/link/app.c "-L$RELEASE_DIR" -ldeed
	$c -DDEED_TRAP=1 -o "$work/app-trap" tests/link/app.c "-L$TRAP_DIR" -ldeed-trap
	$c -o "$work/host" tests/link/host.c
	$c -o "$work/host-both" tests/link/host.c "-L$RELEASE_DIR" "-L$TRAP_DIR" -ldeed -ldeed-trap
	$c -DDEED_TRAP=0 -shared -fPIC -o "$work/release.so" tests/link/plugin.c \
		"-L$RELEASE_DIR" -ldeed
	$c -DDEED_TRAP=1 -shared -fPIC -o "$work/trap.so" tests/link/plugin.c \
		"-L$TRAP_DIR" -ldeed-trap
	cp "$work/release.so" "$work/release2.so"

	sentence='^deed: libdeed and libdeed-trap are both in this process'
	meets "release with a release plugin, $compiler" 0 '' "$work/app-release" "$work/release.so"
	meets "trap with a trap plugin, $compiler" 0 '' "$work/app-trap" "$work/trap.so"
	meets "two release plugins, $compiler" 0 '' \
		"$work/host" "$work/release.so" "$work/release2.so"
	meets "release with a trap plugin, $compiler" 127 "$sentence" \
		"$work/app-release" "$work/trap.so"
	meets "trap with a release plugin, $compiler" 127 "$sentence" \
		"$work/app-trap" "$work/release.so"
	meets "both libraries in one program, $compiler" 127 "$sentence" "$work/host-both"
	meets "a release plugin, then a trap plugin, $compiler" 127 "$sentence" \
		"$work/host" "$work/release.so" "$work/trap.so"
	meets "a trap plugin, then a release plugin, $compiler" 127 "$sentence" \
		"$work/host" "$work/trap.so" "$work/release.so"
}

each objects $(compilers)
lacks "libdeed.a names no ledger" '^deed_trap_' "$RELEASE_LIB"
defines_only "libdeed.a defines deed's names only" -g '^deed_' "$RELEASE_LIB"
defines_only "libdeed.so exports deed's names only" -D '^deed_' "$RELEASE_DIR/libdeed.so"
if [ -f "$TRAP_LIB" ] && [ -f "$TRAP_DIR/libdeed-trap.so" ]; then
	defines_only "libdeed-trap.a defines deed's names only" -g '^deed_' "$TRAP_LIB"
	defines_only "libdeed-trap.so exports deed's names only" -D '^deed_' \
		"$TRAP_DIR/libdeed-trap.so"
	each flavours $(compilers)
else
	skip "mixed flavours" "libdeed-trap was not built"
fi
finish
