import sys

from autogen_ext.models.openai import OpenAIChatCompletionClient

model_client = OpenAIChatCompletionClient(model="gpt-4o")

# docs: begin
import asyncio
import os

from autogen_agentchat.agents import AssistantAgent
from autogen_ext.tools.mcp import (
    McpWorkbench,
    StdioServerParams,
    StreamableHttpServerParams,
)

stdio = StdioServerParams(
    command="node",
    args=["dist/main.js"],
    env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
    read_timeout_seconds=60,
)
http = StreamableHttpServerParams(
    url=os.environ["LITELLM_AGENTS_URL"],
    headers={"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
)


async def main(server):
    async with McpWorkbench(server) as workbench:
        agent = AssistantAgent(
            "assistant",
            model_client=model_client,
            workbench=workbench,
            max_tool_iterations=10,
        )
        result = await agent.run(task="Ask another model what 17*23 is.")
        print(result.messages[-1].content)


asyncio.run(main(globals()[sys.argv[1]]))
