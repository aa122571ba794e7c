const place = 'litellm-agents-token'

/** Reports that the server rejects the token, which may have been valid earlier. */
export class SignedOut extends Error {}

/** Sends requests to the server with a token that is stored for the lifetime of this tab. */
export class Client {
  /** The ETag of the last response for each path, which makes the next request conditional. */
  private readonly tags = new Map<string, string>()

  get token(): string {
    return sessionStorage.getItem(place) ?? ''
  }

  set token(token: string) {
    this.tags.clear()
    if (token === '') sessionStorage.removeItem(place)
    else sessionStorage.setItem(place, token)
  }

  /** Drops the ETags, so that the next responses are complete. */
  forget(): void {
    this.tags.clear()
  }

  /** Returns the response; `undefined` if it is unchanged since the last request. */
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
