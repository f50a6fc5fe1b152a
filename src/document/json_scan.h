/* A strict JSON scanner (RFC 8259) that keeps what a parser into values throws away: where each
 * value stands, and how it is spelled ("1.10" stays "1.10"), which citations and the style of
 * numbers need. That is why jansson, which base/json.h uses for settings and models, is not used
 * here.
 *
 * Values come as a tape, in their order: an object or array is followed by its members, and `next`
 * is the entry behind them all.
 */
#ifndef DOCUMENT_JSON_SCAN_H
#define DOCUMENT_JSON_SCAN_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_type {
    JSON_NULL_VALUE, /* jansson has JSON_NULL */
    JSON_FALSE_VALUE,
    JSON_TRUE_VALUE,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_LIST,
    JSON_RECORD
};

enum { JSON_MAX_DEPTH = 64 };

struct json_value {
    uint32_t begin, end;       /* bytes of the text; of a string without its quotes */
    uint32_t key, key_len;     /* the member's name, without its quotes; 0, 0 in a list */
    uint32_t next;             /* entry behind this value and all it holds */
    uint32_t count;            /* members or elements */
    uint32_t line;             /* from 1 */
    uint8_t type;              /* enum json_type */
    bool escaped, key_escaped; /* holds a backslash */
    bool plain;                /* a list or an object of scalars alone */
};

struct json_tape {
    const char *data; /* borrowed, valid UTF-8 */
    size_t len;
    struct json_value *values; /* (n) */
    size_t n, cap;
    size_t
        line; /* of where the next scan begins: set by init, moved on by scans, or by the caller */
    bool failed; /* memory is out */
};

struct json_error {
    size_t at, line;  /* where; at is len when the text ends too early */
    const char *what; /* "',' or '}' expected" */
};

/* len must be below 4 GiB: JSON_MAX_BYTES. */
#define JSON_MAX_BYTES ((size_t)UINT32_MAX - 1)
void json_tape_init(struct json_tape *t, const char *data, size_t len);
void json_tape_free(struct json_tape *t);

/* Reads the value at *at (white space before it is skipped), appends it to the tape, and moves *at
 * behind it. False with *bad filled; the tape is as before then. NaN and Infinity, which Python
 * writes, are null. Linear; depth is bounded by JSON_MAX_DEPTH. */
bool json_scan_value(struct json_tape *t, size_t *at, struct json_error *bad);

/* White space as JSON has it; returns the offset behind it. */
size_t json_skip_space(const char *data, size_t len, size_t at);

/* Whether the value that ends at `end` is the first of JSON Lines: it fills its line, and another
 * line begins with a bracket. */
bool json_lines_follow(const char *data, size_t len, size_t end);

/* Appends a string's bytes [begin, end) with its escapes decoded: NUL and lone surrogates as
 * U+FFFD. */
void json_decode(const char *data, size_t begin, size_t end, struct buffer *out);

#endif
