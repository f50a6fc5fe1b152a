"""The official openai client against a server of ours: `openai_client.py URL PART [ENCODER]`.

Prints a line "ok - NAME" or "not ok - NAME" for each check; server_openai.sh counts them.
"""

import base64
import concurrent.futures as futures
import json
import math
import struct
import sys
import traceback
import typing

import jsonschema
import openai
import pydantic

URL, PART = sys.argv[1], sys.argv[2]
client = openai.OpenAI(base_url=URL + "/v1", api_key="any", max_retries=0, timeout=300)
CHECKS = []


def check(part):
    """Makes a function one of the checks; its docstring is the promise."""

    def add(f):
        if part == PART:
            CHECKS.append(f)
        return f

    return add


def refused(kind, param, f, **arguments):
    """f(**arguments) raises that error of the client; gives it back."""
    try:
        f(**arguments)
    except kind as e:
        assert type(e) is kind, (type(e), kind)
        assert e.param == param, (e.param, param)
        assert e.message and e.code and e.type, e.body
        return e
    raise AssertionError(f"not refused: {arguments}")


CAMRY = "What is the horsepower of the 2023 Toyota Camry?"


def ask(text="Tell me about the car.", **more):
    arguments = dict(model="nano", messages=[{"role": "user", "content": text}], temperature=0,
                     max_tokens=12)
    arguments.update(more)
    return client.chat.completions.create(**arguments)


def joined(stream):
    """The text of a streamed chat, its chunks."""
    chunks = list(stream)
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices), chunks


# ---- models ----


@check("api")
def models():
    """the models are listed"""
    listed = [m.id for m in client.models.list()]
    assert listed == ["nano", "minilm"], listed
    assert client.models.retrieve("nano").id == "nano"
    refused(openai.NotFoundError, "model", client.models.retrieve, model="gpt-4")


# ---- chat ----


@check("api")
def chat():
    """a chat is answered, with its usage"""
    r = ask()
    c = r.choices[0]
    assert r.object == "chat.completion" and r.model == "nano" and r.id.startswith("chatcmpl-"), r
    assert c.message.role == "assistant" and c.message.content and c.finish_reason == "length", c
    assert r.usage.completion_tokens == 12 and r.usage.prompt_tokens > 5, r.usage
    assert r.usage.total_tokens == r.usage.completion_tokens + r.usage.prompt_tokens, r.usage


@check("api")
def chat_limits():
    """max_completion_tokens is max_tokens"""
    assert ask(max_tokens=None, max_completion_tokens=3).usage.completion_tokens == 3


@check("api")
def chat_stream():
    """a stream adds up to the answer, its last chunk says why it ended"""
    whole = ask()
    text, chunks = joined(ask(stream=True))
    assert text == whole.choices[0].message.content, (text, whole)
    assert chunks[0].choices[0].delta.role == "assistant", chunks[0]
    assert chunks[-1].choices[0].finish_reason == "length", chunks[-1]
    assert len({c.id for c in chunks}) == 1 and all(c.usage is None for c in chunks)


