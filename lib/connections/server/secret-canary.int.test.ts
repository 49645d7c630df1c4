import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connectors } from '@/lib/connectors/registry'
import { closePool } from '@/lib/platform/db/pool'
import { log } from '@/lib/platform/telemetry/log'
import { Canary, plantFile, plantOwn, type SecretPlaces, searchCanary, unpack } from '@/lib/platform/testing/canaries'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { applyImport } from './apply-import'
import { getImport } from './get-import'
import { listImports } from './list-imports'
import { previewImport } from './preview-import'
import { requestApply } from './request-apply'

vi.hoisted(() => {
  process.env.LOG_LEVEL = 'trace'
})

/** One row for every format; a format that is not here fails the test. `{}`: no place but what any file may hold. */
const table: Record<string, SecretPlaces> = {
  'a2a-agent-card': { addresses: /^(?:url|documentationUrl)$/ },
  'active-directory-sharphound': { secrets: /^(?:userpassword|unixpassword|unicodepassword|sfupassword)$/ },
  'aws-acm': { secrets: /^(?:PrivateKey|Passphrase)$/ },
  'aws-authorization-details': {},
  'aws-bedrock': {},
  'aws-credential-report': {},
  'aws-iam-listings': { secrets: /^(?:SecretAccessKey|ServicePassword|SSHPrivateKey)$/ },
  'aws-organizations': {},
  'aws-resource-policies': {},
  'aws-secrets-manager': { secrets: /^SecretString$/, encoded: /^SecretBinary$/ },
  'azure-applications': { secrets: /^secretText$/ },
  'azure-key-vault': { secrets: /^(?:value|secretValue)$/ },
  'azure-permission-grants': {},
  'azure-role-assignments': {},
  'azure-service-principals': { secrets: /^secretText$/ },
  csv: { own: { name: 'keys.csv', text: 'name,kind,secret,comment\nrobot,bot,CANARY,none\n' } },
  'gcp-api-keys': { secrets: /^keyString$/ },
  'gcp-iam-policy': {},
  'gcp-resources': {},
  'gcp-service-accounts': { secrets: /^private_key$/, encoded: /^privateKeyData$/ },
  'github-api': { secrets: /^(?:token|client_secret|webhook_secret|pem|secret|encrypted_value)$/ },
  'github-opengraph': {
    own: {
      name: 'githound.json',
      text: '{"graph":{"nodes":[{"id":"O1","kinds":["GH_Organization"],"properties":{"name":"acme","password":"CANARY"}},{"id":"U1","kinds":["GH_User"],"properties":{"name":"mia","token":"CANARY"}}],"edges":[{"kind":"GH_MemberOf","start":{"value":"U1"},"end":{"value":"O1"},"properties":{"secret":"CANARY"}}]}}',
    },
  },
  'github-webhook': { secrets: /^(?:secret|token)$/ },
  'github-workflow': {
    own: {
      name: '.github/workflows/deploy.yml',
      text: 'name: deploy\non: push\npermissions:\n  id-token: write\nenv:\n  API_TOKEN: CANARY\njobs:\n  a:\n    runs-on: ubuntu-latest\n    env:\n      DB_PASSWORD: CANARY\n    steps:\n      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          role-to-assume: arn:aws:iam::111122223333:role/deploy\n          aws-secret-access-key: CANARY\n      - run: curl -H "Authorization: Bearer CANARY" https://example.org\n',
    },
  },
  'gitlab-api': { secrets: /^(?:token|runners_token|secret)$/ },
  'gitlab-webhook': { secrets: /^(?:token|secret)$/ },
  'google-workspace-directory': { secrets: /^password$/ },
  'keycloak-realm': { secrets: /^(?:secret|secretData|registrationToken|registrationAccessToken)$/ },
  'kubernetes-manifests': {
    own: {
      name: 'secrets.yaml',
      text: 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: api\n  namespace: shop\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: \'{"stringData":{"password":"CANARY"}}\'\ntype: Opaque\nstringData:\n  password: CANARY\ndata:\n  token: CANARY64\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\n  namespace: shop\nspec:\n  template:\n    spec:\n      serviceAccountName: api\n      containers:\n        - name: web\n          image: web\n          args: ["--token=CANARY"]\n          env:\n            - name: DB_PASSWORD\n              value: CANARY\n            - name: DATABASE_URL\n              value: PLACE://app:CANARY@db/app\n'.replace(
        'PLACE',
        'postgres',
      ),
    },
  },
  'kubernetes-kubeconfig': {
    own: {
      name: 'config.yaml',
      text: 'apiVersion: v1\nkind: Config\nclusters:\n  - name: shop\n    cluster:\n      server: https://u:CANARY@k8s.example.com\ncontexts:\n  - name: a\n    context: { cluster: shop, user: cert }\nusers:\n  - name: cert\n    user:\n      client-certificate-data: CANARY64\n      client-key-data: CANARY64\n  - name: token\n    user: { token: CANARY }\n  - name: basic\n    user: { username: me, password: CANARY }\n  - name: oidc\n    user:\n      auth-provider: { name: oidc, config: { client-secret: CANARY, refresh-token: CANARY, id-token: CANARY } }\n  - name: program\n    user:\n      exec:\n        apiVersion: client.authentication.k8s.io/v1\n        command: tool\n        args: ["--token=CANARY", "--client-secret", "CANARY", "CANARY"]\n        env: [{ name: API_KEY, value: CANARY }, { name: PLAIN, value: CANARY }]\n',
    },
  },
  'mcp-client': {
    own: {
      name: 'mcp.json',
      text: '{"mcpServers":{"git":{"command":"npx","args":["-y","server-git","--api-key","CANARY","--token=CANARY"],"env":{"GIT_TOKEN":"CANARY","PLAIN":"CANARY"}},"web":{"url":"https://u:CANARY@example.org/mcp?api_key=CANARY","headers":{"Authorization":"Bearer CANARY","X-Api-Key":"CANARY"}}}}',
    },
  },
  'mcp-docker-server': { secrets: /^value$/ },
  'mcp-server': { secrets: /^value$/ },
  'okta-management': { secrets: /^(?:token|client_secret|privateKey|d|secret_hash)$/ },
  opengraph: {},
  'postgresql-roles': {
    own: {
      name: 'roles.sql',
      text: "--\n-- PostgreSQL database cluster dump\n--\nSET standard_conforming_strings = on;\nCREATE ROLE api;\nALTER ROLE api WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS PASSWORD 'SCRAM-SHA-256$4096:CANARY$CANARY:CANARY';\nCREATE ROLE job;\nALTER ROLE job WITH LOGIN ENCRYPTED PASSWORD 'CANARY' VALID UNTIL '2027-01-01 00:00:00+00';\nGRANT api TO job;\n",
    },
  },
  'saas-anthropic': { secrets: /^(?:api_key|key)$/ },
  'saas-cloudflare': { secrets: /^(?:value|token)$/ },
  'saas-databricks': { secrets: /^(?:token_value|secret)$/ },
  'saas-openai': { secrets: /^(?:value|api_key)$/ },
  'saas-scaleway': { secrets: /^(?:secret_key|private_key)$/ },
  'saas-slack': { secrets: /^(?:token|signing_secret|verification_token)$/ },
  'saas-snowflake': { secrets: /^(?:password|PASSWORD|rsa_private_key)$/ },
  'saas-tailscale': { secrets: /^key$/ },
  'saas-vercel': { secrets: /^(?:bearerToken|value)$/ },
  'scanner-deepfence': { secrets: /^(?:Matched Content|matched_content)$/ },
  'scanner-detect-secrets': { secrets: /^(?:secret|line)$/ },
  'scanner-ggshield': { secrets: /^(?:match|patch|secret_value)$/ },
  'scanner-github': { secrets: /^secret$/ },
  'scanner-gitlab': { secrets: /^(?:raw_source_code_extract|source_code_extract)$/ },
  'scanner-gitleaks': { secrets: /^(?:Secret|Match|Line|line|offender|secret|match)$/ },
  'scanner-nosey-parker': { secrets: /^(?:matching|before|after|match_content)$/, encoded: /^groups$/ },
  'scanner-rusty-hog': { secrets: /^(?:stringsFound|strings_found|diff|string)$/ },
  'scanner-sarif': {
    own: {
      name: 'gitleaks.sarif',
      text: '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"gitleaks","rules":[{"id":"aws","shortDescription":{"text":"AWS"}}]}},"results":[{"ruleId":"aws","message":{"text":"CANARY was found by aws"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"conf/a.env"},"region":{"startLine":1,"snippet":{"text":"AWS_SECRET=CANARY"}}}}],"partialFingerprints":{"commitSha":"74d5","secret":"CANARY"}}]}]}',
    },
  },
  'scanner-talisman': { secrets: /^(?:message|secret)$/ },
  'scanner-trivy': { secrets: /^(?:Match|Content|Highlighted)$/ },
  'scanner-trufflehog': { encoded: /^(?:Raw|RawV2)$/, secrets: /^(?:stringsFound|diff|printDiff)$/ },
  'scanner-whispers': { secrets: /^value$/ },
  'spiffe-entries': { secrets: /^(?:token|join_token)$/ },
  'terraform-state': {
    secrets: /^(?:secret|ses_smtp_password_v4|private_key|password|token|client_secret)$/,
    encoded: /^private$/,
  },
}

