#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/run.sh [PLAN] - runs the parts of the test suite and adds them up.
#
#     (nothing)   what one compiler shows in ten minutes or little more: `make test`
#     sanitized   what runs under AddressSanitizer and UBSan: `make test-asan`
#     race        what runs under ThreadSanitizer: `make test-tsan`
#     matrix      every compiler, sanitizer and optimisation level: `make test-all`
#
# Run by the Makefile, which sets the variables. A part is a function below or a script
# tests/NAME/run.sh; it prints what failed (FAIL: ...) and what it left out (skip: ...), and
# ends with `N passed, N failed, N skipped`. So does the whole. What a part prints is kept
# in build/test-logs/, and shown if it failed.
. tests/lib.sh

plan=${1:-quick}
logs=$BUILD/test-logs
jobs=$(nproc 2> /dev/null || echo 2)
mkdir -p "$logs"
all_passed=0
all_failed=0
all_skipped=0

# ---- what parts are made of ---------------------------------------------------------------------

# The build that a part is about: a compiler, a sanitizer, a flavour, an optimisation level.
with=$CC san=$SAN mode=trap opt=$OPT ledger=

# build TARGET...: quiet; what failed is in the part's log
build()
{
	$MAKE -s -k "-j$jobs" CC="$with" SAN="$san" MODE="$mode" OPT="$opt" LEDGER="$ledger" \
		BUILD="$BUILD" "$@" > "$work/build" 2>&1 && return
	grep -vE '^  (cc|ld|ar)  ' "$work/build" | head -n 60
	return 1
}

# Where the Makefile puts that build: it is asked, so that only it knows.
folder()
{
	$MAKE -s CC="$with" SAN="$san" MODE="$mode" OPT="$opt" LEDGER="$ledger" BUILD="$BUILD" \
		print-folder
}

# The names of the tests of this flavour, less those that match $1.
criterion_tests()
{
	for file in tests/test_*.c; do
		name=${file#tests/test_}
		name=${name%.c}
		case $mode:$name in
		release:release_*) echo "$name" ;;
		release:* | trap:release_* | *:\*) ;;
		*) echo "$name" ;;
		esac
	done | grep -vxE -e "${1:-}"
}

has_criterion()
{
	echo '#include <criterion/criterion.h>' | $CC -E - > /dev/null 2>&1
}

