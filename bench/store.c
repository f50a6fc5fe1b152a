/* The store of typed facts: how fast values are written, how large the file becomes, and how long
 * the reads take that questions are answered with. For comparison, the same values as plain rows,
 * one a value, clustered by (record, column, part).
 *
 *   build/bench/store [RECORDS [COLUMNS [FOLDER]]]     15000 300 /tmp
 */
#include "base/clock.h"
#include "base/file.h"
#include "store/facts.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 40 };

struct job {
    size_t records, columns;
    char path[512];
};

static const char *const WORDS[] = {"Diesel",         "Gasoline", "Electric", "8-speed automatic",
                                    "6-speed manual", "SUV",      "Sedan",    "All-wheel drive"};

/* The cell of a record and a column: a quarter are words, the rest whole and decimal numbers. */
static struct fact_value cell(size_t record, size_t column, char *text, size_t size)
{
    unsigned mix = (unsigned)(record * 2654435761u ^ column * 40503u) >> 8;
    struct fact_value v = {.category = -1, .line = record + 2, .remark = ""};
    if (column % 4 == 3) {
        snprintf(text, size, "%s", WORDS[mix % 8]);
        v.kind = VALUE_TEXT;
    } else {
        v.kind = VALUE_NUMBER;
        v.low = column % 4 == 0 ? (double)(mix % 100000) / 10 : (double)(mix % 5000);
        v.high = v.low;
        snprintf(text, size, "%g", v.low);
    }
    v.text = text;
    v.len = strlen(text);
    v.begin = (uint64_t)(record * 2500 + column * 8);
    v.end = v.begin + v.len;
    return v;
}

static bool write_facts(const struct job *job, struct store *s, int64_t *columns, struct error *err)
{
    enum store_outcome outcome;
    struct fact_source source = {.caption = "Cars", .row_word = "row"};
    int64_t of, record;
    char text[64], name[64], place[32];
    if (!store_begin_document(s, "/cars.csv", "csv", 1, 1, &outcome, err) ||
        !store_add_source(s, &source, &of, err))
        return false;
    for (size_t i = 0; i < job->columns; i++) {
        snprintf(name, sizeof name, "Column %zu", i);
        struct fact_column column = {.name = name, .section = "", .attribute = -1};
        if (!store_add_column(s, of, &column, &columns[i], err)) return false;
    }
    for (size_t i = 0; i < job->records; i++) {
        snprintf(name, sizeof name, "Model %zu", i / 10);
        snprintf(place, sizeof place, "row %zu", i + 2);
        struct fact_record r = {.title = name,
                                .make = WORDS[i / 1000 % 8],
                                .model = name,
                                .trim = "Touring",
                                .year_first = 2020,
                                .year_last = 2020,
                                .place = place,
                                .line = i + 2,
                                .quantity = 1};
        if (!store_add_record(s, of, &r, &record, err)) return false;
        for (size_t k = 0; k < job->columns; k++) {
            struct fact_value v = cell(i, k, text, sizeof text);
            if (!store_add_values(s, record, columns[k], &v, 1, err)) return false;
        }
    }
    return store_commit(s, NULL, err);
}

static double file_megabytes(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (double)st.st_size / 1e6 : 0;
}

/* Asks the kernel to forget what it holds of the file. */
static void make_cold(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0) return;
    fdatasync(fd);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *what, double *times, size_t n)
{
    qsort(times, n, sizeof *times, by_size);
    printf("%-44s median %8.3f ms, p95 %8.3f ms, most %8.3f ms\n", what, times[n / 2] * 1e3,
           times[n * 95 / 100] * 1e3, times[n - 1] * 1e3);
}

