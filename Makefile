# SPDX-License-Identifier: MIT
#
# Makefile - two libraries out of one source, and everything that proves them.
#
#     make                          libdeed and libdeed-trap, static and shared
#     make test                     the tests, ten to fifteen minutes on two cores
#     make test CC=clang-19         with another compiler
#     make examples MODE=release    one flavour only
#     make V=1                      shows the commands
#
# Every object lies in build/COMPILER-FLAVOUR-SANITIZER/, beside a file that holds the
# flags it was compiled with: builds never mix, and a change of flags rebuilds.
#
# Variables: CC, MODE=release|trap (what tests, benchmarks and examples are built as),
# SAN=address,undefined|thread, OPT (-O2), LEDGER=seen (ThreadSanitizer sees into the
# ledger), LIBBACKTRACE=no, LIBUNWIND=no and SQLITE=no (do without), BUILD (build), FILTER (bench),
# prefix (or PREFIX), libdir, includedir, DESTDIR; CPPFLAGS, CFLAGS, LDFLAGS are added to ours.
#
# Needs GNU make, a compiler and binutils. Everything else is optional: `make doctor`.

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all demo test test-all test-asan test-tsan bench examples floors format lint \
	lint-ownership doctor fault-table install uninstall clean help FORCE cases criterion golden \
	race print-folder packages

BUILD ?= build
# One spelling of one folder, however it was given: dependencies are remembered by their names.
override BUILD := $(patsubst $(CURDIR)/%,%,$(abspath $(BUILD)))
MODE ?= trap
SAN ?=
OPT ?= -O2
LEDGER ?=
V ?=
Q := $(if $(V),,@)

ifneq ($(filter-out release trap,$(MODE)),)
$(error MODE is release or trap, not $(MODE))
endif
ifeq ($(filter-out undefined default,$(origin CC)),)
CC := gcc
endif
# The C++ compiler of the same make, for the tests: gcc-13 has g++-13, clang-19 clang++-19.
CXX := $(subst gcc,g++,$(subst clang,clang++,$(CC)))


prefix ?= $(or $(PREFIX),/usr/local)
includedir ?= $(prefix)/include
libdir ?= $(prefix)/lib
pkgconfigdir = $(libdir)/pkgconfig
datadir = $(prefix)/share/deed

comma := ,
space := $(subst ,, )

# ---- what this machine has --------------------------------------------------------------------

# Asked once each, and only by a goal that wants to know.
once = $(eval $(1) := $(shell $(2)))$($(1))

# The binutils of the compiler's target: a cross compiler has its own.
ifeq ($(origin AR),default)
AR = $(call once,AR,$(CC) -print-prog-name=ar)
endif
ifeq ($(origin LD),default)
LD = $(call once,LD,$(CC) -print-prog-name=ld)
endif
NM ?= $(call once,NM,$(CC) -print-prog-name=nm)
OBJCOPY ?= $(call once,OBJCOPY,$(CC) -print-prog-name=objcopy)

