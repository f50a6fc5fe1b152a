#!/bin/bash
# Small documents of every shape, one question each: tests/cases.
exec python3 "$(dirname "$0")/cases.py" "$@"
