import sys

from llama_index.llms.anthropic import Anthropic

llm = Anthropic(model="claude-sonnet-4-5")

# docs: begin
import asyncio
import os

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.tools.mcp import BasicMCPClient, McpToolSpec

stdio = BasicMCPClient(
    "node",
    args=["dist/main.js"],
    env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
    timeout=60,
)
http = BasicMCPClient(
    os.environ["LITELLM_AGENTS_URL"],
    headers={"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
    timeout=60,
)


async def main(client):
    tools = await McpToolSpec(client=client).to_tool_list_async()
    agent = FunctionAgent(tools=tools, llm=llm)
    print(await agent.run("Ask another model what 17*23 is."))


asyncio.run(main(globals()[sys.argv[1]]))
