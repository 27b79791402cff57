#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/install/run.sh - what `make install` puts somewhere else works there, by pkg-config, in
# both flavours, shared and static; a moved tree works too; `make uninstall` leaves nothing.
# With libunwind in the link, C++ exceptions are still libgcc's.
. tests/lib.sh

if [ ! -f "$TRAP_LIB" ] || ! ls "$TRAP_DIR"/libdeed-trap.so.*.* > /dev/null 2>&1; then
	skip "installation" "libdeed-trap was not built"
	finish
fi
root=$work/root

# install_to PREFIX LIBDIR
install_to()
{
	$MAKE -s install CC="$CC" BUILD="$BUILD" DESTDIR="$root" prefix="$1" libdir="$2"
}

check "install" install_to /usr/local /usr/local/lib
check "it says where to" sh -c "$MAKE -s install CC='$CC' BUILD='$BUILD' DESTDIR='$root' \
	prefix=/usr/local libdir=/usr/local/lib | grep -q 'deed .* in $root/usr/local'"
check "nothing is installed outside DESTDIR's prefix" \
	sh -c "[ -z \"\$(find $root -type f ! -path '$root/usr/local/*')\" ]"

# Another prefix, under the name that other makefiles have for it, too.
for name in prefix PREFIX; do
	root=$work/$name
	check "install $name=" sh -c "$MAKE -s install CC='$CC' BUILD='$BUILD' DESTDIR='$root' \
		$name=/opt/deed > $work/said"
	check "$name= is where everything is" sh -c "[ -f $root/opt/deed/include/deed.h ] &&
		[ -z \"\$(find $root -type f ! -path '$root/opt/deed/*')\" ]"
	check "what it says after $name= takes everything away" sh -c "
		command=\$(sed -n 's/^deed .*; make uninstall/uninstall/p' $work/said)
		[ -n \"\$command\" ] && $MAKE -s CC='$CC' BUILD='$BUILD' \$command &&
		[ -z \"\$(find $root ! -type d)\" ]"
done
root=$work/root

check "the libraries carry their version" sh -c "
	readelf -d $root/usr/local/lib/libdeed-trap.so | grep -q 'soname: .libdeed-trap.so.0' &&
	readelf -d $root/usr/local/lib/libdeed.so | grep -q 'soname: .libdeed.so.0'"
check "a shared library needs the C library alone" sh -c "
	! readelf -d $root/usr/local/lib/libdeed.so $root/usr/local/lib/libdeed-trap.so |
		grep NEEDED | grep -vE 'lib[cm]\.so|ld-linux'"

# says WHAT EXPECTED PROGRAM
says()
{
	if LD_LIBRARY_PATH=$libraries "$3" > "$work/out" 2>&1 && grep -qE "$2" "$work/out"; then
		pass "$1"
	else
		fail "$1: does not print /$2/" "$work/out"
	fi
}

# builds WHAT COMMAND...: like check, and leaves $work/app
builds()
{
	rm -f "$work/app"
	check "$@"
	[ -x "$work/app" ]
}

# jumps WHAT FLAGS...: a guard left open by longjmp() when main() returns, and when exit() is called
jumps()
{
	what=$1
	shift
	builds "$what" "$@" || return
	if LD_LIBRARY_PATH=$libraries "$work/app" by-exit > "$work/out" 2>&1; then
		pass "$what, exit() inside"
	else
		fail "$what, exit() inside: exit status $?" "$work/out"
	fi
	LD_LIBRARY_PATH=$libraries "$work/app" > "$work/out" 2>&1
	if grep -q '^deed: E14 ' "$work/out"; then
		pass "$what, main() returned"
	else
		fail "$what, main() returned: no E14" "$work/out"
	fi
}

# uses WHERE: programs against the tree at $root, found by pkg-config
uses()
{
	where=$1
	for flavour in release trap; do
		case $flavour in
		release) name=deed ;;
		trap) name=deed-trap ;;
		esac
		for compiler in $(compilers); do
			builds "$where, $name, $compiler" sh -c "$compiler -std=gnu11 -o $work/app \
				tests/install/app.c \$(pkg-config --cflags --libs $name)" &&
				says "$where, $name, $compiler, run" "^[0-9.]+ $flavour 12 42\$" "$work/app"
		done
		builds "$where, $name --static" sh -c "$CC -std=gnu11 -o $work/app \
			tests/install/app.c \$(pkg-config --static --cflags --libs $name)" &&
			says "$where, $name --static, run" "^[0-9.]+ $flavour 12 42\$" "$work/app"
		builds "$where, $name -static" sh -c "$CC -std=gnu11 -static -o $work/app \
			tests/install/app.c \$(pkg-config --define-variable=unwind_libs= \
			--static --cflags --libs $name)" &&
			says "$where, $name -static, run" "^[0-9.]+ $flavour 12 42\$" "$work/app"
	done
}

# bound_by PROGRAM: whom the C++ library throws by, in $work/raise; glibc's loader tells.
bound_by()
{
	LD_LIBRARY_PATH=$libraries LD_DEBUG=bindings "$1" 2> "$work/bound" > /dev/null
	grep _Unwind_RaiseException "$work/bound" > "$work/raise"
}

libraries=$root/usr/local/lib
export PKG_CONFIG_PATH="$libraries/pkgconfig"
if ! command -v pkg-config > /dev/null; then
	skip "pkg-config" "it is not installed"
	for compiler in $(compilers); do
		builds "by hand, $compiler" "$compiler" -DDEED_TRAP=1 -std=gnu11 \
			-I"$root/usr/local/include" -o "$work/app" tests/install/app.c \
			"$libraries/libdeed-trap.a" &&
			says "by hand, $compiler, run" ' trap 12 42$' "$work/app"
	done
else
	check "deed-trap asks for what reports are made of" sh -c "
		pkg-config --cflags deed-trap | grep -- '-DDEED_TRAP=1' | grep -- '-g' |
			grep -q -- '-fno-omit-frame-pointer'"
	check "deed asks for nothing" sh -c "
		[ \"\$(pkg-config --cflags --libs deed | tr ' ' '\n' | grep -cv '^-[IL]')\" -le 2 ]"
	uses installed
	for compiler in $(compilers | grep clang); do
		refuse "the flags of the static twin, $compiler" "'deed_drop' requires" sh -c "
			$compiler -Werror \$(pkg-config --variable=checkflags deed) \
				tests/static/fault_double_drop.c"
		check "the flags of the static twin, $compiler" sh -c "
			$compiler -Werror \$(pkg-config --variable=checkflags deed) \
				tests/static/strict_leak.c"
		refuse "the flags of its strict level, $compiler" 'not held on every path' sh -c "
			$compiler -Werror \$(pkg-config --variable=checkflags_strict deed) \
				tests/static/strict_leak.c"
	done

	# Who knows whether main() has returned is libunwind.
	if pkg-config --libs deed-trap | grep -q -- -lunwind; then
		jumps "jumped over, shared" sh -c "$CC -g -o $work/app tests/install/jumped.c \
			\$(pkg-config --cflags --libs deed-trap)"
		jumps "jumped over, static" sh -c "$CC -g -o $work/app tests/install/jumped.c \
			\$(pkg-config --cflags deed-trap) $libraries/libdeed-trap.a \
			\$(pkg-config --variable=unwind_libs deed-trap)"
	else
		skip "jumped over" "libunwind is not linked"
	fi

	# LeakSanitizer does not see what the ledger holds.
	for compiler in $(compilers); do
		what="beside AddressSanitizer, $compiler"
		builds "$what" sh -c "$compiler -g -fsanitize=address -o $work/app \
			tests/install/kept.c \$(pkg-config --cflags --libs deed-trap)" || continue
		check "$what: what is meant to live is no leak" env LD_LIBRARY_PATH="$libraries" \
			ASAN_OPTIONS=detect_leaks=1 "$work/app"
		LD_LIBRARY_PATH=$libraries ASAN_OPTIONS=detect_leaks=1 "$work/app" leak \
			> "$work/out" 2>&1
		if grep -q '^deed: E17 ' "$work/out" && ! grep -q LeakSanitizer "$work/out"; then
			pass "$what: a leak is told once"
		else
			fail "$what: a leak is not told once" "$work/out"
		fi
	done

	# C++: g++ beside gcc. Where libunwind is linked, the C++ library must not bind to it.
	for compiler in $(compilers); do
		cxx=$(cxx_of "$compiler")
		if [ -z "$cxx" ]; then
			skip "C++ exceptions beside $compiler" "no C++ compiler that links"
			continue
		fi
		for name in deed deed-trap; do
			builds "C++ overloads, $name, $cxx" sh -c "$cxx -O2 -o $work/app \
				tests/install/overloads.cc \$(pkg-config --cflags --libs $name)" &&
				says "C++ overloads, $name, $cxx, run" '^sum 68$' "$work/app"
			builds "C++ templates, $name, $cxx" sh -c "$cxx -Wall -Wextra -Werror \
				-o $work/app tests/install/templates.cc \
				\$(pkg-config --cflags --libs $name)" &&
				says "C++ templates, $name, $cxx, run" '^sum 0$' "$work/app"
			builds "C++ exceptions, $name, $cxx" sh -c "$cxx -o $work/app \
				tests/install/throw.cc \$(pkg-config --cflags --libs $name)" || continue
			says "C++ exceptions, $name, $cxx, run" '^caught 2000$' "$work/app"
			if bound_by "$work/app"; then
				if grep -q libunwind "$work/raise"; then
					fail "C++ exceptions are libgcc's, $name, $cxx" "$work/raise"
				else
					pass "C++ exceptions are libgcc's, $name, $cxx"
				fi
			else
				skip "C++ exceptions are libgcc's, $name, $cxx" \
					"the loader does not tell"
			fi
		done
	done
	# The other order must show what the test above looks for, or it looks for nothing.
	cxx=$(cxx_of "$CC")
	if [ -n "$cxx" ] && pkg-config --libs deed-trap | grep -q -- -lunwind &&
		"$cxx" -o "$work/app" tests/install/throw.cc $(pkg-config --cflags deed-trap) \
			-Wl,--no-as-needed -lunwind $(pkg-config --libs deed-trap) \
			> "$work/out" 2>&1 && bound_by "$work/app"; then
		check "the wrong order of libraries would be seen" grep -q libunwind "$work/raise"
	fi

	mkdir "$work/elsewhere"
	mv "$root" "$work/elsewhere/moved"
	root=$work/elsewhere/moved
	libraries=$root/usr/local/lib
	PKG_CONFIG_PATH="$libraries/pkgconfig"
	uses moved
fi

check "uninstall" $MAKE -s uninstall CC="$CC" BUILD="$BUILD" DESTDIR="$root" prefix=/usr/local
check "uninstall leaves no file" sh -c "[ -z \"\$(find $root ! -type d)\" ]"
check "uninstall leaves no folder but those of every prefix" sh -c "
	[ -z \"\$(find $root/usr/local -mindepth 1 ! -path '*/include' ! -path '*/lib' ! -path '*/share')\" ]"

# Another place for libraries: multiarch, and a prefix of its own.
root=$work/second
check "install to a multiarch folder" install_to /opt/deed /opt/deed/lib/x86_64-linux-gnu
libraries=$root/opt/deed/lib/x86_64-linux-gnu
PKG_CONFIG_PATH="$libraries/pkgconfig"
command -v pkg-config > /dev/null && uses multiarch
finish
