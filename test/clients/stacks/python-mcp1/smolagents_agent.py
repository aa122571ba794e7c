import sys

from smolagents import OpenAIModel

model = OpenAIModel("scripted")

# docs: begin
import os

from mcp import StdioServerParameters
from smolagents import MCPClient, ToolCallingAgent

stdio = StdioServerParameters(
    command="node",
    args=["dist/main.js"],
    env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
)
http = {
    "transport": "streamable-http",
    "url": os.environ["LITELLM_AGENTS_URL"],
    "headers": {"Authorization": f"Bearer {os.environ.get('LITELLM_AGENTS_AUTH_TOKEN')}"},
}


def main(server):
    with MCPClient(server) as tools:
        agent = ToolCallingAgent(tools=tools, model=model)
        print(agent.run("Ask another model what 17*23 is."))


main(globals()[sys.argv[1]])
