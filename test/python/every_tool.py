"""Lists the tools of the built server with a Python client and calls each of them.

Input: {"client": "mcp1" | "strands" | "mcp2" | "fastmcp", "door": "stdio" | "http",
        "command", "args", "env", "url", "token", "calls": [{"tool", "arguments"}]}
Output: {"tools": [names], "results": [{"structured", "is_error"}],
         "progress": the number of notifications}

The argument "$runId" means the run of the latest result that has one.
"""

import asyncio
import json
import sys


def http_headers(spec):
    return {"authorization": f"Bearer {spec['token']}"}


class Calls:
    """The calls of a client, one after the other."""

    def __init__(self, spec):
        self.calls = spec["calls"]
        self.run_id = None
        self.answer = {"results": [], "progress": 0}

    def __iter__(self):
        for call in self.calls:
            arguments = {
                name: self.run_id if value == "$runId" else value
                for name, value in call["arguments"].items()
            }
            yield call["tool"], arguments

    def add(self, structured, is_error):
        self.run_id = (structured or {}).get("runId", self.run_id)
        self.answer["results"].append({"structured": structured, "is_error": is_error})

    async def on_progress(self, *_):
        self.answer["progress"] += 1


def stdio_parameters(spec):
    from mcp import StdioServerParameters

    return StdioServerParameters(command=spec["command"], args=spec["args"], env=spec["env"])


def transport1(spec):
    from mcp.client.stdio import stdio_client
    from mcp.client.streamable_http import streamablehttp_client

    if spec["door"] == "stdio":
        return stdio_client(stdio_parameters(spec))
    return streamablehttp_client(spec["url"], headers=http_headers(spec))


async def with_mcp1(spec, calls):
    from mcp import ClientSession

    async with transport1(spec) as streams, ClientSession(streams[0], streams[1]) as session:
        await session.initialize()
        listed = await session.list_tools()
        for tool, arguments in calls:
            result = await session.call_tool(
                tool, arguments, progress_callback=calls.on_progress
            )
            calls.add(result.structuredContent, result.isError)
        return [tool.name for tool in listed.tools]


async def with_strands(spec, calls):
    from strands.tools.mcp import MCPClient

    def work():
        with MCPClient(lambda: transport1(spec)) as client:
            tools = client.list_tools_sync()
            for number, (tool, arguments) in enumerate(calls):
                result = client.call_tool_sync(f"call-{number}", tool, arguments)
                calls.add(result.get("structuredContent"), result["status"] == "error")
            return [tool.tool_name for tool in tools]

    return await asyncio.to_thread(work)


async def with_mcp2(spec, calls):
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    if spec["door"] == "stdio":
        server = stdio_parameters(spec)
    else:
        http = httpx2.AsyncClient(headers=http_headers(spec), timeout=60)
        server = streamable_http_client(spec["url"], http_client=http)
    async with Client(server) as client:
        listed = await client.list_tools()
        for tool, arguments in calls:
            result = await client.call_tool(
                tool, arguments, progress_callback=calls.on_progress
            )
            calls.add(result.structured_content, result.is_error)
        return [tool.name for tool in listed.tools]


async def with_fastmcp(spec, calls):
    from fastmcp import Client
    from fastmcp.client.transports import StdioTransport, StreamableHttpTransport

    if spec["door"] == "stdio":
        transport = StdioTransport(spec["command"], spec["args"], env=spec["env"])
    else:
        transport = StreamableHttpTransport(spec["url"], headers=http_headers(spec))
    async with Client(transport) as client:
        listed = await client.list_tools()
        for tool, arguments in calls:
            result = await client.call_tool(
                tool, arguments, progress_handler=calls.on_progress, raise_on_error=False
            )
            calls.add(result.structured_content, result.is_error)
        return [tool.name for tool in listed]


def main():
    spec = json.load(sys.stdin)
    calls = Calls(spec)
    clients = {
        "mcp1": with_mcp1,
        "strands": with_strands,
        "mcp2": with_mcp2,
        "fastmcp": with_fastmcp,
    }
    tools = asyncio.run(clients[spec["client"]](spec, calls))
    json.dump({"tools": tools, **calls.answer}, sys.stdout)


main()
