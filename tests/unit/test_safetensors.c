/* Safetensors files: what is read, what is refused and how, and that what we write is read back. */
#include "scratch.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/thread_pool.h"
#include "model/safetensors.h"

#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A file of this header and data_len bytes 0, 1, 2, ... The length field says `claimed`. */
static void write_file(const char *name, const char *header, uint64_t claimed, size_t data_len)
{
    struct buffer b = {0};
    for (int i = 0; i < 8; i++) buffer_putc(&b, (char)(claimed >> 8 * i));
    buffer_puts(&b, header);
    for (size_t i = 0; i < data_len; i++) buffer_putc(&b, (char)i);
    scratch_write(name, b.data, b.len);
    buffer_free(&b);
}

static void write_plain(const char *name, const char *header, size_t data_len)
{
    write_file(name, header, strlen(header), data_len);
}

static void tensors_are_found_by_name_and_in_order_of_place(void **s)
{
    (void)s;
    struct error err = {0};
    /* The header's order is not the order of the data; an empty tensor and a scalar are allowed;
     * spaces may follow the header. */
    write_plain("a.safetensors",
                "{\"b\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[4,7]},"
                "\"__metadata__\":{\"format\":\"pt\"},"
                "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
                "\"e\":{\"dtype\":\"BF16\",\"shape\":[2,0],\"data_offsets\":[7,7]},"
                "\"w\":{\"dtype\":\"F64\",\"shape\":[1,1,1],\"data_offsets\":[7,15]}}   ",
                15);
    struct tensor_set *set = tensor_set_open_file(in_scratch("a.safetensors"), &err);
    if (!set) fail_msg("%s", err.text);
    assert_int_equal(tensor_set_count(set), 4);
    assert_string_equal(tensor_set_at(set, 0)->name, "a");
    assert_string_equal(tensor_set_at(set, 1)->name, "b");
    assert_string_equal(tensor_set_at(set, 3)->name, "w");
    assert_null(tensor_set_at(set, 4));
    const struct tensor *b = tensor_set_find(set, "b");
    assert_int_equal(b->type, TENSOR_I8);
    assert_int_equal(b->n_dims, 1);
    assert_int_equal(b->shape[0], 3);
    assert_int_equal(b->shape[1], 1);
    assert_memory_equal(b->data, "\4\5\6", 3);
    assert_string_equal(b->file, in_scratch("a.safetensors"));
    assert_int_equal(tensor_set_find(set, "a")->n_dims, 0);
    assert_int_equal(tensor_set_find(set, "a")->size, 4);
    assert_int_equal(tensor_set_find(set, "e")->size, 0);
    assert_int_equal(tensor_set_find(set, "w")->type, TENSOR_OTHER);
    assert_null(tensor_set_find(set, "c"));
    assert_null(tensor_set_find(set, "__metadata__"));
    assert_string_equal(tensor_set_metadata(set, "format"), "pt");
    assert_null(tensor_set_metadata(set, "x"));
    tensor_set_free(set);
}

