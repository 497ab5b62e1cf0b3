#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds, demonstrates, tests and installs mod_securechan: ./build.sh help
#
# Everything it makes lies under build/<profile>/. CC in the environment replaces
# the compiler that built httpd.
set -euo pipefail
umask 022
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
cd "$(dirname "${BASH_SOURCE[0]}")"

# Debian's names, the same in 12 and 13.
PACKAGES_BUILD="gcc libc6-dev make apache2-bin apache2-dev libssl-dev openssl curl"
PACKAGES_TEST="libcmocka-dev libnghttp2-dev libapache2-mod-perl2 perl gnutls-bin nghttp2-client
    memcached redis-server haproxy
    clang clang-format clang-tidy cppcheck shellcheck codespell valgrind
    apache2-doc chromium procps binutils"
PACKAGES_BENCH="nginx libnghttp2-dev perl util-linux"
# What to look for where there is no dpkg.
TOOLS_BUILD="make apxs openssl curl"
TOOLS_TEST="perl gcc clang clang-format clang-tidy cppcheck shellcheck codespell
    valgrind gnutls-cli nghttp h2load memcached redis-server haproxy ps nm"
TOOLS_BENCH="perl nginx taskset"

say() {
    printf '%s\n' "$*"
}

die() {
    printf 'build.sh: %s\n' "$*" >&2
    exit 1
}

usage() {
    cat <<'TEXT'
usage: ./build.sh [verb]

  build     make mod_securechan.so and securechanctl in            ./build.sh
            build/release (the default)
  run       start a demonstration site on loopback, show what      ./build.sh run --port 8443
            it refuses and what it serves, stay until Ctrl-C;
            --once: show and end; --port N: https on port N
  test      lint, unit tests and the whole suite, with sanitizers  ./build.sh test
  lint      formatting, static analysis and our own rules          ./build.sh lint
  asan      unit tests and suite under ASan and UBSan              ./build.sh asan
  bench     measure speed and size beside mod_ssl and nginx;       ./build.sh bench --quick
            --quick: in under two minutes; --help: all options
  install   module, configuration and header; DESTDIR is obeyed    DESTDIR=/tmp/x ./build.sh install
  clean     remove build/                                          ./build.sh clean
  help      this text                                              ./build.sh help

On Debian, run, test and bench install the packages they miss and say which.
TEXT
}

# ---------------------------------------------------------------- packages

# Prints the packages of a set, build, test or bench, one a line.
packages_of() {
    tr -s ' ' '\n' <<<"$PACKAGES_BUILD"
    case $1 in
        test)
            tr -s ' ' '\n' <<<"$PACKAGES_TEST" | sed '/^$/d'
            if [ -r t/packages.txt ]; then
                sed 's/#.*//; s/[[:space:]]//g; /^$/d' t/packages.txt
            fi
            ;;
        bench) tr -s ' ' '\n' <<<"$PACKAGES_BENCH" | sed '/^$/d' ;;
    esac
}

packages_missing() {
    local installed name
    # shellcheck disable=SC2016  # dpkg-query expands the names, not the shell
    installed=$(packages_of "$1" | xargs dpkg-query -W \
        -f='${Package} ${db:Status-Status}\n' 2>/dev/null || true)
    packages_of "$1" | sort -u | while read -r name; do
        grep -qxF "$name installed" <<<"$installed" || printf '%s ' "$name"
    done
}

# Debian starts services as their packages are unpacked. None may start here.
apt_install() {
    local as_root=() policy=/usr/sbin/policy-rc.d made="" status=0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            die "missing packages: $*. Install them as root: apt-get install $*"
        as_root=(sudo)
    fi
    say "build.sh: installing Debian packages: $*"
    export DEBIAN_FRONTEND=noninteractive
    if [ ! -e "$policy" ]; then
        made=$policy
        # shellcheck disable=SC2064  # the values of now
        trap "${as_root[*]} rm -f $policy" EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\nexit 101\n' |
            "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod 755 "$policy"
    fi
    {
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get -q update </dev/null &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get -q install -y --no-install-recommends "$@" </dev/null
    } || status=$?
    if [ -n "$made" ]; then
        "${as_root[@]}" rm -f "$made"
        trap - EXIT INT TERM
    fi
    [ "$status" = 0 ] || die "apt-get failed; it was to install: $*"
}