@check("api")
def chat_stream_usage():
    """stream_options.include_usage adds a chunk with the usage"""
    _, chunks = joined(ask(stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == 12, chunks[-1]
    assert all(c.usage is None for c in chunks[:-1])


@check("api")
def chat_stop():
    """stop strings end an answer and are not part of it"""
    whole = ask().choices[0].message.content
    stop = whole[4:7]
    r = ask(stop=[stop, "never there"]).choices[0]
    assert r.finish_reason == "stop" and r.message.content == whole[: whole.index(stop)], r
    text, chunks = joined(ask(stop=stop, stream=True))
    assert text == r.message.content and chunks[-1].choices[0].finish_reason == "stop"


@check("api")
def chat_seed():
    """a seed gives the same answer again, another one another"""
    texts = [ask(seed=s, temperature=1.5, max_tokens=24).choices[0].message.content
             for s in (7, 7, 8, 9)]
    assert texts[0] == texts[1] and len(set(texts)) > 1, texts


@check("api")
def chat_top_p():
    """top_p 0 leaves the likeliest token alone"""
    assert ask(temperature=2, top_p=0).choices[0].message.content == \
        ask().choices[0].message.content


@check("api")
def chat_logprobs():
    """logprobs are those of the tokens that make up the answer"""
    r = ask(logprobs=True, top_logprobs=3, max_tokens=6).choices[0]
    tokens = r.logprobs.content
    assert b"".join(bytes(t.bytes) for t in tokens).decode() == r.message.content, r
    assert len(tokens) == 6
    for t in tokens:
        assert len(t.top_logprobs) == 3 and t.top_logprobs[0].token == t.token, t
        assert all(p.logprob <= 0 for p in t.top_logprobs)
        assert t.top_logprobs[0].logprob == t.logprob
        assert sum(math.exp(p.logprob) for p in t.top_logprobs) <= 1.0001
    _, chunks = joined(ask(logprobs=True, max_tokens=6, stream=True))
    streamed = [t.token for c in chunks if c.choices and c.choices[0].logprobs
                for t in c.choices[0].logprobs.content]
    assert streamed == [t.token for t in tokens], streamed


@check("api")
def chat_parts():
    """contents may be lists of texts; system, developer and assistant speak too"""
    r = ask(messages=[
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Tell me "},
                                     {"type": "text", "text": "about the car."}]},
        {"role": "assistant", "content": "It is red."},
        {"role": "user", "content": "Why?"}])
    assert r.usage.prompt_tokens > ask().usage.prompt_tokens, r.usage


@check("api")
def chat_reasoning():
    """reasoning comes apart from the content"""
    r = ask(extra_body={"thinking": "on"}, max_tokens=16)
    assert r.choices[0].message.reasoning_content, r
    assert r.usage.completion_tokens_details.reasoning_tokens > 0, r.usage
    chunks = list(ask(extra_body={"thinking": "on"}, max_tokens=16, stream=True))
    streamed = "".join(getattr(c.choices[0].delta, "reasoning_content", None) or ""
                       for c in chunks)
    assert streamed == r.choices[0].message.reasoning_content, streamed


@check("api")
def chat_control_tokens():
    """what looks like a control token is text"""
    r = ask("<｜User｜> </think> <｜end▁of▁sentence｜>")
    assert r.usage.prompt_tokens > 14, r.usage


# ---- JSON ----


def schema_format(schema):
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


SCHEMAS = [
    {"type": "object", "properties": {
        "make": {"type": "string", "maxLength": 12},
        "year": {"type": "integer", "minimum": 1900, "maximum": 2100},
        "fuel": {"enum": ["gasoline", "diesel", None]},
        "doors": {"type": ["integer", "null"], "exclusiveMinimum": 1, "exclusiveMaximum": 6},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 6}, "minItems": 1,
                 "maxItems": 3}},
     "required": ["make", "year", "fuel", "tags"], "additionalProperties": False},
    {"type": "array", "minItems": 2, "maxItems": 2, "items": {"anyOf": [
        {"type": "object", "properties": {"kind": {"const": "a"}, "x": {"type": "boolean"}},
         "required": ["kind", "x"]},
        {"type": "object", "properties": {"kind": {"const": "b"},
                                          "y": {"type": "number", "minimum": -1, "maximum": 1}},
         "required": ["kind", "y"]}]}},
    {"$ref": "#/$defs/tree", "$defs": {"tree": {
        "type": "object", "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 4},
            "children": {"type": "array", "maxItems": 1, "items": {"$ref": "#/$defs/tree"}}},
        "required": ["name", "children"]}}},
    {"type": "string", "minLength": 3, "maxLength": 5},
    {"type": "boolean"},
]


@check("api")
def json_schemas():
    """an answer by a schema fits it, whatever the model would have said"""
    whole = 0
    for schema in SCHEMAS:
        for seed in range(4):
            r = ask(response_format=schema_format(schema), temperature=seed / 2, seed=seed,
                    max_tokens=300).choices[0]
            if r.finish_reason == "stop":
                whole += 1
                jsonschema.validate(json.loads(r.message.content), schema)
            else:
                assert r.finish_reason == "length", r
    assert whole > 15, whole


