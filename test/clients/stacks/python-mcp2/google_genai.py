import sys

# docs: begin
import asyncio
import os

import httpx2
from google import genai
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

stdio = stdio_client(
    StdioServerParameters(
        command="node",
        args=["dist/main.js"],
        env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
    )
)
http = streamable_http_client(
    os.environ["LITELLM_AGENTS_URL"],
    http_client=httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
        timeout=660,
    ),
)


async def main(transport):
    async with transport as streams, ClientSession(*streams) as session:
        await session.initialize()
        response = await genai.Client().aio.models.generate_content(
            model="gemini-2.5-flash",
            contents="Ask another model what 17*23 is.",
            config={"tools": [session]},
        )
        print(response.text)


asyncio.run(main(globals()[sys.argv[1]]))
