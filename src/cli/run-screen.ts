import type { AgentEvent } from '../agent/events.js'
import type { RunRecord } from '../runs/engine.js'
import type { JsonValue } from '../util/json.js'
import { inFlags } from './flag-names.js'
import { footer } from './footer.js'
import { Spinner } from './spinner.js'
import { dim, harmless, type TerminalStyle } from './terminal.js'

export interface RunScreenOptions {
  /** Writes the answer as it arrives; `undefined` if it is printed only at the end. */
  answer: ((text: string) => void) | undefined
  /** Writes everything else; `undefined` if it is not printed. */
  note: ((text: string) => void) | undefined
  style: TerminalStyle
  /** Whether the answer and the notes share a terminal. */
  answerIsSeen: boolean
}

const inputChars = 120

/** Shows a run at a terminal: the answer, tool calls, and a spinner while nothing arrives. */
export class RunScreen {
  private readonly spinner: Spinner
  private cycle = 0
  private written = false
  private midLine = false

  constructor(private readonly options: RunScreenOptions) {
    const { note, style } = options
    this.spinner = new Spinner(note ?? (() => {}), note !== undefined && style.spinner)
  }

  readonly doing = (doing: string): void => {
    // While the answer arrives, a spinner would overwrite it.
    if (!this.midLine) this.spinner.show(doing)
  }

  readonly onEvent = (event: AgentEvent): void => {
    if (event.type === 'textDelta') this.text(event.text, event.cycle)
    else for (const line of linesOf(event)) this.note(line)
  }

  stopping(): void {
    this.note('stopping; press Ctrl-C again to end the program at once')
  }

  /** Clears the line for other output. */
  pause(): void {
    this.spinner.hide()
    this.endLine()
  }

  /** Ends the answer. Prints it if nothing of it has been printed. */
  end(answer: string): void {
    if (!this.written && answer !== '') process.stdout.write(this.shown(`${answer}\n`))
    this.pause()
  }

  /** Prints why the run stopped early, if it did. */
  notice(text: string): void {
    if (text !== '') this.note(inFlags(text))
  }

  footer(record: RunRecord, options: { named: boolean }): void {
    this.pause()
    this.note(footer(record, options))
  }

  private text(text: string, cycle: number): void {
    const { answer } = this.options
    if (!answer) return
    this.spinner.hide()
    if (cycle !== this.cycle) this.endLine()
    this.cycle = cycle
    answer(this.shown(text))
    this.written = true
    this.midLine = !text.endsWith('\n')
  }

  private note(line: string): void {
    const { note, style } = this.options
    if (!note) return
    this.spinner.hide()
    if (this.options.answerIsSeen) this.endLine()
    note(`${dim(harmless(line), style)}\n`)
  }

  private endLine(): void {
    if (this.midLine) this.options.answer?.('\n')
    this.midLine = false
  }

  /** Returns the text without control characters at a terminal, and unchanged in a pipe or file. */
  private shown(text: string): string {
    return this.options.answerIsSeen ? harmless(text) : text
  }
}

/** Returns the lines for an event other than the answer. Pure. */
export function linesOf(event: AgentEvent, agents: readonly string[] = []): string[] {
  const who = agents.length > 0 ? `${agents.join(' › ')}: ` : ''
  switch (event.type) {
    case 'toolStart':
      return [`${who}→ ${event.name} ${inputText(event.input)}`]
    case 'toolEnd':
      return [
        `${who}${event.status === 'success' ? '←' : '✗'} ${event.name} ${duration(event.durationMs)}`,
      ]
    case 'modelRetry':
      return [`${who}retrying the model call in ${duration(event.delayMs)} (${event.code})`]
    case 'notice':
      return [`${who}${event.message}`]
    case 'childEvent':
      return linesOf(event.event, event.agent)
    default:
      return []
  }
}

function inputText(input: JsonValue): string {
  const text = JSON.stringify(input) ?? ''
  return text.length > inputChars ? `${text.slice(0, inputChars)}…` : text
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
