#include "ingest/dimension_list.h"

#include "base/buffer.h"
#include "ingest/subject.h"
#include "vehicle/registry.h"

#include <string.h>

enum { LIST_TOKENS = 24 };

/* Letters and ideographs of length, width and height. */
static const char *dimension_name_of(const char *key, size_t position)
{
    static const struct {
        const char *key, *name;
    } NAMES[] = {{"w", "width"},  {"h", "height"}, {"b", "width"},   {"d", "depth"},
                 {"长", "长"},    {"宽", "宽"},    {"高", "高"}};
    if (strcmp(key, "l") == 0) return position == 0 ? "length" : "width"; /* French: L x l x h */
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(NAMES[i].key, key) == 0) return NAMES[i].name;
    return NULL;
}

/* "lxwxh", "lbh", "lxb" in one word; how many. */
static size_t joined_dimensions(const char *key, const char **out)
{
    static const char *const WORDS[] = {"lxwxh", "lwh", "lxbxh", "lbh", "lxlxh", "lxw", "lxb"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strcmp(key, WORDS[i]) != 0) continue;
        out[0] = "length";
        out[1] = "width";
        out[2] = "height";
        return key[strlen(key) - 1] == 'h' ? 3 : 2;
    }
    return 0;
}

/* The first list in tokens [*first, *end); how many. */
static size_t find_list(const struct token *t, size_t n, const char **out, size_t *first, size_t *end)
{
    for (size_t i = 0; i < n; i++) {
        size_t found = joined_dimensions(t[i].key, out), k = i + 1;
        if (!found)
            for (k = i; k < n && found < DIMENSION_LIST_MAX;) {
                const char *part = dimension_name_of(t[k].key, found);
                if (!part) break;
                out[found++] = part;
                k++;
                if (k < n && strcmp(t[k].key, "x") == 0)
                    k++;
                else if (k < n && !(t[k].gap & (GAP_SLASH | GAP_OTHER | GAP_HYPHEN)))
                    break;
            }
        if (found < 2) continue;
        *first = i;
        *end = k;
        return found;
    }
    return 0;
}

/* Whether what else the name says means the vehicle as a whole. */
static bool is_of_vehicle(const char *rest, size_t len)
{
    static const char *const INSIDE[] = {"interior", "inside", "inner", "internal", "innen", "interieur", "interieures",
                                         "interiores", NULL};
    static const char *const WHOLE[] = {"ext", "exterior", "external", "overall", "total", "outside", "outer", "size",
                                        "dim", "dims", "dimensions", "max", "aussen", "gesamt", "hors", "tout",
                                        "exteriores", "exterieures", "dimensiones", "dimensioni", "abmessungen", "masse",
                                        "afmetingen", "ingombro", "vehicle", "mit", "ohne", "without", "with", "mirrors",
                                        NULL};
    static const char *const HAN[] = {"外形尺寸", "车身尺寸", "外廓尺寸", "整车尺寸", "车辆尺寸", "尺寸", "外形", "车身",
                                      "外廓", "整车"};
    struct token t[LIST_TOKENS];
    struct column_meaning m;
    size_t n = tokens_split(rest, len, TOKENS_TEXT, t, LIST_TOKENS);
    bool whole = true;
    for (size_t i = 0; i < sizeof HAN / sizeof *HAN; i++)
        if (strlen(HAN[i]) == len && memcmp(rest, HAN[i], len) == 0) return true;
    for (size_t i = 0; i < n; i++) {
        if (token_key_in(t[i].key, INSIDE)) return false;
        whole = whole && (token_key_in(t[i].key, WHOLE) || is_document_word(t[i].key) || is_small_word(t[i].key));
    }
    if (whole) return true;
    registry_read_column(&m, rest, len, DIMENSION_NONE);
    return m.attribute >= 0 && m.attribute == registry_find("dimensions");
}

/* Whether the registry has exactly this name, of a length. */
static bool is_length_name(const char *name, size_t len)
{
    struct token t[LIST_TOKENS];
    const struct term *terms = NULL;
    size_t n_terms = 0, n = tokens_split(name, len, TOKENS_TEXT, t, LIST_TOKENS);
    if (n == 0 || registry_match(t, n, &terms, &n_terms) != n) return false;
    for (size_t k = 0; k < n_terms; k++)
        if (terms[k].kind == TERM_ATTRIBUTE && REGISTRY[terms[k].id].dimension == DIMENSION_LENGTH) return true;
    return false;
}