static void files_that_do_not_fit_together_are_refused(void **s)
{
    (void)s;
#define T(shape, from, to)                                                                         \
    "{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":[" #from "," #to "]}"
    static const struct {
        const char *header;
        size_t data_len;
        const char *says;
    } cases[] = {
        {"", 0, "does not begin with '{'"},
        {"[]", 0, "does not begin with '{'"},
        {" {}", 0, "does not begin with '{'"},
        {"{", 0, "not valid JSON"},
        {"{}x", 0, "not valid JSON"},
        {"{\"a\":" T("[1]", 0, 4) ",\"a\":" T("[1]", 0, 4) "}", 4, "duplicate"},
        {"{\"a\":3}", 0, "\"a\": its entry is not an object"},
        {"{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "\"a\": no \"dtype\""},
        {"{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "\"F33\""},
        {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "\"shape\" is not a list"},
        {"{\"a\":" T("[1,1,1,1,1]", 0, 4) "}", 4, "5 dimensions"},
        {"{\"a\":" T("[1,-1]", 0, 4) "}", 4, "dimension 1"},
        {"{\"a\":" T("[1.0]", 0, 4) "}", 4, "dimension 0"},
        {"{\"a\":" T("[4294967296,4294967296]", 0, 4) "}", 4, "overflows"},
        {"{\"a\":" T("[4611686018427387904]", 0, 0) "}", 0, "overflows"},
        {"{\"a\":" T("[99999999999999999999]", 0, 4) "}", 4, "too big"},
        {"{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,1]}}", 1, "whole number"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "data_offsets"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "data_offsets"},
        {"{\"a\":" T("[1]", -4, 0) "}", 4, "data_offsets"},
        {"{\"a\":" T("[1]", 4, 0) "}", 4, "4..0 are outside"},
        {"{\"a\":" T("[1]", 4, 8) "}", 4, "4..8 are outside"},
        {"{\"a\":" T("[1]", 9223372036854775804, 9223372036854775807) "}", 4, "are outside"},
        {"{\"a\":" T("[2]", 0, 4) "}", 4, "span 4 bytes, its shape and type need 8"},
        {"{\"a\":" T("[1]", 0, 4) ",\"b\":" T("[1]", 2, 6) "}", 6, "\"a\" and \"b\" overlap"},
        {"{\"a\":" T("[1]", 0, 4) ",\"b\":" T("[1]", 0, 4) "}", 4, "overlap at data offset 0"},
        {"{\"a\":" T("[1]", 4, 8) "}", 8, "data bytes 0..4 before tensor \"a\""},
        {"{\"a\":" T("[1]", 0, 4) ",\"b\":" T("[1]", 8, 12) "}", 12, "data bytes 4..8"},
        {"{\"a\":" T("[1]", 0, 4) "}", 7, "3 bytes after the last tensor"},
        {"{}", 1, "1 bytes after the last tensor"},
        {"{\"__metadata__\":[]}", 0, "\"__metadata__\" is not an object"},
        {"{\"__metadata__\":{\"k\":1}}", 0, "\"k\" is not a string"},
    };
#undef T
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        write_plain("bad.safetensors", cases[i].header, cases[i].data_len);
        if (tensor_set_open_file(in_scratch("bad.safetensors"), &err))
            fail_msg("accepted: %s", cases[i].header);
        if (strncmp(err.text, in_scratch("bad.safetensors"),
                    strlen(in_scratch("bad.safetensors"))) != 0 ||
            !strstr(err.text, cases[i].says))
            fail_msg("%s: said: %s", cases[i].header, err.text);
    }
}

