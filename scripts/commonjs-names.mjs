import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * Lets a CommonJS package that is imported on first use keep its named exports, as it does in Node:
 * esbuild by itself leaves it only a default, and what worked in the tests fails in the bundle.
 */
export const commonJsNames = {
  name: 'commonjs-names',
  setup({ initialOptions, onResolve, onLoad }) {
    const external = (initialOptions.external ?? []).map((name) => name.replace(/\*$/, ''))
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir }) => {
      const bundled = !path.startsWith('node:') && !external.some((name) => path.startsWith(name))
      const names = kind === 'dynamic-import' && bundled ? await namesOf(path) : undefined
      return names && { path, namespace: 'commonjs-names', pluginData: { names, resolveDir } }
    })
    onLoad({ filter: /.*/, namespace: 'commonjs-names' }, ({ path, pluginData }) => ({
      contents: `const all = require('${path}')
        export default all
        export const { ${pluginData.names} } = all`,
      resolveDir: pluginData.resolveDir,
    }))
  },
}

/** What Node finds as named exports; `undefined` for a package that is no CommonJS. */
async function namesOf(path) {
  const module = await import(path)
  if (module.default !== require(path)) return undefined
  return Object.keys(module).filter((name) => name !== 'default' && /^[\w$]+$/.test(name))
}
