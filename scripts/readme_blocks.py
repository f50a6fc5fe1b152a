#!/usr/bin/env python3
"""The commands that README.md shows with their output: runs them and writes what they print now.

    scripts/readme_blocks.py            rewrites README.md
    scripts/readme_blocks.py --check    compares, a line a command; tests/e2e/readme.sh

An indented block whose lines begin with "$ autospec" is a transcript: each command, then what it prints.
Those that `make demo` shows come from its own output. "$ cat FILE" makes the file: the lines below it
are its contents. A line "..." stands for any lines. The time that something took may differ.

All of them run in one folder with a copy of data/, one store and no settings. The program is $AUTOSPEC
(build/autospec).
"""
import os, re, shutil, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
README = os.path.join(ROOT, "README.md")
AUTOSPEC = os.path.abspath(os.environ.get("AUTOSPEC", os.path.join(ROOT, "build", "autospec")))
INDENT = "    "


def transcripts(lines):
    """(first, last, command) of each command's output in the README: lines[first:last] below it."""
    found, at = [], 0
    while at < len(lines):
        if not lines[at].startswith(INDENT + "$ "):
            at += 1
            continue
        command, first = lines[at][len(INDENT) + 2:], at + 1
        at = first
        while at < len(lines) and not lines[at].startswith(INDENT + "$ ") and \
                (lines[at].startswith(INDENT) or not lines[at].strip()):
            at += 1
        last = at
        while last > first and not lines[last - 1].strip():
            last -= 1
        found.append((first, last, command))
    return found


def parse_demo(text):
    """What each command of the demo printed."""
    outputs, command = {}, None
    for line in text.splitlines():
        if line.startswith("$ ") or line.startswith("# "):
            command = line[2:] if line.startswith("$ ") else None
            if command:
                outputs[command] = []
        elif command:
            outputs[command].append(line.rstrip())
    for lines in outputs.values():
        while lines and not lines[-1]:
            lines.pop()
    return outputs


def without_times(lines):
    return [re.sub(r"\(\d+\.\d+ s\)", "(T s)", line) for line in lines]


def agrees(shown, printed):
    shown, printed = without_times(shown), without_times(printed)
    if shown.count("...") > 1:
        raise SystemExit("README.md: more than one \"...\" in the output of a command")
    if "..." not in shown:
        return shown == printed
    cut = shown.index("...")
    head, tail = shown[:cut], shown[cut + 1:]
    return len(printed) > len(head) + len(tail) and printed[:cut] == head and \
        (not tail or printed[-len(tail):] == tail)


def shorten(shown, printed):
    """The new output, left out where the old one was."""
    if "..." not in shown:
        return printed
    cut = shown.index("...")
    tail = len(shown) - cut - 1
    if len(printed) <= cut + tail:
        return printed
    return printed[:cut] + ["..."] + (printed[-tail:] if tail else [])


class Session:
    def __init__(self, folder):
        self.folder = folder
        os.mkdir(os.path.join(folder, "bin"))
        os.symlink(AUTOSPEC, os.path.join(folder, "bin", "autospec"))
        shutil.copytree(os.path.join(ROOT, "data"), os.path.join(folder, "data"))
        kept = {k: v for k, v in os.environ.items() if not re.match(
            r"AUTOSPEC|DEEPSEEK_|LLM_|HF_|TRANSFORMERS_|DEVICE$|HOST$|PORT$|API_KEY$|BUILD$", k)}
        self.env = dict(kept, HOME=folder, DEMO_STORE=os.path.join(folder, "store.db"),
                        AUTOSPEC_STORE=os.path.join(folder, "store.db"),
                        DEEPSEEK_MODEL=os.path.join(ROOT, "models", "nano"),
                        AUTOSPEC_CACHE=os.environ.get("AUTOSPEC_CACHE", os.path.join(folder, "packed")),
                        BUILD=os.path.join(folder, "bin"),
                        PATH=os.path.join(folder, "bin") + ":" + os.environ["PATH"])
        self.demo = parse_demo(self.run("sh " + os.path.join(ROOT, "scripts", "demo.sh")))

    def run(self, command):
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                              stdin=subprocess.DEVNULL, timeout=300)
        if done.returncode < 0 or done.returncode > 2:
            raise SystemExit(f"{command}: exit status {done.returncode}: {done.stdout[-300:]}")
        return done.stdout

    def output(self, command, shown):
        if command in self.demo:
            return self.demo[command]
        if command.startswith("cat "):
            path = os.path.join(self.folder, command[4:])
            with open(path, "w", encoding="utf-8") as f:
                f.write("\n".join(shown) + "\n")
            return shown
        lines = [line.rstrip() for line in self.run(command).splitlines()]
        while lines and not lines[-1]:
            lines.pop()
        return lines


def main():
    check = sys.argv[1:] == ["--check"]
    with open(README, encoding="utf-8") as f:
        lines = f.read().split("\n")
    passed = failed = changed = 0
    with tempfile.TemporaryDirectory() as folder:
        session, out, at = Session(folder), [], 0
        demo = [c for c in session.demo if c.startswith("autospec ")]
        found = transcripts(lines)
        for first, last, command in found:
            shown = [line[len(INDENT):] for line in lines[first:last]]
            printed = session.output(command, shown)
            right = agrees(shown, printed)
            out += lines[at:first]
            at = last
            out += lines[first:last] if right else \
                [(INDENT + line).rstrip() for line in shorten(shown, printed)]
            changed += not right
            passed, failed = passed + right, failed + (not right)
            if check:
                print(f"{'ok' if right else 'not ok'} - README: {command}")
                if not right:
                    print("  README shows:", *shown[:12], "it prints:", *printed[:12], sep="\n    ")
        out += lines[at:]
        missing = [c for c in demo if c not in {command for _, _, command in found}]
        if check:
            print(f"{'not ok' if missing else 'ok'} - README shows what the demo does")
            print(*("  not shown: " + c for c in missing), sep="\n", end="\n" if missing else "")
            passed, failed = passed + (not missing), failed + bool(missing)
            print(f"{passed} passed, {failed} failed")
            sys.exit(failed > 0)
    if changed:
        with open(README, "w", encoding="utf-8") as f:
            f.write("\n".join(out))
    print(f"{len(found)} commands, {changed} with new output")


if __name__ == "__main__":
    main()
