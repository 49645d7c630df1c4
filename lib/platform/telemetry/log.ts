import pino, { type Logger } from 'pino'

/** Fields whose values never reach a log line, at the top and one or two levels down. */
const secretFields = [
  'password',
  'secret',
  'token',
  'tokenHash',
  'passwordHash',
  'authorization',
  'cookie',
  'set-cookie',
  'clientSecret',
  'client_secret',
  'AUTH_SECRET',
  'ENCRYPTION_KEY',
  'ENCRYPTION_KEYS_RETIRED',
  'FINGERPRINT_KEY',
  'DATABASE_URL',
]

/** Options of the product's loggers; apart so that a test can log into memory. */
export const logOptions = {
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label }) },
  redact: {
    paths: secretFields.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]),
    censor: '[redacted]',
  },
  serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
}

const wanted = process.env.LOG_LEVEL ?? (process.env.VITEST ? 'silent' : 'info')

/**
 * The process's log: one JSON object a line on standard output; tests are quiet unless LOG_LEVEL says otherwise. It is
 * read here and not through `env()`, since what goes wrong while the environment is parsed must be logged too.
 */
export const log: Logger = pino({
  ...logOptions,
  level: wanted in pino.levels.values || wanted === 'silent' ? wanted : 'info',
})
