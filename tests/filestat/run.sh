#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/filestat/run.sh - filestat prints what ent prints, byte for byte.
#
# Three builds of examples/filestat.c (raw C, release, trap), every input, every mode:
# what each prints is compared with what ent prints. Without ent, with what it printed
# once (*.txt). Then the inputs that ent does not take, and the wrong ways to call it.
#
# SPARSE is the size of the sparse file in bytes, by default more than 4 GiB. It is zeros
# only, whose figures are known: ent would take a minute. The last build reads all of it,
# the others a part.
. tests/lib.sh

: "${SPARSE:=4294967311}"
LC_ALL=C
export LC_ALL

here=tests/filestat
inputs=$work/in
mkdir -p "$inputs" "$BUILD"
sparse=$BUILD/sparse.$$ # not in /tmp, which may be memory
trap 'rm -rf "$work" "$sparse"' EXIT

flags="-std=gnu11 -O2 -g $c_warnings"
[ -z "$SAN" ] || flags="$flags -fsanitize=$SAN"
builds=
# shellcheck disable=SC2086 # flags and libraries are lists of words
build()
{
	name=$1
	shift
	if "$CC" $flags "$@" -o "$work/$name" > "$work/cc.out" 2>&1; then
		builds="$builds $name"
	else
		fail "filestat builds as $name" "$work/cc.out"
	fi
}

"$CC" -std=gnu11 -O2 $c_warnings $here/bytes.c -o "$work/bytes" || exit 1
build raw -DFILESTAT_RAW examples/filestat.c -lm -pthread
if [ -f "$RELEASE_LIB" ]; then
	build release -DDEED_TRAP=0 "-I$INCLUDE" examples/filestat.c "$RELEASE_LIB" -lm -pthread
else
	skip "filestat in release" "no $RELEASE_LIB"
fi
if [ -f "$TRAP_LIB" ]; then
	# shellcheck disable=SC2086
	build trap -DDEED_TRAP=1 -fno-omit-frame-pointer "-I$INCLUDE" examples/filestat.c \
		"$TRAP_LIB" $TRAP_LIBS -lm -pthread
else
	skip "filestat in trap" "no $TRAP_LIB"
fi

# ---- inputs ------------------------------------------------------------------------------------

bytes() # NAME ARGUMENT...
{
	name=$1
	shift
	"$work/bytes" "$@" > "$inputs/$name"
}

: > "$inputs/empty"
printf 'hello world' > "$inputs/hello"
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	bytes "random-$n" random $n $n
	bytes "same-$n" same $n 97
	bytes "ramp-$n" ramp $n 128
done
# Around the size of a block, at every remainder of a point of six bytes.
for n in 98303 98304 98305 98306 98307 98308 98309 98310 98311 196607 196608 196609; do
	bytes "block-$n" random $n 1
done
bytes all ramp 256 1
bytes ones same 1000000 255
bytes zeros same 1000000 0
bytes alternating ramp 100001 255
for seed in 1 2 3 4 5 6 7 8; do
	bytes "random-$seed.k" random $((1000 * seed + seed)) $seed
	bytes "random-$seed.m" random $((300000 * seed + seed)) $seed
	bytes "biased-$seed.k" biased $((1000 * seed + seed)) $seed
	bytes "biased-$seed.m" biased $((300000 * seed + seed)) $seed
done
cp README.md LICENSE Makefile "$work/bytes" "$RELEASE_LIB" "$inputs" 2> /dev/null
big=$("$CC" -print-prog-name=cc1 2> /dev/null)
[ -f "$big" ] && cp "$big" "$inputs/cc1"

# ---- the same as ent ---------------------------------------------------------------------------

same_as_ent() # BUILD FILE: in all four modes
{
	for mode in '' -c -t '-c -t'; do
		# shellcheck disable=SC2086
		"$work/$1" $mode "$inputs/$2" | cmp - "$work/ent$mode" || return
	done
}

if command -v ent > /dev/null; then
	for input in "$inputs"/*; do
		input=${input##*/}
		for mode in '' -c -t '-c -t'; do
			# shellcheck disable=SC2086
			ent $mode "$inputs/$input" > "$work/ent$mode"
		done
		for name in $builds; do
			check "filestat ($name) says of $input what ent says" same_as_ent "$name" "$input"
		done
	done
else
	skip "filestat against ent" "ent is not installed: apt-get install ent"
fi

# The sign of zero divided by zero is the processor's choice.
golden() # BUILD FILE
{
	sed s/-nan/nan/ "$here/$2.txt" > "$work/golden"
	"$work/$1" -c "$inputs/$2" | sed s/-nan/nan/ | cmp - "$work/golden"
}

for name in $builds; do
	for input in empty hello all random-3.k biased-5.m; do
		check "filestat ($name) says of $input what ent said once" golden "$name" "$input"
	done
done

# ---- the same for every -j ----------------------------------------------------------------------

same_for() # BUILD FILE JOBS
{
	"$work/$1" -c "-j$3" "$inputs/$2" | cmp - "$work/one"
}

# One part, and none; a part and a byte, to one point more; many parts, cut anywhere in the bytes.
bytes "part" random 983040 1
for n in 1 2 3 4 5 6 7; do
	bytes "part-$n" random $((983040 + n)) $n
