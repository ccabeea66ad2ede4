#!/bin/sh
# Runs each fuzzer for 60 seconds (or $1), two at a time; ends with one line. What is found is kept in build-fuzz/found.
set -eu
seconds=${1:-60}
cd "$(dirname "$0")/.."
test -d build-fuzz/meson-private || CC=clang meson setup build-fuzz --buildtype=debugoptimized -Dfuzz=true \
    -Dc_args='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined' >/dev/null
ninja -C build-fuzz --quiet
mkdir -p build-fuzz/found
failed=0
run_one() {
    corpus=build-fuzz/corpus-$1
    mkdir -p "$corpus"
    test ! -d fuzz/"$1"-seeds || cp fuzz/"$1"-seeds/* "$corpus"
    build-fuzz/fuzz/"$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix=build-fuzz/found/"$1"- "$corpus" >build-fuzz/"$1".log 2>&1
}
for pair in "csv_fuzz json_fuzz" "map_fuzz sheet_fuzz" "xls_fuzz tariff_fuzz" "http_fuzz request_fuzz"; do
    pids=
    for name in $pair; do
        run_one "$name" &
        pids="$pids $name:$!"
    done
    for each in $pids; do
        name=${each%%:*}
        if wait "${each##*:}"; then
            echo "$name: $(grep -o 'number_of_executed_units: [0-9]*' build-fuzz/"$name".log), nothing found"
        else
            failed=$((failed + 1))
            echo "$name: failed, see build-fuzz/$name.log"
        fi
    done
done
echo "$((8 - failed)) passed, $failed failed"
[ "$failed" = 0 ]
