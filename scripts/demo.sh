#!/bin/sh
# What `make demo` shows: the sample data read into a store of its own under build/, and three
# questions answered from it. It prints each command as a user would type it.
set -eu
build=${BUILD:-build}
PATH=$PWD/$build:$PATH
export AUTOSPEC_STORE="$build/demo.db" AUTOSPEC_CACHE="$build/packed"

show() {
    printf '\n$ autospec'
    for word in "$@"; do
        case $word in
        *' '*) printf ' "%s"' "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    autospec "$@"
}

echo "# The store is $AUTOSPEC_STORE, packed models are kept in $AUTOSPEC_CACHE."
show ingest data
show ask "What is the horsepower of the 2023 Toyota Camry?"
show ask "Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?"
show ask "What is the towing capacity of the 2023 Toyota Camry?"

echo
echo "# To ask in a browser, run this and open http://localhost:8000"
echo "$ AUTOSPEC_STORE=$AUTOSPEC_STORE $build/autospec serve"
