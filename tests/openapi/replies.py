"""Replies of the server, each against its schema in src/server/openapi.json, for questions of every kind:

    python3 tests/openapi/replies.py URL [--mock]

Prints "ok - NAME" or "not ok - NAME" for each; needs jsonschema. --mock: of the stand-in for the page's
tests, which streams answers and has no other endpoint of interest. Beside the form it is checked that what is cited is what the answer says:
numbers stand where they are said to, each has its citation, each citation its passage.
"""
import json
import pathlib
import sys
import urllib.error
import urllib.request

import jsonschema

FILE = pathlib.Path(__file__).resolve().parents[2] / "src/server/openapi.json"
MOCK = "--mock" in sys.argv
CAMRY = "What is the horsepower of the 2023 Toyota Camry?"
QUESTIONS = {  # name: (question, what was asked before)
    "a value": (CAMRY, None),
    "a follow-up": ("and the torque?", {"messages": [{"role": "user", "content": CAMRY}]}),
    "a comparison": ("Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?", None),
    "a list": ("List the horsepower of all Toyota with more than 250 hp", None),
    "a count": ("How many Toyota have more than 250 hp?", None),
    "an average": ("What is the average horsepower of the Toyota?", None),
    "groups": ("What is the average horsepower by manufacturer?", None),
    "a ranking": ("Which Toyota has the most horsepower?", None),
    "a check": ("Does the 2023 Toyota Camry have more than 200 hp?", None),
    "all of a vehicle": ("Tell me about the 2023 Toyota Camry", None),
    "a unit": ("2023 Toyota Camry power in kW", None),
    "a vehicle that is not there": ("What is the horsepower of the 1968 Tatra 603?", None),
    "words that mean nothing": ("blorptify the frumious quux", None),
    "another language": ("Wie viel PS hat der Toyota Camry 2023?", None),
    "prose": ("How is the battery of the Volvo XC90 Recharge charged?", None),
    "a conversation of texts": ("what about the 2023 Honda Accord?", [CAMRY, "and the torque?"]),
}


class Spec:
    def __init__(self, path):
        self.document = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))

    def check(self, name, value):
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": f"#/components/schemas/{name}",
                  "components": self.document["components"]}
        errors = sorted(jsonschema.Draft202012Validator(schema).iter_errors(value), key=lambda e: list(map(str, e.path)))
        assert not errors, "; ".join(f"{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in errors[:4])


def post(url, path, body):
    request = urllib.request.Request(url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return urllib.request.urlopen(request, timeout=120)


def events(reply):
    """[(name, data)] of a stream."""
    for block in reply.read().decode().split("\n\n"):
        lines = [l.split(": ", 1) for l in block.split("\n") if ": " in l and not l.startswith(":")]
        fields = dict(lines)
        if "data" in fields:
            yield fields.get("event", ""), fields["data"]


def consistent(a):
    """What the answer says of itself."""
    text, cited = a["answer"].encode(), {c["n"]: c for c in a["citations"]}
    for n in a["numbers"]:
        assert text[n["offset"]:].startswith(n["text"].encode()), ("a number is not at its offset", n)
        assert n["citation"] is None or cited[n["citation"]]["valid"], ("a number without its citation", n)
    for c in a["citations"]:
        assert f"[{c['n']}]" in a["answer"], ("a citation that is not in the text", c)
        if c["valid"]:
            assert c["passage"] is None or c["passage"] <= len(a["documents"]), ("no such passage", c)
            assert c["begin"] <= c["end"], c
    for row in a["rows"]:
        assert row["citation"] is None or row["citation"] in cited, ("a row cites what the answer does not", row)
    table = a["table_data"]
    assert (table is None) == (a["table"] is None)
    for row in table["rows"] if table else []:
        assert len(row) == len(table["columns"]), ("a row of another width", row)
    refused = a["status"] in ("not_found", "not_understood")
    assert refused <= a["refused"] and not (refused and a["model"]), (a["status"], a["refused"], a["model"])


def asked(url, spec, question, before):
    body = {"query": question, "temperature": 0, **({"conversation": before} if before else {})}
    whole = None if MOCK else json.load(post(url, "/query", body))
    streamed, pieces = None, []
    for name, data in events(post(url, "/query", {**body, "stream": True})):
        value = json.loads(data)
        spec.check({"sources": "Sources", "token": "TextPiece", "reasoning": "TextPiece", "done": "Answer"}[name], value)
        if name == "token":
            pieces.append(value["text"])
        if name == "done":
            streamed = value
    assert streamed, "the stream has no end"
    for a in filter(None, (whole, streamed)):
        spec.check("Answer", a)
        consistent(a)
    assert "".join(pieces) == streamed["answer"], ("".join(pieces), streamed["answer"])
    assert not whole or whole["answer"] == streamed["answer"], (whole["answer"], streamed["answer"])


def chat(url, spec):
    messages = [{"role": "user", "content": CAMRY}, {"role": "assistant", "content": "203 hp"},
                {"role": "user", "content": "and the torque?"}]
    reply = json.load(post(url, "/v1/chat/completions", {"messages": messages, "autospec": {"retrieve": True}}))
    spec.check("ChatCompletion", reply)
    consistent(reply["autospec"])
    assert reply["choices"][0]["message"]["content"] == reply["autospec"]["answer"]
    assert reply["autospec"]["parsed"]["carried"], reply["autospec"]["understood"]


def verify(url, spec):
    text = ("The 2023 Toyota Camry LE makes 203 hp. The 2023 Honda Accord LX makes 999 hp. The 1968 Tatra 603 makes 95 hp. "
            "Nobody knows 42.")
    reply = json.load(post(url, "/verify", {"text": text}))
    spec.check("Claims", reply)
    for c in reply["claims"]:
        assert text.encode()[c["offset"]:c["offset"] + c["length"]].decode().startswith(c["text"].split()[0]), c
    said = {c["text"].split()[0]: c["status"] for c in reply["claims"]}
    assert said.get("203") == "supported" and said.get("999") == "contradicted", said
    assert said.get("95") == "not_found" and said.get("42") != "supported", said


def get(url, spec, path, schema):
    spec.check(schema, json.load(urllib.request.urlopen(url + path, timeout=60)))


def error(url, spec, body):
    try:
        post(url, "/query", body)
    except urllib.error.HTTPError as e:
        assert e.code == 400, e.code
        return spec.check("Error", json.load(e))
    raise AssertionError("it was taken")


def main():
    url, spec = sys.argv[1].rstrip("/"), Spec(FILE)
    checks = [(name, asked, question, before) for name, (question, before) in QUESTIONS.items()]
    if not MOCK:
        checks += [("a grounded chat", chat), ("a text verified", verify)]
        checks += [(path, get, path, schema) for path, schema in (
            ("/ready", "Ready"), ("/health", "Health"), ("/query/llm-info", "LlmInfo"), ("/documents", "DocumentList"),
            ("/ingest/status", "IngestStatus"), ("/query/manufacturers", "Manufacturers"), ("/v1/models", "ModelList"))]
        checks += [(f"conversation: {json.dumps(bad)}", error, {"query": CAMRY, "conversation": bad})
                   for bad in (1, "x", {}, {"messages": 1}, [1], [{}], [{"role": "user"}], [" "], [{"role": "user", "content": 1}])]
    failed = 0
    for name, check, *arguments in checks:
        try:
            check(url, spec, *arguments)
            print(f"ok - {name}")
        except (AssertionError, KeyError, ValueError, OSError) as e:
            failed += 1
            print(f"not ok - {name}\n  {type(e).__name__}: {str(e)[:600]}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