# gcc's serves another compiler too, of the same processor.
LIBBACKTRACE = $(call once,LIBBACKTRACE,machine() { $$1 -dumpmachine 2>/dev/null | sed s/-.*//; }; \
	for compiler in "$(CC)" gcc; do \
	[ "$$(machine "$$compiler")" = "$$(machine "$(CC)")" ] || continue; \
	file=$$($$compiler -print-file-name=libbacktrace.a 2>/dev/null); \
	[ -f "$$file" ] && echo "$$file" && break; done)
LIBUNWIND = $(call once,LIBUNWIND,echo 'int unw_backtrace(void **, int); \
	int main(void) { return unw_backtrace((void **)0, 0); }' | \
	$(CC) -xc - -o /dev/null -lunwind 2>/dev/null && echo yes)
SQLITE = $(call once,SQLITE,echo '\#include <sqlite3.h>' | $(CC) -E - > /dev/null 2>&1 && echo yes)
backtrace_archive = $(filter-out no,$(LIBBACKTRACE))
# In this order: libgcc must be found before libunwind, which else takes over C++ exceptions.
# The reference is weak, which --as-needed would not count as a need. No -lc here, though it would
# keep libunwind's backtrace() behind the C library's: an allocator that the program names after
# these libraries would come too late.
unwind_libs = $(if $(filter-out no,$(LIBUNWIND)),-Wl$(comma)--push-state$(comma)--no-as-needed \
	-lgcc_s -lunwind -Wl$(comma)--pop-state)

version := $(shell awk '/^#define DEED_VERSION_(MAJOR|MINOR|PATCH)/ { v = v dot $$3; dot = "." } \
	END { print v }' include/deed/config.h)
soversion := $(firstword $(subst ., ,$(version)))

# ---- flags ------------------------------------------------------------------------------------

warnings := -Wall -Wextra -Wpedantic -Wundef -Wconversion -Wshadow -Wcast-qual \
	-Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
sanitizers := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
common_flags := -std=gnu11 -g $(OPT) $(warnings) -Iinclude

release_defines := -DDEED_TRAP=0
trap_defines := -DDEED_TRAP=1
# Stacks are walked by frame pointers: what is linked with the ledger keeps them.
release_flags := $(release_defines) $(if $(SAN),-fno-omit-frame-pointer)
trap_flags := $(trap_defines) -fno-omit-frame-pointer

# The locks of the ledger must stay invisible to ThreadSanitizer, which would take them for the
# program's own and miss its races: the library comes uninstrumented, as an installed one does.
# And optimised, for otherwise compilers copy structs by memcpy(), which ThreadSanitizer stands
# before. LEDGER=seen is the build that looks for races in the ledger itself; there gcc warns that
# ThreadSanitizer knows no fences.
ledger_sanitizers := $(if $(filter seen,$(LEDGER)),$(sanitizers) -DDEED_LEDGER_SEEN \
	$(if $(findstring gcc,$(CC)),-Wno-tsan),$(if \
	$(filter thread,$(SAN)),$(OPT:-O0=-O1),$(sanitizers)))

variant := $(if $(SAN),$(subst $(comma),+,$(SAN)),plain)$(if \
	$(filter-out -O2,$(OPT)),$(subst $(space),,$(OPT)))$(if $(LEDGER),-ledger-$(LEDGER))
compiler := $(notdir $(lastword $(CC)))

program_libs := -pthread -lm

# ---- the libraries and programs of each flavour -----------------------------------------------

release_name := deed
trap_name := deed-trap
release_sources := $(wildcard lib/*.c lib/kernels/*.c)
trap_sources := $(wildcard lib/*.c lib/kernels/*.c lib/trap/*.c)
release_libs =
trap_libs = $(unwind_libs)
release_found =
trap_found = $(backtrace_archive) $(unwind_libs)

# Whether file $(1) contains the text $(2).
contains = $(findstring $(2),$(file <$(1)))

example_sources := $(wildcard examples/*.c)
golden_sources := $(wildcard tests/trap/*.c)
race_sources := $(wildcard tests/race/*.c)
case_sources := $(wildcard tests/cases/*.c)
bench_sources := $(wildcard bench/bench_*.c)
release_test_sources := $(wildcard tests/test_release_*.c)
trap_test_sources := $(filter-out $(release_test_sources),$(wildcard tests/test_*.c))
# A benchmark's first comment says which flavours it measures.
release_bench_sources := $(foreach file,$(bench_sources),$(if \
	$(call contains,$(file),bench: release)$(call contains,$(file),bench: both),$(file)))
trap_bench_sources := $(foreach file,$(bench_sources),$(if \
	$(call contains,$(file),bench: trap)$(call contains,$(file),bench: both),$(file)))

# Writes the text to the target, whose time changes only if the text does.
define write_if_new
@mkdir -p $(@D); echo '$(1)' > $@.$$$$; \
	if cmp -s $@.$$$$ $@; then rm $@.$$$$; else mv $@.$$$$ $@; fi
endef

define flavour_rules
$(1)_dir := $(BUILD)/$(compiler)-$(1)-$(variant)
$(1)_objects := $$($(1)_sources:%.c=$$($(1)_dir)/%.o)
$(1)_static := $$($(1)_dir)/lib$($(1)_name).a
$(1)_shared := $$($(1)_dir)/lib$($(1)_name).so.$(version)
$(1)_examples := $$(example_sources:%.c=$$($(1)_dir)/%)
$(1)_tests := $$($(1)_test_sources:%.c=$$($(1)_dir)/%)
$(1)_benches := $$($(1)_bench_sources:bench/%.c=$$($(1)_dir)/bench/%_$(1))

$$($(1)_dir)/flags: FORCE
	$$(call write_if_new,$(CC) $(common_flags) $$($(1)_flags) $(sanitizers) \
		$(ledger_sanitizers) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $$($(1)_found))
$$($(1)_dir)/members: FORCE
	$$(call write_if_new,$$($(1)_sources))

$$($(1)_dir)/%.o: %.c $$($(1)_dir)/flags
	@mkdir -p $$(@D)
	@$(if $(V),,echo '  cc  $$@')
	$(Q)$(CC) $(common_flags) $$($(1)_flags) $$(part_flags) $$(sanitize) -MMD -MP \
		$(CPPFLAGS) $(CFLAGS) -c -o $$@ $$<

$$($(1)_dir)/%.o: sanitize = $(sanitizers)
$$($(1)_dir)/lib/%.o: part_flags = -Ilib -fPIC -fvisibility=hidden
# Bits may not depend on the rung: no contraction. What traps, or sets errno, is nobody's to see.
# Where variables are, in loops that are unrolled as far as these, takes gcc as long as all else; and
# so does -O3 with sanitizers in them.
$$($(1)_dir)/lib/kernels/%.o: part_flags = -Ilib -fPIC -fvisibility=hidden -g1 \
	$(if $(sanitizers),-O1,-O3) -ffp-contract=off -fno-math-errno -fno-trapping-math
$$($(1)_dir)/lib/kernels/scalar.o: part_flags += -fno-tree-vectorize -fno-tree-slp-vectorize
$$($(1)_dir)/tests/%.o: part_flags = -Ilib -Itests
$$($(1)_dir)/bench/%.o: part_flags = -Ibench

$$($(1)_dir)/lib$($(1)_name).so.$(version): $$($(1)_dir)/members
	@$(if $(V),,echo '  ld  $$@')
	$(Q)$(CC) -shared -o $$@ -Wl,-soname,lib$($(1)_name).so.$(soversion) \
		$(if $(SAN),$(sanitizers),-Wl$(comma)-z$(comma)defs) $(CFLAGS) $$(filter %.o,$$^) -pthread -lm $(LDFLAGS)
	$(Q)ln -sf $$(@F) $$(@D)/lib$($(1)_name).so.$(soversion)
	$(Q)ln -sf lib$($(1)_name).so.$(soversion) $$(@D)/lib$($(1)_name).so

$$($(1)_static): $$($(1)_dir)/members
	@$(if $(V),,echo '  ar  $$@')
	$(Q)rm -f $$@
	$(Q)$(AR) crs $$@ $$(filter %.o,$$^)

link_$(1) = $(CC) $(sanitizers) $(CFLAGS) -o $$@ $$(filter %.o,$$^) $$($(1)_static) \
	$$(part_libs) $(program_libs) $$($(1)_libs) $(LDFLAGS)

$$($(1)_examples): $$($(1)_dir)/%: $$($(1)_dir)/%.o $$($(1)_static)
	@$(if $(V),,echo '  ld  $$@')
	$(Q)$$(link_$(1))
$$($(1)_dir)/examples/sqlite_on_deed: part_libs = -lsqlite3

$$($(1)_tests): part_libs = -lcriterion
$$($(1)_tests): $$($(1)_dir)/%: $$($(1)_dir)/%.o $$($(1)_static)
	@$(if $(V),,echo '  ld  $$@')
	$(Q)$$(link_$(1))

$$($(1)_benches): $$($(1)_dir)/bench/%_$(1): $$($(1)_dir)/bench/%.o $$($(1)_static)
	@$(if $(V),,echo '  ld  $$@')
	$(Q)$$(link_$(1))
endef
$(eval $(call flavour_rules,release))
$(eval $(call flavour_rules,trap))

$(trap_dir)/lib/%.o: sanitize = $(ledger_sanitizers)
$(trap_dir)/lib/trap/%.o: part_flags = -Ilib -fPIC -fvisibility=hidden \
	-DDEED_HAVE_LIBBACKTRACE=$(if $(backtrace_archive),1,0)

# libbacktrace goes into the libraries, because a program should need no further -l, and its names
# stay out of them, because a program may have a libbacktrace of its own. So the objects that call
# it are linked with it into one object, in which its names are made local.
backtrace_users := $(strip $(foreach file,$(wildcard lib/trap/*.c),$(if \
	$(call contains,$(file),backtrace_pcinfo),$(file:%.c=$(trap_dir)/%.o))))
backtrace_merged := $(trap_dir)/with-libbacktrace.o
trap_members = $(if $(and $(strip $(backtrace_archive)),$(backtrace_users)),$(filter-out \
	$(backtrace_users),$(trap_objects)) $(backtrace_merged),$(trap_objects))

$(backtrace_merged): $(backtrace_users)
	@$(if $(V),,echo '  ld  $@')
	$(Q)$(NM) -g --defined-only -P $(backtrace_archive) 2>/dev/null | \
		awk 'NF > 2 { print $$1 }' > $@.names
	$(Q)$(LD) -r -o $@.whole $^ $(backtrace_archive)
	$(Q)$(OBJCOPY) --localize-symbols=$@.names $@.whole $@
	$(Q)rm $@.whole $@.names

$(release_static) $(release_shared): $(release_objects)
.SECONDEXPANSION:
$(trap_static) $(trap_shared): $$(trap_members)

# What tests/cases/ holds is one program: tests/test_cases.c runs it once per case.
$(trap_dir)/cases: $(case_sources:%.c=$(trap_dir)/%.o) $(trap_static)
	@$(if $(V),,echo '  ld  $@')
	$(Q)$(link_trap)

# Golden reports: always the same flags, whatever OPT says, because reports name lines and frames.
golden_programs := $(golden_sources:tests/trap/%.c=$(trap_dir)/golden/%)
$(golden_programs): $(trap_dir)/golden/%: tests/trap/%.c $(trap_static) $(trap_dir)/flags
	@mkdir -p $(@D)
	@$(if $(V),,echo '  cc  $@')
	$(Q)$(CC) -std=gnu11 -g -O1 -fno-omit-frame-pointer -DDEED_TRAP=1 -Iinclude $(warnings) \
		$(sanitizers) -MMD -MP -MF $@.d -MT $@ $(CPPFLAGS) $(CFLAGS) -o $@ $< \
		$(trap_static) $(program_libs) $(trap_libs) $(LDFLAGS)

race_programs := $(race_sources:tests/race/%.c=$(trap_dir)/race/%)
$(race_programs): $(trap_dir)/race/%: $(trap_dir)/tests/race/%.o $(trap_static)
	@mkdir -p $(@D)
	@$(if $(V),,echo '  ld  $@')
	$(Q)$(link_trap)

-include $(wildcard $(foreach dir,$(release_dir) $(trap_dir),$(dir)/*.d $(dir)/*/*.d \
	$(dir)/*/*/*.d))