# need <build|test|bench> <install|name>: makes sure the packages of a set are there.
need() {
    local missing=() tool tools=$TOOLS_BUILD
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
        read -ra missing <<<"$(packages_missing "$1")"
        [ ${#missing[@]} -gt 0 ] || return 0
        [ "$2" = install ] || die "missing Debian packages: ${missing[*]}
Install them with: apt-get install --no-install-recommends ${missing[*]}"
        apt_install "${missing[@]}"
        return 0
    fi
    case $1 in
        test) tools+=" $TOOLS_TEST" ;;
        bench) tools+=" $TOOLS_BENCH" ;;
    esac
    for tool in $tools; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    [ ${#missing[@]} = 0 ] || die "missing tools: ${missing[*]}
On Debian these packages hold them: $(packages_of "$1" | xargs)"
}

# ------------------------------------------------------------------- build

WARNINGS=(-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wundef -Wformat=2
    -Wpointer-arith -Wwrite-strings -Wconversion -Wsign-conversion
    -Wswitch-enum -Wvla -Wimplicit-fallthrough)
HARDENING=(-fstack-protector-strong -fvisibility=hidden -fno-strict-aliasing
    -fno-common -fPIC)

# Asks apxs for httpd's flags and leaves all flags in build/flags.sh for lint.
flags() {
    local apxs
    apxs=$(command -v apxs || command -v apxs2) || die "apxs not found"
    compiler=${CC:-$("$apxs" -q CC)}
    libexecdir=$("$apxs" -q LIBEXECDIR)
    includedir=$("$apxs" -q INCLUDEDIR)
    sbindir=$("$apxs" -q SBINDIR)
    mandir=$("$apxs" -q MANDIR)
    httpd=$sbindir/$("$apxs" -q PROGNAME)
    read -ra HTTPD_CFLAGS <<<"$("$apxs" -q CFLAGS)"
    read -ra DEFINES <<<"$("$apxs" -q CPPFLAGS) $("$apxs" -q EXTRA_CPPFLAGS)"
    APR_INCLUDES=(-isystem "$("$apxs" -q APR_INCLUDEDIR)")
    if [ "$("$apxs" -q APU_INCLUDEDIR)" != "${APR_INCLUDES[1]}" ]; then
        APR_INCLUDES+=(-isystem "$("$apxs" -q APU_INCLUDEDIR)")
    fi
    HTTPD_INCLUDES=(-isystem "$includedir")
    APR_LIBS="$("$("$apxs" -q APU_CONFIG)" --link-ld) \
$("$("$apxs" -q APR_CONFIG)" --link-ld)"
    case $("$compiler" -dumpmachine) in
        x86_64-* | i?86-*)
            HARDENING+=(-fstack-clash-protection -fcf-protection)
            ;;
        aarch64-*) HARDENING+=(-fstack-clash-protection) ;;
    esac
    mkdir -p build
    declare -p compiler libexecdir includedir httpd DEFINES APR_INCLUDES \
        HTTPD_INCLUDES WARNINGS HARDENING >build/flags.sh.new
    mv build/flags.sh.new build/flags.sh
}

# Writes the makefile of a profile; objects depend on it, so that they are made
# again when flags change. All names are relative: a path with spaces is fine.
makefile() {
    local profile=$1 cflags="" ldflags="-Wl,-z,relro,-z,now,--as-needed"
    case $profile in
        release)
            cflags="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -O2 -g"
            ;;
        asan)
            cflags="-U_FORTIFY_SOURCE -O1 -g -fno-omit-frame-pointer
-fsanitize=address,undefined -fno-sanitize-recover=undefined"
            ldflags+=" -fsanitize=address,undefined"
            ;;
    esac
    cat <<MAKE
.RECIPEPREFIX := >
B := build/$profile
CC := $compiler
CFLAGS := ${HTTPD_CFLAGS[*]} -std=c11 ${WARNINGS[*]} ${HARDENING[*]} $(xargs <<<"$cflags")
CPPFLAGS := ${DEFINES[*]} -Iinclude ${APR_INCLUDES[*]}
HTTPD := ${HTTPD_INCLUDES[*]}
LDFLAGS := $ldflags
APR_LIBS := $(xargs <<<"$APR_LIBS")
UNIT_LIBS := -lcmocka -lssl -lcrypto \$(APR_LIBS)
MAKE
    cat <<'MAKE'
