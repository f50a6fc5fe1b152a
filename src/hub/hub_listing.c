#include "hub/hub_listing.h"
#include "base/json.h"
#include "hub/hub_name.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* What may be needed besides the weights. No pattern crosses a '/'. */
static const char *const SMALL_FILES[] = {
    "config.json",
    "generation_config.json",
    "tokenizer*.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.json",
    "chat_template.jinja",
    "vocab.txt",
    /* sentence-transformers and ColBERT */
    "modules.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "[0-9]_*/config.json",
    "[0-9]_*/model.safetensors",
    "artifact.metadata",
};
/* Only where there is no tokenizer.json, which says the same. */
static const char *const SLOW_TOKENIZER[] = {"vocab.json", "merges.txt", "tokenizer.model"};

static const char SINGLE[] = "model.safetensors", INDEX[] = "model.safetensors.index.json";

static bool is_hex(const char *text, size_t len)
{
    return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

/* One of the "siblings". */
static bool read_file(struct hub_listing *l, const json_t *entry, size_t index, const char *name,
                      struct error *err)
{
    if (!json_is_object(entry))
        return error_set(err, ERROR_INPUT, "%s: file %zu is not an object", name, index);
    struct hub_file *f = &l->files[l->n_files];
    *f = (struct hub_file){.size = HUB_SIZE_UNKNOWN};

    const json_t *path = json_object_get(entry, "rfilename");
    const char *text = json_string_value(path);
    if (!text) return error_set(err, ERROR_INPUT, "%s: file %zu has no \"rfilename\"", name, index);
    if (json_string_length(path) != strlen(text) || !hub_path_is_valid(text))
        return error_set(err, ERROR_INPUT,
                         "%s: file %zu has a path that is not safe: \"%.200s\"; nothing was "
                         "downloaded",
                         name, index, text);
    f->path = arena_strdup(&l->arena, text);
    if (!f->path) return error_memory(err, name);

    /* A large file has its SHA-256 in "lfs"; its "blobId" is only that of the pointer in git. */
    const char *sum = NULL, *blob = NULL;
    const json_t *lfs = json_object_get(entry, "lfs");
    if (json_is_object(lfs)) {
        if (!json_get_size(lfs, name, "size", false, 0, HUB_MAX_FILE_SIZE, &f->size, err) ||
            !json_get_string(lfs, name, "sha256", false, &sum, err))
            return false;
        if (sum && !is_hex(sum, 64))
            return error_set(err, ERROR_INPUT, "%s: %s: field \"sha256\" is not a SHA-256", name,
                             text);
        if (sum) f->kind = HUB_HASH_SHA256;
    } else {
        if (!json_get_size(entry, name, "size", false, 0, HUB_MAX_FILE_SIZE, &f->size, err) ||
            !json_get_string(entry, name, "blobId", false, &blob, err))
            return false;
        if (blob && !is_hex(blob, 40))
            return error_set(err, ERROR_INPUT, "%s: %s: field \"blobId\" is not a git object's id",
                             name, text);
        if (blob) f->kind = HUB_HASH_GIT;
        sum = blob;
    }
    if (sum) memcpy(f->sum, sum, strlen(sum) + 1);
    l->n_files++;
    return true;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct hub_file *)a)->path, ((const struct hub_file *)b)->path);
}

static int compare_sizes(const void *a, const void *b)
{
    size_t x = ((const struct hub_file *)a)->size, y = ((const struct hub_file *)b)->size;
    return x != y ? (x > y) - (x < y) : compare_paths(a, b);
}

bool hub_listing_parse(struct hub_listing *l, const char *text, size_t len, const char *name,
                       struct error *err)
{
    *l = (struct hub_listing){0};
    json_t *root = json_read_text(text, len, name, err);
    if (!root) return false;
    bool ok = false;
    if (!json_is_object(root)) {
        error_set(err, ERROR_INPUT, "%s: is not an object", name);
        goto done;
    }
    const char *commit = NULL;
    if (!json_get_string(root, name, "sha", true, &commit, err)) goto done;
    if (!hub_is_commit(commit)) {
        error_set(err, ERROR_INPUT, "%s: field \"sha\" is not a commit's id", name);
        goto done;
    }
    memcpy(l->commit, commit, sizeof l->commit);