# ---- targets ----------------------------------------------------------------------------------

all: $(release_static) $(release_shared) $(trap_static) $(trap_shared) ## Both libraries, static and shared (default)

.DEFAULT_GOAL := all

# Without what cannot be built here.
buildable = $(if $(filter-out no,$(SQLITE)),$(1),$(filter-out %/sqlite_on_deed %/sqlite_on_deed.c,$(1)))

examples: $$(call buildable,$($(MODE)_examples) $(if $(filter command line,$(origin MODE)),,$(release_examples))) ## The example programs, in both flavours
	@$(if $(filter-out no,$(SQLITE)),:,echo 'examples/sqlite_on_deed is left out: there is no sqlite3.h (libsqlite3-dev)')

demo: $(release_static) $(trap_static) ## What deed does, on a real file, in under a minute
	@mkdir -p $(BUILD)/demo
	$(Q)CC='$(CC)' BUILD='$(abspath $(BUILD))/demo' INCLUDE='$(abspath include)' \
		RELEASE_LIB='$(abspath $(release_static))' TRAP_LIB='$(abspath $(trap_static))' \
		TRAP_LIBS='$(strip $(trap_libs) $(program_libs))' examples/demo.sh

# What the scripts of tests/ and bench/ know of a build.
script_env = MAKE='$(MAKE)' CC='$(CC)' CXX='$(CXX)' BUILD='$(abspath $(BUILD))' V='$(V)' \
	SAN='$(SAN)' OPT='$(OPT)' MODE='$(MODE)' MAKEFLAGS= MFLAGS= MAKELEVEL= \
	RELEASE_DIR='$(abspath $(release_dir))' TRAP_DIR='$(abspath $(trap_dir))' \
	RELEASE_LIB='$(abspath $(release_static))' TRAP_LIB='$(abspath $(trap_static))' \
	TRAP_LIBS='$(strip $(trap_libs))' INCLUDE='$(abspath include)'

