#include "pdf/pdf_text.h"
#include "document/pdf_protocol.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- fonts --- */

static bool name_has(const char *name, const char *const *words)
{
    for (; *words; words++)
        if (strcasestr(name, *words)) return true;
    return false;
}

struct page_font page_font_named(const char *name, float size, uint32_t color)
{
    static const char *const bold[] = {"bold", "black", "heavy", "demi", "-bd", "extrab", NULL};
    static const char *const italic[] = {"italic", "oblique", "-it", NULL};
    static const char *const fixed[] = {"mono", "courier", "consol", "typewriter", "cmtt", NULL};
    if (!name) name = "";
    size_t upper = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (upper == 6 && name[6] == '+') name += 7;
    return (struct page_font){.name = name,
                              .size = isfinite(size) && size > 0 ? fminf(size, PDF_MAX_SIDE) : 0,
                              .bold = name_has(name, bold),
                              .italic = name_has(name, italic),
                              .fixed = name_has(name, fixed),
                              .color = color};
}

struct font_key {
    const char *name;
    int size; /* in hundredths of a point */
    uint32_t color;
};

static guint font_hash(gconstpointer p)
{
    const struct font_key *k = p;
    return g_str_hash(k->name) ^ (guint)k->size * 31u ^ k->color;
}

static gboolean font_equal(gconstpointer p, gconstpointer q)
{
    const struct font_key *a = p, *b = q;
    return a->size == b->size && a->color == b->color && strcmp(a->name, b->name) == 0;
}

static uint32_t color_of(const PopplerColor *c)
{
    return (uint32_t)(c->red >> 8) << 16 | (uint32_t)(c->green >> 8) << 8 | (uint32_t)(c->blue >> 8);
}

/* One font for each name, size and colour; the runs of text get its index in `of_run`. */
static bool read_fonts(GList *attributes, struct page *page, uint16_t *of_run, struct arena *arena)
{
    size_t n_runs = g_list_length(attributes), i = 0;
    page->fonts = arena_array(arena, (n_runs < PDF_MAX_FONTS ? n_runs : PDF_MAX_FONTS) + 1, sizeof *page->fonts);
    GHashTable *known = g_hash_table_new(font_hash, font_equal);
    bool ok = page->fonts;
    for (GList *l = attributes; l && ok; l = l->next, i++) {
        const PopplerTextAttributes *a = l->data;
        struct font_key key = {a->font_name ? a->font_name : "", (int)lround(fmin(1e6, a->font_size) * 100),
                               color_of(&a->color)};
        gpointer found;
        if (g_hash_table_lookup_extended(known, &key, NULL, &found)) {
            of_run[i] = (uint16_t)GPOINTER_TO_UINT(found);
            continue;
        }
        if (page->n_fonts == PDF_MAX_FONTS) continue; /* the first one will do */
        struct font_key *kept = arena_alloc(arena, sizeof *kept);
        char *name = arena_strdup(arena, key.name);
        ok = kept && name;
        if (!ok) break;
        *kept = (struct font_key){name, key.size, key.color};
        of_run[i] = (uint16_t)page->n_fonts;
        g_hash_table_insert(known, kept, GUINT_TO_POINTER((guint)page->n_fonts));
        page->fonts[page->n_fonts++] = page_font_named(name, (float)key.size / 100, key.color);
    }
    g_hash_table_destroy(known);
    return ok;
}

/* --- turned text --- */

/* Which turned glyph has its origin in a character's box: by squares of 8 points. */
enum { SQUARE = 8 };
struct glyph_grid {
    const struct page_paths *paths;
    uint32_t *first, *next; /* index + 1 */
    size_t columns, rows;
};

static size_t square(float at, size_t n)
{
    float s = at / SQUARE;
    return s <= 0 ? 0 : s >= (float)n ? n - 1 : (size_t)s;
}

static bool grid_make(struct glyph_grid *g, const struct page_paths *paths, const struct page *page)
{
    *g = (struct glyph_grid){.paths = paths};
    if (!paths->n_glyphs) return true;
    g->columns = (size_t)(fminf(page->width, 8000) / SQUARE) + 1;
    g->rows = (size_t)(fminf(page->height, 8000) / SQUARE) + 1;
    g->first = calloc(g->columns * g->rows, sizeof *g->first);
    g->next = calloc(paths->n_glyphs, sizeof *g->next);
    if (!g->first || !g->next) return false;
    for (size_t i = 0; i < paths->n_glyphs; i++) {
        uint32_t *at = &g->first[square(paths->glyphs[i].y, g->rows) * g->columns + square(paths->glyphs[i].x, g->columns)];
        g->next[i] = *at;
        *at = (uint32_t)i + 1;
    }
    return true;
}

