"""What LiteLLM's get_model_info knows of each {provider, model} on stdin; null: nothing."""

import json
import sys

import litellm


def info(name: dict) -> dict | None:
    try:
        return litellm.get_model_info(model=name["model"], custom_llm_provider=name["provider"])
    except Exception:
        return None


litellm.suppress_debug_info = True
json.dump([info(name) for name in json.load(sys.stdin)], sys.stdout)
