const place = 'litellm-agents-token'

/** The token that was shown is not, or no longer, a good one. */
export class SignedOut extends Error {}

/** Asks the server, with a token that this tab keeps for as long as it lives. */
export class Client {
  /** By path: what was answered last, to be told whether it is still so. */
  private readonly tags = new Map<string, string>()

  get token(): string {
    return sessionStorage.getItem(place) ?? ''
  }

  set token(token: string) {
    this.tags.clear()
    if (token === '') sessionStorage.removeItem(place)
    else sessionStorage.setItem(place, token)
  }

  /** The next answers are told whole. */
  forget(): void {
    this.tags.clear()
  }

  /** `undefined`: the same as the last time. */
  async changed<Answer>(path: string): Promise<Answer | undefined> {
    const response = await this.ask(path, this.tags.get(path))
    if (response.status === 304) return undefined
    const tag = response.headers.get('etag')
    if (tag) this.tags.set(path, tag)
    return response.json()
  }

  async get<Answer>(path: string): Promise<Answer> {
    return (await this.ask(path)).json()
  }

  private async ask(path: string, tag?: string): Promise<Response> {
    const response = await fetch(path, {
      cache: 'no-store',
      credentials: 'omit',
      headers: {
        ...(this.token !== '' && { authorization: `Bearer ${this.token}` }),
        ...(tag && { 'if-none-match': tag }),
      },
    })
    if (response.ok || response.status === 304) return response
    const reason = await messageOf(response)
    throw response.status === 401 || response.status === 403
      ? new SignedOut(reason)
      : new Error(reason)
  }
}

async function messageOf(response: Response): Promise<string> {
  try {
    return (await response.json()).error.message
  } catch {
    return `The server answered ${response.status}.`
  }
}