static void a_header_length_past_the_end_is_refused(void **s)
{
    (void)s;
    static const struct {
        uint64_t claimed;
        const char *says;
    } cases[] = {
        {0, "does not begin with '{'"},     {3, "past the end of the file (10 bytes)"},
        {100000001, "more than 100000000"}, {UINT64_MAX, "18446744073709551615 is more than"},
        {UINT64_MAX - 7, "is more than"}, /* 8 + length wraps to 0 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        write_file("bad.safetensors", "{}", cases[i].claimed, 0);
        assert_null(tensor_set_open_file(in_scratch("bad.safetensors"), &err));
        if (!strstr(err.text, cases[i].says)) fail_msg("said: %s", err.text);
    }
    struct error err = {0};
    scratch_put("bad.safetensors", "1234567");
    assert_null(tensor_set_open_file(in_scratch("bad.safetensors"), &err));
    assert_non_null(strstr(err.text, "7 bytes, too short"));
    scratch_put("bad.safetensors", "");
    error_clear(&err);
    assert_null(tensor_set_open_file(in_scratch("bad.safetensors"), &err));
    assert_non_null(strstr(err.text, "0 bytes, too short"));
    error_clear(&err);
    assert_null(tensor_set_open_file(scratch, &err));
    assert_non_null(strstr(err.text, "a directory"));
}

static void every_truncation_is_refused(void **s)
{
    (void)s;
    const char *header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,5]}}";
    write_plain("cut.safetensors", header, 5);
    for (off_t len = (off_t)(8 + strlen(header) + 5 - 1); len >= 0; len--) {
        struct error err = {0};
        assert_int_equal(truncate(in_scratch("cut.safetensors"), len), 0);
        assert_null(tensor_set_open_file(in_scratch("cut.safetensors"), &err));
        assert_int_equal(err.code, ERROR_INPUT);
    }
}

static void shards_are_opened_by_the_index(void **s)
{
    (void)s;
    struct error err = {0};
    const char *one = "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
    const char *two = "{\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                      "\"c\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}";
    static const struct {
        const char *index, *says; /* NULL: it opens */
    } cases[] = {
        {"{\"metadata\":{},\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\","
         "\"c\":\"2.safetensors\"}}",
         NULL},
        {"{\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"3.safetensors\"}}",
         "/3.safetensors: No such file"},
        {"{\"weight_map\":{\"a\":\"2.safetensors\",\"b\":\"2.safetensors\"}}",
         "/2.safetensors: tensor \"a\" is not in this file"},
        {"{\"weight_map\":{\"b\":\"1.safetensors\",\"c\":\"2.safetensors\"}}",
         "/1.safetensors: tensor \"b\" is not in this file"},
        {"{\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"twice.safetensors\"}}",
         "/twice.safetensors: tensor \"a\" is in 1.safetensors too"},
        {"{\"weight_map\":{\"a\":\"../1.safetensors\"}}", "\"../1.safetensors\" is not the name"},
        {"{\"weight_map\":{\"a\":\"/etc/passwd\"}}", "\"/etc/passwd\" is not the name"},
        {"{\"weight_map\":{\"a\":\"..\"}}", "\"..\" is not the name"},
        {"{\"weight_map\":{\"a\":\"\"}}", "\"\" is not the name"},
        {"{\"weight_map\":{\"a\":1}}", "its value is not the name"},
        {"{\"weight_map\":{}}", "\"weight_map\" is empty"},
        {"{\"weight_map\":[]}", "\"weight_map\" is missing or not an object"},
        {"{}", "\"weight_map\" is missing"},
        {"[]", "\"weight_map\" is missing"},
        {"{", "not valid JSON"},
    };
    write_plain("1.safetensors", one, 1);
    write_plain("2.safetensors", two, 3);
    write_plain("twice.safetensors",
                "{\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}",
                3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_put("model.safetensors.index.json", cases[i].index);
        error_clear(&err);
        struct tensor_set *set = tensor_set_open_dir(scratch, &err);
        if (cases[i].says) {
            if (set) fail_msg("accepted: %s", cases[i].index);
            if (!strstr(err.text, cases[i].says))
                fail_msg("%s: said: %s", cases[i].index, err.text);
            continue;
        }
        if (!set) fail_msg("%s", err.text);
        assert_int_equal(tensor_set_count(set), 3);
        assert_memory_equal(tensor_set_find(set, "c")->data, "\2", 1);
        assert_string_equal(tensor_set_find(set, "c")->file, in_scratch("2.safetensors"));
        assert_int_equal(tensor_set_bytes(set), 16 + strlen(one) + 1 + strlen(two) + 3);
        tensor_set_free(set);
    }
    /* One whole file wins over an index, as in transformers. */
    write_plain("model.safetensors", one, 1);
    error_clear(&err);
    struct tensor_set *set = tensor_set_open_dir(scratch, &err);
    assert_non_null(set);
    assert_int_equal(tensor_set_count(set), 1);
    tensor_set_free(set);
    unlink(in_scratch("model.safetensors"));
    unlink(in_scratch("model.safetensors.index.json"));
    assert_null(tensor_set_open_dir(scratch, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(err.text, "holds neither model.safetensors nor"));
    error_clear(&err);
    assert_null(tensor_set_open_dir(in_scratch("nowhere"), &err));
    assert_non_null(strstr(err.text, "/nowhere: no such directory"));
}

/* An F16 value by the definition of the format. */
static double f16_by_definition(unsigned h)
{
    int exponent = h >> 10 & 31;
    double m = h & 1023, sign = h & 0x8000 ? -1 : 1;
    if (exponent == 31) return m != 0 ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexp(1024 + m, exponent - 25) : ldexp(m, -24));
}

static void all_16_bit_floats_are_read_exactly_at_any_alignment(void **s)
{
    (void)s;
    enum { N = 65536 };
    static uint8_t raw[2 * N + 1];
    static float out[N];
    for (unsigned i = 0; i < N; i++) {
        raw[1 + 2 * i] = (uint8_t)i;
        raw[2 + 2 * i] = (uint8_t)(i >> 8);
    }
    struct tensor t = {.type = TENSOR_F16, .data = raw + 1, .size = 2 * N};
    tensor_read_f32(&t, 0, N, out);
    for (unsigned i = 0; i < N; i++) {
        double want = f16_by_definition(i);
        if (isnan(want))
            assert_true(isnan(out[i]));
        else
            assert_true((double)out[i] == want && !!signbit(out[i]) == !!(i & 0x8000));
    }
    t.type = TENSOR_BF16;
    tensor_read_f32(&t, 0, N, out);
    for (unsigned i = 0; i < N; i++) {
        uint32_t bits;
        memcpy(&bits, out + i, 4);
        assert_int_equal(bits, i << 16);
    }
    const float values[] = {1.5f, -0.0f, INFINITY, 3e-42f};
    memcpy(raw + 1, values, sizeof values);
    t.type = TENSOR_F32;
    tensor_read_f32(&t, 1, 3, out);
    assert_memory_equal(out, values + 1, 3 * sizeof *out);
    t.type = TENSOR_BF16;
    tensor_read_f32(&t, 1, 1, out); /* the upper half of 1.5f */
    assert_true(out[0] == 1.5f);
}

