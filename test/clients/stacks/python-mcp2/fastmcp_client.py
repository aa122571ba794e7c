import sys

# docs: begin
import asyncio
import os

from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport

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
    async with Client(transport) as client:
        arguments = {"prompt": "What is 17*23?", "tools": ["calculator"]}
        result = await client.call_tool("run_agent", arguments)
        print(result.structured_content["text"])


asyncio.run(main(globals()[sys.argv[1]]))
