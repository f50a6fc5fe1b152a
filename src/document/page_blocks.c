#include "document/page_parts.h"

#include "document/text_pairs.h"

#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAIR_GAP      2.0f  /* times the size: white space that is kept as two blanks */
#define PARAGRAPH_GAP 0.55f /* between two lines, more than that parts paragraphs */
#define HEADING_SIZE  1.12f /* against the text of the page */

enum { MAX_HEADING_LINES = 3, MAX_HEADING = 200, MAX_BOLD_HEADING = 120, MAX_SHORT_HEADING = 50 };

struct text_line {
    struct page_box box;
    float size;
    float first_word; /* its width */
    bool bold, bullet, numbered;
    bool leader; /* "Bore ........ 101 mm" */
    uint32_t last; /* its last character */
    uint32_t first_code;
    size_t table; /* from 1: it is this table, not a line */
    float y;
    const char *text;
    uint32_t len;
    uint8_t confidence; /* as of a layout_line */
};

struct blocks {
    struct page_words *w;
    struct page_layout *out;
    size_t cap;
    float body;
    bool failed;
};

/* ---- lines ---- */

static bool is_bullet(uint32_t c)
{
    return c == 0x2022 || c == 0xb7 || c == 0x25aa || c == 0x25cf || c == 0x25a0 || c == 0x25e6 ||
           c == 0x2023 || c == 0x2043 || c == 0xf0b7 || c == 0xf0a7 || c == 0xf0d8 || c == 0xf076 ||
           c == 0xf0fc || c == 0x27a2 || c == 0x2713;
}

/* "1.", "2)", "(a)", "iv." */
static bool is_number_mark(const struct page_words *w, const struct layout_word *word)
{
    const struct layout_glyph *g = &w->glyphs[word->first];
    uint32_t last = g[word->n - 1].code;
    if (word->n < 2 || word->n > 4 || (last != '.' && last != ')')) return false;
    return (g->code >= '0' && g->code <= '9') || g->code == '(' || word->n == 2;
}

static bool has_figure(const struct page_words *w, const struct layout_word *word)
{
    for (size_t i = word->first; i < word->first + word->n; i++)
        if (w->glyphs[i].code >= '0' && w->glyphs[i].code <= '9') return true;
    return false;
}

static void make_line(struct blocks *b, const uint32_t *words, size_t n, struct text_line *line)
{
    const struct page_words *w = b->w;
    struct buffer text = {0};
    size_t chars = 0, bold = 0, first = 0;
    float end = 0;
    const struct layout_word *start = &w->words[words[0]];
    *line = (struct text_line){.box = start->box, .size = start->size, .confidence = 100};
    /* A dash or a mark of its own before the text. */
    uint32_t code = w->glyphs[start->first].code;
    if (n > 1 && start->n == 1 && (is_bullet(code) || code == '-' || code == 0x2013 || code == '*')) {
        line->bullet = true;
        first = 1;
    }
    line->numbered = n > 1 && is_number_mark(w, start);
    line->first_code = w->glyphs[w->words[words[first]].first].code;
    line->first_word = w->words[words[first]].box.x1 - w->words[words[first]].box.x0;
    size_t sized = 0;
    for (size_t i = 0; i < n; i++) {
        const struct layout_word *word = &w->words[words[i]];
        line->box = page_box_union(line->box, word->box);
        chars += word->n;
        if (word->bold) bold += word->n;
        if (word->confidence < line->confidence && has_figure(w, word)) line->confidence = word->confidence;
        if (word->n > sized && !word->raised) {
            sized = word->n;
            line->size = word->size;
        }
        if (i < first) continue;
        if (i > first) {
            if (!word->turned && word->box.x0 - end > PAIR_GAP * word->size)
                buffer_puts(&text, "  ");
            else if (!word->glued)
                buffer_putc(&text, ' ');
        }
        page_word_text(w, word, &text);
        end = word->box.x1;
    }
    const struct layout_word *last = &w->words[words[n - 1]];
    line->last = w->glyphs[last->first + last->n - 1].code;
    line->bold = bold * 10 > chars * 8;
    line->y = (line->box.y0 + line->box.y1) / 2;
    struct buffer folded = {0};
    line->leader = leaders_fold(buffer_text(&text), text.len, &folded);
    line->text = arena_strndup(w->arena, buffer_text(&folded), folded.len);
    line->len = (uint32_t)folded.len;
    if (text.failed || folded.failed || !line->text) b->failed = true;
    buffer_free(&text);
    buffer_free(&folded);
}

