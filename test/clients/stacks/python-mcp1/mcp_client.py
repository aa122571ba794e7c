import sys

# docs: begin
import asyncio
import os

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client

stdio = stdio_client(
    StdioServerParameters(
        command="node",
        args=["dist/main.js"],
        env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
    )
)
http = streamablehttp_client(
    os.environ["LITELLM_AGENTS_URL"],
    headers={"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
)


async def main(transport):
    async with transport as (read, write, *_), ClientSession(read, write) as session:
        await session.initialize()
        arguments = {"prompt": "What is 17*23?", "tools": ["calculator"]}
        result = await session.call_tool("run_agent", arguments)
        print(result.structuredContent["text"])


asyncio.run(main(globals()[sys.argv[1]]))
