/* Any text is checked for claims against a small store: what is found lies in the text, and what is
 * supported has its cell. */
#include "answer/claims.h"
#include "base/utf8.h"
#include "ingest/ingest.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char CARS[] = "Make,Model,Year,Trim,Horsepower (hp),City MPG,Highway MPG,Towing (lb)\n"
                           "Toyota,Camry,2023,LE,203,28,39,\n"
                           "Toyota,Camry,2023,XSE V6,301,22,32,\n"
                           "Honda,Accord,2023,LX,192,29,37,\n"
                           "Ford,F-150,2021,XLT,400,18,24,\"13,200\"\n"
                           "Mazda,CX-5,2023,,187,24,30,2000\n";

static struct store *store;
static struct catalog catalog;
static struct word_index *words;

static void open_store(void)
{
    struct ingest_totals totals = {0};
    store = store_open(":memory:", STORE_WRITE, NULL);
    if (!store ||
        !ingest_text(store, "/cars.csv", DOCUMENT_CSV, CARS, strlen(CARS), NULL, &totals, NULL))
        abort();
    if (!catalog_read(&catalog, store, NULL) || !(words = word_index_build(&catalog, NULL)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!store) open_store();
    struct claims c;
    struct error err = {0};
    /* Not NUL-terminated, and right behind it nothing that may be read. */
    char *text = malloc(size ? size : 1);
    if (!text) abort();
    if (size) memcpy(text, data, size);
    if (!claims_check(&c, text, size, words, store, &err)) abort();
    for (size_t i = 0; i < c.n; i++) {
        const struct claim *claim = &c.items[i];
        if (claim->begin >= claim->end || claim->end > size) abort();
        if (claim->status == CLAIM_SUPPORTED && claim->n_cells == 0) abort();
        if (!utf8_is_valid(claim->text, strlen(claim->text))) abort();
    }
    json_t *o = claims_to_json(&c);
    if (!o) abort();
    json_decref(o);
    struct buffer b = {0};
    claims_write(&b, &c);
    buffer_free(&b);
    claims_free(&c);
    free(text);
    return 0;
}
