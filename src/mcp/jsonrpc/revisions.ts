import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server'

/** The only protocol revision that has JSON-RPC batches: the next one removed them again. */
export const batchRevision = '2025-03-26'

/** Protocol revisions by date; the last one is the 2026 era, which has no handshake. */
export const supportedRevisions: readonly string[] = [
  ...SUPPORTED_PROTOCOL_VERSIONS,
  '2026-07-28',
].sort()
