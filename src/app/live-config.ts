import { problemText } from '../config/problems.js'
import type { Config } from '../config/resolve.js'
import type { Environment } from '../litellm/routes/route.js'
import type { Logger } from '../util/logger.js'
import { redact } from '../util/redact.js'
import { knownSecrets, modelSource } from './models.js'

/** Logs the settings that are valid but probably do not work as intended. */
export function logWarnings({ warnings }: Config, log: Logger): void {
  for (const warning of warnings)
    log.warn('the configuration has a warning', { warning: problemText(warning) })
}

/** Holds the current configuration and the models made from it, which are replaced together. */
export class LiveConfig {
  models: ReturnType<typeof modelSource>
  private readonly secrets: Set<string>

  constructor(
    public config: Config,
    private readonly env: Environment,
  ) {
    this.models = modelSource(config, env)
    this.secrets = new Set(knownSecrets(config, env))
  }

  /** Replaces the configuration. Runs that have started keep their models. */
  replace(config: Config): void {
    this.config = config
    this.models = modelSource(config, this.env)
    // An old secret may still be in use, so it is still redacted.
    for (const secret of knownSecrets(config, this.env)) this.secrets.add(secret)
  }

  addSecret(secret: string): void {
    this.secrets.add(secret)
  }

  redact(text: string): string {
    return redact(text, this.secrets)
  }
}
