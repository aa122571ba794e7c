import sys

# docs: begin
import asyncio
import os

from google.adk.agents import Agent
from google.adk.runners import InMemoryRunner
from google.adk.tools.mcp_tool import (
    McpToolset,
    StdioConnectionParams,
    StreamableHTTPConnectionParams,
)
from google.genai import types
from mcp import StdioServerParameters

stdio = StdioConnectionParams(
    server_params=StdioServerParameters(
        command="node",
        args=["dist/main.js"],
        env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
    ),
    timeout=60,
)
http = StreamableHTTPConnectionParams(
    url=os.environ["LITELLM_AGENTS_URL"],
    headers={"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
    timeout=60,
)


async def main(connection):
    tools = McpToolset(connection_params=connection)
    agent = Agent(name="assistant", model="gemini-2.5-flash", tools=[tools])
    async with InMemoryRunner(agent=agent, app_name="app") as runner:
        await runner.session_service.create_session(
            app_name="app", user_id="user", session_id="session"
        )
        message = types.UserContent("Ask another model what 17*23 is.")
        async for event in runner.run_async(
            user_id="user", session_id="session", new_message=message
        ):
            if event.is_final_response():
                print(event.content.parts[0].text)


asyncio.run(main(globals()[sys.argv[1]]))
