import sys

from agent_framework.openai import OpenAIChatCompletionClient

client = OpenAIChatCompletionClient(
    model="scripted",
    # Without it, the model learns that a tool failed but not why.
    function_invocation_configuration={"include_detailed_errors": True},
)

# docs: begin
import asyncio
import os

from agent_framework import Agent, MCPStdioTool, MCPStreamableHTTPTool

stdio = MCPStdioTool(
    name="agents",
    command="node",
    args=["dist/main.js"],
    env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
    # Without it, the framework drops an argument that is named "tools".
    additional_tool_argument_names=["tools"],
)
http = MCPStreamableHTTPTool(
    name="agents",
    url=os.environ["LITELLM_AGENTS_URL"],
    static_headers={"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
    additional_tool_argument_names=["tools"],
)


async def main(tools):
    async with tools:
        agent = Agent(client, tools=tools)
        print(await agent.run("Ask another model what 17*23 is."))


asyncio.run(main(globals()[sys.argv[1]]))