/* Writes parts of one tensor from all threads. */
struct parallel_write {
    struct tensor_writer *w;
    bool failed;
};

static void write_parts(void *context, size_t thread, size_t count)
{
    struct parallel_write *p = context;
    for (size_t i = thread; i < 1000; i += count) {
        uint8_t part[100];
        memset(part, (int)(i % 251), sizeof part);
        struct error err = {0};
        if (!tensor_writer_write(p->w, "big", 100 * i, part, sizeof part, &err)) p->failed = true;
    }
}

static void what_is_written_is_read_back_aligned(void **s)
{
    (void)s;
    struct error err = {0};
    const char *path = "out.safetensors";
    struct tensor_writer *w = tensor_writer_open(in_scratch(path), &err);
    if (!w) fail_msg("%s", err.text);
    size_t small[] = {3}, table[] = {2, 3}, big[] = {100, 1000}, none[] = {0, 7};
    assert_true(tensor_writer_declare(w, "small", TENSOR_U8, 1, small, &err));
    assert_true(tensor_writer_declare(w, "a \"quoted\" table", TENSOR_F32, 2, table, &err));
    assert_true(tensor_writer_declare(w, "empty", TENSOR_I64, 2, none, &err));
    assert_true(tensor_writer_declare(w, "big", TENSOR_U8, 2, big, &err));
    assert_true(tensor_writer_declare(w, "scalar", TENSOR_I32, 0, NULL, &err));
    assert_true(tensor_writer_metadata(w, "checksum", "????????", &err));
    assert_true(tensor_writer_metadata(w, "note", "\"\\\n\xc3\xa9", &err));
    assert_true(tensor_writer_begin(w, &err));

    const float values[] = {1, 2, 3, -4, 5, 6};
    struct parallel_write job = {.w = w};
    struct thread_pool *pool = thread_pool_create(4, &err);
    assert_non_null(pool);
    thread_pool_run(pool, write_parts, &job);
    thread_pool_free(pool);
    assert_false(job.failed);
    assert_true(tensor_writer_write(w, "a \"quoted\" table", 12, values + 3, 12, &err));
    assert_true(tensor_writer_write(w, "a \"quoted\" table", 0, values, 12, &err));
    assert_true(tensor_writer_write(w, "small", 1, "x", 1, &err));
    assert_true(tensor_writer_write(w, "empty", 0, NULL, 0, &err));
    assert_true(tensor_writer_patch_metadata(w, "checksum", "01234567", &err));
    assert_false(file_exists(in_scratch(path))); /* nobody sees a half */
    if (!tensor_writer_commit(w, &err)) fail_msg("%s", err.text);
    tensor_writer_free(w);

    struct tensor_set *set = tensor_set_open_file(in_scratch(path), &err);
    if (!set) fail_msg("%s", err.text);
    assert_int_equal(tensor_set_count(set), 5);
    for (size_t i = 0; i < 5; i++) assert_int_equal((uintptr_t)tensor_set_at(set, i)->data % 64, 0);
    assert_memory_equal(tensor_set_find(set, "small")->data, "\0x\0", 3);
    const struct tensor *t = tensor_set_find(set, "a \"quoted\" table");
    assert_int_equal(t->shape[0], 2);
    assert_int_equal(t->shape[1], 3);
    assert_memory_equal(t->data, values, sizeof values);
    t = tensor_set_find(set, "big");
    for (size_t i = 0; i < t->size; i++)
        assert_int_equal(((const uint8_t *)t->data)[i], i / 100 % 251);
    tensor_drop_pages(t); /* gone from memory, not from the file */
    assert_int_equal(((const uint8_t *)t->data)[99999], 999 % 251);
    assert_int_equal(tensor_set_find(set, "scalar")->size, 4);
    assert_string_equal(tensor_set_metadata(set, "checksum"), "01234567");
    assert_string_equal(tensor_set_metadata(set, "note"), "\"\\\n\xc3\xa9");
    tensor_set_free(set);
}

