/* The API's description against the routes: neither has what the other has not. */
#include "server/openapi.h"
#include "server/server.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static json_t *document;

static int load(void **state)
{
    (void)state;
    size_t len;
    const char *text = openapi_text(&len);
    json_error_t e;
    document = json_loadb(text, len, JSON_REJECT_DUPLICATES, &e);
    if (!document) print_error("line %d: %s\n", e.line, e.text);
    return document ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    json_decref(document);
    return 0;
}

/* Member of member of ..., named by a NULL-terminated list. */
static json_t *at(const json_t *o, ...)
{
    va_list names;
    va_start(names, o);
    json_t *found = (json_t *)(uintptr_t)o;
    for (const char *name; (name = va_arg(names, const char *));)
        found = json_object_get(found, name);
    va_end(names);
    return found;
}

/* "/v1/models/{+id}" is "/v1/models/{id}" to clients; and methods are in small letters. */
static json_t *operation(const struct route *r)
{
    char path[128], method[16];
    size_t n = 0;
    for (const char *p = r->path; *p && n + 1 < sizeof path; p++)
        if (*p != '+') path[n++] = *p;
    path[n] = '\0';
    for (n = 0; r->method[n] && n + 1 < sizeof method; n++) method[n] = (char)(r->method[n] | 0x20);
    method[n] = '\0';
    return at(document, "paths", path, method, NULL);
}

static void every_route_is_described_and_nothing_else(void **state)
{
    (void)state;
    size_t described = 0;
    const char *path, *method;
    json_t *item, *o;
    json_object_foreach(at(document, "paths", NULL), path, item)
        json_object_foreach(item, method, o) described++;
    for (size_t i = 0; i < N_ROUTES; i++)
        if (!operation(&ROUTES[i]))
            fail_msg("%s %s is not described", ROUTES[i].method, ROUTES[i].path);
    assert_int_equal(described, N_ROUTES);
}

static void bodies_keys_and_waiting_are_described_as_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROUTES; i++) {
        const struct route *r = &ROUTES[i];
        const json_t *o = operation(r), *content = at(o, "requestBody", "content", NULL);
        const json_t *replies = at(o, "responses", NULL);
        bool json = at(content, "application/json", NULL) != NULL;
        bool form = at(content, "multipart/form-data", NULL) != NULL;
        bool open = json_is_array(at(o, "security", NULL));
        bool waits = r->lane != LANE_DIRECT;
        if (json != (r->body == BODY_JSON) || form != (r->body == BODY_FORM))
            fail_msg("%s: another body", r->path);
        if (open != r->open || !json_object_get(replies, "401") != r->open)
            fail_msg("%s: another need of a key", r->path);
        if ((json_object_get(replies, "429") != NULL) != waits)
            fail_msg("%s: 429 where nothing waits, or the reverse", r->path);
        if ((json_object_get(replies, "504") != NULL) != (waits && r->lane != LANE_WRITE))
            fail_msg("%s: 504 where there is no deadline, or the reverse", r->path);
        if (strchr(r->path, '{') && !json_array_size(at(o, "parameters", NULL)))
            fail_msg("%s: no parameter", r->path);
    }
}

/* Counts references below a value that lead nowhere. */
static size_t count_dangling(const json_t *v)
{
    size_t n = 0, i;
    const char *name;
    json_t *member;
    if (json_is_array(v)) {
        json_array_foreach(v, i, member) n += count_dangling(member);
        return n;
    }
    json_object_foreach((json_t *)(uintptr_t)v, name, member)
    {
        const char *target = json_string_value(member);
        n += count_dangling(member);
        if (strcmp(name, "$ref") != 0 || !target) continue;
        char copy[128], *rest = copy;
        json_t *found = document;
        snprintf(copy, sizeof copy, "%s", target);
        if (strncmp(copy, "#/", 2) != 0) n++;
        rest += 2;
        for (char *part; (part = strsep(&rest, "/"));) found = json_object_get(found, part);
        if (found) continue;
        print_error("%s is not there\n", target);
        n++;
    }
    return n;
}

static void references_lead_somewhere(void **state)
{
    (void)state;
    assert_int_equal(count_dangling(document), 0);
}

static void operations_have_names_of_their_own(void **state)
{
    (void)state;
    json_t *seen = json_object();
    for (size_t i = 0; i < N_ROUTES; i++) {
        const json_t *o = operation(&ROUTES[i]);
        const char *id = json_string_value(at(o, "operationId", NULL));
        assert_non_null(id);
        assert_non_null(json_string_value(at(o, "summary", NULL)));
        if (json_object_get(seen, id)) fail_msg("%s is there twice", id);
        json_object_set_new(seen, id, json_true());
    }
    json_decref(seen);
}

static void it_is_of_this_version(void **state)
{
    (void)state;
    assert_string_equal(json_string_value(at(document, "info", "version", NULL)), AUTOSPEC_VERSION);
    assert_string_equal(json_string_value(at(document, "openapi", NULL)), "3.2.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_described_and_nothing_else),
        cmocka_unit_test(bodies_keys_and_waiting_are_described_as_they_are),
        cmocka_unit_test(references_lead_somewhere),
        cmocka_unit_test(operations_have_names_of_their_own),
        cmocka_unit_test(it_is_of_this_version),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
