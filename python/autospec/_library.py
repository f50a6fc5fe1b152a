"""include/autospec.h for ctypes: its structs, in the same order, and its functions."""

import ctypes
import os
import pathlib
from ctypes import (CFUNCTYPE, POINTER, Structure, c_bool, c_char, c_char_p, c_double, c_int,
                    c_size_t, c_uint, c_uint64, c_void_p)

SONAME = "libautospec.so.0"

LOG = CFUNCTYPE(None, c_void_p, c_int, c_char_p)
PROGRESS = CFUNCTYPE(c_bool, c_void_p, c_char_p, c_char_p, c_size_t, c_size_t)
ON_TEXT = CFUNCTYPE(c_bool, c_void_p, c_void_p, c_size_t, c_bool)

CANCELLED = 6  # enum autospec_code
WARNING = 1  # enum autospec_level


class Error(Structure):
    _fields_ = [("code", c_int), ("text", c_char * 512)]


class Options(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("model_name", c_char_p),
        ("device", c_char_p),
        ("strict_device", c_bool),
        ("use_4bit", c_bool),
        ("use_8bit", c_bool),
        ("temperature", c_double),
        ("repetition_penalty", c_double),
        ("seed", c_uint64),
        ("max_tokens", c_size_t),
        ("thinking", c_int),
        ("context", c_size_t),
        ("threads", c_size_t),
        ("packed_cache", c_char_p),
        ("hub_cache", c_char_p),
        ("offline", c_bool),
        ("log", LOG),
        ("progress", PROGRESS),
        ("callback_context", c_void_p),
        ("kv_bits", c_uint),
        ("memory_limit", c_size_t),
    ]


class Call(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("on_text", ON_TEXT),
        ("context", c_void_p),
        ("max_tokens", c_size_t),
        ("passages", c_size_t),
        ("system", c_char_p),
    ]


class Field(Structure):
    _fields_ = [("name", c_char_p), ("value", c_char_p)]


class Document(Structure):
    _fields_ = [
        ("id", c_char_p),
        ("title", c_char_p),
        ("content", c_char_p),
        ("length", c_size_t),
        ("metadata", POINTER(Field)),
        ("n_metadata", c_size_t),
    ]


class Citation(Structure):
    _fields_ = [
        ("n", c_size_t),
        ("valid", c_bool),
        ("document", c_size_t),
        ("id", c_char_p),
        ("title", c_char_p),
        ("location", c_char_p),
        ("quote", c_char_p),
        ("passage", c_char_p),
    ]


class Number(Structure):
    _fields_ = [
        ("text", c_char_p),
        ("offset", c_size_t),
        ("unit", c_char_p),
        ("value", c_double),
        ("supported", c_bool),
        ("passage", c_size_t),
        ("in_title", c_bool),
        ("quote", c_char_p),
    ]


class AnswerStruct(Structure):
    _fields_ = [
        ("text", c_char_p),
        ("reasoning", c_char_p),
        ("refused", c_bool),
        ("generated", c_bool),
        ("conclusion", c_char_p),
        ("citations", POINTER(POINTER(Citation))),
        ("n_citations", c_size_t),
        ("numbers", POINTER(POINTER(Number))),
        ("n_numbers", c_size_t),
        ("n_unsupported", c_size_t),
        ("notes", POINTER(c_char_p)),
        ("n_notes", c_size_t),
        ("n_passages", c_size_t),
        ("finish", c_int),
        ("prompt_tokens", c_size_t),
        ("cached_tokens", c_size_t),
        ("generated_tokens", c_size_t),
        ("prefill_seconds", c_double),
        ("decode_seconds", c_double),
        ("total_seconds", c_double),
        ("json", c_char_p),
    ]


class Text(Structure):
    _fields_ = [
        ("text", c_char_p),
        ("reasoning", c_char_p),
        ("finish", c_int),
        ("prompt_tokens", c_size_t),
        ("cached_tokens", c_size_t),
        ("generated_tokens", c_size_t),
        ("prefill_seconds", c_double),
        ("decode_seconds", c_double),
    ]


class Info(Structure):
    _fields_ = [
        ("model", c_char_p),
        ("folder", c_char_p),
        ("architecture", c_char_p),
        ("quantization", c_char_p),
        ("device", c_char_p),
        ("device_note", c_char_p),
        ("parameters", c_size_t),
        ("layers", c_size_t),
        ("hidden", c_size_t),
        ("vocabulary", c_size_t),
        ("context", c_size_t),
        ("weight_bytes", c_size_t),
        ("kv_bytes", c_size_t),
        ("activation_bytes", c_size_t),
        ("bytes_per_token", c_size_t),
        ("load_seconds", c_double),
        ("json", c_char_p),
    ]


FUNCTIONS = {
    "autospec_version": (c_char_p, []),
    "autospec_options_init": (None, [POINTER(Options), c_size_t]),
    "autospec_open": (c_void_p, [POINTER(Options), POINTER(Error)]),
    "autospec_close": (None, [c_void_p]),
    "autospec_call_init": (None, [POINTER(Call), c_size_t]),
    "autospec_cancel": (None, [c_void_p]),
    "autospec_answer_query": (
        POINTER(AnswerStruct),
        [c_void_p, c_char_p, POINTER(Document), c_size_t, POINTER(Call), POINTER(Error)],
    ),
    "autospec_answer_free": (None, [POINTER(AnswerStruct)]),
    "autospec_generate": (POINTER(Text), [c_void_p, c_char_p, POINTER(Call), POINTER(Error)]),
    "autospec_text_free": (None, [POINTER(Text)]),
    "autospec_info": (POINTER(Info), [c_void_p]),
}


def _candidates():
    if os.environ.get("AUTOSPEC_LIBRARY"):
        yield os.environ["AUTOSPEC_LIBRARY"]
        return
    yield SONAME  # where the system's loader looks
    yield f"/usr/local/lib/{SONAME}"
    # A checkout that was built and not installed.
    yield str(pathlib.Path(__file__).resolve().parents[2] / "build" / SONAME)


def load():
    """The library; AUTOSPEC_LIBRARY names its file when it is in no usual place."""
    failures = []
    for path in _candidates():
        try:
            library = ctypes.CDLL(path)
        except OSError as failure:
            failures.append(str(failure))
            continue
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments
        return library
    raise ImportError(f"{SONAME} is not found ({'; '.join(failures)}); `make install` installs it, "
                      "AUTOSPEC_LIBRARY names it")
