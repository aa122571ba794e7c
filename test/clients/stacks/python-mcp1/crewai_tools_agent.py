import sys

from crewai import LLM

llm = LLM("openai/gpt-4o")

# docs: begin
import os

from crewai import Agent
from crewai_tools import MCPServerAdapter
from mcp import StdioServerParameters

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
    with MCPServerAdapter(server) as tools:
        agent = Agent(role="Assistant", goal="Help", backstory="", llm=llm, tools=tools)
        print(agent.kickoff("Ask another model what 17*23 is."))


main(globals()[sys.argv[1]])
