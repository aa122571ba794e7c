import sys

from agno.models.openai import OpenAIChat

model = OpenAIChat(id="scripted")

# docs: begin
import asyncio
import os

from agno.agent import Agent
from agno.tools.mcp import MCPTools, StreamableHTTPClientParams

stdio = MCPTools(
    "node dist/main.js",
    env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
    timeout_seconds=60,
)
http = MCPTools(
    transport="streamable-http",
    server_params=StreamableHTTPClientParams(
        url=os.environ["LITELLM_AGENTS_URL"],
        headers={"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
    ),
    timeout_seconds=60,
)


async def main(tools):
    async with tools:
        agent = Agent(model=model, tools=[tools])
        result = await agent.arun("Ask another model what 17*23 is.")
        print(result.content)


asyncio.run(main(globals()[sys.argv[1]]))
