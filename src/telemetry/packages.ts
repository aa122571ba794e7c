import { configurationError } from '../agent/errors.js'

/** Lists the package versions that this server was tested with, which are those in package.json. */
const versions = {
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/resources': '2.12.0',
  '@opentelemetry/sdk-trace': '2.12.0',
  '@opentelemetry/sdk-metrics': '2.12.0',
  '@opentelemetry/exporter-trace-otlp-http': '0.223.0',
  '@opentelemetry/exporter-metrics-otlp-http': '0.223.0',
  '@opentelemetry/exporter-prometheus': '0.223.0',
}

type PackageName = keyof typeof versions

/**
 * Loads optional packages. If one is missing, it fails with a `configuration` error that says how
 * to install all of them.
 */
export async function loading<T>(
  names: readonly PackageName[],
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error
    const install = names.map((name) => `${name}@${versions[name]}`).join(' ')
    throw configurationError(
      'Telemetry needs packages of OpenTelemetry that are not installed.',
      `Install them beside this package: npm install ${install}`,
    )
  }
}
