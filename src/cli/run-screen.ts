import type { AgentEvent } from '../agent/events.js'
import type { RunRecord } from '../runs/engine.js'
import type { JsonValue } from '../util/json.js'
import { footer } from './footer.js'
import { Spinner } from './spinner.js'
import { dim, harmless, type TerminalStyle } from './terminal.js'

export interface RunScreenOptions {
  /** Where the answer goes as it comes; absent: not at all. */
  answer: ((text: string) => void) | undefined
  /** Where all else goes; absent: nowhere. */
  note: ((text: string) => void) | undefined
  style: TerminalStyle
  /** The answer and the notes share a terminal. */
  answerIsSeen: boolean
}

const inputChars = 120

/** What a person sees of a run. */
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
    // While the answer comes, that is what moves.
    if (!this.midLine) this.spinner.show(doing)
  }

  readonly onEvent = (event: AgentEvent): void => {
    if (event.type === 'textDelta') this.text(event.text, event.cycle)
    else for (const line of linesOf(event)) this.note(line)
  }

  stopping(): void {
    this.note('stopping; once more ends it at once')
  }

  /** Somebody else is to write. */
  pause(): void {
    this.spinner.hide()
    this.endLine()
  }

  /** The run is over; `answer` is printed where nothing of it has been. */
  end(answer: string): void {
    if (!this.written && answer !== '') process.stdout.write(this.shown(`${answer}\n`))
    this.pause()
  }

  footer(record: RunRecord): void {
    this.pause()
    this.note(footer(record))
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

  /** A file gets what was said to the letter. */
  private shown(text: string): string {
    return this.options.answerIsSeen ? harmless(text) : text
  }
}

/** Pure. What is told of an event beside the answer. */
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
      return [`${who}the model is asked again in ${duration(event.delayMs)} (${event.code})`]
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
