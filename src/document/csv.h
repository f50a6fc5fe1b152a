/* Delimited text: walks over it in memory and gives one record at a time, as spans of the text. RFC
 * 4180 quotes with line ends inside them; CR, LF and CRLF. Nothing is an error: a quote that would
 * swallow records, or is never closed, is an ordinary character.
 *
 *   struct csv_scanner s;
 *   csv_scanner_init(&s, data, len, csv_delimiter_find(data, len, 0, NULL));
 *   while (csv_scanner_next(&s)) ... s.fields[0 .. s.n_fields) ...
 *   csv_scanner_free(&s);
 */
#ifndef DOCUMENT_CSV_H
#define DOCUMENT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv_field {
    size_t begin, end;    /* bytes of the text, quotes left out */
    uint32_t line_offset; /* its line is the record's and this */
    bool doubled;         /* holds quotes that are written twice */
};

struct csv_scanner {
    const char *data; /* borrowed */
    size_t len, at;   /* at: the next record */
    size_t line;      /* of `at`, from 1 */
    char delimiter;
    bool failed; /* memory is out */
    /* The record that csv_scanner_next read: */
    struct csv_field *fields; /* (n_fields) */
    size_t n_fields, cap;
    size_t record_line, record_last_line;
    size_t record_begin, record_end; /* bytes, without the line end */
    bool literal_quote;              /* a quote at the start of a field is part of its text */
    bool inner_quote;                /* a quoted field holds single quotes */
    /* Private: */
    size_t expected;  /* fields of the last record that had several */
    size_t rescanned; /* bytes looked at in vain for a closing quote */
};

void csv_scanner_init(struct csv_scanner *s, const char *data, size_t len, char delimiter);
void csv_scanner_free(struct csv_scanner *s);

/* Reads the next record; an empty line is one with one empty field. False at the end, or when
 * memory is out. Linear over the whole text. */
bool csv_scanner_next(struct csv_scanner *s);

/* How sure a delimiter is. */
struct csv_evidence {
    size_t records;   /* seen, blank lines left out */
    double agreement; /* 0 to 1: records with as many fields as most, or as the one before */
    double fields;    /* mean number of them */
    double spaced;    /* delimiters with a space behind them, as in prose */
    double labels;    /* records whose first field ends with a colon */
};

/* The delimiter among comma, semicolon, tab and '|' that splits the lines most evenly (the first MB
 * of them). `usual` (0: none) is favoured, as the tab is by the name .tsv. Where nothing splits:
 * `usual`, else a comma, with fields 1. `evidence` may be NULL. */
char csv_delimiter_find(const char *data, size_t len, char usual, struct csv_evidence *evidence);

#endif
