#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/backend/run.sh - deed over every allocator that a program may have: the C library's;
# jemalloc, linked, static or preloaded; a sanitizer's or valgrind's, which stand before
# either; and that the libraries need none of them.
. tests/lib.sh

trap_libs=$TRAP_LIBS

# with FLAVOUR WHAT NAME FLAGS COMMAND...: builds the program with FLAGS, runs it under COMMAND
with()
{
	flavour=$1 what=$2 name=$3 flags=$4
	shift 4
	case $flavour in
	0) library=$RELEASE_LIB libraries= ;;
	1) library=$TRAP_LIB libraries=$trap_libs ;;
	esac
	# shellcheck disable=SC2086 # lists of words
	if $CC -std=gnu11 -g -O1 -DDEED_TRAP=$flavour -I"$INCLUDE" -fno-omit-frame-pointer \
		-o "$work/program" tests/backend/backend.c $library $libraries -pthread $flags \
		> "$work/log" 2>&1; then
		check "backend: $what, DEED_TRAP=$flavour, $CC" \
			timeout 120 "$@" "$work/program" "$name"
	else
		fail "backend: $what, DEED_TRAP=$flavour, $CC: does not build" "$work/log"
	fi
}

# has FLAGS...: whether a program links with them, and runs
has()
{
	echo 'int main(void) { return 0; }' | \
		$CC -xc - -o "$work/has" "$@" > /dev/null 2>&1 && "$work/has"
}

jemalloc=-Wl,--no-as-needed,-ljemalloc
sanitizer="-fsanitize=address -fno-sanitize-recover=all"
options=ASAN_OPTIONS=abort_on_error=1:detect_leaks=1:allocator_may_return_null=1
for flavour in 0 1; do
	with $flavour "the C library's" libc "" env
	# shellcheck disable=SC2086
	if has $sanitizer; then
		with $flavour "AddressSanitizer's" "libc (AddressSanitizer)" "$sanitizer" \
			env $options
	else
		skip "backend: AddressSanitizer" "there is none that works"
	fi
	if ! has $jemalloc; then
		skip "backend: jemalloc" "it is not installed (libjemalloc-dev)"
		continue
	fi
	with $flavour "jemalloc's" jemalloc $jemalloc env
	preloaded=$($CC -print-file-name=libjemalloc.so)
	with $flavour "jemalloc's, preloaded" jemalloc "" env LD_PRELOAD="$preloaded"
	static=$($CC -print-file-name=libjemalloc.a)
	if [ -f "$static" ]; then
		with $flavour "jemalloc's, static" jemalloc "$static -lm -ldl -lstdc++" env
	fi
	# shellcheck disable=SC2086
	if has $sanitizer; then
		with $flavour "AddressSanitizer's before jemalloc's" "libc (AddressSanitizer)" \
			"$sanitizer $jemalloc" env $options
	fi
	# Asked to, valgrind takes the place of any malloc(), and not that of mallocx().
	if command -v valgrind > /dev/null; then
		with $flavour "valgrind's before jemalloc's" libc \
			"$jemalloc -Wl,--strip-debug" valgrind -q --error-exitcode=99 \
			--soname-synonyms=somalloc='*jemalloc*' \
			--suppressions=lib/valgrind.supp --leak-check=full \
			--errors-for-leak-kinds=definite
	fi
done

# needs FILE: whether it names jemalloc as a library that must be there
for file in "$RELEASE_DIR/libdeed.so" "$TRAP_DIR/libdeed-trap.so"; do
	[ -f "$file" ] || continue
	if readelf -d "$file" | grep -q 'NEEDED.*jemalloc'; then
		fail "${file##*/} needs jemalloc"
	else
		pass "${file##*/} needs no jemalloc"
	fi
done

# It tells even where it has to build first.
if $MAKE -s CC="$CC" BUILD="$BUILD" doctor > "$work/doctor" 2>&1 &&
	grep -q '^allocator  *libc' "$work/doctor"; then
	pass "make doctor names the allocator"
else
	fail "make doctor names the allocator" "$work/doctor"
fi
finish
