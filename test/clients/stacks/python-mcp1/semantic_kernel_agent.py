import sys
import types

# Handlebars templates, which are not used here, need a package that has no wheel.
sys.modules["pybars"] = types.SimpleNamespace(Compiler=None, PybarsError=Exception)

from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion

service = OpenAIChatCompletion("scripted")

# docs: begin
import asyncio
import os

from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.mcp import MCPStdioPlugin, MCPStreamableHttpPlugin

stdio = MCPStdioPlugin(
    name="agents",
    command="node",
    args=["dist/main.js"],
    env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
)
http = MCPStreamableHttpPlugin(
    name="agents",
    url=os.environ["LITELLM_AGENTS_URL"],
    headers={"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
)


async def main(plugin):
    async with plugin:
        agent = ChatCompletionAgent(service=service, plugins=[plugin])
        print(await agent.get_response("Ask another model what 17*23 is."))


asyncio.run(main(globals()[sys.argv[1]]))