static bool read_facts(const struct job *job, bool cold, struct error *err)
{
    double catalog[8], scan[ROUNDS], record[ROUNDS], few[ROUNDS];
    struct store *s = NULL;
    struct catalog c = {0};
    struct fact_row *rows;
    size_t n, total = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < 8; i++) {
        if (!s && !(s = store_open(job->path, STORE_READ, err))) return false;
        double start = clock_seconds();
        catalog_free(&c);
        ok = catalog_read(&c, s, err);
        catalog[i] = clock_seconds() - start;
    }
    for (size_t i = 0; ok && i < ROUNDS; i++) {
        size_t at = i * 7919 % job->records, column = i * 31 % job->columns;
        size_t columns[3] = {job->columns / 4, job->columns / 2, job->columns - 1};
        if (cold) {
            store_close(s);
            make_cold(job->path);
            if (!(s = store_open(job->path, STORE_READ, err))) break;
        } else {
            struct arena before = {0};
            ok = store_scan_column(s, &c, column, &before, &rows, &n, err) &&
                 store_read_values(s, &c, at, NULL, 0, &before, &rows, &n, err);
            arena_free(&before);
        }
        struct arena arena = {0};
        double start = clock_seconds();
        ok = ok && store_scan_column(s, &c, column, &arena, &rows, &n, err);
        scan[i] = clock_seconds() - start;
        total += n;
        start = clock_seconds();
        ok = ok && store_read_values(s, &c, at, NULL, 0, &arena, &rows, &n, err);
        record[i] = clock_seconds() - start;
        total += n;
        at = (at + job->records / 2) % job->records;
        start = clock_seconds();
        ok = ok && store_read_values(s, &c, at, columns, 3, &arena, &rows, &n, err);
        few[i] = clock_seconds() - start;
        total += n;
        arena_free(&arena);
    }
    ok = ok && s;
    if (ok) {
        if (!cold) print_times("catalog_read", catalog, 8);
        print_times(cold ? "store_scan_column, cold" : "store_scan_column, warm", scan, ROUNDS);
        print_times(cold ? "store_read_values, all columns, cold"
                         : "store_read_values, all columns, warm",
                    record, ROUNDS);
        print_times(cold ? "store_read_values, 3 columns, cold"
                         : "store_read_values, 3 columns, warm",
                    few, ROUNDS);
        printf("(%zu values read)\n", total);
    }
    catalog_free(&c);
    store_close(s);
    return ok;
}

/* ---- plain rows ---- */

static bool sql(sqlite3 *db, const char *text, struct error *err)
{
    return sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK ||
           error_set(err, ERROR_IO, "%s", sqlite3_errmsg(db));
}

