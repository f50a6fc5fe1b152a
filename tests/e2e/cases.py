#!/usr/bin/env python3
"""Small documents, each standing for a class of what real files look like: each is read into a store of its
own and asked one question. tests/cases/cases.json says which answer is right."""
import json, os, re, subprocess, sys, tempfile

AUTOSPEC = os.environ["AUTOSPEC"]
CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cases")
MARKS = re.compile(r"\s?\[\d+\]")


def run(arguments, env):
    return subprocess.run([AUTOSPEC, *arguments], env=env, capture_output=True, text=True, errors="replace", timeout=120)


def check(case):
    folder = os.path.join(CASES, case["name"])
    with tempfile.TemporaryDirectory() as tmp:
        env = dict(os.environ, AUTOSPEC_STORE=os.path.join(tmp, "store.db"))
        paths = [folder] if case.get("folder") else [os.path.join(folder, f) for f in sorted(os.listdir(folder))]
        r = run(["ingest", *paths], env)
        if r.returncode:
            return f"ingest: {r.stderr.strip()[:300]}"
        r = run(["ask", "--json", "--quiet", case["question"]], env)
        try:
            reply = json.loads(r.stdout)
        except ValueError:
            return f"ask: exit {r.returncode}: {r.stderr.strip()[:300]}"
    text = MARKS.sub("", reply["answer"])
    cited = [c for c in reply["citations"] if c.get("valid")]
    for p in case.get("reject", []):
        if re.search(p, text):
            return f"has /{p}/: {text[:300]}"
    if case.get("refused"):
        return None if reply["refused"] else f"not refused: {text[:300]}"
    for p in case.get("accept", []):
        if not re.search(p, text):
            return f"lacks /{p}/: {text[:300]} [{reply.get('understood')}]"
    if not cited:
        return f"cites nothing: {text[:300]}"
    if "location" in case and not any(re.search(rf"\b{case['location']}\b", c["location"]) for c in cited):
        return f"cites {[c['location'] for c in cited]}, not {case['location']}"
    if "quote" in case and not any(re.search(case["quote"], c["quote"]) for c in cited):
        return f"quotes {[c['quote'] for c in cited]}"
    return None


def main():
    passed = failed = 0
    with open(os.path.join(CASES, "cases.json"), encoding="utf-8") as f:
        cases = json.load(f)
    for case in cases:
        if len(sys.argv) > 1 and case["name"] not in sys.argv[1:]:
            continue
        problem = check(case)
        if problem:
            failed += 1
            print(f"FAILED {case['name']}: {problem}")
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed != 0)


main()