static void writer_misuse_is_an_error_and_leaves_nothing_behind(void **s)
{
    (void)s;
    struct error err = {0};
    size_t shape[] = {4}, huge[] = {SIZE_MAX / 2, 3};
    char pattern[300];
    glob_t found;
    scratch_put("kept.safetensors", "old");
    struct tensor_writer *w = tensor_writer_open(in_scratch("kept.safetensors"), &err);
    assert_non_null(w);
    assert_false(tensor_writer_write(w, "a", 0, "x", 1, &err));
    assert_false(tensor_writer_commit(w, &err));
    assert_false(tensor_writer_declare(w, "h", TENSOR_F32, 2, huge, &err));
    assert_false(tensor_writer_declare(w, "o", TENSOR_OTHER, 1, shape, &err));
    assert_false(tensor_writer_declare(w, "__metadata__", TENSOR_U8, 1, shape, &err));
    assert_true(tensor_writer_declare(w, "a", TENSOR_U8, 1, shape, &err));
    assert_true(tensor_writer_metadata(w, "k", "v", &err));
    assert_false(tensor_writer_metadata(w, "k", "w", &err));
    assert_true(tensor_writer_begin(w, &err));
    error_clear(&err);
    assert_false(tensor_writer_declare(w, "b", TENSOR_U8, 1, shape, &err));
    assert_false(tensor_writer_write(w, "b", 0, "x", 1, &err));
    assert_false(tensor_writer_write(w, "a", 4, "x", 1, &err));
    assert_false(tensor_writer_write(w, "a", SIZE_MAX, "xx", 2, &err));
    assert_false(tensor_writer_patch_metadata(w, "k", "longer", &err));
    assert_false(tensor_writer_patch_metadata(w, "k", "\"", &err));
    assert_false(tensor_writer_patch_metadata(w, "x", "v", &err));
    tensor_writer_free(w); /* never committed */

    error_clear(&err);
    w = tensor_writer_open(in_scratch("kept.safetensors"), &err);
    assert_true(tensor_writer_declare(w, "a", TENSOR_U8, 1, shape, &err));
    assert_true(tensor_writer_declare(w, "a", TENSOR_U8, 1, shape, &err));
    assert_false(tensor_writer_begin(w, &err));
    assert_non_null(strstr(err.text, "\"a\" declared twice"));
    tensor_writer_free(w);

    snprintf(pattern, sizeof pattern, "%s/*.tmp", scratch);
    assert_int_equal(glob(pattern, 0, NULL, &found), GLOB_NOMATCH);
    char *text;
    error_clear(&err);
    assert_true(file_read(in_scratch("kept.safetensors"), 100, &text, NULL, &err));
    assert_string_equal(text, "old");
    free(text);
    assert_null(tensor_writer_open(in_scratch("no/such/folder"), &err));
    assert_int_equal(err.code, ERROR_IO);
}

static void a_file_of_the_official_library_is_read(void **s)
{
    (void)s;
    struct error err = {0};
    struct tensor_set *set = tensor_set_open_file("tests/golden/configs/rope.safetensors", &err);
    if (!set) fail_msg("%s", err.text);
    assert_int_equal(tensor_set_count(set), 32);
    const struct tensor *t = tensor_set_find(set, "DeepSeek-R1-Distill-Qwen-7B.inv_freq");
    float first;
    tensor_read_f32(t, 0, 1, &first);
    assert_int_equal(t->shape[0], 64);
    assert_true(first == 1);
    tensor_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_are_found_by_name_and_in_order_of_place),
        cmocka_unit_test(files_that_do_not_fit_together_are_refused),
        cmocka_unit_test(a_header_length_past_the_end_is_refused),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(shards_are_opened_by_the_index),
        cmocka_unit_test(all_16_bit_floats_are_read_exactly_at_any_alignment),
        cmocka_unit_test(what_is_written_is_read_back_aligned),
        cmocka_unit_test(writer_misuse_is_an_error_and_leaves_nothing_behind),
        cmocka_unit_test(a_file_of_the_official_library_is_read),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
