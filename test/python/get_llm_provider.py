"""Where LiteLLM sends each {model, env, call} on stdin: what get_llm_provider says and, with `call`, the
request that completion() makes. Nothing is sent: httpx is answered here.
"""

import json
import os
import sys

import httpx
import litellm

answer = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "x"}}
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
key_headers = ("authorization", "x-api-key", "api-key", "x-goog-api-key")
sent: list[dict] = []


def send(self, request, **_):
    body = json.loads(request.read() or b"{}")
    if not {"messages", "contents", "input", "inputText", "prompt"} & set(body):
        return httpx.Response(200, json={}, request=request)  # A look-up before the call.
    keys = {name: request.headers[name] for name in key_headers if name in request.headers}
    sent.append({"url": str(request.url), "keys": keys, "model": body.get("model")})
    return httpx.Response(200, json=answer, request=request)


def provider(question: dict) -> dict:
    try:
        model, name, key, base = litellm.get_llm_provider(question["model"])
        return {"model": model, "provider": name, "key": key, "base": base}
    except Exception as error:
        return {"error": type(error).__name__}


def request(question: dict) -> dict | None:
    sent.clear()
    try:
        litellm.completion(
            model=question["model"], messages=[{"role": "user", "content": "x"}], max_retries=0
        )
    except Exception:
        pass  # An answer that its provider's format does not have; the request is what counts.
    return sent[0] if sent else None


def ask(question: dict) -> dict:
    os.environ.clear()
    os.environ.update(question["env"])
    litellm.in_memory_llm_clients_cache.flush_cache()
    return {**provider(question), "request": request(question) if question["call"] else None}


litellm.suppress_debug_info = True
httpx.Client.send = send
json.dump([ask(question) for question in json.load(sys.stdin)], sys.stdout)
