"""What LiteLLM's completion_cost makes of each {provider, model, usage} on stdin, in USD."""

import json
import sys

import litellm
from litellm import completion_cost
from litellm.types.utils import ModelResponse, Usage


def cost(case: dict) -> float:
    response = ModelResponse(model=case["model"], usage=Usage(**case["usage"]))
    return completion_cost(
        completion_response=response,
        model=case["model"],
        custom_llm_provider=case["provider"],
    )


litellm.suppress_debug_info = True
def safe(case):
    try:
        return cost(case)
    except Exception as e:
        return str(e)[:80]


json.dump([safe(case) for case in json.load(sys.stdin)], sys.stdout)