    const json_t *siblings = json_object_get(root, "siblings");
    if (!json_is_array(siblings)) {
        error_set(err, ERROR_INPUT, "%s: field \"siblings\" is not a list", name);
        goto done;
    }
    size_t n = json_array_size(siblings);
    if (n > HUB_MAX_FILES) {
        error_set(err, ERROR_INPUT, "%s: %zu files, more than the limit of %d", name, n,
                  HUB_MAX_FILES);
        goto done;
    }
    l->files = arena_array(&l->arena, n + 1, sizeof *l->files);
    if (!l->files) {
        error_memory(err, name);
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        if (!read_file(l, json_array_get(siblings, i), i, name, err)) goto done;
    qsort(l->files, l->n_files, sizeof *l->files, compare_paths);
    for (size_t i = 1; i < l->n_files; i++)
        if (strcmp(l->files[i - 1].path, l->files[i].path) == 0) {
            error_set(err, ERROR_INPUT, "%s: %.200s is there twice", name, l->files[i].path);
            goto done;
        }
    ok = true;
done:
    json_decref(root);
    return ok;
}

/* ---- which are needed ---- */

static bool has(const struct hub_listing *l, const char *path)
{
    struct hub_file key = {.path = path};
    return bsearch(&key, l->files, l->n_files, sizeof *l->files, compare_paths);
}

static bool matches(const char *path, const char *const *patterns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fnmatch(patterns[i], path, FNM_PATHNAME | FNM_PERIOD) == 0) return true;
    return false;
}

/* Files directly in the repository whose names end so. */
static size_t count_ending(const struct hub_listing *l, const char *pattern)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n_files; i++) n += matches(l->files[i].path, &pattern, 1);
    return n;
}

static bool is_needed(const struct hub_listing *l, const char *path)
{
    const char *any = "*.safetensors", *shard = "*-[0-9]*-of-[0-9]*.safetensors";
    if (matches(path, SMALL_FILES, sizeof SMALL_FILES / sizeof *SMALL_FILES)) return true;
    if (matches(path, SLOW_TOKENIZER, sizeof SLOW_TOKENIZER / sizeof *SLOW_TOKENIZER))
        return !has(l, "tokenizer.json");
    /* Other weights (adapters, other precisions, the same ones in shards) are twins of these. */
    if (has(l, SINGLE)) return strcmp(path, SINGLE) == 0;
    if (has(l, INDEX)) return strcmp(path, INDEX) == 0 || matches(path, &shard, 1);
    return matches(path, &any, 1);
}

static bool explain_no_weights(const struct hub_listing *l, const char *name, struct error *err)
{
    if (count_ending(l, "*.gguf") > 0)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: has GGUF files only; `autospec pull` fetches models in the "
                         "safetensors format",
                         name);
    if (count_ending(l, "*.bin") + count_ending(l, "*.pt") + count_ending(l, "*.pth") > 0)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: has its weights only as Python pickles (.bin, .pt), which are not "
                         "safe to read; a revision with safetensors files may be among the model's "
                         "pull requests on the Hub (then name it with @refs/pr/N)",
                         name);
    return error_set(err, ERROR_UNSUPPORTED, "%s: has no *.safetensors file among its %zu files",
                     name, l->n_files);
}

bool hub_listing_select(struct hub_listing *l, const char *name, struct error *err)
{
    if (count_ending(l, "*.safetensors") == 0) return explain_no_weights(l, name, err);
    if (!has(l, "config.json"))
        return error_set(err, ERROR_UNSUPPORTED, "%s: has no config.json", name);
    struct hub_file *kept = arena_array(&l->arena, l->n_files, sizeof *kept);
    if (!kept) return error_memory(err, name);
    size_t n = 0;
    for (size_t i = 0; i < l->n_files; i++)
        if (is_needed(l, l->files[i].path)) kept[n++] = l->files[i];
    qsort(kept, n, sizeof *kept, compare_sizes);
    l->files = kept;
    l->n_files = n;
    return true;
}

size_t hub_listing_bytes(const struct hub_listing *l)
{
    size_t sum = 0; /* HUB_MAX_FILES * HUB_MAX_FILE_SIZE < 2^63 */
    for (size_t i = 0; i < l->n_files; i++)
        if (l->files[i].size != HUB_SIZE_UNKNOWN) sum += l->files[i].size;
    return sum;
}

void hub_listing_free(struct hub_listing *l)
{
    arena_free(&l->arena);
    *l = (struct hub_listing){0};
}
