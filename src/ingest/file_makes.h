/* Makes that one place of a file gives a model and another leaves out: "Tavish Bolt R" in a heading, "Bolt R" at
 * the top of a column. Models of one name and several makes have none.
 *
 *   struct file_makes m = {0};
 *   ok = file_makes_read_headings(&m, &document) && file_makes_add(&m, "Tavish", "Bolt R");
 *   file_makes_find(&m, "Bolt R"); // "Tavish"
 *   file_makes_free(&m);
 *
 * Bounded: names beyond a thousand are not kept.
 */
#ifndef INGEST_FILE_MAKES_H
#define INGEST_FILE_MAKES_H

#include "base/arena.h"
#include "document/document.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file_makes {
    struct arena arena; /* owns all */
    struct file_make {
        uint64_t model;   /* hash of its words */
        const char *make; /* NULL: a free slot; "": several */
    } *slots;
    size_t n;
};

/* Adds the first words of headings whose other words are two or more, or long. False: memory is out. */
bool file_makes_read_headings(struct file_makes *m, const struct document *d);
bool file_makes_add(struct file_makes *m, const char *make, const char *model);
/* "": none is known. It lives as long as m. */
const char *file_makes_find(const struct file_makes *m, const char *model);
void file_makes_free(struct file_makes *m);

#endif