static bool plain_rows(const struct job *job, struct error *err)
{
    char path[600], text[64];
    snprintf(path, sizeof path, "%s.plain", job->path);
    remove(path);
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    double scan[ROUNDS];
    bool ok = sqlite3_open(path, &db) == SQLITE_OK &&
              sql(db,
                  "PRAGMA cache_size = -65536; PRAGMA journal_mode = WAL;"
                  "PRAGMA synchronous = NORMAL; CREATE TABLE v(record INTEGER, col INTEGER,"
                  " part INTEGER, kind INTEGER, low REAL, high REAL, unit INTEGER, text TEXT,"
                  " remark TEXT, category INTEGER, flags INTEGER, place TEXT, line INTEGER,"
                  " begin INTEGER, end INTEGER, quote TEXT, PRIMARY KEY (record, col, part))"
                  " WITHOUT ROWID; BEGIN",
                  err) &&
              sqlite3_prepare_v2(db,
                                 "INSERT INTO v(record, col, part, kind, low, high, unit, text,"
                                 " flags, line, begin, end)"
                                 " VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10)",
                                 -1, &q, NULL) == SQLITE_OK;
    double start = clock_seconds();
    for (size_t i = 0; ok && i < job->records; i++)
        for (size_t k = 0; ok && k < job->columns; k++) {
            struct fact_value v = cell(i, k, text, sizeof text);
            sqlite3_reset(q);
            sqlite3_bind_int64(q, 1, (int64_t)i);
            sqlite3_bind_int64(q, 2, (int64_t)k);
            sqlite3_bind_int(q, 3, (int)v.kind);
            sqlite3_bind_double(q, 4, v.low);
            sqlite3_bind_double(q, 5, v.high);
            sqlite3_bind_int(q, 6, (int)(k % 40));
            sqlite3_bind_text(q, 7, v.text, (int)v.len, SQLITE_STATIC);
            sqlite3_bind_int64(q, 8, (int64_t)v.line);
            sqlite3_bind_int64(q, 9, (int64_t)v.begin);
            sqlite3_bind_int64(q, 10, (int64_t)v.end);
            ok = sqlite3_step(q) == SQLITE_DONE;
        }
    sqlite3_finalize(q);
    q = NULL;
    ok = ok && sql(db, "COMMIT", err);
    double took = clock_seconds() - start, n = (double)(job->records * job->columns);
    ok = ok && sqlite3_prepare_v2(db, "SELECT * FROM v WHERE record = ?1 AND col = ?2", -1, &q,
                                  NULL) == SQLITE_OK;
    for (size_t round = 0; ok && round < 2 * ROUNDS; round++) { /* the second of each is warm */
        start = clock_seconds();
        sql(db, "BEGIN", err);
        for (size_t i = 0; i < job->records; i++) {
            sqlite3_bind_int64(q, 1, (int64_t)i);
            sqlite3_bind_int64(q, 2, (int64_t)(round / 2 * 31 % job->columns));
            while (sqlite3_step(q) == SQLITE_ROW) sqlite3_column_text(q, 7);
            sqlite3_reset(q);
        }
        ok = sql(db, "COMMIT", err);
        scan[round / 2] = clock_seconds() - start;
    }
    sqlite3_finalize(q);
    sqlite3_close(db);
    if (ok) {
        printf("plain rows: %.1f s, %.0f values/s, %.1f MB\n", took, n / took,
               file_megabytes(path));
        print_times("plain rows: one column, warm", scan, ROUNDS);
    }
    remove(path);
    return ok || error_set(err, ERROR_IO, "plain rows");
}

int main(int argc, char **argv)
{
    struct job job = {.records = argc > 1 ? strtoul(argv[1], NULL, 10) : 15000,
                      .columns = argc > 2 ? strtoul(argv[2], NULL, 10) : 300};
    if (job.records == 0 || job.columns == 0 || job.records > 10000000 || job.columns > 4096) {
        fprintf(stderr, "usage: store [RECORDS [COLUMNS [FOLDER]]]\n");
        return 2;
    }
    snprintf(job.path, sizeof job.path, "%s/autospec-bench-store-%d.db",
             argc > 3 ? argv[3] : "/tmp", (int)getpid());
    struct error err = {0};
    int64_t *columns = calloc(job.columns, sizeof *columns);
    struct store *s = columns ? store_open(job.path, STORE_WRITE, &err) : NULL;
    bool ok = s != NULL;
    double n = (double)(job.records * job.columns);
    if (ok) {
        double start = clock_seconds();
        ok = write_facts(&job, s, columns, &err);
        double took = clock_seconds() - start;
        store_close(s);
        if (ok)
            printf("%zu records, %zu columns: written in %.2f s, %.0f values/s, %.1f MB, "
                   "%.1f bytes a value\n",
                   job.records, job.columns, took, n / took, file_megabytes(job.path),
                   file_megabytes(job.path) * 1e6 / n);
    }
    ok = ok && read_facts(&job, false, &err) && read_facts(&job, true, &err);
    if (ok && (s = store_open(job.path, STORE_WRITE, &err))) {
        double start = clock_seconds();
        ok = store_delete_path(s, "/cars.csv", &err);
        if (ok) printf("deleted in %.2f s\n", clock_seconds() - start);
        store_close(s);
    }
    ok = ok && plain_rows(&job, &err);
    remove(job.path);
    free(columns);
    if (!ok) fprintf(stderr, "%s\n", err.text);
    return ok ? 0 : 1;
}
