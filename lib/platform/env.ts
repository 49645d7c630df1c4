import crypto from 'node:crypto'
import { z } from 'zod'

const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\/[^\s]+$/, 'must be a PostgreSQL URL: postgresql://user:password@host:5432/database')

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })

function isEncryptionKey(text: string): boolean {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length === 32
}

const encryptionKey = z.string().refine(isEncryptionKey, 'must be 32 bytes in base64: openssl rand -base64 32')

/** Entries separated by commas, none when absent. */
function listOf(entry: z.ZodType<string, string>) {
  return z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(entry))
}

function isSigningKey(text: string): boolean {
  try {
    const key = crypto.createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' })
    return key.asymmetricKeyType === 'ed25519'
  } catch {
    return false
  }
}

/** A number up to 10, or true for one. */
const proxies = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^(false|no|true|yes|[0-9]|10)$/,
    'must be the number of reverse proxies in front of the application, or true for one',
  )
  .transform((text) => (/^\d/.test(text) ? Number(text) : Number(text === 'true' || text === 'yes')))

const Env = z
  .object({
    /** The application's connection. Its role owns nothing and is a member of `bailiwick_app`. */
    DATABASE_URL: postgresUrl,
    /** The owner's connection, for migrations. DATABASE_URL where one login does both. */
    MIGRATE_DATABASE_URL: postgresUrl.optional(),
    /** The policy decision point's gRPC door. */
    CERBOS_ADDRESS: z.string().regex(/^[^\s:/]+:\d{1,5}$/, 'must be host:port of the gRPC listener'),
    /** Folder of the policies that the decision point serves, for telling which version answered; nothing is decided by it. */
    POLICY_DIR: z.string().min(1).default('policies'),
    /** A second Cerbos, which takes the organizations' own policies by its Admin API; without it there are none (decision 065). */
    VERSIONS_CERBOS_ADDRESS: z
      .string()
      .regex(/^[^\s:/]+:\d{1,5}$/, 'must be host:port of the gRPC listener')
      .optional(),
    /** Its password; its user is called `bailiwick`. */
    VERSIONS_CERBOS_PASSWORD: z.string().min(16, 'must have at least 16 characters').optional(),
    /** The Cerbos program of the same release, which compiles and tests policies before anything asks them. */
    CERBOS_PROGRAM: z.string().min(1).optional(),
    /** How long one decision may take, in milliseconds; past it the answer is no. */
    DECISION_TIMEOUT_MS: z.coerce.number().int().min(50).max(10_000).default(800),
    /** Signs session cookies. */
    AUTH_SECRET: z.string().min(32, 'must have at least 32 characters'),
    /** The root of what is stored encrypted (`crypto/seal.ts`): 32 bytes, base64. */
    ENCRYPTION_KEY: encryptionKey,
    /** Keys that were ENCRYPTION_KEY before, separated by commas: they open what `npm run keys:rotate` has not yet wrapped anew. */
    ENCRYPTION_KEYS_RETIRED: listOf(encryptionKey),
    /** The root of the keyed fingerprints of secrets. ENCRYPTION_KEY unless named; stays when that one is changed. */
    FINGERPRINT_KEY: encryptionKey.optional(),
    /** Signs audit checkpoints: an Ed25519 private key, PKCS8 DER, base64. */
    AUDIT_SIGNING_KEY: z
      .string()
      .refine(
        isSigningKey,
        'must be an Ed25519 private key, PKCS8 in base64: openssl genpkey -algorithm ed25519 -outform DER | base64 -w0',
      ),
    /** Where browsers reach the application; no path behind the host. */
    PUBLIC_URL: httpUrl.default('http://localhost:3000').transform((url) => url.replace(/\/+$/, '')),
    /** How many reverse proxies stand in front. Without one, X-Forwarded-For is what anybody may write, and is ignored. */
    TRUST_PROXY: proxies.default(0),
    /**
     * Proxies that ask clients for a certificate and hand on whose it was, as networks separated by commas: what anybody else writes
     * into CLIENT_CERT_HEADER is ignored. Empty: nobody is let in by certificate.
     */
    CLIENT_CERT_PROXIES: listOf(
      z.union(
        [z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()],
        'must be addresses or networks such as 10.20.0.7 or 10.20.0.0/24',
      ),
    ),
    /** Where they write it: Envoy's form in x-forwarded-client-cert; in any other header the SPIFFE id or the subject alone. */
    CLIENT_CERT_HEADER: z
      .string()
      .toLowerCase()
      .regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'must be the name of a header')
      .default('x-forwarded-client-cert'),
    /** File of the bundled thread that parses uploads; only processes that take uploads need it. */
    PARSE_THREAD: z.string().min(1).optional(),
    /** File of the bundled thread that holds the access graphs; every process that asks about blast radius needs it. */
    GRAPH_THREAD: z.string().min(1).optional(),
    /** Folder for snapshots of the access graphs, which save loading them after a start; each process may have its own. */
    GRAPH_DIR: z.string().min(1).default('.data/graphs'),
    /** How much memory the access graphs of a process may take; those not asked about for longest are let go of. */
    GRAPH_MEMORY_MB: z.coerce.number().int().min(16).max(262_144).default(1024),
    /** Folder for signed audit checkpoints, outside the database. */
    CHECKPOINT_DIR: z.string().min(1).default('.data/checkpoints'),
    /** Networks inside to which live connections may go, as CIDR separated by commas; all others inside are refused. */
    OUTBOUND_NETWORKS: listOf(z.union([z.cidrv4(), z.cidrv6()], 'must be networks such as 10.20.0.0/16')),
    /** Whether live connections may go to this machine: only where everything runs on one. */
    OUTBOUND_LOOPBACK: z.stringbool('must be true or false').default(false),
    /** Whether connections may start programs on this machine (MCP servers): whoever may add a connection may then run any. */
    LIVE_PROGRAMS: z.stringbool('must be true or false').default(false),
    /** Folders of this machine that connections may read and give orders in (certificate authorities), separated by commas. */
    LIVE_FOLDERS: listOf(z.string().regex(/^\/[^\0]+$/, 'must be paths that begin with a slash')),
    /** Folders of this machine that new secrets may be written to, separated by commas; `slug=/path` opens one to one organization. */
    DELIVERY_FOLDERS: listOf(
      z
        .string()
        .regex(/^([a-z0-9-]+=)?\/[^\0]+$/, 'must be paths that begin with a slash, each perhaps behind “slug=”'),
    ),
    /**
     * The mail server of the installation, for organizations that name none of their own: smtps://user:password@host:465, or
     * smtp://…:587, which asks for STARTTLS unless `?tls=off` stands behind it.
     */
    SMTP_URL: z
      .url({ protocol: /^smtps?$/, error: 'must be an address such as smtp://user:password@mail.example.org:587' })
      .optional(),
    /** From whom the installation's e-mail comes: an address, or "Name <address>". */
    MAIL_FROM: z
      .string()
      .regex(/^([^<>\r\n]{0,100}<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, 'must be an address, or "Name <address>"')
      .optional(),
    OIDC_ISSUER: httpUrl.optional(),
    OIDC_CLIENT_ID: z.string().min(1).optional(),
    OIDC_CLIENT_SECRET: z.string().min(1).optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  .superRefine((env, check) => {
    if (env.VERSIONS_CERBOS_ADDRESS !== undefined && env.VERSIONS_CERBOS_PASSWORD === undefined)
      check.addIssue({
        code: 'custom',
        path: ['VERSIONS_CERBOS_PASSWORD'],
        message: 'is missing: VERSIONS_CERBOS_ADDRESS needs it',
      })
    if (env.SMTP_URL !== undefined && env.MAIL_FROM === undefined)
      check.addIssue({
        code: 'custom',
        path: ['MAIL_FROM'],
        message: 'is missing: SMTP_URL needs to know from whom e-mail comes',
      })
    const names = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const
    const missing = names.filter((name) => env[name] === undefined)
    if (missing.length === names.length) return
    for (const name of missing) {
      check.addIssue({
        code: 'custom',
        path: [name],
        message: 'is missing: sign-in by OpenID Connect needs all three of OIDC_*',
      })
    }
  })
  .transform((env) => ({
    ...env,
    MIGRATE_DATABASE_URL: env.MIGRATE_DATABASE_URL ?? env.DATABASE_URL,
    FINGERPRINT_KEY: env.FINGERPRINT_KEY ?? env.ENCRYPTION_KEY,
  }))

/** The configuration, checked. */
export type Env = z.output<typeof Env>

/**
 * Checks variables and fills in the defaults. An empty variable counts as absent, as compose files make them.
 * @throws Error with one line for each variable that is missing or bad; values are never in it
 */
export function parseEnv(variables: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''))
  const result = Env.safeParse(given)
  if (result.success) return result.data
  const lines = result.error.issues.map(({ path, message }) => {
    const name = String(path[0])
    return `  ${name} ${name in given || message.startsWith('is missing') ? message : 'is missing'}`
  })
  throw new Error(`The configuration is not complete:\n${lines.join('\n')}\nREADME.md lists all variables.`)
}

let parsed: Env | undefined

/** The process's configuration, read at first use. */
export function env(): Env {
  parsed ??= parseEnv(process.env)
  return parsed
}