# Before what there is to build with is looked for.
packages:
	$(Q)CC='$(CC)' BUILD='$(abspath $(BUILD))' tests/packages.sh

test: packages ## The tests; ends with `N passed, N failed, N skipped`
	$(Q)$(script_env) tests/run.sh $(if $(SAN),$(if $(findstring thread,$(SAN)),race,sanitized))

test-all: packages ## The whole matrix: compilers, sanitizers, optimisation levels
	$(Q)$(script_env) tests/run.sh matrix

test-asan: ## The tests under AddressSanitizer and UBSan
	$(Q)$(MAKE) test MODE=trap SAN=address,undefined

test-tsan: ## The race programs under ThreadSanitizer
	$(Q)$(MAKE) test MODE=trap SAN=thread

# The pieces that tests/run.sh asks for.
criterion: $($(MODE)_tests) $(if $(filter trap,$(MODE)),$(if $(case_sources),cases))
print-folder:
	@echo $(abspath $($(MODE)_dir))
cases: $(trap_dir)/cases
golden: $(golden_programs)
race: $(race_programs)

bench: $(release_benches) $(trap_benches) $(release_static) $(trap_static) ## Every benchmark, or those named by FILTER=word
	$(Q)$(script_env) FILTER='$(FILTER)' BENCHES='$(abspath $(sort $(release_benches) $(trap_benches)))' \
		sh -c 'if [ -x bench/run.sh ]; then exec bench/run.sh; fi; for bench in $$BENCHES; do \
		case $$bench in *"$$FILTER"*) "$$bench" || exit;; esac; done'