/* Bytes of "Box dimensions", "货箱尺寸" before the last word, which says no more. */
static size_t without_size_word(const char *rest, size_t len)
{
    static const char *const WORDS[] = {"dimensions", "dimension", "dims", "size", "abmessungen", "masse", "dimensiones",
                                        "medidas", "dimensioni", "cotes", NULL};
    static const char HAN[] = "尺寸";
    struct token t[LIST_TOKENS];
    size_t n = tokens_split(rest, len, TOKENS_TEXT, t, LIST_TOKENS), han = sizeof HAN - 1;
    if (len > han && memcmp(rest + len - han, HAN, han) == 0) return len - han;
    return n > 1 && token_key_in(t[n - 1].key, WORDS) ? t[n - 2].end : len;
}

/* "Cargo area" with "length": as the registry has it in one of its languages, else in English. NULL: memory is
 * out. */
static const char *name_of_part(const char *rest, size_t len, const char *part, struct arena *arena)
{
    static const char *const NAMES[][5] = {{"length", "länge", "longueur", "longitud", "长度"},
                                           {"width", "breite", "largeur", "anchura", "宽度"},
                                           {"height", "höhe", "hauteur", "altura", "高度"}};
    static const char *const HAN[] = {"长", "宽", "高"};
    struct buffer b = {0};
    const char *found = NULL;
    size_t k = 0;
    while (k < 3 && strcmp(part, NAMES[k][0]) != 0 && strcmp(part, HAN[k]) != 0) k++;
    for (size_t l = 0; k < 3 && l < 5 && !found; l++) {
        bool joined = l == 1 || l == 4, before = l == 2 || l == 3; /* "Laderaumlänge", "longueur utile" */
        buffer_clear(&b);
        if (before) buffer_printf(&b, "%s ", NAMES[k][l]);
        buffer_append(&b, rest, len);
        if (!before) buffer_printf(&b, "%s%s", joined ? "" : " ", NAMES[k][l]);
        if (b.failed) break;
        if (is_length_name(b.data, b.len)) found = arena_strndup(arena, b.data, b.len);
    }
    if (!found && !b.failed) {
        buffer_clear(&b);
        buffer_append(&b, rest, len);
        buffer_printf(&b, " %s", part);
        found = b.failed ? NULL : arena_strndup(arena, b.data, b.len);
    }
    buffer_free(&b);
    return found;
}

bool dimension_list_read(const char *out[DIMENSION_LIST_MAX], size_t *n, const struct unit **unit, const char *name,
                         size_t len, struct arena *arena)
{
    struct token t[LIST_TOKENS];
    struct buffer rest = {0};
    size_t n_tokens = tokens_split(name, len, TOKENS_TEXT, t, LIST_TOKENS), first = 0, end = 0, last = 0;
    bool ok = true;
    *unit = NULL;
    *n = find_list(t, n_tokens, out, &first, &end);
    if (!*n) return true;
    for (size_t i = 0; i < n_tokens; i++) {
        size_t size = t[i].end - t[i].begin;
        if ((i >= first && i < end) || strcmp(t[i].key, "x") == 0 || strcmp(t[i].key, "in") == 0 ||
            strcmp(t[i].key, "en") == 0)
            continue;
        /* "寸" may be of "尺寸". */
        const struct unit *u = (unsigned char)name[t[i].begin] < 0x80 ? unit_parse_all(name + t[i].begin, size) : NULL;
        if (u && u->dimension == DIMENSION_LENGTH) *unit = u;
        if (u) continue;
        if (rest.len && t[i].begin != last) buffer_putc(&rest, ' ');
        buffer_append(&rest, name + t[i].begin, size);
        last = t[i].end;
    }
    if (rest.failed) ok = false;
    size_t size = without_size_word(buffer_text(&rest), rest.len);
    if (ok && rest.len && !is_of_vehicle(rest.data, rest.len) && !is_of_vehicle(rest.data, size))
        for (size_t i = 0; i < *n && ok; i++) ok = (out[i] = name_of_part(rest.data, size, out[i], arena)) != NULL;
    buffer_free(&rest);
    return ok;
}
