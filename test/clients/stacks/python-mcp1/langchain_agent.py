import sys

from langchain_openai import ChatOpenAI

model = ChatOpenAI(model="scripted")

# docs: begin
import asyncio
import os

from langchain.agents import create_agent
from langchain_mcp_adapters.client import MultiServerMCPClient

stdio = {
    "transport": "stdio",
    "command": "node",
    "args": ["dist/main.js"],
    "env": {"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
}
http = {
    "transport": "http",
    "url": os.environ["LITELLM_AGENTS_URL"],
    "headers": {"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
}


async def main(connection):
    client = MultiServerMCPClient({"agents": connection})
    agent = create_agent(model, await client.get_tools())
    question = {"role": "user", "content": "Ask another model what 17*23 is."}
    result = await agent.ainvoke({"messages": [question]})
    print(result["messages"][-1].text)


asyncio.run(main(globals()[sys.argv[1]]))
