#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/kernels/run.sh - every rung of the ladder computes the same bits.
#
# Each rung of this machine against the scalar one (rungs.c), as two compilers build them, and under
# AddressSanitizer and UBSan; NEON by an emulator; the scalar ones of all of these against each
# other, by the hashes that rungs.c prints. That rungs.c sees what is wrong is shown on broken
# kernels, and on a rung that was built to contract multiplications and additions. Then which rung
# it is, what DEED_ISA does, and the ways to link a program with kernels, or without.
. tests/lib.sh

# library COMPILER SANITIZER: builds libdeed.a, and says where it is. Sanitizers are at -O1, as
# tests/run.sh has them.
library()
{
	opt=$OPT
	[ -z "$2" ] || opt=-O1
	set -- CC="$1" SAN="$2" MODE=release OPT="$opt" BUILD="$BUILD"
	dir=$($MAKE -s "$@" print-folder)
	$MAKE -s "$@" "${dir#"$PWD"/}/libdeed.a" > "$work/build" 2>&1 && echo "$dir/libdeed.a"
}

# program COMPILER TARGET LIBRARY COMPILER-FLAGS LINKER-FLAG...: rungs.c, the kernels come from
# LIBRARY
program()
{
	compiler=$1 target=$2 library=$3 flags=$4
	shift 4
	# shellcheck disable=SC2086 # lists of words
	"$compiler" -std=gnu11 -g -O2 -ffp-contract=off $c_warnings -I"$INCLUDE" -Ilib $flags -c \
		-o "$target.o" tests/kernels/rungs.c &&
		"$compiler" -o "$target" "$target.o" "$@" "$library" -lm
}

# ---- bits ---------------------------------------------------------------------------------------

# prove WHAT COMPILER SANITIZER COMPILER-FLAGS LINKER-FLAGS COMMAND...: COMMAND runs the program
prove()
{
	what=$1 compiler=$2 sanitizer=$3 compile=$4 link=$5
	shift 5
	# shellcheck disable=SC2086 # lists of words
	if ! library=$(library "$compiler" "$sanitizer"); then
		fail "kernels, $what: libdeed.a does not build" "$work/build"
	elif ! program "$compiler" "$work/rungs" "$library" "$compile" $link > "$work/log" 2>&1; then
		fail "kernels, $what: rungs.c does not build" "$work/log"
	else
		"$@" > "$work/lines" 2> "$work/log"
		status=$?
		cat "$work/log" >> "$work/lines"
		grep '^FAIL: ' "$work/lines" | tee "$work/failed"
		wrong=$(wc -l < "$work/failed")
		failed=$((failed + wrong))
		passed=$((passed - wrong + $(grep -cE '^[a-z0-9_]+ +[0-9a-f]{16}$' "$work/lines")))
		if [ $status -ne 0 ] && [ ! -s "$work/failed" ]; then
			fail "kernels, $what: exit status $status" "$work/lines"
		fi
	fi
}

variant()
{
	case $1 in
	sanitized)
		options=abort_on_error=1:detect_leaks=1
		if echo 'int main(void) { return 0; }' | $CC -xc - -fsanitize=address,undefined \
			-o "$work/has" > /dev/null 2>&1 && "$work/has"; then
			prove "$CC, ASan and UBSan" "$CC" address,undefined \
				-DGROUND_IS_POISONED=1 -fsanitize=address,undefined \
				env ASAN_OPTIONS=$options timeout 300 "$work/rungs"
		else
			skip "kernels, $CC, ASan and UBSan" "there is none that works"
		fi ;;
	emulated)
		if ! command -v $cross > /dev/null; then
			skip "kernels, NEON" "there is no $cross"
		elif ! command -v qemu-aarch64 > /dev/null; then
			skip "kernels, NEON" "there is no qemu-aarch64 (qemu-user)"
		else
			prove "NEON" $cross '' '' -static timeout 300 qemu-aarch64 "$work/rungs" quick
		fi ;;
	far)
		# What is only done past the caches, done at once.
		cp -R lib/kernels "$work/"
		sed -i 's/^#define FAR_BYTES .*/#define FAR_BYTES 512/' "$work/kernels/"*.h
		grep -q '^#define FAR_BYTES 512' "$work/kernels/"*.h ||
			fail "kernels, streaming: there is no FAR_BYTES"
		for rung in sse2 avx2 avx512; do
			$CC -std=gnu11 -O1 -ffp-contract=off -fno-math-errno -fno-trapping-math \
				-I"$INCLUDE" -Ilib -c -o "$work/$rung.o" "$work/kernels/$rung.c" ||
				fail "kernels, streaming: $rung.c does not build"
		done
		prove "streaming" "$CC" '' '' "$work/sse2.o $work/avx2.o $work/avx512.o" \
			timeout 300 "$work/rungs" ;;
	*)
		prove "$1" "$1" '' '' '' timeout 300 "$work/rungs" ;;
	esac
}

