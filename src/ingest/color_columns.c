#include "ingest/color_columns.h"

#include "vehicle/registry.h"
#include "vehicle/token.h"

#include <string.h>

enum { COLOR_SAMPLE = 200, COLOR_TOKENS = 12 };

static bool is_any(const char *key, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(key, words[i]) == 0) return true;
    return false;
}

#define IS_ANY(key, words) is_any((key), (words), sizeof(words) / sizeof *(words))

/* Whether a cell names a colour: makers' names for paint end in one, or are a shade's or a stone's alone. */
static bool names_color(const struct cell *c)
{
    static const char *const WORDS[] = {
        "white", "black", "silver", "gray", "grey", "red", "blue", "green", "yellow", "orange", "brown", "beige", "gold",
        "bronze", "purple", "violet", "pink", "tan", "cream", "ivory", "charcoal", "graphite", "burgundy", "maroon",
        "navy", "teal", "turquoise", "copper", "champagne", "khaki", "pearl", "crystal", "ebony", "anthracite", "ceramic",
        "magenta", "titanium", "onyx", "sand", "saddle", "sandstone", "espresso", "cognac", "mocha", "platinum", "indigo", "lime", "olive",
        "weiss", "schwarz", "silber", "grau", "rot", "blau", "grun", "gelb", "braun", "anthrazit", "bordeaux", "kupfer",
        "blanc", "blanche", "noir", "noire", "argent", "gris", "rouge", "bleu", "vert", "jaune", "marron", "ivoire",
        "blanco", "blanca", "negro", "negra", "plata", "plateado", "rojo", "roja", "azul", "verde", "amarillo", "naranja",
        "dorado", "crema", "bianco", "nero", "rosso", "blu", "grigio", "argento"};
    /* "Mitternachtsblau", "Polarwei\u00df": the colour ends the word. */
    static const char *const ENDINGS[] = {"weiss", "schwarz", "silber", "grau", "blau", "grun", "gelb", "braun"};
    struct token t[COLOR_TOKENS];
    size_t n = tokens_split(c->text, c->len, TOKENS_TEXT, t, COLOR_TOKENS);
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(t[i].key);
        if (IS_ANY(t[i].key, WORDS)) return true;
        for (size_t k = 0; k < sizeof ENDINGS / sizeof *ENDINGS; k++) {
            size_t end = strlen(ENDINGS[k]);
            if (len > end && strcmp(t[i].key + len - end, ENDINGS[k]) == 0) return true;
        }
    }
    return false;
}

/* The attribute of a side of the vehicle; -1: the name is none. */
static int side_attribute(const char *name)
{
    static const char *const OUTSIDE[] = {"exterior", "ext", "outside", "aussen", "exterieur", "carrosserie",
                                          "karosserie", "carroceria", "outer"};
    static const char *const INSIDE[] = {"interior", "int", "inside", "innen", "interieur", "cabin", "innenraum",
                                         "habitacle", "innenausstattung", "inner"};
    struct token t[3];
    if (tokens_split(name, strlen(name), TOKENS_IDENTIFIER, t, 3) != 1) return -1;
    if (IS_ANY(t[0].key, OUTSIDE)) return registry_find("color");
    return IS_ANY(t[0].key, INSIDE) ? registry_find("interior_color") : -1;
}

void color_column_take(struct interpreted_column *c, const struct cell *const *cells, size_t n)
{
    size_t filled = 0, colors = 0;
    int attribute = c->fact.attribute < 0 ? side_attribute(c->fact.name) : -1;
    if (attribute < 0) return;
    for (size_t i = 0; i < n && filled < COLOR_SAMPLE; i++) {
        if (!cells[i]->len) continue;
        filled++;
        colors += names_color(cells[i]);
    }
    if (colors * 2 <= filled) return;
    c->fact.attribute = attribute;
}
