/* How fast a tokenizer is read and how many MB of text it encodes and decodes a second on one core.
 *
 *   build/bench/tokenizer MODEL_DIR TEXT_FILE...
 *
 * MODEL_DIR holds tokenizer.json; each file is encoded again and again for two seconds of processor
 * time. */
#include "base/file.h"
#include "tokenizer/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Of this thread: what else the machine does meanwhile does not count. */
static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool measure(const struct tokenizer *t, const char *path, struct error *err)
{
    char *text;
    size_t len;
    struct tokens ids = {0};
    struct buffer decoded = {0};
    if (!file_read(path, 256 << 20, &text, &len, err)) return false;
    bool ok = false;
    double first = 0, encode = 0, decode = 0, start;
    size_t rounds = 0;
    for (; encode < 2.0; rounds++) {
        ids.len = 0;
        start = cpu_seconds();
        if (!tokenizer_encode(t, text, len, TOKENIZE_TEXT, &ids, err)) goto done;
        encode += cpu_seconds() - start;
        if (rounds == 0) first = encode;
    }
    size_t decodes = 0;
    for (; decode < 1.0; decodes++) {
        struct detokenizer d = {.tokenizer = t};
        buffer_clear(&decoded);
        start = cpu_seconds();
        for (size_t i = 0; i < ids.len; i++) detokenizer_push(&d, ids.ids[i], &decoded);
        detokenizer_finish(&d, &decoded);
        decode += cpu_seconds() - start;
    }
    double mb = (double)len / 1e6;
    printf("%-32s %8.2f MB  %9zu tokens  %.2f bytes/token  encode %6.2f MB/s (first time %6.2f)  "
           "decode %6.1f MB/s\n",
           path_base(path), mb, ids.len, ids.len ? (double)len / (double)ids.len : 0.0,
           mb * (double)rounds / encode, mb / first, mb * (double)decodes / decode);
    ok = true;
done:
    free(text);
    tokens_free(&ids);
    buffer_free(&decoded);
    return ok;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct tokenizer *t = NULL;
    if (argc < 3) {
        fprintf(stderr, "usage: %s MODEL_DIR TEXT_FILE...\n", argv[0]);
        return 2;
    }
    double best = 1e9;
    for (int i = 0; i < 5; i++) {
        tokenizer_free(t);
        double start = cpu_seconds();
        t = tokenizer_read(argv[1], &err);
        double took = cpu_seconds() - start;
        if (!t) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        if (took < best) best = took;
    }
    printf("%s: %zu ids, read in %.0f ms (best of 5)\n", argv[1], tokenizer_vocab(t), best * 1e3);
    for (int i = 2; i < argc; i++)
        if (!measure(t, argv[i], &err)) {
            fprintf(stderr, "%s\n", err.text);
            tokenizer_free(t);
            return 1;
        }
    tokenizer_free(t);
    return 0;
}