@check("api")
def json_schema_stream():
    """streamed it is the same"""
    r = ask(response_format=schema_format(SCHEMAS[0]), max_tokens=300)
    text, chunks = joined(ask(response_format=schema_format(SCHEMAS[0]), max_tokens=300,
                              stream=True))
    assert text == r.choices[0].message.content, text
    assert chunks[-1].choices[0].finish_reason == r.choices[0].finish_reason == "stop"


@check("api")
def json_schema_cut():
    """one that runs out of tokens says so"""
    r = ask(response_format=schema_format(SCHEMAS[0]), max_tokens=4).choices[0]
    assert r.finish_reason == "length" and r.message.content, r


@check("api")
def json_at_once():
    """many at once get what each gets alone"""
    jobs = [(s, seed) for s in SCHEMAS for seed in (1, 2)]

    def one(job):
        r = ask(response_format=schema_format(job[0]), temperature=1, seed=job[1], max_tokens=120)
        return r.choices[0].message.content

    alone = [one(job) for job in jobs]
    with futures.ThreadPoolExecutor(len(jobs)) as pool:
        assert list(pool.map(one, jobs)) == alone


class Engine(pydantic.BaseModel):
    """A part of Car."""

    fuel: typing.Literal["gasoline", "diesel", "electric"]
    power: int = pydantic.Field(ge=0, le=2000, description="in hp")


class Car(pydantic.BaseModel):
    """What pydantic and the client make a schema of."""

    make: str = pydantic.Field(max_length=10)
    engine: Engine
    spare: typing.Optional[Engine]


@check("api")
def json_parse():
    """the client's parse() gives its object back"""
    r = client.chat.completions.parse(model="nano", response_format=Car, max_tokens=400,
                                      temperature=0, messages=[{"role": "user", "content": "A car"}])
    car = r.choices[0].message.parsed
    assert isinstance(car, Car) and 0 <= car.engine.power <= 2000, r


@check("api")
def json_object():
    """json_object gives an object, or runs out of tokens"""
    for seed in range(6):
        r = ask(response_format={"type": "json_object"}, max_tokens=60, temperature=1, seed=seed)
        c = r.choices[0]
        assert c.message.content.lstrip().startswith("{"), c
        if c.finish_reason == "stop":
            assert isinstance(json.loads(c.message.content), dict), c


@check("api")
def json_after_reasoning():
    """reasoning stays free, and JSON comes behind it alone"""
    r = ask(response_format=schema_format({"type": "boolean"}), extra_body={"thinking": "on"},
            max_tokens=400, temperature=1.5, seed=1).choices[0]
    assert r.message.reasoning_content, r
    if r.finish_reason == "stop":
        assert json.loads(r.message.content) in (True, False), r
    else:
        assert r.finish_reason == "length" and r.message.content == "", r


@check("api")
def json_completion():
    """a completion can be by a schema too"""
    r = complete("The horsepower is", max_tokens=20, extra_body={
        "response_format": schema_format({"type": "integer", "minimum": 100, "maximum": 999})})
    assert r.choices[0].finish_reason == "stop" and 100 <= json.loads(r.choices[0].text) <= 999, r


@check("api")
def json_refusals():
    """what of a schema cannot be enforced is refused by name"""
    for schema, word in (
        ({"type": "string", "pattern": "a+"}, "pattern"), ({"not": {}}, "not"),
        ({"type": "object", "properties": {"a": {"type": "string", "format": "email"}}}, "format"),
        ({"type": "array", "uniqueItems": True}, "uniqueItems"), ({"type": "text"}, "type"),
        ({"allOf": [{"minLength": 1}, {"maxLength": 2}]}, "allOf"), ({"$ref": "#/no"}, "$ref"),
        ({"$ref": "#"}, "no value"), ({"enum": []}, "enum"), (1, "schema"), ([], "schema"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "oneOf"),
    ):
        e = refused(openai.BadRequestError, "response_format", ask,
                    response_format=schema_format(schema))
        assert word in e.message and e.code in ("unsupported_schema", "invalid_schema"), e
    refused(openai.BadRequestError, "response_format", ask, text=CAMRY,
            response_format={"type": "json_object"}, extra_body={"autospec": {"retrieve": True}})


# ---- grounded ----

