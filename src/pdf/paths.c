#include "pdf/paths.h"
#include "pdf/rules.h"

#include <cairo.h>
#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* cairo gives clips in whole units of the device: eighths of a point are fine enough. */
static const double SCALE = 8;

/* What is recorded now; NULL: cairo draws as ever. One thread, one page at a time. */
static struct recording {
    cairo_t *cr; /* the page's own: tiles of patterns and masks have others, and are not looked at */
    struct rule_set set;
    struct turned_glyph *glyphs;
    size_t n_glyphs, cap_glyphs;
    bool images;
    bool failed;
} *recording;

/* A subpath in points of the page. */
struct outline {
    struct point {
        float x, y;
    } *points;
    size_t n, cap;
    bool curved, closed;
};

/* --- cairo's own functions --- */

#define CAIRO_OWN(name, result, parameters, arguments)                                                      \
    static result own_##name parameters                                                                     \
    {                                                                                                       \
        static result(*f) parameters;                                                                       \
        if (!f) *(void **)&f = dlsym(RTLD_NEXT, #name);                                                     \
        if (!f) abort();                                                                                    \
        return f arguments;                                                                                 \
    }
#define CAIRO_OWN_VOID(name, parameters, arguments)                                                         \
    static void own_##name parameters                                                                       \
    {                                                                                                       \
        static void(*f) parameters;                                                                         \
        if (!f) *(void **)&f = dlsym(RTLD_NEXT, #name);                                                     \
        if (!f) abort();                                                                                    \
        f arguments;                                                                                        \
    }
CAIRO_OWN_VOID(cairo_fill, (cairo_t * cr), (cr))
CAIRO_OWN_VOID(cairo_stroke, (cairo_t * cr), (cr))
CAIRO_OWN_VOID(cairo_paint, (cairo_t * cr), (cr))
CAIRO_OWN_VOID(cairo_paint_with_alpha, (cairo_t * cr, double alpha), (cr, alpha))
CAIRO_OWN_VOID(cairo_mask, (cairo_t * cr, cairo_pattern_t *p), (cr, p))
CAIRO_OWN_VOID(cairo_show_glyphs, (cairo_t * cr, const cairo_glyph_t *g, int n), (cr, g, n))
CAIRO_OWN_VOID(cairo_show_text_glyphs,
               (cairo_t * cr, const char *utf8, int len, const cairo_glyph_t *g, int n,
                const cairo_text_cluster_t *c, int n_c, cairo_text_cluster_flags_t flags),
               (cr, utf8, len, g, n, c, n_c, flags))
CAIRO_OWN_VOID(cairo_clip_extents, (cairo_t * cr, double *x0, double *y0, double *x1, double *y1),
               (cr, x0, y0, x1, y1))
CAIRO_OWN(cairo_image_surface_create, cairo_surface_t *, (cairo_format_t format, int width, int height),
          (format, width, height))

/* --- from cairo's state to the page --- */

static struct point to_page(cairo_t *cr, double x, double y)
{
    cairo_user_to_device(cr, &x, &y);
    if (!isfinite(x) || !isfinite(y)) return (struct point){0, 0};
    return (struct point){(float)fmax(-1e5, fmin(1e5, x / SCALE)), (float)fmax(-1e5, fmin(1e5, y / SCALE))};
}

static struct page_box clip_on_page(cairo_t *cr)
{
    double x[2], y[2];
    own_cairo_clip_extents(cr, &x[0], &y[0], &x[1], &y[1]);
    struct page_box box = {1e5f, 1e5f, -1e5f, -1e5f};
    for (int i = 0; i < 4; i++) {
        struct point p = to_page(cr, x[i & 1], y[i >> 1]);
        box.x0 = fminf(box.x0, p.x);
        box.x1 = fmaxf(box.x1, p.x);
        box.y0 = fminf(box.y0, p.y);
        box.y1 = fmaxf(box.y1, p.y);
    }
    return box;
}

/* The colour on white paper; false: too pale or transparent to be seen at all, as ink. */
static bool source_color(cairo_t *cr, uint32_t *color)
{
    double r = 0.75, g = 0.75, b = 0.75, a = 1; /* shades and patterns: something is there */
    cairo_pattern_t *source = cairo_get_source(cr);
    if (cairo_pattern_get_type(source) == CAIRO_PATTERN_TYPE_SOLID) cairo_pattern_get_rgba(source, &r, &g, &b, &a);
    if (a < 0.05) return false;
    r = 1 - a * (1 - r);
    g = 1 - a * (1 - g);
    b = 1 - a * (1 - b);
    *color = (uint32_t)lround(r * 255) << 16 | (uint32_t)lround(g * 255) << 8 | (uint32_t)lround(b * 255);
    return true;
}

static bool add_point(struct outline *o, struct point p)
{
    if (o->n == o->cap) {
        size_t cap = o->cap ? o->cap * 2 : 64;
        struct point *points = realloc(o->points, cap * sizeof *points);
        if (!points) return false;
        o->points = points;
        o->cap = cap;
    }
    o->points[o->n++] = p;
    return true;
}

/* Calls use() for each subpath of the path that cr holds. */
static void each_outline(cairo_t *cr, void (*use)(const struct outline *, void *), void *context)
{
    cairo_path_t *path = cairo_copy_path(cr);
    struct outline o = {0};
    bool ok = path->status == CAIRO_STATUS_SUCCESS;
    for (int i = 0; ok && i < path->num_data; i += path->data[i].header.length) {
        const cairo_path_data_t *d = &path->data[i];
        switch (d->header.type) {
        case CAIRO_PATH_MOVE_TO:
            if (o.n > 1) use(&o, context);
            o.n = 0;
            o.curved = o.closed = false;
            ok = add_point(&o, to_page(cr, d[1].point.x, d[1].point.y));
            break;
        case CAIRO_PATH_LINE_TO: ok = add_point(&o, to_page(cr, d[1].point.x, d[1].point.y)); break;
        case CAIRO_PATH_CURVE_TO:
            o.curved = true;
            ok = add_point(&o, (struct point){NAN, NAN}) && /* the piece up to the next point is no line */
                 add_point(&o, to_page(cr, d[3].point.x, d[3].point.y));
            break;
        case CAIRO_PATH_CLOSE_PATH: o.closed = true; break;
        }
    }
    if (ok && o.n > 1) use(&o, context);
    if (!ok && path->status == CAIRO_STATUS_NO_MEMORY) recording->failed = true;
    free(o.points);
    cairo_path_destroy(path);
}

/* --- filled --- */

/* The box around an outline, and how much of that box's edge its straight sides cover. A rectangle
 * covers all, one with round corners most; letters and drawings little. */
static float straight_share(const struct outline *o, struct page_box *box)
{
    const float near = 0.2f;
    *box = (struct page_box){1e9f, 1e9f, -1e9f, -1e9f};
    for (size_t i = 0; i < o->n; i++) {
        struct point p = o->points[i];
        if (isnan(p.x)) continue;
        box->x0 = fminf(box->x0, p.x);
        box->x1 = fmaxf(box->x1, p.x);
        box->y0 = fminf(box->y0, p.y);
        box->y1 = fmaxf(box->y1, p.y);
    }
    float covered = 0;
    for (size_t i = 0; i < o->n; i++) {
        struct point a = o->points[i], b = o->points[i + 1 < o->n ? i + 1 : 0];
        if (isnan(a.x) || isnan(b.x)) continue;
        bool flat = fabsf(a.y - b.y) < near, upright = fabsf(a.x - b.x) < near;
        if (flat && (fabsf(a.y - box->y0) < near || fabsf(a.y - box->y1) < near)) covered += fabsf(a.x - b.x);
        else if (upright && (fabsf(a.x - box->x0) < near || fabsf(a.x - box->x1) < near)) covered += fabsf(a.y - b.y);
    }
    float edge = 2 * (box->x1 - box->x0) + 2 * (box->y1 - box->y0);
    return edge > 0 ? covered / edge : 0;
}

enum { MAX_NESTED = 64 }; /* boxes of one path that are compared with each other */
struct filled {
    struct rule_set *set;
    struct page_box clip;
    uint32_t color;
    struct page_box boxes[MAX_NESTED];
    size_t n_boxes;
};

static void fill_outline(const struct outline *o, void *context)
{
    struct filled *f = context;
    struct page_box box;
    float share = straight_share(o, &box);
    if (share > 0.6f) {
        if (f->n_boxes < MAX_NESTED) f->boxes[f->n_boxes++] = box;
        else if (page_box_clip(&box, f->clip)) rule_set_box(f->set, box, f->color);
        return;
    }
    /* A shape of several bars, as of a grid that is one path. */
    if (o->curved) return;
    for (size_t i = 0; i < o->n; i++) {
        struct point a = o->points[i], b = o->points[i + 1 < o->n ? i + 1 : 0];
        if (fabsf(a.x - b.x) + fabsf(a.y - b.y) > 6) rule_set_line(f->set, a.x, a.y, b.x, b.y, 0, f->clip, f->color);
    }
}

static bool contains(struct page_box a, struct page_box b)
{
    return a.x0 < b.x0 && a.y0 < b.y0 && a.x1 > b.x1 && a.y1 > b.y1;
}

static void fill_boxes(struct filled *f)
{
    for (size_t i = 0; i < f->n_boxes; i++) {
        bool frame = false; /* one of the boxes is cut out of the other */
        for (size_t j = 0; j < f->n_boxes && !frame; j++)
            frame = j != i && (contains(f->boxes[i], f->boxes[j]) || contains(f->boxes[j], f->boxes[i]));
        struct page_box box = f->boxes[i];
        if (!page_box_clip(&box, f->clip)) continue;
        if (frame) rule_set_frame(f->set, box, f->color);
        else rule_set_box(f->set, box, f->color);
    }
}

static void record_fill(cairo_t *cr)
{
    struct filled f = {.set = &recording->set, .clip = clip_on_page(cr)};
    if (!source_color(cr, &f.color) || f.clip.x0 >= f.clip.x1 || f.clip.y0 >= f.clip.y1) return;
    each_outline(cr, fill_outline, &f);
    fill_boxes(&f);
}

/* --- stroked --- */

struct stroked {
    struct rule_set *set;
    struct page_box clip;
    uint32_t color;
    float width;
};

static void stroke_outline(const struct outline *o, void *context)
{
    const struct stroked *s = context;
    size_t n = o->closed ? o->n : o->n - 1;
    for (size_t i = 0; i < n; i++) {
        struct point a = o->points[i], b = o->points[i + 1 < o->n ? i + 1 : 0];
        if (isnan(a.x) || isnan(b.x)) continue;
        rule_set_line(s->set, a.x, a.y, b.x, b.y, s->width, s->clip, s->color);
    }
}

static void record_stroke(cairo_t *cr)
{
    struct stroked s = {.set = &recording->set, .clip = clip_on_page(cr)};
    if (!source_color(cr, &s.color) || s.clip.x0 >= s.clip.x1 || s.clip.y0 >= s.clip.y1) return;
    cairo_matrix_t m;
    cairo_get_matrix(cr, &m);
    double width = cairo_get_line_width(cr) * sqrt(fabs(m.xx * m.yy - m.xy * m.yx)) / SCALE;
    s.width = isfinite(width) ? (float)fmax(0.05, fmin(width, 1e4)) : 0.05f;
    each_outline(cr, stroke_outline, &s);
}

/* --- glyphs --- */

static void record_glyphs(cairo_t *cr, const cairo_glyph_t *glyphs, int n)
{
    cairo_matrix_t font, m;
    cairo_get_font_matrix(cr, &font);
    cairo_get_matrix(cr, &m);
    double x = font.xx, y = font.yx;
    cairo_matrix_transform_distance(&m, &x, &y);
    double degrees = atan2(y, x) * 180 / 3.14159265358979323846;
    int angle = (int)lround(degrees);
    if (angle < 0) angle += 360;
    if (angle == 360) angle = 0;
    if (angle == 0) return;
    for (int i = 0; i < n; i++) {
        if (recording->n_glyphs >= PATHS_MAX_GLYPHS) return;
        if (recording->n_glyphs == recording->cap_glyphs) {
            size_t cap = recording->cap_glyphs ? recording->cap_glyphs * 2 : 256;
            void *p = realloc(recording->glyphs, cap * sizeof *recording->glyphs);
            if (!p) {
                recording->failed = true;
                return;
            }
            recording->glyphs = p;
            recording->cap_glyphs = cap;
        }
        struct point at = to_page(cr, glyphs[i].x, glyphs[i].y);
        recording->glyphs[recording->n_glyphs++] = (struct turned_glyph){at.x, at.y, (int16_t)angle};
    }
}

/* --- in place of cairo's functions: libpoppler-glib finds these first --- */

#define REPLACES __attribute__((visibility("default")))

REPLACES void cairo_fill(cairo_t *cr)
{
    if (!recording) {
        own_cairo_fill(cr);
        return;
    }
    if (cr == recording->cr) record_fill(cr);
    cairo_new_path(cr);
}

REPLACES void cairo_stroke(cairo_t *cr)
{
    if (!recording) {
        own_cairo_stroke(cr);
        return;
    }
    if (cr == recording->cr) record_stroke(cr);
    cairo_new_path(cr);
}

REPLACES void cairo_paint(cairo_t *cr)
{
    if (!recording) own_cairo_paint(cr);
}

REPLACES void cairo_paint_with_alpha(cairo_t *cr, double alpha)
{
    if (!recording) own_cairo_paint_with_alpha(cr, alpha);
}

REPLACES void cairo_mask(cairo_t *cr, cairo_pattern_t *pattern)
{
    if (!recording) own_cairo_mask(cr, pattern);
}

REPLACES void cairo_show_glyphs(cairo_t *cr, const cairo_glyph_t *glyphs, int n)
{
    if (!recording) own_cairo_show_glyphs(cr, glyphs, n);
    else if (cr == recording->cr) record_glyphs(cr, glyphs, n);
}

REPLACES void cairo_show_text_glyphs(cairo_t *cr, const char *utf8, int len, const cairo_glyph_t *glyphs, int n,
                                     const cairo_text_cluster_t *clusters, int n_clusters,
                                     cairo_text_cluster_flags_t flags)
{
    if (!recording) own_cairo_show_text_glyphs(cr, utf8, len, glyphs, n, clusters, n_clusters, flags);
    else if (cr == recording->cr) record_glyphs(cr, glyphs, n);
}

/* poppler asks for the clip to make a mask as large as it: nothing is drawn with it here. */
REPLACES void cairo_clip_extents(cairo_t *cr, double *x0, double *y0, double *x1, double *y1)
{
    own_cairo_clip_extents(cr, x0, y0, x1, y1);
    if (!recording) return;
    cairo_user_to_device(cr, x0, y0);
    cairo_user_to_device(cr, x1, y1);
    *x1 = *x0 = floor(fmin(*x0, *x1));
    *y1 = *y0 = floor(fmin(*y0, *y1));
    *x1 += 1;
    *y1 += 1;
    cairo_device_to_user(cr, x0, y0);
    cairo_device_to_user(cr, x1, y1);
}

/* Pictures are the only large ones that are made while a page is recorded. Where none can be made
 * poppler leaves the picture out, and with it the time to unpack it. */
REPLACES cairo_surface_t *cairo_image_surface_create(cairo_format_t format, int width, int height)
{
    if (recording) {
        recording->images = true;
        if (width > 4 || height > 4) return own_cairo_image_surface_create(format, -1, -1);
    }
    return own_cairo_image_surface_create(format, width, height);
}

/* --- the page --- */

bool page_paths_read(PopplerPage *source, struct page *page, struct page_paths *paths, struct arena *arena)
{
    struct recording r = {.set = {.max_rules = PATHS_MAX_RULES,
                                  .max_fills = PATHS_MAX_FILLS,
                                  .width = page->width,
                                  .height = page->height}};
    cairo_rectangle_t all = {0, 0, page->width * SCALE, page->height * SCALE};
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &all);
    r.cr = cairo_create(surface);
    cairo_scale(r.cr, SCALE, SCALE);
    recording = &r;
    poppler_page_render(source, r.cr);
    recording = NULL;
    cairo_destroy(r.cr);
    cairo_surface_destroy(surface);
    bool ok = rule_set_finish(&r.set, page, arena) && !r.failed;
    *paths = (struct page_paths){.images = r.images};
    if (ok && r.n_glyphs) {
        paths->glyphs = arena_array(arena, r.n_glyphs, sizeof *paths->glyphs);
        ok = paths->glyphs;
        if (ok) memcpy(paths->glyphs, r.glyphs, r.n_glyphs * sizeof *r.glyphs);
        paths->n_glyphs = ok ? r.n_glyphs : 0;
    }
    free(r.glyphs);
    return ok;
}
