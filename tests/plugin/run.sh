#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/plugin/run.sh - what a shared object did is told rightly after it was unloaded.
#
# A plugin makes, lends, and drops a buffer of its host, and is unloaded. Then the host dumps
# it, breaks a rule, or leaks it; with nothing in the plugin's place, and with another
# library there, which has the same verbs in functions and variables of other names: not
# one of those may be told. Where the plugin stays loaded till the end, nothing is said to
# be unloaded, though its destructors have run.
. tests/lib.sh

LC_ALL=C
export LC_ALL
# shellcheck disable=SC3045 # where it is there
ulimit -c 0 2> /dev/null
src=tests/plugin

# line FILE TEXT: the place of the only line with TEXT
line()
{
	grep -nF "$2" "$src/$1" | sed "s|:.*||; s|^|$1:|"
}

# tells NAME HOST WHAT PLUGIN OTHER PATTERN...: what is said has a line of each pattern
tells()
{
	tells_name=$1 host=$2 what=$3 plugin=$4 other=$5
	shift 5
	DEED_OPTIONS=$options timeout 20 "$host" "$what" "$work/$plugin" \
		${other:+"$work/$other"} > "$work/told" 2>&1
	case $? in
	0 | 134) ;;
	*) echo "it ended early" >> "$work/told" && set -- "$@" 'no such line' ;;
	esac
	for pattern in "$@"; do
		grep -qE -e "$pattern" "$work/told" && continue
		echo "no line is like: $pattern" >> "$work/told"
		fail "$tells_name" "$work/told"
		return
	done
	if grep -E 'wrong|elephant|walrus|other\.so|\?:0' "$work/told" > "$work/untrue"; then
		fail "$tells_name: untrue" "$work/untrue"
	elif [ "$what" = leak-loaded ] && grep unloaded "$work/told" > "$work/untrue"; then
		fail "$tells_name: it is still there" "$work/untrue"
	else
		pass "$tells_name"
	fi
}

# stories NAME HOST PLUGIN MADE-AT FILE OTHER: all of them with the chosen compiler, with others
# those that show what a compiler can get wrong
stories()
{
	story=$1 made=$4 file=$5
	set -- "$2" "$3" "$6"
	gone=", of .*/$2, unloaded"
	lent=$(line "$file" 'lent = deed_inout')
	options=
	tells "$story: a conflict" "$1" conflict "$2" "$3" 'E09.*lent inout already, as .owner.' \
		"--> .*$lent in .*lend.*$gone" "--> .*$made in .*make.*$gone" \
		"#[0-9] in .*/$2\+0x[0-9a-f]*, unloaded" '#[0-9] main( at .*host.c:[0-9]*|$| in )'
	tells "$story: its last destructor" "$1" dropped "$2" "$3" \
		"E03.*moved to .*given. in" "--> .*$(line "$file" 'deed_move(') in .*$gone" \
		"dropped .*$(line "$file" 'deed_drop(') in "
	[ "$compiler" = "$CC" ] || return 0
	tells "$story: a dump" "$1" dump "$2" "$3" "made at .*$made in .*make" \
		"inout.*: .*$lent in .*lend"
	tells "$story: a loan that ended" "$1" ended "$2" "$3" 'E11' \
		"--> .*$(line "$file" 'deed_end(') in .*lend_and_end.*$gone"
	tells "$story: another part" "$1" parts "$2" "$3" \
		'E19.*lent inout here by part 1, and lent inout by part 0' \
		"--> .*$(line "$file" '*ret = deed_inout(') in .*lend_and_end.*$gone"
	tells "$story: a leak" "$1" leak "$2" "$3" 'E17' "--> .*$made in .*make.*$gone"
	options=format=json
	tells "$story: JSON" "$1" leak "$2" "$3" "\"unloaded\":\"[^\"]*/$2\"" '"unloaded":true'
}

# Whatever the plugin was compiled and linked with.
variants()
{
	for variant in '' '-O2 -flto' '-O2 -ffunction-sections -Wl,--gc-sections' -fvisibility=hidden; do
		# A machine may have a compiler without its link-time optimiser.
		if ! $c $variant -shared $plug -o "$work/plug.so" $shared > "$work/built" 2>&1; then
			case $variant in
			*lto*) ;;
			*) fail "a plugin with $variant, $compiler" "$work/built" ;;
			esac
			continue
		fi
		options=
		tells "last destructor, $compiler $variant" "$work/host" dropped plug.so '' \
			"dropped .*$(line plug.c 'deed_drop(') in "
	done
}

