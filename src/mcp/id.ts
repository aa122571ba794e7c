import * as z from 'zod'

/**
 * Validates the ids of runs, sessions and models. PostgreSQL's text type cannot contain NUL, so no
 * id may contain one. Their length is limited, because they are compared, stored and repeated.
 */
export const id = z
  .string()
  .max(256)
  .refine((text) => !text.includes('\0'), { error: 'must not contain a NUL character' })