floors: ## Prove that no file includes a floor above its own
	$(Q)tests/floors/check.sh

fault-table: ## The README's table of faults, out of include/deed/fault.h
	@mkdir -p $(BUILD)
	$(Q)$(CC) -std=gnu11 -O0 $(warnings) -Iinclude -o $(BUILD)/fault-table tests/faults/table.c
	$(Q)$(BUILD)/fault-table

# Not tests/trap/: golden reports quote the lines and columns of those programs.
formatted = $(filter-out tests/trap/%,$(wildcard include/*.h include/deed/*.h lib/*.[ch] \
	lib/trap/*.[ch] lib/kernels/*.[ch] examples/*.[ch] examples/*/*.[ch] bench/*.[ch] tests/*.[ch] tests/*/*.[ch]))
# Of the folders of tests/, most programs break a rule on purpose. All as a trap build, and so not the
# tests of the other flavour: there the analyser takes the inline verbs for leaks, since it knows of
# no cleanup at a block's end.
linted = $(trap_sources) $(call buildable,$(wildcard examples/*.c bench/*.c)) $(trap_test_sources)
CLANG_FORMAT ?= clang-format-14
CLANG_TIDY ?= clang-tidy

format: ## Lay the sources out as .clang-format says
	$(Q)$(CLANG_FORMAT) -i $(formatted)

lint: ## What clang-format and clang-tidy find wrong
	$(Q)failed=0; $(CLANG_FORMAT) --dry-run -Werror $(formatted) || failed=1; \
	echo $(linted) | xargs -n 1 -P "$$(nproc)" sh -c '$(CLANG_TIDY) --quiet $$0 -- -std=gnu11 \
		$(trap_defines) -Iinclude -Ilib -Itests -Ibench 2> /dev/null' || failed=1; \
	exit $$failed

lint-ownership: ## What the static twin says of deed itself: an error at the default level
	$(Q)$(script_env) tests/static/lint.sh

doctor: ## What was found on this machine, and what deed does with it
	$(Q)$(MAKE) -s $(release_static) > /dev/null 2>&1 || :
	$(Q)$(script_env) LIBBACKTRACE='$(LIBBACKTRACE)' LIBUNWIND='$(LIBUNWIND)' VERSION='$(version)' \
		tests/doctor.sh

# ---- installation -----------------------------------------------------------------------------

installed_headers := $(patsubst include/%,%,$(wildcard include/deed.h include/deed/*.h))
installed_libraries := $(foreach name,$(release_name) $(trap_name),lib$(name).a lib$(name).so \
	lib$(name).so.$(soversion) lib$(name).so.$(version))
installed_pcs := deed.pc deed-trap.pc
# From where the .pc file lies to the prefix, so that an installed tree may be moved.
pc_prefix = $(shell realpath -m --relative-to=$(pkgconfigdir) $(prefix))
pc_path = $(shell realpath -m --relative-to=$(prefix) $(1))
# Where to, as it was said to this make: uninstall must be told the same.
said_where = $(foreach name,DESTDIR PREFIX prefix libdir includedir,$(if \
	$(filter-out undefined file,$(origin $(name))),$(name)=$($(name))))

install: all ## Install to prefix (/usr/local), under DESTDIR
	$(Q)install -d $(DESTDIR)$(includedir)/deed $(DESTDIR)$(pkgconfigdir) $(DESTDIR)$(datadir)
	$(Q)install -m 644 lib/valgrind.supp $(DESTDIR)$(datadir)
	$(Q)for header in $(installed_headers); do \
		install -m 644 include/$$header $(DESTDIR)$(includedir)/$$header || exit; done
	$(Q)for dir in $(release_dir) $(trap_dir); do for library in $(installed_libraries); do \
		if [ -L $$dir/$$library ]; then cp -P $$dir/$$library $(DESTDIR)$(libdir)/; \
		elif [ -f $$dir/$$library ]; then \
			install -m 644 $$dir/$$library $(DESTDIR)$(libdir)/$$library; fi || exit; done; done
	$(Q)for pc in $(installed_pcs); do \
		sed -e 's|@prefix@|$${pcfiledir}/$(pc_prefix)|' -e 's|@version@|$(version)|' \
			-e 's|@libdir@|$${prefix}/$(call pc_path,$(libdir))|' \
			-e 's|@includedir@|$${prefix}/$(call pc_path,$(includedir))|' \
			-e 's|@unwind_libs@|$(unwind_libs)|' -e 's| *$$||' lib/$$pc.in \
			> $(DESTDIR)$(pkgconfigdir)/$$pc || exit; \
		chmod 644 $(DESTDIR)$(pkgconfigdir)/$$pc; done
	@echo 'deed $(version) is in $(DESTDIR)$(prefix): pkg-config deed, deed-trap; $(strip \
		make uninstall $(said_where))'

uninstall: ## Take away what install put there
	$(Q)rm -f $(installed_headers:%=$(DESTDIR)$(includedir)/%) \
		$(installed_libraries:%=$(DESTDIR)$(libdir)/%) \
		$(installed_pcs:%=$(DESTDIR)$(pkgconfigdir)/%) $(DESTDIR)$(datadir)/valgrind.supp
	$(Q)rmdir $(DESTDIR)$(includedir)/deed $(DESTDIR)$(datadir) $(DESTDIR)$(pkgconfigdir) \
		2> /dev/null || true

clean: ## Remove everything that was built
	$(Q)rm -rf $(BUILD)

help: ## List the targets, and the variables
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@awk '/^# Variables:/ { inside = 1; print "" } inside && /^#$$/ { exit } \
		inside { print substr($$0, 3) }' $(firstword $(MAKEFILE_LIST))
