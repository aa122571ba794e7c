import sys

from crewai import LLM

llm = LLM("openai/gpt-4o")

# docs: begin
from crewai import Agent
from crewai.mcp import MCPServerStdio

stdio = MCPServerStdio(
    command="node",
    args=["dist/main.js"],
    env={"LITELLM_AGENTS_MODEL_ID": "offline/demo"},
)


def main(server):
    agent = Agent(role="Assistant", goal="Help", backstory="", llm=llm, mcps=[server])
    print(agent.kickoff("Ask another model what 17*23 is."))


main(globals()[sys.argv[1]])
