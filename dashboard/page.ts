import type { Viewer } from '../src/dashboard/api.js'
import { Board } from './board.js'
import { Client, SignedOut } from './client.js'
import { byId } from './dom.js'
import { RunDialog } from './run-dialog.js'

const liveMs = 2_000
const pastMs = 10_000
/** Limits the retry delay, which grows while the server does not respond. */
const maxWaitMs = 60_000

const client = new Client()
const dialog = new RunDialog(client)
const form = byId('sign-in') as HTMLFormElement
const field = byId('token') as HTMLInputElement
let board: Board | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let pastAt = 0
let failures = 0

form.addEventListener('submit', (event) => {
  event.preventDefault()
  client.token = field.value.trim()
  void signIn()
})
byId('sign-out').addEventListener('click', () => {
  client.token = ''
  location.reload()
})
// A hidden page requests nothing.
document.addEventListener('visibilitychange', () => {
  clearTimeout(timer)
  if (!document.hidden && board) void tend()
})
void signIn()

async function signIn(): Promise<void> {
  try {
    const viewer = await client.get<Viewer>('/api/viewer')
    field.value = ''
    const asked = !form.hidden
    show(viewer)
    if (asked) byId('main').focus()
    await tend()
    await dialog.follow()
  } catch (error) {
    trouble(error)
  }
}

function show(viewer: Viewer): void {
  const { operator, principal, version } = viewer
  tell('')
  form.hidden = true
  byId('board').hidden = false
  byId('sign-out').hidden = client.token === ''
  byId('who').textContent = `${principal}${operator ? ', sees all runs' : ''} · ${version}`
  board = new Board(client, viewer, trouble)
}

/** Shows the current data, and refreshes it while the page is visible. */
async function tend(): Promise<void> {
  clearTimeout(timer)
  if (!board) return
  try {
    await board.showLive()
    if (Date.now() - pastAt >= pastMs) {
      await board.showPast()
      pastAt = Date.now()
    }
    failures = 0
    tell('')
  } catch (error) {
    failures++
    trouble(error)
  }
  if (board && !document.hidden)
    timer = setTimeout(() => void tend(), Math.min(maxWaitMs, liveMs * 2 ** failures))
}

function trouble(error: unknown): void {
  if (!(error instanceof SignedOut)) {
    tell(
      `${error instanceof TypeError ? 'The server does not answer.' : String(error)} Trying again.`,
    )
    return
  }
  const tried = client.token !== ''
  client.token = ''
  board = undefined
  byId('board').hidden = true
  byId('sign-out').hidden = true
  byId('who').textContent = ''
  form.hidden = false
  tell(tried ? error.message : '')
  field.focus()
}

function tell(text: string): void {
  const place = byId('trouble')
  place.hidden = text === ''
  if (place.textContent !== text) place.textContent = text
}
