/* Ruling lines and filled boxes of a page of a PDF. poppler-glib has no function that tells what is
 * drawn, so the page is drawn with cairo's drawing functions replaced by ours: they look at the
 * path, the colour and the clip, and paint nothing. That is exact, and quicker than to draw.
 */
#ifndef PDF_PATHS_H
#define PDF_PATHS_H

#include "base/arena.h"
#include "document/page.h"

#include <poppler.h>
#include <stdbool.h>

enum {
    PATHS_MAX_RULES = 100000,
    PATHS_MAX_FILLS = 50000,
    PATHS_MAX_GLYPHS = 1000000,
};

/* A glyph whose baseline is not horizontal, where the page draws it. */
struct turned_glyph {
    float x, y; /* its origin, in points of the page */
    int16_t angle; /* degrees, clockwise on the page as it is seen: 90 reads downwards */
};

struct page_paths {
    struct turned_glyph *glyphs;
    size_t n_glyphs;
    bool images; /* at least one is drawn */
};

/* Fills rules and fills of *page, whose width and height are set, and *paths. All in the arena.
 * false: memory is out. */
bool page_paths_read(PopplerPage *source, struct page *page, struct page_paths *paths, struct arena *arena);

#endif
