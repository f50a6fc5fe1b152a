/* What the parts of the executor share. */
#ifndef QUERY_EXECUTION_H
#define QUERY_EXECUTION_H

#include "query/columns.h"
#include "query/query.h"

struct scanned_column {
    size_t column;
    struct fact_row *rows;
    size_t n;
    uint32_t *first; /* (records of its source + 1) where each record's rows begin */
    struct scanned_column *next;
};

struct condition_columns {
    size_t source;
    const char *text, *key; /* of the condition: told apart by these */
    int category, attribute;
    size_t columns[COLUMNS_MAX], n;
    struct condition_columns *next;
};

struct execution {
    struct result *out;
    const struct query *q;
    const struct catalog *c;
    struct store *store;
    struct error *err;
    bool many; /* whole columns are read */
    struct scanned_column *scanned;
    struct condition_columns *condition_columns;
    size_t kind_source; /* the source, and one, whose words of_motorcycles tells of; 0: none yet */
    bool of_motorcycles;
    size_t rows_cap;
};

/* The values of one column of one record, in order. */
bool facts_get(struct execution *x, size_t record, size_t column, const struct fact_row **rows,
               size_t *n);

/* The rows of one attribute of one record: one a group of values, in the wanted unit where it
 * converts. Appended to x->out->rows; *added (may be NULL) counts them. */
bool rows_add(struct execution *x, size_t record, const struct query_attribute *a, size_t subject,
              size_t attribute, size_t *added);

/* Whether the record meets all conditions; *unknown (may be NULL): a value that decides is not there. */
bool record_meets(struct execution *x, size_t record, bool *meets, bool *unknown);
/* Whether the record meets the conditions but for figures that it does not have. */
bool record_lacks(struct execution *x, size_t record, bool *lacks);
bool condition_met(struct execution *x, size_t record, const struct query_condition *w, bool *met,
                   bool *unknown);

/* The columns of a source that a condition is about; NULL: memory is out, x->err is filled. */
const struct condition_columns *condition_columns(struct execution *x, size_t source, const struct query_condition *w);

/* Whether either condition i or the one before it is enough. */
bool condition_is_alternative(const struct query *q, size_t i);

/* A value that orders rows: in the base of its dimension. */
double row_base(const struct result_row *row, bool high);

/* Whether the sentence or remark that a value comes from has all the words. */
bool row_has_words(const struct result_row *row, const char *text);
bool row_has_category(const struct result_row *row, int category);
bool record_is_prose(const struct execution *x, size_t record);

bool execute_value(struct execution *x);
bool execute_compare(struct execution *x);
/* Which of the subjects whose rows r has is best, and the difference; the status. */
void compare_found(struct result *r, const struct query *q); /* compare_subjects.c */

/* Keeps the rows whose figures can be compared: of the dimension and the currency that most have. The others are
 * counted in n_left_out. */
void keep_one_kind(struct result *r);
/* The middle one of the values, or the mean of the two in the middle; n > 0. They are sorted. */
double median_of(double *values, size_t n);

/* Fills the result's groups; values NULL: counts. */
bool groups_make(struct execution *x, const size_t *records, const double *values, size_t n);

/* Says of each row what tells it from the others of its subject (variants.c). */
bool variants_name(struct execution *x, size_t subject);

/* ---- filter.c ---- */
/* What a cell of a list of equipment says: 's' standard, 'o' optional, '-' not to be had; 0: it is no such mark. */
char equipment_mark(const char *text);

#endif
