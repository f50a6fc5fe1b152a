"""LocalLLM: an open model, and answers from documents, as a Python object."""

import ctypes
import json
import queue
import threading
import warnings

from . import _library as c

_THINKING = {"auto": 0, "on": 1, "off": 2}
_FINISH = ("end", "stop", "length", "context", "cancelled", "deadline")
_lib = None
_lib_lock = threading.Lock()


def _library():
    global _lib
    with _lib_lock:
        if _lib is None:
            _lib = c.load()
    return _lib


class AutospecError(RuntimeError):
    """What the library refused; `code` is its enum autospec_code."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Cancelled(AutospecError):
    """The call was cancelled before it began."""


def _error(error):
    kind = Cancelled if error.code == c.CANCELLED else AutospecError
    return kind(error.code, error.text.decode("utf-8", "replace"))


def _bytes(text):
    return None if text is None else str(text).encode("utf-8")


class Answer:
    """An answer with what it rests on. str() of it is the text.

    status: "found", "several", "not_found", "contradiction", "not_understood" or "open" (from prose).
    understood: the query in one readable line; parsed: the same as data.
    rows: a dict a value (vehicle, attribute, value, unit, and its cell: document, location, column,
    line). table: several rows in Markdown, or None. generated: a model wrote the text, else the
    program did. include/autospec.h says what json holds.
    """

    def __init__(self, a):
        self.text = a.text.decode()
        self.conclusion = a.conclusion.decode()
        self.reasoning = a.reasoning.decode()
        self.refused = a.refused
        self.generated = a.generated
        self.finish = _FINISH[a.finish] if a.finish < len(_FINISH) else str(a.finish)
        self.unsupported = a.n_unsupported
        self.notes = [a.notes[i].decode() for i in range(a.n_notes)]
        self.citations = [self._plain(a.citations[i].contents) for i in range(a.n_citations)]
        self.numbers = [self._plain(a.numbers[i].contents) for i in range(a.n_numbers)]
        self.prompt_tokens = a.prompt_tokens
        self.cached_tokens = a.cached_tokens
        self.generated_tokens = a.generated_tokens
        self.prefill_seconds = a.prefill_seconds
        self.decode_seconds = a.decode_seconds
        self.total_seconds = a.total_seconds
        self.json = json.loads(a.json)
        self.status = self.json["status"]
        self.understood = self.json["understood"]
        self.parsed = self.json["parsed"]
        self.rows = self.json["rows"]
        self.table = self.json["table"]

    @staticmethod
    def _plain(struct):
        values = {name: getattr(struct, name) for name, _ in struct._fields_}
        return {k: v.decode() if isinstance(v, bytes) else v for k, v in values.items()}

    def __str__(self):
        return self.text


class LocalLLM:
    """A DeepSeek model on this machine. Several threads may use one object: their calls wait for
    each other. `with LocalLLM() as llm:` or close() gives its memory back at once.

    model_name: a model folder, a .gguf file, ORG/NAME of the Hugging Face Hub (downloaded if need
    be), or None: the small model that comes with autospec.
    device: "auto", "cpu", "cuda" or "cuda:N". Where there is no such GPU, or the library was built
    without a GPU backend, the CPU computes and a RuntimeWarning says so; with strict=True that is
    an AutospecError instead.
    memory_limit: bytes that all of it may take; 0: what the machine has available; None: not
    checked. A model that needs more is refused before it is loaded, with what would fit.
    progress: called as progress(what, unit, done, total) while a model is downloaded or packed.
    """

    def __init__(self, model_name=None, device="auto", temperature=0.1, max_tokens=512,
                 use_4bit=True, use_8bit=False, *, strict=False, repetition_penalty=1.0, seed=0,
                 thinking="auto", context=0, threads=0, packed_cache=None, hub_cache=None,
                 offline=False, progress=None, kv_bits=16, memory_limit=0):
        self._handle = None
        self._lib = _library()
        if thinking not in _THINKING:
            raise ValueError(f"thinking {thinking!r} is not one of {', '.join(_THINKING)}")
        for name, value in (("max_tokens", max_tokens), ("context", context),
                            ("threads", threads), ("seed", seed), ("kv_bits", kv_bits),
                            ("memory_limit", memory_limit or 0)):
            if not 0 <= value < 2 ** 63:
                raise ValueError(f"{name} {value} is outside its range")
        failure = []

        @c.LOG
        def on_log(_context, level, line):
            # Not the lines of lower levels, which tell how things go.
            if level == c.WARNING:
                lines.append(line.decode("utf-8", "replace"))

        @c.PROGRESS
        def on_progress(_context, what, unit, done, total):
            try:
                if progress:
                    progress(what.decode("utf-8", "replace"), unit.decode(), done, total)
            except BaseException as stopped:  # Ctrl-C too: raised again when the library is done
                failure.append(stopped)
            return not failure

        lines = []
        o = c.Options()
        self._lib.autospec_options_init(o, ctypes.sizeof(o))
        o.model_name = _bytes(model_name)
        o.device = _bytes(device)
        o.strict_device = strict
        o.use_4bit, o.use_8bit = use_4bit, use_8bit
        o.temperature, o.repetition_penalty = temperature, repetition_penalty
        o.seed, o.max_tokens = seed, max_tokens
        o.thinking = _THINKING[thinking]
        o.context, o.threads = context, threads
        o.packed_cache, o.hub_cache = _bytes(packed_cache), _bytes(hub_cache)
        o.offline = offline
        o.kv_bits = kv_bits
        o.memory_limit = ctypes.c_size_t(-1).value if memory_limit is None else memory_limit
        o.log, o.progress = on_log, on_progress
        self._callbacks = (on_log, on_progress)  # the library keeps their addresses
        self._log_lines = lines
        error = c.Error()
        self._handle = self._lib.autospec_open(o, error)
        if failure:
            self.close()
            raise failure[0]
        self._warn()
        if not self._handle:
            raise _error(error)

    def _warn(self):
        while self._log_lines:
            warnings.warn(self._log_lines.pop(0), RuntimeWarning, stacklevel=4)

    def close(self):
        handle, self._handle = self._handle, None
        if handle:
            self._lib.autospec_close(handle)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_handle", None):
            self.close()

    @property
    def info(self):
        """What the model is and what it takes to run it, as a dict."""
        return json.loads(self._lib.autospec_info(self._open()).contents.json)

    def cancel(self):
        """Stops the calls that run or wait in other threads."""
        self._lib.autospec_cancel(self._open())

    def _open(self):
        if not self._handle:
            raise ValueError("this LocalLLM is closed")
        return self._handle

    # ---- calls ----

    @staticmethod
    def _documents(documents):
        keep = []  # what the structs point to
        array = (c.Document * max(len(documents), 1))()
        for out, document in zip(array, documents):
            if isinstance(document, str):
                document = {"content": document}
            elif hasattr(document, "page_content"):  # langchain's
                document = {"content": document.page_content, "metadata": document.metadata}
            metadata = {str(k): v for k, v in (document.get("metadata") or {}).items()
                        if isinstance(v, (str, int, float)) and not isinstance(v, bool)}
            fields = (c.Field * max(len(metadata), 1))()
            for field, (name, value) in zip(fields, metadata.items()):
                field.name, field.value = _bytes(name), _bytes(value)
            content = _bytes(document["content"])
            out.id = _bytes(document.get("id"))
            out.title = _bytes(document.get("title"))
            out.content, out.length = content, len(content)
            out.metadata, out.n_metadata = fields, len(metadata)
            keep.append((fields, content))
        return array, keep

    def _call(self, run, on_text, max_tokens, passages=0, system=None):
        """run(call, error) with callbacks in whose exceptions end it."""
        failure = []

        @c.ON_TEXT
        def piece(_context, text, length, reasoning):
            try:
                if on_text and on_text(ctypes.string_at(text, length).decode(), reasoning) is False:
                    return False
            except BaseException as stopped:  # Ctrl-C too
                failure.append(stopped)
            return not failure

        call = c.Call()
        self._lib.autospec_call_init(call, ctypes.sizeof(call))
        call.on_text = piece
        call.max_tokens, call.passages, call.system = max_tokens, passages, _bytes(system)
        error = c.Error()
        result = run(call, error)
        self._warn()
        if not result and not failure:
            raise _error(error)
        return result, failure

    def answer(self, query, documents, *, max_tokens=0, passages=0, on_text=None):
        """The answer with its rows, citations and figures. documents: strings, or dicts with
        "content" and, as far as there are any, "title", "id" and "metadata". on_text(piece,
        reasoning) gets the text as it comes and may return False to stop."""
        handle = self._open()
        array, keep = self._documents(list(documents))
        n = len(keep)
        result, failure = self._call(
            lambda call, error: self._lib.autospec_answer_query(handle, _bytes(query), array, n,
                                                                call, error),
            on_text, max_tokens, passages)
        try:
            if failure:
                raise failure[0]
            return Answer(result.contents)
        finally:
            self._lib.autospec_answer_free(result)

    def answer_query(self, query, documents, **options):
        """The answer's text."""
        return self.answer(query, documents, **options).text

    def generate(self, prompt, *, system=None, max_tokens=0, on_text=None):
        """Text from the model alone, without documents."""
        handle = self._open()
        result, failure = self._call(
            lambda call, error: self._lib.autospec_generate(handle, _bytes(prompt), call, error),
            on_text, max_tokens, system=system)
        try:
            if failure:
                raise failure[0]
            return result.contents.text.decode()
        finally:
            self._lib.autospec_text_free(result)

    def stream(self, query, documents, **options):
        """Yields the answer's text in pieces as it comes; leaving the loop early stops the model."""
        pieces = queue.Queue()
        stopped = threading.Event()

        def on_text(text, reasoning):
            if not reasoning:
                pieces.put(text)
            return not stopped.is_set()

        def work():
            try:
                answer = self.answer(query, documents, on_text=on_text, **options)
                # What the program says by itself comes in one piece.
                pieces.put(answer)
            except BaseException as failure:
                pieces.put(failure)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        any_text = False
        try:
            while True:
                piece = pieces.get()
                if isinstance(piece, BaseException):
                    raise piece
                if isinstance(piece, Answer):
                    if not any_text and piece.text:
                        yield piece.text
                    return
                any_text = True
                yield piece
        finally:
            stopped.set()
            thread.join()
