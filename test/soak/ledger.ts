import type {
  Bill,
  FakeProvider,
  JsonObject,
  ModelRequest,
} from '../helpers/fake-provider/index.js'

/** What became of one request to the provider. */
interface Entry {
  call: string
  /** The provider broke off, so that nobody could be told what it bills. */
  struck: boolean
  /** Of the server that asked. */
  key: string
  tokens: number
}

/** The provider's own count of what each call has cost. */
export class Ledger {
  private readonly byCall = new Map<string, Entry[]>()
  private readonly byBody = new WeakMap<JsonObject, Entry>()

  constructor(private readonly fake: () => FakeProvider) {}

  /** Whose request this is, by the mark in its prompt; `struck`: it is not answered in full. */
  note({ body, headers }: ModelRequest, call: string, struck: boolean): void {
    const entry = { call, struck, key: headers.authorization ?? '', tokens: 0 }
    this.byBody.set(body, entry)
    this.byCall.set(call, [...this.of(call), entry])
  }

  /** How often the provider has been asked for a call. */
  asked(call: string): number {
    return this.of(call).length
  }

  hasStruck(call: string): boolean {
    return this.of(call).some(({ struck }) => struck)
  }

  /** What a call is told that it used, if all goes well with it. */
  billOf(call: string): number {
    this.enter()
    return sum(this.of(call))
  }

  /** All that was answered in full for one server, and what of it may have been lost with a caller. */
  totals(key: string, lost: ReadonlySet<string>): { least: number; most: number } {
    this.enter()
    const entries = [...this.byCall.values()].flat().filter((entry) => entry.key.endsWith(key))
    const sure = entries.filter(({ call }) => !lost.has(call))
    return { least: sum(sure), most: sum(entries) }
  }

  private of(call: string): readonly Entry[] {
    return this.byCall.get(call) ?? []
  }

  /** The provider remembers every request, for hours on end too many: what is over is only counted. */
  private enter(): void {
    const { requests } = this.fake()
    const open = requests.filter((request) => {
      const entry = this.byBody.get(request.body)
      if (entry && request.billed) entry.tokens = tokensOf(request.billed)
      return request.finishedAt === undefined && request.abortedAt === undefined
    })
    requests.splice(0, requests.length, ...open)
  }
}

function tokensOf({ input, read, written5m, written1h, output }: Bill): number {
  return input + read + written5m + written1h + output
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((total, { struck, tokens }) => total + (struck ? 0 : tokens), 0)
}