const root = path.resolve(import.meta.dirname, '../../connectors')
const mostFiles = 2

/** Small fixtures of a format: those in the folder of its name, or all of a connector that has one format only. */
function fixturesOf(id: string): { name: string; text: string }[] {
  const system = fs
    .readdirSync(root)
    .filter((folder) => id === folder || id.startsWith(`${folder}-`))
    .sort((a, b) => b.length - a.length)[0]
  const base = path.join(root, system ?? '', 'fixtures')
  const folder = [id, id.slice((system?.length ?? 0) + 1)]
    .map((name) => path.join(base, name))
    .find((each) => each !== `${base}/` && fs.existsSync(each) && fs.statSync(each).isDirectory())
  const from = folder ?? base
  const files = fs
    .readdirSync(from, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(from, name))
    .filter((file) => !/\.(?:md|ts|gz|zip|xlsx)$/.test(file) && fs.statSync(file).isFile())
    .sort((a, b) => fs.statSync(b).size - fs.statSync(a).size)
  const small = files.filter((file) => fs.statSync(file).size < 100_000)
  return (small.length > 0 ? small : files.slice(-1))
    .slice(0, mostFiles)
    .map((file) => ({ name: path.basename(file), text: fs.readFileSync(file, 'utf8') }))
}

let org: TestOrganization
let db: pg.Client
const said: string[] = []
const found = new Map<string, { canary: Canary; taken: boolean; problems: string[]; texts: string[] }>()
const temporary = fs.mkdtempSync(path.join(tmpdir(), 'canary-'))