cross=aarch64-linux-gnu-gcc
variants="$(compilers | head -n 2) sanitized emulated"
[ "$(uname -m)" != x86_64 ] || variants="$variants far"
# shellcheck disable=SC2086 # a list of words
each variant $variants
for variant in $variants; do
	[ -s "$work/$variant/lines" ] || continue
	grep -v '^FAIL: ' "$work/$variant/lines" > "$work/$variant/hashes"
	if cmp -s "$work/$CC/hashes" "$work/$variant/hashes"; then
		pass "kernels, $variant: the bits of $CC"
	else
		diff "$work/$CC/hashes" "$work/$variant/hashes" > "$work/log"
		fail "kernels, $variant: not the bits of $CC" "$work/log"
	fi
done

rungs=$work/$CC/rungs
if [ ! -x "$rungs" ]; then
	finish
fi

# ---- that it can fail ---------------------------------------------------------------------------

# seen WHAT COMMAND...: passes if the command exits with 1, and says FAIL: and nothing on stderr
seen()
{
	what=$1
	shift
	timeout 60 "$@" > "$work/out" 2> "$work/log"
	if [ $? -eq 1 ] && grep -q '^FAIL: ' "$work/out" && [ ! -s "$work/log" ]; then
		pass "kernels: $what is seen"
	else
		fail "kernels: $what is not seen" "$work/log"
	fi
}

for name in $("$rungs" broken); do
	seen "$name" "$rungs" broken "$name"
done

has()
{
	for flag in "$@"; do
		grep -qE "^flags.* $flag( |\$)" /proc/cpuinfo || return
	done
}

case $(uname -m) in
x86_64)
	ladder='scalar sse2'
	if has avx2 fma; then
		ladder="$ladder avx2"
		has avx512f avx512bw avx512dq avx512vl && ladder="$ladder avx512"
	fi ;;
aarch64) ladder='scalar neon' ;;
*) ladder=scalar ;;
esac
highest=${ladder##* }

case $ladder in
*avx2*) contracting=avx2 ;;
*neon) contracting=neon ;;
*) contracting= ;;
esac
if [ -z "$contracting" ]; then
	skip "kernels: a rung that contracts" "this processor has no such instruction"
elif $CC -std=gnu11 -O2 -ffp-contract=fast -I"$INCLUDE" -Ilib -c -o "$work/contracting.o" \
	lib/kernels/$contracting.c > "$work/log" 2>&1 &&
	program "$CC" "$work/contracts" "$RELEASE_LIB" '' "$work/contracting.o" > "$work/log" 2>&1; then
	seen "a rung that contracts" "$work/contracts" axpy_f32
else
	fail "kernels: a rung that contracts does not build" "$work/log"
fi

# ---- which rung ---------------------------------------------------------------------------------

# says RUNG WHAT COMMAND...
says()
{
	want=$1 what=$2
	shift 2
	got=$("$@" 2> "$work/log")
	if [ "$got" = "$want" ]; then
		pass "kernels: $what: $want"
	else
		fail "kernels: $what: the rung is '$got', not $want" "$work/log"
	fi
}

says "$highest" "no DEED_ISA" env -u DEED_ISA "$rungs" isa
for rung in scalar sse2 avx2 avx512 neon nonsense SSE2 sse ''; do
	case " $ladder " in
	*" $rung "*) want=${rung:-$highest} ;;
	*) want=$highest ;;
	esac
	says "$want" "DEED_ISA=$rung" env DEED_ISA="$rung" "$rungs" isa