GROUNDED = {"autospec": {"retrieve": True}}


@check("api")
def grounded():
    """autospec.retrieve answers from the store: the program writes, from cells"""
    r = ask(CAMRY, extra_body=GROUNDED)
    assert "203 hp [1]" in r.choices[0].message.content and r.choices[0].finish_reason == "stop", r
    cell = r.autospec["citations"][0]
    assert cell["quote"].endswith(": 203") and cell["location"] == "row 245", cell
    assert r.autospec["rows"][0]["value"] == 203 and r.autospec["rows"][0]["unit"] == "hp", r.autospec
    assert r.autospec["status"] == "found" and r.autospec["model"] is None, r.autospec
    assert r.usage.completion_tokens == 0, r.usage
    text, chunks = joined(ask(CAMRY, extra_body=GROUNDED, stream=True, stream_options={"include_usage": True}))
    assert text == r.choices[0].message.content, text
    assert chunks[-2].autospec["documents"] and chunks[-1].usage.completion_tokens == 0


@check("api")
def grounded_follow_up():
    """earlier user messages carry the vehicle and the attribute over, whatever was answered"""
    before = [{"role": "user", "content": CAMRY}, {"role": "assistant", "content": "999 hp, of a Tatra"}]
    r = ask(messages=before + [{"role": "user", "content": "and the torque?"}], extra_body=GROUNDED)
    assert "184 lb-ft [1]" in r.choices[0].message.content and r.autospec["parsed"]["carried"], r
    r = ask(messages=before + [{"role": "user", "content": "what about the 2023 Honda Accord?"}], extra_body=GROUNDED)
    assert "192 hp [1]" in r.choices[0].message.content, r
    r = ask("and the torque?", extra_body=GROUNDED)
    assert r.autospec["refused"] and not r.autospec["rows"], r


@check("api")
def grounded_statuses():
    """what is not there or not understood is told by status"""
    for question, status in (("What is the horsepower of the 1968 Tatra 603?", "not_found"),
                             ("blorptify the frumious quux", "not_understood")):
        a = ask(question, extra_body=GROUNDED).autospec
        assert a["status"] == status and a["refused"] and not a["numbers"] and not a["citations"], a


@check("api")
def grounded_table():
    """several rows come with a table"""
    a = ask("Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?", extra_body=GROUNDED).autospec
    assert [r["value"] for r in a["rows"]] == [203, 192] and "| 203 |" in a["table"], a
    assert [n["citation"] for n in a["numbers"]] == [1, None, 2], a["numbers"]


@check("api")
def grounded_filter():
    """and takes a filter"""
    r = ask("What is the horsepower?", max_tokens=100, extra_body={"autospec": {
        "retrieve": True, "top_k": 3,
        "metadata_filter": {"manufacturer": "Toyota", "model": "Camry", "year": 2023}}})
    assert "203 hp" in r.choices[0].message.content, r
    assert len(r.autospec["documents"]) <= 3
    assert "autospec" not in ask(extra_body={"autospec": {"retrieve": False}}).model_dump()


@check("api")
def grounded_refusals():
    """what a grounded chat cannot do is refused"""
    e = {"autospec": {"retrieve": True}}
    for param, more in (("stop", {"stop": "x"}), ("logprobs", {"logprobs": True})):
        refused(openai.BadRequestError, param, ask, text=CAMRY, extra_body=e, **more)
    refused(openai.BadRequestError, "retrive", ask, extra_body={"autospec": {"retrive": True,
                                                                             "retrieve": True}})
    refused(openai.BadRequestError, "autospec", ask, extra_body={"autospec": 1})
    refused(openai.BadRequestError, "messages", ask, text=" ", extra_body=e)
    refused(openai.BadRequestError, "messages", ask, extra_body=e,
            messages=[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}])


# ---- completions ----


def complete(prompt="The horsepower of the", **more):
    return client.completions.create(**{**dict(model="nano", prompt=prompt, temperature=0,
                                               max_tokens=8), **more})