/** Every table of the database, or those of such names, as text, with what is packed in it unpacked. */
async function readDatabase(names = /./): Promise<{ table: string; text: string }[]> {
  const { rows } = await db.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`,
  )
  const texts: { table: string; text: string }[] = []
  for (const { schema, name } of rows.filter((row) => names.test(`${row.schema}.${row.name}`))) {
    const at = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`
    const { rows: whole } = await db.query<Record<string, unknown>>(`SELECT * FROM ${at}`)
    const text = whole.flatMap((row) => Object.values(row).map(textOf)).join('\n')
    texts.push({ table: `${schema}.${name}`, text })
  }
  return texts
}

function textOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return unpack(value)
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function readTemporary(): string {
  return fs
    .readdirSync(temporary, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(temporary, name))
    .filter((file) => fs.statSync(file).isFile())
    .map((file) => unpack(fs.readFileSync(file)))
    .join('\n')
}

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  org = await testOrganization()
  vi.stubEnv('TMPDIR', temporary)
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array)
      said.push(Buffer.from(chunk as string).toString('utf8'))
  }
  // The log writes by the file's number, past the stream of the process.
  const { write, writeSync } = fs
  vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, chunk: unknown, ...rest: []) => {
    if (fd !== 1 && fd !== 2) return (writeSync as (...all: unknown[]) => number)(fd, chunk, ...rest)
    keep(chunk)
    return Buffer.byteLength(chunk as string)
  }) as typeof fs.writeSync)
  vi.spyOn(fs, 'write').mockImplementation(((fd: number, chunk: unknown, ...rest: []) => {
    if (fd === 1 || fd === 2) keep(chunk)
    return (write as (...all: unknown[]) => void)(fd, chunk, ...rest)
  }) as unknown as typeof fs.write)
  for (const stream of [process.stdout, process.stderr]) {
    const former = stream.write.bind(stream)
    vi.spyOn(stream, 'write').mockImplementation(((chunk: unknown, ...rest: []) => {
      keep(chunk)
      return (former as (...all: unknown[]) => boolean)(chunk, ...rest)
    }) as typeof stream.write)
  }
  for (const id of connectors.map((connector) => connector.id)) await importPlanted(id)
  for (const [, entry] of found) entry.texts.push(readTemporary(), said.join('\n'))
  const whole = await readDatabase()
  for (const [, entry] of found)
    for (const { table: name, text } of whole) entry.problems.push(...searchCanary(entry.canary, text, `table ${name}`))
}, 600_000)

