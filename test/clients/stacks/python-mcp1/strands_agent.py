import sys

from strands.models.openai import OpenAIModel

model = OpenAIModel(model_id="scripted")

# docs: begin
import os

from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client
from strands import Agent
from strands.tools.mcp import MCPClient


def stdio():
    return stdio_client(
        StdioServerParameters(
            command="node",
            args=["dist/main.js"],
            env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
        )
    )


def http():
    return streamablehttp_client(
        os.environ["LITELLM_AGENTS_URL"],
        headers={"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
    )


def main(transport):
    with MCPClient(transport) as client:
        agent = Agent(model=model, tools=client.list_tools_sync())
        print(agent("Ask another model what 17*23 is."))


main(globals()[sys.argv[1]])