@check("api")
def completion():
    """a text is continued; several one after the other"""
    r = complete()
    assert r.object == "text_completion" and r.choices[0].text, r
    assert r.choices[0].finish_reason == "length" and r.usage.completion_tokens == 8, r
    both = complete(["The horsepower of the", "The car"])
    assert [c.index for c in both.choices] == [0, 1]
    assert both.choices[0].text == r.choices[0].text and both.usage.completion_tokens == 16
    assert both.choices[1].text == complete("The car").choices[0].text


@check("api")
def completion_stream():
    """streamed they are the same"""
    want = [c.text for c in complete(["The horsepower of the", "The car"]).choices]
    chunks = list(complete(["The horsepower of the", "The car"], stream=True,
                           stream_options={"include_usage": True}))
    got = ["".join(c.choices[0].text for c in chunks if c.choices and c.choices[0].index == i)
           for i in (0, 1)]
    assert got == want, (got, want)
    assert [c.choices[0].finish_reason for c in chunks if c.choices].count("length") == 2
    assert chunks[-1].usage.completion_tokens == 16


@check("api")
def completion_tokens():
    """a prompt of tokens is taken"""
    assert complete([5, 6, 7]).usage.prompt_tokens == 3
    assert len(complete([[5, 6], [7]]).choices) == 2
    refused(openai.BadRequestError, "prompt", complete, prompt=[5, 10**9])


@check("api")
def completion_logprobs():
    """logprobs name tokens, and where in the text they stand"""
    c = complete(logprobs=2).choices[0]
    p = c.logprobs
    assert len(p.tokens) == len(p.token_logprobs) == len(p.top_logprobs) == 8
    assert "".join(p.tokens) == c.text and all(len(t) == 2 for t in p.top_logprobs)
    assert all(c.text[o:].startswith(t) for o, t in zip(p.text_offset, p.tokens)), p


@check("api")
def completion_refusals():
    """what is not there is refused"""
    for param, value in (("echo", True), ("suffix", "x"), ("best_of", 2), ("n", 2)):
        refused(openai.BadRequestError, param, complete, **{param: value})
    for prompt in ([], [1.5], [[]], ["a"] * 17, {}):
        refused(openai.BadRequestError, "prompt", complete, prompt=prompt)
    refused(openai.BadRequestError, "logprobs", complete, logprobs=21)


# ---- embeddings ----


@check("api")
def embeddings():
    """texts become vectors, in both encodings"""
    r = client.embeddings.create(model="minilm", input=["The car", "Bananas", "The car"])
    a, b, c = (d.embedding for d in r.data)
    assert len(a) == 64 and abs(sum(x * x for x in a) - 1) < 1e-5 and a == c and a != b
    assert [d.index for d in r.data] == [0, 1, 2] and r.model == "minilm"
    assert r.usage.prompt_tokens > 6 and r.usage.total_tokens == r.usage.prompt_tokens
    floats = client.embeddings.create(model="minilm", input="The car", encoding_format="float")
    assert all(abs(x - y) < 1e-6 for x, y in zip(a, floats.data[0].embedding))
    raw = client.embeddings.with_raw_response.create(model="minilm", input="The car",
                                                     encoding_format="base64")
    text = json.loads(raw.text)["data"][0]["embedding"]
    assert list(struct.unpack("<64f", base64.b64decode(text))) == a


@check("api")
def embeddings_many():
    """many texts at once are what they are alone"""
    texts = [f"Car number {i}" for i in range(40)]
    r = client.embeddings.create(model="minilm", input=texts)
    one = client.embeddings.create(model="minilm", input=texts[33])
    assert len(r.data) == 40 and r.data[33].embedding == one.data[0].embedding


@check("api")
def embeddings_refusals():
    """what is no text is refused"""
    make = client.embeddings.create
    for text in ("", [], [""], [[1, 2]], ["a"] * 257):
        refused(openai.BadRequestError, "input", make, model="minilm", input=text)
    refused(openai.BadRequestError, "dimensions", make, model="minilm", input="a", dimensions=8)
    refused(openai.BadRequestError, "input_type", make, model="minilm", input="a",
            extra_body={"input_type": "x"})
    refused(openai.NotFoundError, "model", make, model="nano", input="a")


# ---- errors ----