async function importPlanted(id: string): Promise<void> {
  const canary = new Canary()
  const row = table[id] ?? {}
  const entry = { canary, taken: false, problems: [] as string[], texts: [] as string[] }
  found.set(id, entry)
  const own = row.own ? [plantOwn(row.own, canary)] : []
  const files = [
    ...own,
    ...fixturesOf(id).map(({ name, text }) => ({ name, text: plantFile(name, text, row, canary) })),
  ]
  const uploads = files.map(({ name, text }) => ({
    name,
    bytes: new TextEncoder().encode(text),
    instance: `canary ${id}`,
  }))
  const run = await previewImport(org.as.admin, uploads)
  entry.taken = run.files.some((file) => file.format === id && file.error === null)
  entry.texts.push(JSON.stringify(run), JSON.stringify(await listImports(org.as.admin, { limit: 25 })))
  const problems = run.files.flatMap(({ name, format, error }) =>
    format === id ? [] : [`${name}: ${format} ${error?.slice(0, 200)}`],
  )
  if (!entry.taken) entry.problems.push(`no planted file was taken for ${id}: ${problems.join('; ')}`)
  if (run.status !== 'previewed') return
  await requestApply(org.as.admin, { id: run.id, acceptVanished: true })
  // Now the records wait, and the job of the worker.
  for (const { table: name, text } of await readDatabase(/sync|job|boss|queue|progress/))
    entry.problems.push(...searchCanary(canary, text, `table ${name} before the apply`))
  await applyImport(org.job, { id: run.id })
  entry.texts.push(JSON.stringify(await getImport(org.as.admin, { id: run.id })))
}

afterAll(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  fs.rmSync(temporary, { recursive: true, force: true })
  await db.end()
  await closePool()
})

describe('secrets in files', () => {
  it('every format has its row, and every row a format', () => {
    expect(connectors.map(({ id }) => id).filter((id) => !Object.hasOwn(table, id))).toEqual([])
    expect(Object.keys(table).filter((id) => !connectors.some((connector) => connector.id === id))).toEqual([])
  })

  it('finds what it looks for', () => {
    const canary = new Canary()
    const secret = canary.next()
    const forms = [secret, `x${Buffer.from(`a${secret}z`).toString('base64')}`, Buffer.from(secret).toString('hex')]
    for (const form of [...forms, encodeURIComponent(secret), Buffer.from(`ab${secret}`).toString('base64url')])
      expect(searchCanary(canary, `before ${form} after`, 'here'), form).not.toEqual([])
    expect(searchCanary(canary, 'nothing', 'here')).toEqual([])
    log.info({ probe: secret }, 'a probe')
    expect(searchCanary(canary, said.join(''), 'the log')).not.toEqual([])
  })

  it.each(connectors.map(({ id }) => id))('%s: no secret of it is written or shown', (id) => {
    const entry = found.get(id)
    if (!entry) throw new Error(`${id} was not imported`)
    expect(entry.canary.planted).toBeGreaterThan(0)
    const shown = entry.texts.flatMap((text, n) =>
      searchCanary(
        entry.canary,
        text,
        ['the preview', 'the list', 'the applied run', 'temporary files', 'the log'][n] ?? 'what was said',
      ),
    )
    expect([...new Set([...entry.problems, ...shown])]).toEqual([])
  })
})
