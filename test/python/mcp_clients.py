"""Calls the built server with the official Python client and with Strands' MCPClient.

Input: {"client": "mcp" | "strands", "door": "stdio" | "http", "command", "args", "env", "url", "token"}
Output: {"tools": [names], "text", "structured", "meta", "is_error"}
"""

import asyncio
import json
import sys


def http_headers(spec):
    return {"authorization": f"Bearer {spec['token']}"}


async def with_mcp(spec):
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client
    from mcp.client.streamable_http import streamablehttp_client

    if spec["door"] == "stdio":
        transport = stdio_client(
            StdioServerParameters(command=spec["command"], args=spec["args"], env=spec["env"])
        )
    else:
        transport = streamablehttp_client(spec["url"], headers=http_headers(spec))
    async with transport as streams, ClientSession(streams[0], streams[1]) as session:
        await session.initialize()
        tools = await session.list_tools()
        progress = []

        async def on_progress(value, total, message):
            progress.append([value, message])

        result = await session.call_tool(
            "run_agent",
            {"prompt": "What is 2+2", "tools": ["calculator"]},
            progress_callback=on_progress,
        )
        return {
            "tools": [tool.name for tool in tools.tools],
            "text": result.content[0].text,
            "structured": result.structuredContent,
            "meta": result.meta,
            "is_error": result.isError,
            "progress": progress,
        }


def with_strands(spec):
    from mcp import StdioServerParameters
    from mcp.client.stdio import stdio_client
    from mcp.client.streamable_http import streamablehttp_client
    from strands.tools.mcp import MCPClient

    if spec["door"] == "stdio":
        parameters = StdioServerParameters(
            command=spec["command"], args=spec["args"], env=spec["env"]
        )
        client = MCPClient(lambda: stdio_client(parameters))
    else:
        client = MCPClient(lambda: streamablehttp_client(spec["url"], headers=http_headers(spec)))
    with client:
        tools = client.list_tools_sync()
        result = client.call_tool_sync(
            tool_use_id="call-1",
            name="run_agent",
            arguments={"prompt": "What is 2+2", "tools": ["calculator"]},
        )
        return {
            "tools": [tool.tool_name for tool in tools],
            "text": result["content"][0]["text"],
            "structured": result.get("structuredContent"),
            "is_error": result["status"] == "error",
        }


def main():
    spec = json.load(sys.stdin)
    answer = asyncio.run(with_mcp(spec)) if spec["client"] == "mcp" else with_strands(spec)
    json.dump(answer, sys.stdout)


main()