INNER := $(sort $(wildcard src/core/*.c src/tls/*.c))
OUTER := $(sort $(wildcard src/httpd/*.c)) mod_securechan.c
TESTS := $(sort $(wildcard t/unit/test_*.c))
HELPERS := $(filter-out $(TESTS),$(wildcard t/unit/*.c))
CTL := $(sort $(wildcard src/ctl/*.c))
INNER_O := $(INNER:%.c=$(B)/%.o)
OUTER_O := $(OUTER:%.c=$(B)/%.o)
CTL_O := $(CTL:%.c=$(B)/%.o)
TESTS_O := $(TESTS:%.c=$(B)/%.o)
HELPERS_O := $(HELPERS:%.c=$(B)/%.o)
PROGRAMS := $(TESTS:%.c=$(B)/%)
COUNT := $(B)/t/count/count
BENCH := $(sort $(wildcard t/bench/*.c))
BENCH_O := $(BENCH:%.c=$(B)/%.o)

# Made anew with STRICT=1, unless every object was made with -Werror already.
ifdef STRICT
STAMP := $(B)/strict
STRICT_FLAGS := -Werror
endif

module: $(B)/mod_securechan.so $(B)/securechanctl ; @:
unit: $(PROGRAMS) ; @:
count: $(COUNT) ; @:
bench: $(B)/t/bench/load $(B)/t/bench/floor $(B)/t/bench/certs ; @:
.PHONY: module unit count bench
.SECONDARY:

# Undefined symbols are allowed: the httpd process provides them.
$(B)/mod_securechan.so: $(INNER_O) $(OUTER_O)
>@echo "  LINK  $@"
>@$(CC) $(CFLAGS) -shared -o $@ $(INNER_O) $(OUTER_O) $(LDFLAGS) -lssl -lcrypto

# No httpd here and below: the linker keeps the wall between the layers.
$(B)/securechanctl: $(CTL_O) $(INNER_O)
>@echo "  LINK  $@"
>@$(CC) $(CFLAGS) -pie -o $@ $^ $(LDFLAGS) -Wl,--no-undefined -lssl -lcrypto $(APR_LIBS)

$(PROGRAMS): %: %.o $(HELPERS_O) $(INNER_O)
>@echo "  LINK  $@"
>@$(CC) $(CFLAGS) -o $@ $< $(HELPERS_O) $(INNER_O) $(LDFLAGS) -Wl,--no-undefined $(UNIT_LIBS)

$(COUNT): %: %.o $(B)/t/unit/pki.o $(INNER_O)
>@echo "  LINK  $@"
>@$(CC) $(CFLAGS) -o $@ $^ $(LDFLAGS) -Wl,--no-undefined $(UNIT_LIBS)

# Nothing of ours and nothing of httpd's.
$(B)/t/bench/load: $(filter $(B)/t/bench/load%,$(BENCH_O))
>@echo "  LINK  $@"
>@$(CC) $(CFLAGS) -o $@ $^ $(LDFLAGS) -lssl -lcrypto -lnghttp2

$(B)/t/bench/floor $(B)/t/bench/certs: %: %.o
>@echo "  LINK  $@"
>@$(CC) $(CFLAGS) -o $@ $^ $(LDFLAGS) -lssl -lcrypto

$(OUTER_O): CPPFLAGS += $(HTTPD)
$(B)/%.o: %.c $(B)/Makefile $(STAMP)
>@echo "  CC    $<"
>@mkdir -p $(@D)
>@$(if $(STRICT),,rm -f $(B)/strict)
>@$(CC) $(CPPFLAGS) $(CFLAGS) $(STRICT_FLAGS) -MMD -MP -c -o $@ $<

$(B)/strict:
>@touch $@

-include $(INNER_O:.o=.d) $(OUTER_O:.o=.d) $(CTL_O:.o=.d) $(TESTS_O:.o=.d) $(HELPERS_O:.o=.d) \
    $(BENCH_O:.o=.d) $(COUNT).d
MAKE
}

# compile <profile> <target...>: STRICT=1 in front makes warnings errors.
compile() {
    local profile=$1 dir=build/$1
    shift
    mkdir -p "$dir"
    makefile "$profile" >"$dir/Makefile.new"
    if cmp -s "$dir/Makefile.new" "$dir/Makefile"; then
        rm "$dir/Makefile.new"
    else
        mv "$dir/Makefile.new" "$dir/Makefile"
    fi
    # One build at a time in this directory.
    flock build/lock make --no-print-directory -Otarget \
        -j"$(nproc)" -f "$dir/Makefile" ${STRICT:+-k STRICT=1} "$@"
}

cmd_build() {
    need build name
    flags
    compile release module
    say "build/release/mod_securechan.so and build/release/securechanctl are ready"
}

cmd_run() {
    need build install
    flags
    compile release module
    exec t/demo/run "$httpd" "$libexecdir" build/release/mod_securechan.so "$@"
}

cmd_install() {
    local root=${DESTDIR:-} debian=/etc/apache2/mods-available
    cmd_build
    install -d "$root$libexecdir"
    install -m 644 build/release/mod_securechan.so "$root$libexecdir/"
    say "installed $root$libexecdir/mod_securechan.so"
    install -d "$root$sbindir" "$root$mandir/man8"
    install -m 755 build/release/securechanctl "$root$sbindir/"
    install -m 644 src/ctl/securechanctl.8 "$root$mandir/man8/"
    say "installed $root$sbindir/securechanctl and its manual page"
    if [ -f include/mod_securechan.h ]; then
        install -d "$root$includedir"
        install -m 644 include/mod_securechan.h "$root$includedir/"
        say "installed $root$includedir/mod_securechan.h"
    fi
    if [ -d "$debian" ] || [ -e /etc/debian_version ]; then
        install -d "$root$debian"
        install -m 644 conf-snippets/securechan.load \
            conf-snippets/securechan.conf "$root$debian/"
        say "installed $root$debian/securechan.load and securechan.conf"
        say "switch it on with: a2enmod securechan"
    else
        say "switch it on with: LoadModule securechan_module $libexecdir/mod_securechan.so"
    fi
}

# The packages of those peers that the arguments of bench ask for.
peer_packages() {
    local peers="" name
    while [ $# -gt 0 ]; do
        case $1 in
            --peers) peers=${2:-} ;;
            --peers=*) peers=${1#*=} ;;
        esac
        shift
    done
    for name in ${peers//,/ }; do
        case $name in
            haproxy | h2o) say "$name" ;;
            lighttpd) say "lighttpd lighttpd-mod-openssl" ;;
        esac
    done
}

cmd_bench() {
    PACKAGES_BENCH+=" $(peer_packages "$@" | xargs)"
    need bench install
    flags
    compile release module bench
    local program=run
    if [ "${1:-}" = --soak ]; then
        program=soak
        shift
    fi
    exec "t/bench/$program" "$httpd" "$libexecdir" build/release/mod_securechan.so "$@"
}

# ------------------------------------------------------------------- tests

passed=0
failed=0
failures=()

# record <name> <passed> <failed> <status> <seconds>: a step that fails without
# a count of its own counts as one.
record() {
    local bad=$3
    if [ "$4" != 0 ] && [ "$bad" = 0 ]; then
        bad=1
    fi
    passed=$((passed + $2))
    failed=$((failed + bad))
    if [ "$bad" != 0 ]; then
        failures+=("$1")
    fi
    say "== $1: $2 passed, $bad failed ($5 s)"
}

# limited <seconds> <log> <command...>: in the background, because timeout leads
# a process group of its own, which Ctrl-C would not reach.
limited() {
    local limit=$1 log=$2 status=0 tee_pid pid
    shift 2
    exec 3> >(tee "$log")
    tee_pid=$!
    timeout -k 10 "$limit" "$@" </dev/null >&3 2>&1 3>&- &
    pid=$!
    exec 3>&-
    # shellcheck disable=SC2064  # the values of now
    trap "kill $pid 2>/dev/null; exit 130" INT TERM
    wait "$pid" || status=$?
    wait "$tee_pid" || true
    trap - INT TERM
    return "$status"
}

# step <name> <kind> <seconds allowed> <command...>: runs it, shows its output
# and counts what it says. kind: once, lint (counts too), unit or suite.
step() {
    local name=$1 kind=$2 limit=$3 status=0 begun=$SECONDS log good bad
    shift 3
    log=build/test/${name//[^a-z0-9]/-}.log
    mkdir -p build/test
    say "== $name"
    if [ "$kind" = once ]; then
        "$@" </dev/null >"$log" 2>&1 || status=$?
        [ "$status" = 0 ] || cat "$log"
    else
        limited "$limit" "$log" "$@" || status=$?
    fi
    [ "$status" != 124 ] || say "$name: stopped after $limit seconds"
    good=0 bad=0
    case $kind in
        once) [ "$status" != 0 ] || good=1 ;;
        lint)
            good=$(grep -cE '^(lint|count): .*: OK$' "$log" || true)
            bad=$(grep -cE '^(lint|count): .*: FAILED' "$log" || true)
            ;;
        unit) read -r good bad <<<"$(count_unit "$log")" ;;
        suite) read -r good bad <<<"$(count_suite "$log")" ;;
    esac
    record "$name" "$good" "$bad" "$status" "$((SECONDS - begun))"
}

# cmocka's closing lines. A skipped test is a failed one: needs are pinned.
count_unit() {
    awk '/^\[  PASSED  \] [0-9]+ test/ { good += $4 }
        /^\[  FAILED  \].* [0-9]+ test\(s\), listed/ ||
        /^\[  SKIPPED \].* [0-9]+ test\(s\), listed/ {
            for (i = 1; i < NF; i++)
                if ($(i + 1) ~ /^test\(s\)/) bad += $i
        }
        /^unit: .*: FAILED/ { broken++ }
        END { print good + 0, (bad > broken ? bad : broken) + 0 }' "$1"
}

# Test::Harness's closing lines; a file skipped as a whole is a failed one.
count_suite() {
    awk '/^Files=[0-9]+, Tests=[0-9]+/ { split($2, t, /[=,]/); tests += t[2] }
        /^Failed [0-9]+\/[0-9]+ test programs?\./ {
            split($2, f, "/"); files = f[1]
            split($5, s, "/"); subtests = s[1]
            bad += subtests > files ? subtests : files
            lost += subtests
        }
        / skipped: / { bad++ }
        END { print tests - lost, bad + 0 }' "$1"
}

# Runs the unit tests of a profile, each program on its own.
unit() {
    local program status=0 count=0
    for program in t/unit/test_*.c; do
        [ -e "$program" ] || continue
        program=build/$1/${program%.c}
        count=$((count + 1))
        ASAN_OPTIONS=detect_leaks=1 \
            UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
            timeout -k 10 120 "$program" 2>&1 </dev/null || {
            say "unit: $program: FAILED (status $?)"
            status=1
        }
    done
    if [ "$count" = 0 ]; then
        say "unit: there are no unit tests: FAILED"
        status=1
    fi
    return "$status"
}

build_step() {
    step "build $1" once 0 env_strict compile "$1" module unit bench
}

env_strict() {
    STRICT=1 "$@"
}

unit_step() {
    step "unit tests $1" unit 300 ./build.sh -unit "$1"
}

# How much the processor has to do, in instructions.
count_step() {
    step "build counts" once 0 env_strict compile release count
    step "instruction counts" lint 300 t/count/run build/release/t/count/count
}

suite_step() {
    local sanitize=0
    [ "$1" != asan ] || sanitize=1
    step "suite $1 $2" suite 600 env SC_SANITIZE=$sanitize \
        t/run-suite "$2" "build/$1/mod_securechan.so"
}

# The benchmark itself, with a sanitized load generator and next to no load.
bench_step() {
    step "benchmark" suite 120 prove t/bench/smoke.t :: "$httpd" "$libexecdir" \
        build/release/mod_securechan.so build/asan/t/bench
}

summary() {
    local name
    for name in "${failures[@]+"${failures[@]}"}"; do
        say "FAILED: $name (build/test/${name//[^a-z0-9]/-}.log)"
    done
    say "time: $SECONDS s"
    say "$passed passed, $failed failed"
    [ "$failed" = 0 ]
}

cmd_test() {
    need test install
    flags
    build_step release
    build_step asan
    step "lint" lint 600 t/lint/run
    unit_step release
    unit_step asan
    count_step
    suite_step release event
    suite_step release worker
    suite_step release prefork
    suite_step asan event
    bench_step
    summary
}

cmd_asan() {
    need test name
    flags
    build_step asan
    unit_step asan
    suite_step asan event
    summary
}

cmd_lint() {
    need test name
    flags
    if STRICT=1 compile release module unit bench; then
        say "lint: gcc: OK"
    else
        say "lint: gcc: FAILED"
        failed=1
    fi
    t/lint/run || failed=1
    [ "$failed" = 0 ]
}

# --------------------------------------------------------------------- verbs

verb=${1:-build}
[ $# = 0 ] || shift
case $verb in
    run) cmd_run "$@" ;;
    bench) cmd_bench "$@" ;;
    -unit) unit "$1" ;; # for step(), which needs a program to put a limit on
    build | test | lint | asan | install | clean | help | --help | -h)
        [ $# = 0 ] || die "$verb takes no argument: $*"
        case $verb in
            clean) rm -rf build ;;
            help | --help | -h) usage ;;
            *) "cmd_$verb" ;;
        esac
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac
