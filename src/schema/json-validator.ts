import type { Worker } from 'node:worker_threads'
import { AgentError, invalidRequest } from '../agent/errors.js'
import type { Validation, Validator } from '../agent/validator.js'
import type { JsonValue } from '../util/json.js'
import { TookTooLong } from './in-time.js'
import { compileWithin, type TimeLimits } from './json-schema.js'
import { type SchemaText, unusable } from './shape.js'

/** So long the event loop may be blocked. What takes longer is done again in a worker. */
const quick: TimeLimits = { compileMs: 25, validateMs: 25 }
const patient: TimeLimits = { compileMs: 3_000, validateMs: 500 }
const maxCached = 100

/** Validators by schema text, least recently used first, because compiling takes milliseconds. */
const cache = new Map<string, Promise<Validator>>()

/**
 * Returns the validator of a schema, whose result has the schema's defaults filled in. Throws
 * `invalidRequest` with the error and its place.
 */
export function jsonValidator(shape: SchemaText, label: string): Promise<Validator> {
  return cached(shape, () => quickValidator(shape, label))
}

function cached({ text }: SchemaText, compile: () => Promise<Validator>): Promise<Validator> {
  const validator = cache.get(text) ?? compile()
  cache.delete(text)
  cache.set(text, validator)
  validator.catch(() => cache.delete(text))
  const [oldest] = cache.keys()
  if (cache.size > maxCached && oldest !== undefined) cache.delete(oldest)
  return validator
}

async function quickValidator(shape: SchemaText, label: string): Promise<Validator> {
  const slow: Validator = (value) => inWorker({ shape, label, value })
  try {
    const validate = await compileWithin(quick, shape, label)
    return (value) => {
      try {
        return validate(value)
      } catch (error) {
        if (!(error instanceof TookTooLong)) throw error
        return slow(value)
      }
    }
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error
    await inWorker({ shape, label })
    return slow
  }
}

/** Returns a validator with the longer limits, which may block the thread. */
async function patientValidator(shape: SchemaText, label: string): Promise<Validator> {
  try {
    const validate = await compileWithin(patient, shape, label)
    return (value) => {
      try {
        return validate(value)
      } catch (error) {
        if (!(error instanceof TookTooLong)) throw error
        return { ok: false, issues: [{ path: '', message: tooLong }] }
      }
    }
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error
    throw unusable(label, 'it takes too long to compile', 'Make it smaller.')
  }
}

const tooLong = `cannot be checked within ${patient.validateMs} ms: use shorter texts and lists`

/** A schema to compile and, if there is one, a value to validate. */
interface Work {
  shape: SchemaText
  label: string
  value?: JsonValue
}

interface Reply {
  validation?: Validation
  refused?: { message: string; hint: string }
}

async function work({ shape, label, value }: Work): Promise<Reply> {
  try {
    const validate = await cached(shape, () => patientValidator(shape, label))
    return value === undefined ? {} : { validation: await validate(value) }
  } catch (error) {
    if (!(error instanceof AgentError)) throw error
    return { refused: { message: error.message, hint: error.hint } }
  }
}

const valid: Validation = { ok: true, value: null }

async function inWorker(wanted: Work): Promise<Validation> {
  const reply = await ask(wanted).catch(() => blocking(wanted))
  if (reply.refused) throw invalidRequest(reply.refused.message, reply.refused.hint)
  return reply.validation ?? valid
}

/** Works in this thread, where there is no file of the worker, as in a program bundled anew. */
async function blocking({ shape, label, value }: Work): Promise<Reply> {
  const validate = await patientValidator(shape, label)
  return value === undefined ? {} : { validation: await validate(value) }
}

/** Its place in `dist`, from the modules of a bundle there. */
const workerFile = '../schema-worker.js'
let worker: Worker | undefined
let lastId = 0
const waiting = new Map<number, PromiseWithResolver>()

interface PromiseWithResolver {
  resolve(reply: Reply): void
  reject(error: unknown): void
}

function ask(wanted: Work): Promise<Reply> {
  worker ??= startWorker()
  const started = worker
  const id = ++lastId
  return new Promise<Reply>((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    started.ref()
    started.postMessage({ id, wanted })
  })
}

function startWorker(): Worker {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const started = new Worker(new URL(workerFile, import.meta.url))
  started.on('message', ({ id, reply, failed }: { id: number; reply: Reply; failed?: string }) => {
    const one = waiting.get(id)
    waiting.delete(id)
    // The process may end while nothing is asked of the worker.
    if (waiting.size === 0) started.unref()
    if (failed === undefined) one?.resolve(reply)
    else one?.reject(new Error(failed))
  })
  const lost = (error: unknown) => {
    worker = undefined
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  started.on('error', lost)
  started.on('exit', () => lost(new Error('The worker ended.')))
  return started
}

/** Answers the requests of the main thread, in the worker. */
export function serveSchemas(): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  parentPort?.on('message', ({ id, wanted }: { id: number; wanted: Work }) => {
    work(wanted).then(
      (reply) => parentPort.postMessage({ id, reply }),
      (error) => parentPort.postMessage({ id, failed: String(error) }),
    )
  })
}
