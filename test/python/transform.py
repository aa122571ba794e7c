"""What a LiteLLM Proxy makes of chat requests: one JSON request a line in, null or the complaint out."""

import json
import sys

out = sys.stdout
sys.stdout = sys.stderr

from litellm.llms.anthropic.chat.transformation import AnthropicConfig
from litellm.llms.bedrock.chat.converse_transformation import AmazonConverseConfig
from litellm.llms.openai.chat.gpt_transformation import OpenAIGPTConfig
from litellm.utils import validate_and_fix_openai_messages

FORMATS = {
    "openai": ("gpt-4o-mini", OpenAIGPTConfig().transform_request),
    "anthropic": ("claude-sonnet-4-6", AnthropicConfig().transform_request),
    "bedrock": ("us.anthropic.claude-sonnet-4-6", AmazonConverseConfig()._transform_request),
}


# LiteLLM sends Bedrock no tool calls of the past without a tool of the present.
TOOL = {"toolSpec": {"name": "lookup", "inputSchema": {"json": {"type": "object"}}}}


def complaint(form, messages):
    model, transform = FORMATS[form]
    try:
        valid = validate_and_fix_openai_messages(messages)
        params = {"tools": [TOOL]} if form == "bedrock" else {"max_tokens": 100}
        result = transform(model, valid, params, {}, {})
        json.dumps(result, default=str)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:500]
    return None


print("ready", file=out, flush=True)
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(complaint(request["format"], request["messages"])), file=out, flush=True)
