"""What LiteLLM makes of each {provider, model, usage} on stdin, in USD: cost, and saved by the cache."""

import json
import sys

import litellm
from litellm.litellm_core_utils.llm_cost_calc.utils import calculate_prompt_caching_savings
from litellm.types.utils import ModelResponse, Usage


def priced(case: dict) -> dict:
    model, provider = case["model"], case["provider"]
    usage = Usage(**case["usage"])
    return {
        "cost": litellm.completion_cost(
            completion_response=ModelResponse(model=model, usage=usage),
            model=model,
            custom_llm_provider=provider,
        ),
        "saved": calculate_prompt_caching_savings(
            litellm.get_model_info(model=model, custom_llm_provider=provider), usage, provider
        ),
    }


litellm.suppress_debug_info = True
json.dump([priced(case) for case in json.load(sys.stdin)], sys.stdout)
