#include "store/store_check.h"
#include "store/page_sums.h"
#include "store/schema.h"

#include <stdio.h>
#include <string.h>

enum { MAX_BAD = 64 }; /* that are looked at one by one; more than those count as lost */

bool store_check_passed(const struct store_check *c)
{
    return c->bad_pages == 0 && !c->index_bad;
}

/* Whose a page is; lost: of a table that is not the search index. A page of none is free: no loss. */
static bool find_owner(sqlite3_stmt *q, uint32_t page, bool *lost, struct store_check *out)
{
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, page);
    int rc = sqlite3_step(q);
    if (rc == SQLITE_DONE) return true;
    if (rc != SQLITE_ROW) return false;
    const char *name = (const char *)sqlite3_column_text(q, 0);
    *lost = sqlite3_column_int(q, 1) != 0;
    if (name && (!out->where[0] || *lost)) snprintf(out->where, sizeof out->where, "%s", name);
    return true;
}

/* Counts those of the bad pages that hold what documents said. Where the tree of pages cannot be walked, all. */
static bool count_lost(struct store *s, const uint32_t *pages, struct store_check *out, struct error *err)
{
    static const char OWNER[] =
        "SELECT d.name, coalesce(m.type, 'table') = 'table' AND d.name NOT GLOB 'chunks_fts*' FROM dbstat d"
        " LEFT JOIN sqlite_schema m ON m.name = d.name WHERE d.pageno = ?1";
    if (out->bad_pages > MAX_BAD || pages[0] == 1) {
        out->lost_pages = out->bad_pages;
        return true;
    }
    sqlite3_stmt *q = store_prepare(s, OWNER, err);
    if (!q) return false;
    bool walked = true;
    for (size_t i = 0; walked && i < out->bad_pages; i++) {
        bool lost = false;
        walked = find_owner(q, pages[i], &lost, out);
        out->lost_pages += lost;
    }
    sqlite3_finalize(q);
    if (!walked) out->lost_pages = out->bad_pages;
    return true;
}

/* The first row of a PRAGMA is "ok". */
static bool pragma_is_ok(struct store *s, const char *sql, bool *ok, struct error *err)
{
    sqlite3_stmt *q = store_prepare(s, sql, err);
    if (!q) return false;
    const char *text = sqlite3_step(q) == SQLITE_ROW ? (const char *)sqlite3_column_text(q, 0) : NULL;
    *ok = text && strcmp(text, "ok") == 0;
    sqlite3_finalize(q);
    return true;
}

/* Indexes against tables, and the search index against the passages. */
static bool check_indexes(struct store *s, struct store_check *out, struct error *err)
{
    static const char SEARCH[] = "INSERT INTO chunks_fts(chunks_fts, rank) VALUES ('integrity-check', 1)";
    bool ok;
    if (!pragma_is_ok(s, "PRAGMA integrity_check(1)", &ok, err)) return false;
    int rc = ok ? sqlite3_exec(s->db, SEARCH, NULL, NULL, NULL) : SQLITE_CORRUPT;
    if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_CORRUPT && !page_sums_failed(s->db))
        return store_fail(s, "checking the search index", err);
    out->index_bad = rc != SQLITE_OK;
    return true;
}

/* Makes all indexes anew and writes each page again. */
static bool make_indexes(struct store *s, struct error *err)
{
    bool ok = store_exec(s, "BEGIN IMMEDIATE", err) && store_exec(s, "DROP TABLE IF EXISTS chunks_fts", err) &&
              schema_create_search(s, err) &&
              store_exec(s, "INSERT INTO chunks_fts(chunks_fts) VALUES ('rebuild'); REINDEX", err) &&
              store_bump_version(s, err) && store_exec(s, "COMMIT", err);
    if (!ok) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return ok && store_exec(s, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)", err);
}

static bool look(struct store *s, struct store_check *out, struct error *err)
{
    uint32_t pages[MAX_BAD];
    *out = (struct store_check){0};
    sqlite3_exec(s->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    if (!page_sums_scan(s->path, pages, MAX_BAD, &out->bad_pages, &out->pages, err)) return false;
    if (out->bad_pages) {
        page_sums_set_checked(s->db, false);
        bool ok = count_lost(s, pages, out, err);
        page_sums_set_checked(s->db, true);
        return ok;
    }
    return check_indexes(s, out, err);
}

bool store_check(struct store *s, bool repair, struct store_check *out, struct error *err)
{
    if (!look(s, out, err)) return false;
    if (store_check_passed(out) || !repair || out->lost_pages) return true;
    page_sums_set_checked(s->db, false); /* what is read wrongly now is not kept */
    sqlite3_exec(s->db, "PRAGMA shrink_memory", NULL, NULL, NULL);
    bool ok = make_indexes(s, err);
    page_sums_set_checked(s->db, true);
    if (!ok || !look(s, out, err)) return false;
    out->repaired = store_check_passed(out);
    return true;
}
