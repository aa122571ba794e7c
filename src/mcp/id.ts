import * as z from 'zod'

/** What runs, sessions and models are named by. PostgreSQL's text holds no NUL, so none may have one. */
export const id = z
  .string()
  .refine((text) => !text.includes('\0'), { error: 'must not contain a NUL character' })
