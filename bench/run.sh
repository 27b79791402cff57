#!/bin/sh
# SPDX-License-Identifier: MIT
#
# bench/run.sh - what was measured where, and every benchmark, or those that FILTER names.
#
# `make bench` builds bench_*.c and sets the variables. What the benchmarks compare
# themselves with is built here, by the same compiler with the same flags: filestat as raw C,
# release and trap; each benchmark that says `peer: asan`, under AddressSanitizer; and for
# one that says `peer: loops`, kernel_loops.c for this very processor.
# Exit status: 0 if everything could be measured, whether it meets its target or not.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
root=${here%/*}
: "${CC:=gcc}" "${OPT:=-O2}" "${INCLUDE:=$root/include}" "${BUILD:=$root/build}" "${TRAP_LIBS=}"
: "${FILTER:=}" "${SAN:=}" "${RELEASE_LIB:?is set by make bench}" "${TRAP_LIB:?}" "${BENCHES:?}" \
	"${RELEASE_DIR:?}"

flags="-std=gnu11 -g $OPT"
trap_flags='-DDEED_TRAP=1 -fno-omit-frame-pointer'
asan_flags='-DDEED_TRAP=0 -fno-omit-frame-pointer -fsanitize=address'
peers=$BUILD/bench-peers

die()
{
	printf 'bench: %s\n' "$*" >&2
	exit 1
}

progress()
{
	[ ! -t 2 ] || printf '\r\033[K%s' "${1:+$1 ...}" >&2
}

# cc NAME ARGUMENT...: builds a peer.
cc()
{
	output=$1
	shift
	progress "building $output"
	# shellcheck disable=SC2086 # CC and the lists hold words
	$CC $flags -I"$INCLUDE" -I"$here" ${CPPFLAGS:-} ${CFLAGS:-} -o "$peers/$output" "$@" \
		${LDFLAGS:-} 2> "$peers/errors" || {
		progress
		cat "$peers/errors" >&2
		return 1
	}
	progress
}

# A real file of tens of megabytes that is wherever there is a compiler.
big_file()
{
	for file in "$($CC -print-prog-name=cc1 2> /dev/null)" \
		"$(gcc -print-prog-name=cc1 2> /dev/null)" \
		"$(readlink -f "$(command -v "${CC%% *}")")"; do
		if [ -f "$file" ] && [ "$(wc -c < "$file")" -gt 4000000 ]; then
			break
		fi
	done
	printf '%s' "$file"
}

# The first value of a key of /proc/cpuinfo.
cpuinfo()
{
	sed -n "s/^$1[[:space:]]*: *//p" /proc/cpuinfo | head -n 1
}

isa()
{
	found=
	for feature in sse2 sse4_2 avx avx2 avx512f asimd sve; do
		case " $(cpuinfo flags) $(cpuinfo Features) " in
		*" $feature "*) found="$found $feature" ;;
		esac
	done
	printf '%s' "$(uname -m):${found:- unknown}"
}

# The compilers that there are; CC may hold options, which bench_compile does not take.
compilers()
{
	found=
	for compiler in gcc clang clang-19; do
		if command -v "$compiler" > /dev/null; then
			found="$found $compiler"
		fi
	done
	printf '%s' "${found# }"
}

counters()
{
	for device in cpu cpu_core armv8_pmuv3_0; do
		[ ! -d /sys/bus/event_source/devices/$device ] || {
			printf 'available, and not used'
			return
		}
	done
	printf 'not available'
}

# Prints what is wanted of BENCHES.
wanted()
{
	for bench in $BENCHES; do
		case ${bench##*/} in
		*"$FILTER"*) printf '%s\n' "$bench" ;;
		esac
	done
}

# The pools that there are; what cannot be built, bench_pool names as missing.
pool_peers()
{
	rm -f "$peers"/pool_*.so
	set -- -O2 -shared -fPIC -I"$here"
	gcc "$@" -fopenmp -o "$peers/pool_libgomp.so" "$here/pool_peer.c" 2> /dev/null
	for compiler in clang-19 clang; do
		[ -f "$peers/pool_libomp.so" ] ||
			$compiler "$@" -fopenmp -o "$peers/pool_libomp.so" "$here/pool_peer.c" 2> /dev/null
	done
	gcc "$@" -DPEER_PTHREADPOOL -o "$peers/pool_pthreadpool.so" "$here/pool_peer.c" \
		-lpthreadpool 2> /dev/null
	g++ "$@" -o "$peers/pool_TBB.so" "$here/pool_peer_tbb.cc" -ltbb 2> /dev/null
}

# build_peers NAME: of the benchmark NAME.c.
# shellcheck disable=SC2086
build_peers()
{
	if [ "$1" = bench_filestat ]; then
		source=$root/examples/filestat.c
		cc filestat_raw -DFILESTAT_RAW "$source" -lm -pthread &&
			cc filestat_release -DDEED_TRAP=0 "$source" "$RELEASE_LIB" -lm -pthread &&
			cc filestat_trap $trap_flags "$source" "$TRAP_LIB" $TRAP_LIBS -lm -pthread
	elif [ "$1" = bench_pool ]; then
		pool_peers
		cc kernel_loops.so -O3 -march=native -shared -fPIC "$here/kernel_loops.c"
	elif grep -q 'peer: loops' "$here/$1.c"; then
		cc kernel_loops.so -O3 -march=native -shared -fPIC "$here/kernel_loops.c"
	elif grep -q 'peer: asan' "$here/$1.c"; then
		cc "$1_asan" $asan_flags "$here/$1.c" "$RELEASE_LIB" -pthread
	elif grep -q 'bench: both' "$here/$1.c"; then
		ln -sf "$RELEASE_DIR/bench/$1_release" "$peers/"
	fi
}

[ -z "$SAN" ] || die "measures nothing with SAN=$SAN: sanitizers are a side of some rows"
[ -n "$(wanted)" ] || die "no benchmark has $FILTER in its name"
mkdir -p "$peers" || exit 1
BENCH_PEERS=$peers
BENCH_INPUT=$(big_file)
BENCH_COMPILERS=$(compilers)
BENCH_INCLUDE=$INCLUDE
BENCH_TEXT=$root/README.md
LC_ALL=C
unset DEED_OPTIONS ASAN_OPTIONS
export BENCH_PEERS BENCH_INPUT BENCH_COMPILERS BENCH_INCLUDE BENCH_TEXT LC_ALL

cat << END
compiler   $($CC --version | head -n 1)
flags      $flags; trap: $trap_flags; ASan: -fno-omit-frame-pointer -fsanitize=address
CPU        $(cpuinfo 'model name'), $(getconf _NPROCESSORS_ONLN) cores, load $(cut -d ' ' -f 1 /proc/loadavg)
ISA        $(isa)
counters   hardware counters: $(counters)
figures    medians of rounds in which the sides take turns; spread: their quartiles
clock      processor time of the thread; of whole processes for filestat and compilers

END
printf '%-46s %8s %-3s %8s - %-8s %-10s %s\n' name figure '' spread '' target verdict

failed=
for bench in $(wanted); do
	name=${bench##*/}
	name=${name%_*}
	case $bench in
	*_release)
		case " $BENCHES " in
		*"/${name}_trap "*) continue ;; # built in both flavours: the other's peer
		esac
		;;
	esac
	build_peers "$name" && "$bench" || failed="$failed $name"
done
progress
[ -z "$failed" ] || die "could not measure:$failed"