static int by_y(const void *a, const void *b)
{
    const struct text_line *x = a, *y = b;
    if (x->y != y->y) return x->y < y->y ? -1 : 1;
    return x->box.x0 < y->box.x0 ? -1 : x->box.x0 > y->box.x0;
}

static bool is_free(const struct layout_word *word, uint32_t zone)
{
    return word->zone == zone && (word->table == NO_TABLE || word->table == IN_DRAWING);
}

/* The lines of a zone and its tables, from top to foot. */
static struct text_line *zone_lines(struct blocks *b, const struct table_list *tables, uint32_t zone,
                                    size_t *n)
{
    struct page_words *w = b->w;
    struct text_line *lines = arena_array(w->arena, w->n_rows + tables->n + 1, sizeof *lines);
    uint32_t *words = arena_array(w->arena, w->n_words + 1, sizeof *words);
    *n = 0;
    if (!lines || !words) return NULL;
    for (size_t i = 0; i < w->n_rows; i++) {
        size_t count = 0;
        for (uint32_t k = w->rows[i].first; k < w->rows[i].first + w->rows[i].n; k++)
            if (is_free(&w->words[k], zone)) words[count++] = k;
        if (count) make_line(b, words, count, &lines[(*n)++]);
    }
    for (size_t i = 0; i < tables->n; i++)
        if (tables->tables[i].zone == zone)
            lines[(*n)++] = (struct text_line){
                .box = tables->tables[i].box, .table = i + 1, .y = tables->tables[i].box.y0};
    qsort(lines, *n, sizeof *lines, by_y);
    return lines;
}

/* ---- blocks ---- */

static struct layout_block *add_block(struct blocks *b)
{
    struct page_layout *out = b->out;
    if (out->n_blocks == b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 32;
        struct layout_block *grown = arena_array(b->w->arena, cap, sizeof *grown);
        if (!grown) {
            b->failed = true;
            return NULL;
        }
        if (out->n_blocks) memcpy(grown, out->blocks, out->n_blocks * sizeof *grown);
        out->blocks = grown;
        b->cap = cap;
    }
    return &out->blocks[out->n_blocks++];
}

static bool holds_pair(const char *text, size_t len)
{
    const char *colon = memchr(text, ':', len);
    return (colon && (size_t)(colon - text) + 1 < len) || memmem(text, len, "  ", 2);
}

static bool holds_letter(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((text[i] | 32) >= 'a' ? (text[i] | 32) <= 'z' : (text[i] & 0x80) != 0) return true;
    return false;
}

static void judge_heading(const struct blocks *b, const struct text_line *first, size_t n,
                          struct layout_block *block)
{
    size_t chars = 0;
    bool bold = true, letters = false;
    for (size_t i = 0; i < n; i++) {
        chars += first[i].len;
        bold = bold && first[i].bold;
        letters = letters || holds_letter(first[i].text, first[i].len);
    }
    uint32_t end = first[n - 1].last;
    float ratio = b->body > 0 ? block->size / b->body : 1;
    block->bold = bold;
    if (n > MAX_HEADING_LINES || chars > MAX_HEADING || !letters || first->bullet || first->leader) return;
    /* Type that is read off a picture varies by as much: a sentence is text. */
    bool sentence = end == '.' && chars > MAX_SHORT_HEADING && ratio < 1.35f;
    if (ratio >= HEADING_SIZE && !sentence) {
        block->kind = BLOCK_HEADING;
        block->level = ratio >= 1.7f ? 1 : ratio >= 1.35f ? 2 : 3;
    } else if (bold && ratio > 0.9f && chars <= MAX_BOLD_HEADING && end != '.' && end != ';' &&
               end != ',' && !holds_pair(first->text, first->len)) {
        block->kind = BLOCK_HEADING;
        block->level = 4;
    }
}

static void put_block(struct blocks *b, const struct text_line *first, size_t n)
{
    struct layout_block *block = add_block(b);
    if (!block) return;
    *block = (struct layout_block){.kind = BLOCK_PARAGRAPH,
                                   .size = first->size,
                                   .box = page_box_back(b->w, first->box),
                                   .n_lines = n};
    block->lines = arena_array(b->w->arena, n, sizeof *block->lines);
    if (!block->lines) {
        b->failed = true;
        b->out->n_blocks--;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct page_box box = page_box_back(b->w, first[i].box);
        block->lines[i] = (struct layout_line){first[i].text, first[i].len, box, first[i].confidence};
        block->box = page_box_union(block->box, box);
    }
    if (first->bullet || first->numbered) {
        block->kind = BLOCK_LIST_ITEM;
        block->level = 1;
    }
    judge_heading(b, first, n, block);
}

