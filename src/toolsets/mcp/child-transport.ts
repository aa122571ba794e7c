import type { ChildProcess } from 'node:child_process'
import {
  deserializeMessage,
  type JSONRPCMessage,
  SdkError,
  SdkErrorCode,
  serializeMessage,
  type Transport,
} from '@modelcontextprotocol/client'

import spawn from 'cross-spawn'
import type { StdioServerConfig } from '../../config/mcp-servers.js'
import { within } from '../../util/within.js'
import { childEnvironment } from './child-environment.js'
import { guardChild } from './child-guard.js'
import { IdleFlood } from './idle-flood.js'
import { Lines } from './lines.js'

const maxMessageBytes = 32 * 1024 * 1024
/** How long a child may take to end by itself, and then after SIGTERM. */
const graceMs = 1_000
const maxLogLine = 2_000

/** Children that run: none of them outlives this process, however it ends. */
const running = new Set<ChildProcess>()
let exitWatched = false

/**
 * A child process as an MCP server, over its stdin and stdout. Unlike the client's own transport it
 * starts the child in a process group, so that what `npx` or a shell starts ends with it, and asks
 * the child itself for its era instead of starting one more for the question.
 */
export class ChildTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  /** By these two the client knows a child process, which may be silent because it is of the older era. */
  readonly stderr = null
  pid: number | null = null
  private child: ChildProcess | undefined
  private gone: Promise<void> = Promise.resolve()
  private readonly lines = new Lines(maxMessageBytes)
  private readonly flood = new IdleFlood()
  private isClosing = false

  constructor(
    private readonly server: StdioServerConfig,
    private readonly onLogLine: (line: string) => void,
  ) {}

  start(): Promise<void> {
    const { command, args, env, cwd } = this.server
    const child = spawn(command, args, {
      env: childEnvironment(process.env, env),
      stdio: 'pipe',
      windowsHide: true,
      detached: process.platform !== 'win32',
      ...(cwd !== undefined && { cwd }),
    })
    this.child = child
    this.pid = child.pid ?? null
    killWithUs(child)
    const endGuard = child.pid === undefined ? undefined : guardChild(child.pid)
    this.gone = ended(child).then(() => {
      endGuard?.()
      running.delete(child)
      this.child = undefined
      this.onclose?.()
    })
    child.on('error', (error) => this.onerror?.(error))
    child.stdin?.on('error', (error) => this.onerror?.(error))
    child.stdout?.on('data', (chunk: Buffer) => this.receive(chunk))
    child.stderr?.setEncoding('utf8').on('data', logLines(this.onLogLine))
    return new Promise((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
  }

  send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.child?.stdin
    this.flood.sent(message)
    return new Promise((resolve, reject) => {
      if (!stdin?.writable) reject(new SdkError(SdkErrorCode.NotConnected, 'The server has ended.'))
      else stdin.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()))
    })
  }

  /** Asks the child to end, then makes it. */
  async close(): Promise<void> {
    const { child, gone } = this
    if (!child) return
    child.stdin?.end()
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (
        await within(
          gone.then(() => true),
          graceMs,
        )
      )
        return
      kill(child, signal)
    }
    await within(gone, graceMs)
  }

  private receive(chunk: Buffer): void {
    // What a closing server prints is not read, and it may print without an end.
    if (this.isClosing) return
    try {
      const lines = this.lines.push(chunk)
      for (const line of lines) this.take(line)
      this.flood.printed(chunk.length, lines.length)
    } catch (error) {
      this.onerror?.(asError(error))
      this.isClosing = true
      void this.close()
    }
  }

  private take(line: string): void {
    let message: JSONRPCMessage
    try {
      message = deserializeMessage(line)
    } catch {
      // Servers print what is no message, too. It may hold anything, so nobody is told what it was.
      this.onerror?.(new Error('The server printed a line that is not a JSON-RPC message.'))
      return
    }
    this.flood.received(message)
    this.onmessage?.(message)
  }
}

/** Resolves when a child has ended and all that it printed has been read. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('error', () => child.pid === undefined && resolve())
    child.once('close', () => resolve())
    child.once('exit', () => {
      // Helpers that it leaves behind have nobody to talk to, and may hold its pipes open.
      kill(child, 'SIGKILL')
      setTimeout(resolve, graceMs).unref()
    })
  })
}

function killWithUs(child: ChildProcess): void {
  running.add(child)
  if (exitWatched) return
  exitWatched = true
  process.on('exit', () => {
    for (const left of running) kill(left, 'SIGKILL')
  })
}

/** Signals the child's whole group. */
function kill({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // It has ended by itself.
  }
}

function logLines(log: (line: string) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = (lines.pop() ?? '').slice(0, maxLogLine)
    for (const line of lines) log(line.slice(0, maxLogLine))
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
