"""Answers from your own documents, with a language model that runs in this process.

    from autospec import LocalLLM

    llm = LocalLLM(device="cuda:0", temperature=0.1, max_tokens=512, use_4bit=True)
    print(llm.answer_query("What is the horsepower of the 2023 Toyota Camry?", documents))
"""

from .local_llm import Answer, AutospecError, Cancelled, LocalLLM

__all__ = ["Answer", "AutospecError", "Cancelled", "LocalLLM"]
