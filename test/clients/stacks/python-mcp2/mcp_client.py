import sys

# docs: begin
import asyncio
import os

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

stdio = StdioServerParameters(
    command="node",
    args=["dist/main.js"],
    env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
)
http = streamable_http_client(
    os.environ["LITELLM_AGENTS_URL"],
    http_client=httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
        timeout=660,
    ),
)


async def main(server):
    async with Client(server) as client:
        arguments = {"prompt": "What is 17*23?", "tools": ["calculator"]}
        result = await client.call_tool("run_agent", arguments)
        print(result.structured_content["text"])


asyncio.run(main(globals()[sys.argv[1]]))
