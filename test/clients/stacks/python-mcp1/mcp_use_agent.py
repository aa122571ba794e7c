import sys

from langchain_openai import ChatOpenAI

llm = ChatOpenAI(model="scripted")

# docs: begin
import asyncio
import os

from mcp_use import MCPAgent, MCPClient

stdio = {
    "command": "node",
    "args": ["dist/main.js"],
    "env": {"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
}
http = {
    "url": os.environ["LITELLM_AGENTS_URL"],
    "headers": {"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
}


async def main(server):
    client = MCPClient.from_dict({"mcpServers": {"agents": server}})
    agent = MCPAgent(llm=llm, client=client, max_steps=10)
    try:
        print(await agent.run("Ask another model what 17*23 is."))
    finally:
        await client.close_all_sessions()


asyncio.run(main(globals()[sys.argv[1]]))