# criterion [PATTERN]: the Criterion programs, but those whose name matches
criterion()
{
	names=$(criterion_tests "${1:-}")
	if [ -z "$names" ]; then
		skip "Criterion tests, $mode" "there are none"
		return
	fi
	if ! has_criterion; then
		skip "Criterion tests, $mode, $with" "Criterion is not installed" \
			"$(echo "$names" | wc -l)"
		return
	fi
	build criterion || fail "the tests do not all build, $mode, $with $san $opt"
	dir=$(folder)
	for name in $names; do
		if [ ! -x "$dir/tests/test_$name" ]; then
			fail "test_$name does not build, $mode, $with $opt"
			continue
		fi
		began=$(date +%s)
		timeout 900 "$dir/tests/test_$name" > "$work/log" 2>&1
		status=$?
		echo "test_$name: $(($(date +%s) - began)) s"
		# [====] Synthesis: Tested: 5 | Passing: 4 | Failing: 1 | Crashing: 0
		counts=$(sed -n 's/.*Synthesis:[^0-9]*\([0-9]*\)[^0-9]*\([0-9]*\).*/\1 \2/p' "$work/log" | \
			tail -n 1)
		tested=${counts%% *} good=${counts##* }
		passed=$((passed + ${good:-0}))
		if [ -z "$counts" ] || [ "$status" -ne 0 ] || [ "$tested" -ne "$good" ]; then
			failed=$((failed + ${tested:-1} - ${good:-0}))
			[ -n "$counts" ] && [ "$tested" -ne "$good" ] || failed=$((failed + 1))
			echo "FAIL: test_$name, $mode, $with $opt, exit status $status"
			grep -av '^\[RUN \]\|^\[PASS\]\|^\[SKIP\]' "$work/log" | head -n 60 | \
				cut -c1-300 | sed 's/^/    /'
		fi
	done
}

# script NAME ARGUMENT...: tests/NAME/run.sh, told of the build
script()
{
	name=$1
	shift
	if [ ! -x "tests/$name/run.sh" ]; then
		skip "tests/$name" "it has no run.sh"
		return
	fi
	dir=$(folder)
	env CC="$with" SAN="$san" OPT="$opt" \
		CXX="$(echo "$with" | sed 's/clang/clang++/; s/gcc/g++/')" \
		RELEASE_DIR="$(mode=release folder)" RELEASE_LIB="$(mode=release folder)/libdeed.a" \
		TRAP_DIR="$dir" TRAP_LIB="$dir/libdeed-trap.a" "tests/$name/run.sh" "$@" \
		> "$work/log" 2>&1
	status=$?
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$work/log" | tail -n 1)
	grep -vE '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$work/log"
	if [ -n "$line" ]; then
		# shellcheck disable=SC2086 # the numbers are words
		set -- $line
		passed=$((passed + $1)) failed=$((failed + $3)) skipped=$((skipped + $5))
		[ "$status" -eq 0 ] || [ "$3" -gt 0 ] || fail "tests/$name/run.sh: exit status $status"
	elif [ "$status" -eq 0 ]; then
		pass "$name"
	else
		fail "tests/$name/run.sh: exit status $status"
	fi
}

# ---- the parts ----------------------------------------------------------------------------------

libraries()
{
	if build all; then
		pass "the libraries build, $with $san $opt"
	else
		fail "the libraries do not build, $with $san $opt"
	fi
}

examples()
{
	if build examples; then
		pass "the examples build, $with $san"
	else
		fail "the examples do not build, $with $san"
	fi
	check "safe_parallel_sum: the same bits on any number of workers, $with $san" \
		timeout 60 "$(folder)/examples/safe_parallel_sum"
}

golden()
{
	build golden || fail "the golden reports do not all build, $with"
	script trap "$(folder)/golden"
}

# races [unseen]
races()
{
	san=thread
	if ! echo 'int main(void) { return 0; }' | \
		"$with" -xc - -fsanitize=thread -o "$work/tsan" 2> /dev/null || ! "$work/tsan"; then
		skip "race programs, $with" "no ThreadSanitizer that works"
		return
	fi
	build race || fail "the race programs do not all build, $with $opt"
	script race "$(folder)/race" "$@"
}

# plain WHAT FLAGS COMMAND...: the plain programs of tests/compile/, which use every verb and break
# no rule, built with FLAGS in both flavours and run under COMMAND.
plain()
{
	what=$1 flags=$2
	shift 2
	build all || fail "the libraries do not build, $with $san"
	dir=$(folder) release_dir=$(mode=release folder)
	for file in tests/compile/ok_*.c; do
		for flavour in 0 1; do
			case $flavour in
			0) library=$release_dir/libdeed.a libraries= ;;
			1) library=$dir/libdeed-trap.a libraries=$TRAP_LIBS ;;
			esac
			name="$what: ${file##*/}, DEED_TRAP=$flavour, $with"
			# shellcheck disable=SC2086 # lists of words
			if ! "$with" -std=gnu11 -g -O1 -DDEED_TRAP=$flavour -Iinclude $flags \
				-fno-omit-frame-pointer -o "$work/program" "$file" "$library" \
				$libraries -pthread -lm > "$work/log" 2>&1; then
				fail "$name: does not build" "$work/log"
			else
				check "$name" "$@" "$work/program"
			fi
		done
	done
}

valgrind_part()
{
	if command -v valgrind > /dev/null; then
		# Not every valgrind reads the debug information that newer compilers write.
		plain valgrind -Wl,--strip-debug valgrind -q --error-exitcode=99 \
			--suppressions=lib/valgrind.supp --leak-check=full \
			--errors-for-leak-kinds=definite,possible
	else
		skip "valgrind" "it is not installed"
	fi
}

# Both libraries, cross-built.
emulated()
{
	if command -v aarch64-linux-gnu-gcc > /dev/null && command -v qemu-aarch64 > /dev/null; then
		TRAP_LIBS=
		with=aarch64-linux-gnu-gcc
		plain AArch64 -static qemu-aarch64
	else
		skip "AArch64" "there is no aarch64-linux-gnu-gcc, or no qemu-aarch64"
	fi
}

# The Criterion tests drop what they own only where that is their subject, and ask for more than
# there is. That a correct program leaks nothing is for the plain programs to show.
# Locals on the stack, which clang 15 and later put elsewhere by default: several tests are about
# stacks.
sanitized_options='abort_on_error=1:detect_leaks=0:allocator_may_return_null=1'
sanitized_options=$sanitized_options:detect_stack_use_after_return=0

sanitized()
{
	san=address,undefined
	if ! echo 'int main(void) { return 0; }' | \
		"$with" -xc - -fsanitize=$san -o "$work/asan" 2> /dev/null || ! "$work/asan"; then
		skip "sanitized tests, $with" "no AddressSanitizer that works"
		return
	fi
	plain ASan "-fsanitize=$san -fno-sanitize-recover=all" \
		env ASAN_OPTIONS=abort_on_error=1:detect_leaks=1
	ASAN_OPTIONS=$sanitized_options
	UBSAN_OPTIONS=print_stacktrace=1
	export ASAN_OPTIONS UBSAN_OPTIONS
	criterion "${1:-}"
}

