#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/packages.sh - installs what the tests would leave parts out for, if that may be done here.
#
# Run by the Makefile before it looks at what there is to build with. What cannot be installed is no
# failure: the tests say what they leave out.
: "${CC:=gcc}" "${BUILD:=$PWD/build}"
logs=$BUILD/test-logs
may_update=yes # once

# install WHAT PACKAGE: through the package manager
install()
{
	become=
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo > /dev/null && sudo -n true 2> /dev/null || return
		become=sudo
	fi
	command -v apt-get > /dev/null || return
	mkdir -p "$logs"
	echo "$1 is missing: installing $2 (log: $logs/$2-install.log)"
	{
		$become apt-get install -y --no-install-recommends "$2" || {
			[ -n "$may_update" ] && may_update= && $become apt-get update &&
				$become apt-get install -y --no-install-recommends "$2"
		}
	} > "$logs/$2-install.log" 2>&1 < /dev/null
}

# header FILE WHAT PACKAGE
header()
{
	echo "#include <$1>" | $CC -E - > /dev/null 2>&1 || install "$2" "$3"
}

# tool NAME WHAT PACKAGE
tool()
{
	command -v "$1" > /dev/null || install "$2" "$3"
}

header criterion/criterion.h Criterion libcriterion-dev
header sqlite3.h SQLite libsqlite3-dev
header libunwind.h libunwind libunwind-dev
header jemalloc/jemalloc.h jemalloc libjemalloc-dev
tool valgrind valgrind valgrind
tool pkg-config pkg-config pkg-config
tool musl-gcc musl musl-tools
tool ent 'ent, which filestat is compared with,' ent
# The static twin is what two compilers say, an older and a newer.
for clang in clang clang-19; do
	tool $clang $clang $clang
done
# Of the other architecture, for its kernels. AArch64 itself has the compiler.
if [ "$(uname -m)" = x86_64 ]; then
	tool aarch64-linux-gnu-gcc 'a compiler for AArch64' gcc-aarch64-linux-gnu
	[ -n "$(aarch64-linux-gnu-gcc -print-file-name=libc.a 2> /dev/null | grep /)" ] ||
		install 'a C library for AArch64' libc6-dev-arm64-cross
	tool qemu-aarch64 qemu-aarch64 qemu-user
fi
exit 0
