import sys

from pydantic_ai.models.openai import OpenAIChatModel

model = OpenAIChatModel("scripted")

# docs: begin
import asyncio
import os

from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from pydantic_ai import Agent
from pydantic_ai.mcp import MCPToolset

stdio = StdioTransport(
    command="node",
    args=["dist/main.js"],
    env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
)
http = StreamableHttpTransport(
    url=os.environ["LITELLM_AGENTS_URL"],
    headers={"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
)


async def main(transport):
    agent = Agent(model, toolsets=[MCPToolset(transport)])
    async with agent:
        result = await agent.run("Ask another model what 17*23 is.")
        print(result.output)


asyncio.run(main(globals()[sys.argv[1]]))