@check("api")
def chat_refusals():
    """fields that are wrong are named"""
    user = {"role": "user", "content": "a"}
    for param, more in (
        ("temperature", {"temperature": 3}), ("top_p", {"top_p": 2}), ("seed", {"seed": "x"}),
        ("max_tokens", {"max_tokens": 0}), ("n", {"n": 2}), ("stop", {"stop": ["a"] * 17}),
        ("stop", {"stop": ""}), ("top_logprobs", {"top_logprobs": 3}),
        ("top_logprobs", {"top_logprobs": 21, "logprobs": True}),
        ("frequency_penalty", {"frequency_penalty": 1}),
        ("presence_penalty", {"presence_penalty": 1}), ("logit_bias", {"logit_bias": {"5": 1}}),
        ("tools", {"tools": [{"type": "function", "function": {"name": "f"}}]}),
        ("modalities", {"modalities": ["text", "audio"]}),
        ("messages", {"messages": []}), ("messages", {"messages": [{"role": "x", "content": "a"}]}),
        ("messages", {"messages": [{"role": "user", "content": None}]}),
        ("messages", {"messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "data:"}}]}]}),
        ("messages", {"messages": [user] * 1025}),
        ("thinking", {"extra_body": {"thinking": "much"}}),
        ("stream", {"extra_body": {"stream": 1}}),
        ("stream_options", {"extra_body": {"stream_options": 1}}),
        ("response_format", {"response_format": {"type": "xml"}}),
        ("response_format", {"response_format": {}}),
        ("response_format", {"response_format": 1}),
        ("response_format", {"response_format": {"type": "json_schema"}}),
        ("response_format", {"response_format": {"type": "json_schema", "json_schema": {}}}),
    ):
        refused(openai.BadRequestError, param, ask, **more)
    refused(openai.NotFoundError, "model", ask, model="gpt-4")


@check("api")
def harmless():
    """fields that change nothing are passed over"""
    ask(n=1, frequency_penalty=0, presence_penalty=0, logit_bias={}, tools=[], user="me",
        metadata={"a": "b"}, store=False, stop=[], response_format={"type": "text"}, max_tokens=1)


@check("api")
def too_long():
    """a prompt that is longer than the context is refused"""
    e = refused(openai.BadRequestError, None, ask, text="word " * 6000)
    assert e.code == "context_length_exceeded" and "4096" in e.message, e


@check("plain")
def no_encoder():
    """without an encoder there are no embeddings"""
    e = refused(openai.BadRequestError, None, client.embeddings.create, model="x", input="a")
    assert e.code == "no_encoder"
    assert [m.id for m in client.models.list()] == ["nano"]


@check("plain")
def empty_store():
    """without documents a grounded chat is refused"""
    e = refused(openai.ConflictError, None, ask, text=CAMRY,
                extra_body={"autospec": {"retrieve": True}})
    assert e.code == "no_documents"


@check("keys")
def keys():
    """a wrong key is refused, the right one not"""
    e = refused(openai.AuthenticationError, None, client.models.list)
    assert e.code == "invalid_api_key"
    right = openai.OpenAI(base_url=URL + "/v1", api_key="right", max_retries=0)
    assert [m.id for m in right.models.list()] == ["nano"]


@check("keys")
def busy():
    """when the queue is full the client is told to come again"""
    right = openai.OpenAI(base_url=URL + "/v1", api_key="right", max_retries=0)

    def one(_):
        try:
            right.chat.completions.create(model="nano", max_tokens=150, temperature=0,
                                          messages=[{"role": "user", "content": "Tell me all."}])
        except openai.RateLimitError as e:
            return e.response.headers["retry-after"]
        return None

    with futures.ThreadPoolExecutor(12) as pool:
        told = list(pool.map(one, range(12)))
    assert None in told and any(t and int(t) >= 1 for t in told), told


for f in CHECKS:
    try:
        f()
        print(f"ok - {f.__doc__}", flush=True)
    except Exception as e:  # pylint: disable=broad-except
        print(f"not ok - {f.__doc__}", flush=True)
        where = traceback.extract_tb(e.__traceback__)[-1]
        print(f"  line {where.lineno}: {type(e).__name__}: {str(e)[:500]}", flush=True)
