#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/doctor.sh - says what was found on this machine, and what is done without the rest.
# Run by `make doctor`, which passes on what the Makefile has found out.

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

# links LIBRARY
links()
{
	echo 'int main(void) { return 0; }' | $CC -xc - -o /dev/null "-l$1" 2> /dev/null
}

row deed "$VERSION"
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
if links jemalloc; then
	row jemalloc 'found; deed uses malloc, whichever the program links'
else
	row jemalloc 'not found; deed uses malloc, whichever the program links'
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
row cores "$(nproc) usable"