# Without the two that take longest under sanitizers; DEED_OPS shortens what draws lots. At -O1,
# which the compiler is done with in half the time.
sanitized_quick()
{
	DEED_OPS=100000 DEED_DEPTH=3
	export DEED_OPS DEED_DEPTH
	opt=-O1
	sanitized 'cases|threads'
}

# A part of another build: they run in a shell of their own.
using()
{
	with=$1
	shift
	"$@"
}

in_release()
{
	mode=release
	"$@"
}

# ---- running them -------------------------------------------------------------------------------

# run NAME COMMAND...: one part, in a shell of its own, so that it may change any variable
run()
{
	name=$1
	shift
	printf '%-28s' "$name"
	begin=$(date +%s)
	rm -f "$work/counts"
	log=$logs/$(echo "$name" | tr ' /,' '---').log
	(
		trap - EXIT
		work=$work/part passed=0 failed=0 skipped=0
		rm -rf "$work"
		mkdir "$work"
		"$@"
		echo "$passed $failed $skipped" > "$work/../counts"
	) > "$log" 2>&1
	if ! read -r p f s < "$work/counts"; then
		p=0 f=1 s=0
		echo "FAIL: $name: ended early" >> "$log"
	fi 2> /dev/null
	all_passed=$((all_passed + p)) all_failed=$((all_failed + f)) all_skipped=$((all_skipped + s))
	if [ "$f" -eq 0 ]; then
		printf 'ok    %5d passed' "$p"
	else
		printf 'FAIL  %5d passed, %d failed' "$p" "$f"
	fi
	[ "$s" -eq 0 ] || printf ', %d skipped' "$s"
	echo " ($(($(date +%s) - begin)) s)"
	if [ "$f" -ne 0 ] || [ -n "$V" ]; then
		sed 's/^/    /' "$log"
	else
		# Skipped things of one reason are one line.
		sed -n 's/^skip: //p' "$log" | awk '
			{
				why = $0
				sub(/.*: /, "", why)
				count[why]++
				if (count[why] == 1) { what[why] = $0; order[++reasons] = why }
			}
			END {
				for (i = 1; i <= reasons; i++) {
					why = order[i]
					more = count[why] > 1 ? " (and " count[why] - 1 " more)" : ""
					print "    skipped: " what[why] more
				}
			}'
	fi
}

# The scripts that this file does not name.
run_others()
{
	for file in tests/*/run.sh; do
		name=${file#tests/}
		name=${name%/run.sh}
		case $name in
		floors | faults | headers | compile | static | zero | link | install | trap | race | kernels) ;;
		*) run "$name" script "$name" ;;
		esac
	done
}

# The compilers beside the chosen one.
other_compilers()
{
	compilers | grep -vx "$CC"
}

proofs()
{
	run "floors" script floors
	run "fault table" script faults
	run "headers" script headers
	run "must and must not compile" script compile
	run "static twin" script static
	run "zero cost" script zero
	run "flavours" script link
	run "installation" script install
}

case $plan in
quick)
	run "libraries" libraries
	run "examples" examples
	proofs
	run "tests, trap" criterion
	run "tests, release" in_release criterion
	run "golden reports" golden
	run_others
	run "races" races
	for second in $(other_compilers | head -n 1); do
		run "libraries, $second" using "$second" libraries
		run "tests, $second" using "$second" criterion 'oracle|cases|threads|kernels.*'
		run "races, $second" using "$second" races unseen
	done
	run "valgrind" valgrind_part
	run "sanitized tests" sanitized_quick
	run "kernels" script kernels
	;;
sanitized)
	run "libraries" libraries
	run "sanitized tests" sanitized
	;;
race)
	run "races" races
	;;
matrix)
	run "libraries" libraries
	proofs
	run "static twin over deed" check "the static twin over deed" tests/static/lint.sh
	run_others
	for with in $(compilers); do
		for opt in -O0 -O2 -O3; do
			run "libraries, $with $opt" libraries
			run "examples, $with $opt" examples
			run "tests, trap, $with $opt" criterion
			run "tests, release, $with $opt" in_release criterion
			run "sanitized, $with $opt" sanitized
			run "races, $with $opt" races
		done
		opt=$OPT
		run "golden reports, $with" golden
		run "valgrind, $with" valgrind_part
	done
	run "kernels" script kernels
	run "AArch64" emulated
	;;
*)
	echo "tests/run.sh: there is no plan '$plan'" >&2
	exit 2
	;;
esac

echo "$all_passed passed, $all_failed failed, $all_skipped skipped"
[ "$all_failed" -eq 0 ]
