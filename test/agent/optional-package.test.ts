import { expect, test } from 'vitest'
import { loadOptionalPackage } from '../../src/agent/optional-package.js'

const wanted = {
  name: '@dbos-inc/dbos-sdk',
  version: '5.3.0',
  neededBy: 'Durable runs',
  otherwise: 'set runs.engine to inProcess.',
}

test('a missing optional package is reported with the command that installs it', async () => {
  const absent = Object.assign(new Error("Cannot find package '@dbos-inc/dbos-sdk'"), {
    code: 'ERR_MODULE_NOT_FOUND',
  })
  await expect(loadOptionalPackage(wanted, () => Promise.reject(absent))).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('@dbos-inc/dbos-sdk'),
    hint: expect.stringContaining('npm install @dbos-inc/dbos-sdk@5.3.0'),
  })
})

test('an error inside an optional package is passed on unchanged', async () => {
  const broken = new Error('no such symbol')
  await expect(loadOptionalPackage(wanted, () => Promise.reject(broken))).rejects.toBe(broken)
})