plugins()
{
	compiler=$1
	shared="-L$TRAP_DIR -ldeed-trap -Wl,-rpath,$TRAP_DIR $TRAP_LIBS"
	flags="-g -O1 -fno-omit-frame-pointer -fno-optimize-sibling-calls -fPIC -I$INCLUDE -DDEED_TRAP=1"
	c="$compiler -std=gnu11 $c_warnings $flags"
	plug="$src/plug.c $src/more.c"
	wrong='-Dmake=wrong_make -Dmore_make=wrong_more -Dlend=wrong_lend
		-Dlend_and_end=wrong_end -Dgive=wrong_give -Downer=elephant -Dret=walrus'

	check "the host, $compiler" $c $src/host.c -o "$work/host" $shared -ldl
	check "the host with the static library, $compiler" \
		$c -rdynamic $src/host.c -o "$work/host-static" -Wl,--whole-archive "$TRAP_LIB" \
		-Wl,--no-whole-archive $TRAP_LIBS -pthread -ldl -lm
	check "the plugin, $compiler" $c -shared $plug -o "$work/plug.so" $shared
	check "another library, $compiler" $c $wrong -shared $plug -o "$work/other.so" $shared
	check "a plugin without the library, $compiler" \
		$c -shared $plug -o "$work/plug-bare.so" -Wl,-z,lazy

	made=$(line more.c deed_new)
	stories "C, $compiler" "$work/host" plug.so "$made" plug.c ''
	stories "C, and another library, $compiler" "$work/host" plug.so "$made" plug.c other.so
	stories "C, static library, $compiler" "$work/host-static" plug-bare.so "$made" plug.c ''
	options=
	tells "a leak of what is loaded, $compiler" "$work/host" leak-loaded plug.so '' \
		"--> .*$made in more_make\$"
	tells "loads and unloads, $compiler" "$work/host" churn plug.so '' 'few stacks' 'few bytes'
	tells "reports meanwhile, $compiler" "$work/host" race plug.so '' 'done'
	# Without libunwind, which may not be unloaded while a thread lives that it has served.
	check "a plugin with a ledger of its own, $compiler" \
		$c -shared $plug -o "$work/plug-own.so" "$TRAP_LIB" -pthread
	check "a host without deed, $compiler" \
		$compiler -std=gnu11 $c_warnings $src/bare.c -o "$work/bare" -pthread -ldl
	tells "the ledger goes, too, $compiler" "$work/bare" it plug-own.so '' 'done'
	if [ "$(nm "$work/plug.so" | grep -c ' deed_unload_$')" -eq 1 ]; then
		pass "one destructor, $compiler"
	else
		fail "one destructor, $compiler"
	fi

	cxx=$(cxx_of "$compiler")
	if [ -n "$cxx" ]; then
		check "the plugin in C++, $cxx" \
			$cxx $warnings $flags -shared $src/plug.cc -o "$work/plugcc.so" $shared
		stories "C++, $cxx" "$work/host" plugcc.so "$(line plug.cc deed_new)" plug.cc ''
		options=
		tells "a leak of what C++ loaded, $cxx" "$work/host" leak-loaded plugcc.so '' \
			"--> .*$(line plug.cc deed_new) in .*make"
	else
		skip "a plugin in C++, $compiler" "no C++ compiler"
	fi
	variants

	check "a release plugin, $compiler" $compiler -std=gnu11 $c_warnings -fPIC -I"$INCLUDE" \
		-DDEED_TRAP=0 -c $src/plug.c -o "$work/release.o"
	if nm "$work/release.o" | grep deed_unload > "$work/names" ||
		objdump -h "$work/release.o" | grep 'fini_array\.' > "$work/names"; then
		fail "a release plugin has no destructor, $compiler" "$work/names"
	else
		pass "a release plugin has no destructor, $compiler"
	fi
}

if [ -f "$TRAP_LIB" ] && [ -f "$TRAP_DIR/libdeed-trap.so" ]; then
	each plugins $(compilers)
else
	skip "unloaded plugins" "libdeed-trap was not built"
fi
finish