static void put_table(struct blocks *b, const struct table_list *tables, const struct text_line *line)
{
    struct layout_block *block = add_block(b);
    if (!block) return;
    const struct found_table *found = &tables->tables[line->table - 1];
    struct layout_table *t = arena_alloc(b->w->arena, sizeof *t);
    if (!t) {
        b->failed = true;
        return;
    }
    *t = found->table;
    *block = (struct layout_block){.kind = BLOCK_TABLE, .box = t->box, .table = t};
}

/* Lines that stand close to each other share their right edge. */
static float right_edge(const struct text_line *lines, size_t n, size_t at, size_t *end)
{
    float right = lines[at].box.x1;
    for (*end = at + 1; *end < n; ++*end) {
        const struct text_line *a = &lines[*end - 1], *l = &lines[*end];
        if (l->table || l->box.y0 - a->box.y1 > PARAGRAPH_GAP * a->size ||
            fabsf(l->size - a->size) > 0.12f * a->size)
            break;
        if (l->box.x1 > right) right = l->box.x1;
    }
    return right;
}

/* Whether `l` begins a new block after `a`; `first` began the one at hand. */
static bool begins_block(const struct text_line *first, const struct text_line *a,
                         const struct text_line *l, float right)
{
    float size = a->size > l->size ? a->size : l->size;
    if (l->table || l->bullet || l->numbered) return true;
    if (l->box.y0 - a->box.y1 > PARAGRAPH_GAP * size) return true;
    if (fabsf(l->size - a->size) > 0.12f * size || l->bold != a->bold) return true;
    bool lower = l->first_code >= 'a' && l->first_code <= 'z';
    /* Each line of a list with leader dots is an entry; what goes on in small letters is its second line. */
    if (first->leader || l->leader) return !lower && a->last != '@';
    if (a->last == '-' && lower) return false;
    bool item = first->bullet || first->numbered;
    if (!item && l->box.x0 - a->box.x0 > 0.8f * size && a != first) return true;
    if (item && l->box.x0 < first->box.x0 + 0.3f * size && !lower) return true;
    /* Its first word had room on the line before: that line was ended. */
    float room = right - a->box.x1 - 0.3f * size;
    bool ended = l->first_word + 0.8f * size < room;
    bool sentence = a->last == '.' || a->last == ':' || a->last == ';' || a->last == '!' ||
                    a->last == '?';
    return ended && (!lower || sentence) && !(a == first && a->bold && l->bold);
}

static void zone_blocks(struct blocks *b, const struct table_list *tables, uint32_t zone)
{
    size_t n, close = 0;
    struct text_line *lines = zone_lines(b, tables, zone, &n);
    float right = 0;
    if (!lines) {
        b->failed = true;
        return;
    }
    for (size_t i = 0, k; i < n && !b->failed; i = k) {
        if (lines[i].table) {
            put_table(b, tables, &lines[i]);
            k = i + 1;
            continue;
        }
        for (k = i + 1;; k++) {
            if (k - 1 >= close || close == 0) right = right_edge(lines, n, k - 1, &close);
            if (k == n || begins_block(&lines[i], &lines[k - 1], &lines[k], right)) break;
        }
        put_block(b, &lines[i], k - i);
    }
}

/* Text that runs up or down beside the rest, outside of tables. */
static void turned_blocks(struct blocks *b)
{
    struct page_words *w = b->w;
    size_t upright = 0, n = 0;
    for (size_t i = 0; i < w->n_rows; i++) upright += w->rows[i].n;
    uint32_t *words = arena_array(w->arena, w->n_words + 1, sizeof *words);
    struct text_line line;
    if (!words) {
        b->failed = true;
        return;
    }
    for (size_t i = upright; i < w->n_words; i++)
        if (w->words[i].table == NO_TABLE) words[n++] = (uint32_t)i;
    if (n == 0) return;
    make_line(b, words, n, &line);
    if (!b->failed) put_block(b, &line, 1);
}

bool page_blocks_make(struct page_words *w, const struct table_list *tables, uint32_t n_zones,
                      const struct layout_options *options, struct page_layout *out)
{
    struct blocks b = {.w = w, .out = out};
    b.body = options->body_size > 0 ? options->body_size : w->body_size;
    for (uint32_t i = 0; i < n_zones && !b.failed; i++) zone_blocks(&b, tables, i);
    if (!b.failed) turned_blocks(&b);
    return !b.failed;
}