done
for input in empty hello part part-1 part-2 part-3 part-4 part-5 part-6 part-7 zeros biased-7.m \
	random-8.m cc1; do
	[ -f "$inputs/$input" ] || continue
	"$work/raw" -c "$inputs/$input" > "$work/one"
	for name in $builds; do
		for jobs in 0 1 2 3 64; do
			check "filestat ($name) says of $input the same with -j $jobs" \
				same_for "$name" "$input" $jobs
		done
	done
done

# ---- what ent does not take --------------------------------------------------------------------

# says STATUS TEXT COMMAND...: exits so, with this line on stderr and nothing on stdout.
says()
{
	want=$1
	text=$2
	shift 2
	"$@" < /dev/null > "$work/says.out" 2> "$work/says.err"
	got=$?
	if [ $got -ne "$want" ] || ! grep -qF -e "$text" "$work/says.err" || [ -s "$work/says.out" ]
	then
		echo "exit $got, not $want, or stderr is not '$text', or stdout is not empty:"
		cat "$work/says.err" "$work/says.out"
		return 1
	fi
}

through() # BUILD HOW: standard input, however it comes
{
	case $2 in
	pipe) cat "$inputs/biased-8.m" | "$work/$1" ;;
	dash) cat "$inputs/biased-8.m" | "$work/$1" - ;;
	file) "$work/$1" < "$inputs/biased-8.m" ;;
	slow) { head -c 7 "$inputs/biased-8.m"; tail -c +8 "$inputs/biased-8.m"; } | "$work/$1" ;;
	fifo)
		rm -f "$work/fifo"
		mkfifo "$work/fifo"
		cat "$inputs/biased-8.m" > "$work/fifo" &
		"$work/$1" "$work/fifo"
		;;
	esac > "$work/through"
	"$work/raw" "$inputs/biased-8.m" | cmp - "$work/through"
}

sparse() # BUILD SIZE
{
	truncate -s "$2" "$sparse"
	"$work/$1" -t "$sparse" > "$work/sparse.out" || return
	printf '%s\n1,%s,0.000000,%s.000000,0.000000,4.000000,-100000.000000\n' \
		0,File-bytes,Entropy,Chi-square,Mean,Monte-Carlo-Pi,Serial-Correlation \
		"$2" $(($2 * 255)) | cmp - "$work/sparse.out"
}

# The file loses its pages while it is mapped. Given a moment, filestat is in the middle of it.
cut_short() # BUILD
{
	truncate -s 3G "$sparse"
	"$work/$1" "$sparse" > "$work/cut.out" 2> "$work/cut.err" &
	process=$!
	sleep 0.2
	truncate -s 4096 "$sparse"
	wait $process
	got=$?
	[ $got -eq 1 ] && [ ! -s "$work/cut.out" ] && grep -q 'was cut short' "$work/cut.err" &&
		return
	echo "exit $got; $(cat "$work/cut.err" "$work/cut.out")"
	return 1
}

full()
{
	"$work/$1" "$inputs/hello" > /dev/full
}

printf x > "$work/secret"
chmod 0 "$work/secret"
chmod 711 "$work"
"$work/raw" -c "$inputs/empty" > "$work/none.out"
for name in $builds; do
	run=$work/$name
	for how in pipe dash file slow fifo; do
		check "filestat ($name) takes a $how" through "$name" $how
	done
	check "filestat ($name) reads a file of /proc" sh -c '"$0" /proc/self/status | grep -q Entropy' "$run"
	check "filestat ($name) takes an empty device" sh -c '"$0" -c /dev/null | cmp - "$1"' "$run" \
		"$work/none.out"
	size=268435463
	[ "$name" != "${builds##* }" ] || size=$SPARSE
	check "filestat ($name) says of $size bytes of nothing what is known" sparse "$name" $size
	check "filestat ($name) says that a file was cut short" cut_short "$name"
	check "filestat ($name): no such file" says 1 \
		"filestat: $work/none: No such file or directory" "$run" "$work/none"
	check "filestat ($name): a directory" says 1 "filestat: /: Is a directory" "$run" /
	check "filestat ($name): two files" says 2 "Usage: filestat" "$run" / /
	for jobs in -1 +1 x 1x '' ' 1' 1025 99999999999999999999; do
		check "filestat ($name): -j '$jobs'" says 2 \
			"filestat: -j takes a number from 0 to 1024, not '$jobs'" "$run" -j "$jobs" /
	done
	check "filestat ($name): -j alone" says 2 "Usage: filestat" "$run" -j
	check "filestat ($name): an unknown option" says 2 "Usage: filestat" "$run" -x
	check "filestat ($name) --help" sh -c '"$0" --help | grep -q "^Usage: filestat"' "$run"
	check "filestat ($name) --version" sh -c '"$0" --version | grep -q "^filestat [0-9.]* ("' "$run"
	refuse "filestat ($name): a full disk" "standard output: No space left" full "$name"
	if [ "$(id -u)" -ne 0 ] || setpriv --reuid=65534 true 2> /dev/null; then
		check "filestat ($name): an unreadable file" says 1 \
			"filestat: $work/secret: Permission denied" \
			$([ "$(id -u)" -ne 0 ] || echo setpriv --reuid=65534 --clear-groups) \
			"$run" "$work/secret"
	else
		skip "filestat ($name): an unreadable file" "root reads everything"
	fi
done
finish