done
# Processors that have less than this one.
if [ "$(uname -m)" != x86_64 ] || ! command -v qemu-x86_64 > /dev/null; then
	skip "kernels: lesser processors" "there is no qemu-x86_64 (qemu-user)"
else
	for pair in Nehalem:sse2 Haswell:avx2 Haswell,-fma:sse2 Haswell,-avx2:sse2; do
		says "${pair#*:}" "${pair%:*}" env -u DEED_ISA qemu-x86_64 -cpu "${pair%:*}" "$rungs" isa
		says "${pair#*:}" "${pair%:*}, DEED_ISA=avx512" \
			env DEED_ISA=avx512 qemu-x86_64 -cpu "${pair%:*}" "$rungs" isa
	done
fi

# ---- ways to link -------------------------------------------------------------------------------

# linked COMPILER WHAT FLAG...: use.c, which must say the highest rung
linked()
{
	compiler=$1 what=$2
	shift 2
	if ! "$compiler" -std=gnu11 -O2 -I"$INCLUDE" -o "$work/use" tests/kernels/use.c "$@" -lm \
		> "$work/log" 2>&1; then
		fail "kernels: $what, $compiler: does not build" "$work/log"
	else
		says "$highest" "$what, $compiler" env -u DEED_ISA "$work/use"
	fi
}

shared="-L$RELEASE_DIR -Wl,-rpath,$RELEASE_DIR -ldeed"
trap_shared="-L$TRAP_DIR -Wl,-rpath,$TRAP_DIR -ldeed-trap"
for compiler in $(compilers | head -n 2); do
	for pie in '-fno-pie -no-pie' '-fPIE -pie'; do
		# shellcheck disable=SC2086 # lists of words
		{
			linked "$compiler" "shared, $pie" $pie $shared
			linked "$compiler" "shared, trap, $pie" -DDEED_TRAP=1 $pie $trap_shared
			linked "$compiler" "archive, $pie" $pie "$RELEASE_LIB"
		}
	done
	for static in -static -static-pie; do
		echo 'int main(void) { return 0; }' > "$work/empty.c"
		if "$compiler" $static -o "$work/empty" "$work/empty.c" > /dev/null 2>&1; then
			linked "$compiler" "$static" $static "$RELEASE_LIB"
		else
			skip "kernels: $static, $compiler" "it does not link so"
		fi
	done
	if "$compiler" -std=gnu11 -O2 -DPLUGIN -shared -fPIC -I"$INCLUDE" -o "$work/use.so" \
		tests/kernels/use.c $shared > "$work/log" 2>&1 &&
		"$compiler" -o "$work/host" tests/link/host.c -ldl > "$work/log" 2>&1; then
		says "$highest" "plugin, $compiler" env -u DEED_ISA "$work/host" "$work/use.so"
	else
		fail "kernels: plugin, $compiler: does not build" "$work/log"
	fi
done
if command -v musl-gcc > /dev/null; then
	linked musl-gcc "static" -static "$RELEASE_LIB"
else
	skip "kernels: musl" "there is no musl-gcc (musl-tools)"
fi

# without FLAVOUR LIBRARY LIBRARIES: a program of owners has no kernel in it
without()
{
	# shellcheck disable=SC2086 # a list of words
	if ! $CC -std=gnu11 -O0 -DDEED_TRAP="$1" -I"$INCLUDE" -o "$work/app" tests/link/app.c "$2" \
		$3 -pthread > "$work/log" 2>&1; then
		fail "kernels: a program without, DEED_TRAP=$1, does not build" "$work/log"
	elif nm "$work/app" | grep -E 'deed_kernels|deed_isa' > "$work/log"; then
		fail "kernels: a program that calls none has them, DEED_TRAP=$1" "$work/log"
	else
		pass "kernels: a program that calls none has none, DEED_TRAP=$1"
	fi
}

without 0 "$RELEASE_LIB" ''
without 1 "$TRAP_LIB" "$TRAP_LIBS"
finish
