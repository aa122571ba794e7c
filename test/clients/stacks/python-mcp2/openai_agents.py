import sys

import agents

agents.set_default_openai_api("chat_completions")

# docs: begin
import asyncio
import os

from agents import Agent, Runner
from agents.mcp import MCPServerStdio, MCPServerStreamableHttp

stdio = MCPServerStdio(
    params={
        "command": "node",
        "args": ["dist/main.js"],
        "env": {"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
    },
    client_session_timeout_seconds=60,
)
http = MCPServerStreamableHttp(
    params={
        "url": os.environ["LITELLM_AGENTS_URL"],
        "headers": {"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
    },
    client_session_timeout_seconds=60,
)


async def main(server):
    async with server:
        agent = Agent(name="assistant", mcp_servers=[server])
        result = await Runner.run(agent, "Ask another model what 17*23 is.")
        print(result.final_output)


asyncio.run(main(globals()[sys.argv[1]]))
