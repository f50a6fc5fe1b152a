#!/bin/sh
# What `make demo` shows: the sample data read into a store of its own under build/, and questions
# answered from it. It prints each command as a user would type it. No model is loaded and nothing is
# downloaded.
set -eu
build=${BUILD:-build}
export AUTOSPEC_STORE="${DEMO_STORE:-$build/demo.db}" AUTOSPEC_CACHE="$build/packed"
case $build in
/*) PATH=$build:$PATH ;;
*) PATH=$PWD/$build:$PATH ;;
esac

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

echo "# The store is $AUTOSPEC_STORE."
show ingest data
show ask "What is the horsepower of the 2023 Toyota Camry?"
show ask "Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord, and by how much?"
show ask "Which SUVs with 7 seats tow more than 7,000 lb?"
show ask --after "Which SUVs with 7 seats tow more than 7,000 lb?" "only the electric ones"
show ask "What is the towing capacity of the 2023 Toyota Camry?"

echo
echo "# To ask in a browser, run this and open http://localhost:8000"
echo "$ AUTOSPEC_STORE=$AUTOSPEC_STORE $build/autospec serve"
