/* Sentences a second of an encoder: build/bench/encoder DIR [q4|q8|none] [SENTENCES]. Every
 * sentence is cut at 128 tokens, [CLS] and [SEP] included, where the model's folder says so
 * (sentence_bert_config.json); the texts are long enough to reach it. */
#include "base/clock.h"
#include "engine/encoder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const char *const NAMES[] = {"q4", "q8", "none"};
    static const enum quant_type TYPES[] = {QUANT_Q4, QUANT_Q8, QUANT_BF16};
    size_t n = argc > 3 ? (size_t)strtoul(argv[3], NULL, 10) : 64, type = 1;
    if (argc < 2 || n == 0) {
        fprintf(stderr, "usage: encoder DIR [q4|q8|none] [SENTENCES]\n");
        return 2;
    }
    for (size_t i = 0; argc > 2 && i < 3; i++)
        if (strcmp(argv[2], NAMES[i]) == 0) type = i;
    struct error err = {0};
    struct encoder_options options = {.type = TYPES[type]};
    struct encoder *e = encoder_open(argv[1], &options, &err);
    struct encoder_text *texts = calloc(n, sizeof *texts);
    struct buffer text = {0};
    for (int i = 0; i < 200; i++) buffer_puts(&text, "the car has a lot of power ");
    struct encoder_info info = {0};
    if (e) encoder_info(e, &info);
    float *out = e ? calloc(n, info.dim * sizeof *out) : NULL;
    bool ok = e && texts && out && !text.failed;
    for (size_t i = 0; ok && i < n; i++) texts[i] = (struct encoder_text){text.data, text.len};
    ok = ok && encoder_embed(e, texts, n, ENCODER_PASSAGE, out, &err); /* to warm up */
    double started = clock_seconds();
    ok = ok && encoder_embed(e, texts, n, ENCODER_PASSAGE, out, &err);
    double seconds = clock_seconds() - started;
    if (ok)
        printf("%s %s: %zu texts of %zu tokens in %.3f s: %.1f texts/s, %.0f tokens/s (%s)\n",
               info.name, NAMES[type], n, info.max_tokens, seconds, (double)n / seconds,
               (double)(n * info.max_tokens) / seconds, info.device);
    else
        fprintf(stderr, "encoder: %s\n", err.text);
    free(out);
    free(texts);
    buffer_free(&text);
    encoder_free(e);
    return ok ? 0 : 1;
}
