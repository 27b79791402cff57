#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/doctor.sh - says what was found on this machine, and what is done without the rest.
# Run by `make doctor`, which passes on what the Makefile has found out.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

row()
{
	printf '%-20s %s\n' "$1" "$2"
}

# version COMMAND: its first line that has a digit, or nothing
version()
{
	command -v "$1" > /dev/null && "$@" --version 2> /dev/null | grep -m1 '[0-9]'
}

# has HEADER: whether the compiler finds it
has()
{
	printf '#include <%s>\n' "$1" | $CC -E - > /dev/null 2>&1
}

# works FLAG: whether a program that is built with it runs
works()
{
	echo 'int main(void) { return 0; }' | $CC -xc - -o "$work/program" "$1" 2> /dev/null &&
		"$work/program" > /dev/null 2>&1
}

# allocator FLAG...: what deed finds in a program that is linked with these; nothing if it does not
# link
allocator()
{
	echo '#include <deed.h>
		#include <stdio.h>
		int main(void) { return puts(deed_stats().allocator) < 0; }' |
		$CC -I"$INCLUDE" -xc - -o "$work/program" -xnone "$RELEASE_LIB" -pthread "$@" \
			2> /dev/null && "$work/program"
}

# rung: the one that kernels stand on in this process
rung()
{
	echo '#include <deed/simd.h>
		#include <stdio.h>
		int main(void) { return puts(deed_isa_name()) < 0; }' |
		$CC -I"$INCLUDE" -xc - -o "$work/program" -xnone "$RELEASE_LIB" -lm 2> /dev/null &&
		"$work/program"
}

row deed "$VERSION"
for library in "$RELEASE_LIB" "$TRAP_LIB"; do
	case $library in
	*-trap.a) flavour='trap: every check' ;;
	*) flavour='release: no checks' ;;
	esac
	[ -f "$library" ] || flavour="$flavour; not built yet (make)"
	row "${library##*/}" "$flavour"
done
row CC "$CC: $(version $CC || echo 'not found: set CC')"
for compiler in gcc clang clang-19 g++ clang++ clang++-19; do
	row "$compiler" "$(version $compiler || echo 'not found')"
done
row make "$(version make)"
row libc "$(ldd --version 2>&1 | head -n 1)"
case $LIBBACKTRACE in
'') row libbacktrace 'not found: stacks name module and offset, and the command that resolves them' ;;
*) row libbacktrace "$LIBBACKTRACE" ;;
esac
case $LIBUNWIND in
yes) row libunwind 'found: stacks of code without frame pointers' ;;
*) row libunwind 'not found (libunwind-dev): stacks by frame pointers only' ;;
esac
# What a program gets that links nothing more, and one that links jemalloc.
if built=$(allocator); then
	row allocator "$built: what deed_new() takes memory from"
else
	row allocator 'unknown: the release library does not link (make)'
fi
case $(allocator -Wl,--no-as-needed -ljemalloc) in
jemalloc) row jemalloc 'found: a program that links it (-ljemalloc), or preloads it, is served by it' ;;
'') row jemalloc 'not found (libjemalloc-dev): the C library serves' ;;
*) row jemalloc 'found, but it does not count what malloc() gives: the C library serves' ;;
esac
for sanitizer in address undefined thread; do
	if works "-fsanitize=$sanitizer"; then
		row "$sanitizer sanitizer" 'works'
	else
		row "$sanitizer sanitizer" 'does not work with this compiler'
	fi
done
if has sqlite3.h; then
	row SQLite 'found: examples/sqlite_on_deed'
else
	row SQLite 'not found (libsqlite3-dev): examples/sqlite_on_deed is left out'
fi
if has criterion/criterion.h; then
	row Criterion 'found'
else
	row Criterion 'not found (libcriterion-dev): make test installs it if it may'
fi
for tool in valgrind pkg-config objdump clang-format-14 clang-tidy; do
	row "$tool" "$(version $tool || echo 'not found')"
done
row 'page size' "$(getconf PAGESIZE) bytes"
huge=$(sed 's/.*\[\(.*\)\].*/\1/' /sys/kernel/mm/transparent_hugepage/enabled 2> /dev/null)
case $huge in
always | madvise)
	bytes=$(cat /sys/kernel/mm/transparent_hugepage/hpage_pmd_size 2> /dev/null)
	row 'huge pages' "$huge${bytes:+, $bytes bytes}: deed_huge_pages() gets them, if there are some" ;;
'') row 'huge pages' 'the system has none: deed_huge_pages() gives small ones' ;;
*) row 'huge pages' "$huge: deed_huge_pages() gives small ones" ;;
esac
line=$(cat /sys/devices/system/cpu/cpu0/cache/index0/coherency_line_size 2> /dev/null)
row 'cache line' "${line:-$(getconf LEVEL1_DCACHE_LINESIZE 2> /dev/null || echo unknown)} bytes"
row CPU "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2> /dev/null | head -n 1)"
flags=$(sed -n 's/^\(flags\|Features\)[^:]*: //p' /proc/cpuinfo 2> /dev/null | head -n 1)
found=
for flag in sse2 sse4_2 avx avx2 fma avx512f neon asimd sve; do
	case " $flags " in
	*" $flag "*) found="$found $flag" ;;
	esac
done
row 'instruction set' "$(uname -m):$found"
if rung=$(rung); then
	row kernels "$rung${DEED_ISA:+, with DEED_ISA=$DEED_ISA}: the highest rung that this processor has and DEED_ISA allows"
else
	row kernels 'unknown: the release library does not link (make)'
fi
if command -v aarch64-linux-gnu-gcc > /dev/null && command -v qemu-aarch64 > /dev/null; then
	row 'AArch64 kernels' 'cross-built and emulated by make test'
else
	row 'AArch64 kernels' 'not tested (gcc-aarch64-linux-gnu, qemu-user): make test installs them if it may'
fi
row cores "$(nproc) usable"
