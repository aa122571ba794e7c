"""What LiteLLM makes of {wire, model, params}: what it sends of thinking, or null where it refuses."""

import json
import sys

out = sys.stdout
sys.stdout = sys.stderr

import litellm
from litellm.llms.anthropic.chat.transformation import AnthropicConfig
from litellm.llms.azure_ai.anthropic.transformation import AzureAnthropicConfig
from litellm.llms.bedrock.chat.converse_transformation import AmazonConverseConfig

CONFIGS = {"anthropic": AnthropicConfig, "azure_ai": AzureAnthropicConfig}
MESSAGES = [{"role": "user", "content": "Hi"}]


def sent(wire, model, params):
    if wire == "bedrock":
        config = AmazonConverseConfig()
        mapped = config.map_openai_params(dict(params), {}, model, False)
        body = config._transform_request(model, MESSAGES, mapped, {}, {})
        return body.get("additionalModelRequestFields", {})
    config = CONFIGS[wire]()
    mapped = config.map_openai_params(dict(params), {}, model, False)
    return config.transform_request(model, MESSAGES, mapped, {}, {})


def answer(case):
    try:
        body = sent(case["wire"], case["model"], case["params"])
    except litellm.BadRequestError:
        return None
    return {name: body[name] for name in ("thinking", "output_config") if name in body}


json.dump([answer(case) for case in json.load(sys.stdin)], out)