static int16_t angle_at(const struct glyph_grid *g, const struct page_box *box)
{
    enum { MOST_LOOKED_AT = 200 }; /* many glyphs in one place are no text */
    if (!g->first) return 0;
    const float near = 1;
    int looked = 0;
    for (size_t y = square(box->y0 - near, g->rows); y <= square(box->y1 + near, g->rows); y++)
        for (size_t x = square(box->x0 - near, g->columns); x <= square(box->x1 + near, g->columns); x++)
            for (uint32_t i = g->first[y * g->columns + x]; i && looked < MOST_LOOKED_AT; i = g->next[i - 1], looked++) {
                const struct turned_glyph *t = &g->paths->glyphs[i - 1];
                if (t->x >= box->x0 - near && t->x <= box->x1 + near && t->y >= box->y0 - near && t->y <= box->y1 + near)
                    return t->angle;
            }
    return 0;
}

/* --- characters --- */

/* poppler marks the direction of writing in the text; those marks have no boxes. */
static bool is_direction_mark(gunichar c)
{
    return c >= 0x202A && c <= 0x202C;
}

static bool is_blank(gunichar c)
{
    return c <= 0x20 || c == 0x7F || c == 0xA0 || (c >= 0x80 && c < 0xA0) || c == 0x3000 ||
           (c >= 0x2000 && c <= 0x200B) || c == 0x202F || c == 0x2028 || c == 0x2029 || c == 0xFEFF;
}

static struct page_box box_of(const PopplerRectangle *r, const struct page *page)
{
    double x0 = fmin(r->x1, r->x2), x1 = fmax(r->x1, r->x2), y0 = fmin(r->y1, r->y2), y1 = fmax(r->y1, r->y2);
    if (!isfinite(x0 + x1 + y0 + y1)) return (struct page_box){0};
    return (struct page_box){(float)fmax(0, fmin(x0, page->width)), (float)fmax(0, fmin(y0, page->height)),
                             (float)fmax(0, fmin(x1, page->width)), (float)fmax(0, fmin(y1, page->height))};
}

static bool read_chars(const char *text, const PopplerRectangle *boxes, size_t n_boxes, GList *attributes,
                       const uint16_t *of_run, struct page *page, const struct glyph_grid *grid, struct arena *arena)
{
    size_t n = n_boxes < PDF_MAX_CHARS ? n_boxes : PDF_MAX_CHARS;
    page->chars = arena_array(arena, n + 1, sizeof *page->chars);
    if (!page->chars) return false;
    size_t run = 0;
    GList *attribute = attributes;
    bool blank = true;
    const char *p = text;
    for (size_t i = 0; i < n && *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (is_direction_mark(c)) continue;
        while (attribute && (size_t)((PopplerTextAttributes *)attribute->data)->end_index < i && attribute->next) {
            attribute = attribute->next;
            run++;
        }
        struct page_box box = box_of(&boxes[i++], page);
        if (is_blank(c)) {
            blank = true;
            continue;
        }
        if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = 0xFFFD;
        page->chars[page->n_chars++] = (struct page_char){.box = box,
                                                          .code = c,
                                                          .font = page->n_fonts ? of_run[run] : 0,
                                                          .angle = angle_at(grid, &box),
                                                          .confidence = 100,
                                                          .space_before = blank};
        blank = false;
    }
    return true;
}

bool page_text_read(PopplerPage *source, struct page *page, const struct page_paths *paths, struct arena *arena)
{
    char *text = poppler_page_get_text(source);
    PopplerRectangle *boxes = NULL;
    guint n_boxes = 0;
    if (!text || !*text || !poppler_page_get_text_layout(source, &boxes, &n_boxes)) {
        g_free(text);
        return true;
    }
    GList *attributes = poppler_page_get_text_attributes(source);
    size_t n_runs = g_list_length(attributes);
    uint16_t *of_run = calloc(n_runs + 1, sizeof *of_run);
    struct glyph_grid grid = {0};
    bool ok = of_run && read_fonts(attributes, page, of_run, arena) && grid_make(&grid, paths, page) &&
              read_chars(text, boxes, n_boxes, attributes, of_run, page, &grid, arena);
    free(grid.first);
    free(grid.next);
    free(of_run);
    poppler_page_free_text_attributes(attributes);
    g_free(boxes);
    g_free(text);
    return ok;
}
