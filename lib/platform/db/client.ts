import { PrismaPg } from '@prisma/adapter-pg'
import { type Prisma, PrismaClient } from './generated/client'
import { OrgPool, takeConnection } from './pool'
import type { Tenant } from './tenant'

/**
 * Each client reads the whole schema anew and keeps it: about 10 MB and 60 ms until its first answer (88 models, 2026-11). So few are kept,
 * and the least recently used ones go first.
 */
const maxClients = 24
const clients = new Map<string, PrismaClient>()

/** In milliseconds: how long a transaction may wait for a connection of the pool, and how long it may take. */
const transactionOptions = { maxWait: 10_000, timeout: 30_000 }

function clientFor(orgId: string): PrismaClient {
  const found = clients.get(orgId)
  if (found) clients.delete(orgId)
  const client = found ?? new PrismaClient({ adapter: new PrismaPg(new OrgPool(orgId)), transactionOptions })
  clients.set(orgId, client)
  const oldest = clients.size > maxClients ? clients.keys().next().value : undefined
  if (oldest !== undefined) clients.delete(oldest)
  return client
}

const readMethods = [
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
] as const
type ReadMethod = (typeof readMethods)[number]

type Models = Omit<PrismaClient, `$${string}` | symbol>

/** SQL that only reads, as a tagged template whose values are sent apart from it. */
type ReadSql = <T>(sql: TemplateStringsArray, ...values: unknown[]) => Promise<T>

/**
 * A Prisma client that can only read: a write without a transaction from `commit` does not compile, and SQL runs in a
 * transaction that PostgreSQL keeps read-only.
 */
export type Reader = { readonly [Model in keyof Models]: Pick<Models[Model], ReadMethod & keyof Models[Model]> } & {
  readonly $queryRaw: ReadSql
}

/** The reading view of one organization's rows. */
export function readerFor(tenant: Tenant): Reader {
  const client = clientFor(tenant.orgId)
  const readSql: ReadSql = async <T>(sql: TemplateStringsArray, ...values: unknown[]) => {
    const [, rows] = await client.$transaction([
      client.$executeRaw`SET TRANSACTION READ ONLY`,
      client.$queryRaw<T>(sql, ...values),
    ])
    return rows
  }
  return new Proxy(client, {
    get: (target, name) => (name === '$queryRaw' ? readSql : Reflect.get(target, name, target)),
  }) as unknown as Reader
}

/** Runs one reading statement; its rows are trusted to be what the caller says, like those of any query in text. */
export type RunQuery = <Row extends object>(query: Prisma.Sql) => Promise<Row[]>

const reading = /^\s*(SELECT|WITH)\b/i
const writing = /\b(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|COPY|CALL|set_config)\b/i

/**
 * Reads one organization's rows in SQL, on a connection of the pool. A statement that could write is refused before it is sent;
 * values are always parameters, so that text from outside is never part of the statement.
 */
export function readsFor(tenant: Tenant): RunQuery {
  return async <Row extends object>(query: Prisma.Sql) => {
    const { text, values } = query
    if (!reading.test(text) || writing.test(text)) throw new Error('only a reading statement may be run here')
    const client = await takeConnection(tenant.orgId)
    try {
      const result = await client.query<Row>({ text, values })
      const { rows } = result
      // A promise of pg's outlives the statements after it until old memory is collected, and would keep the rows with it.
      result.rows = []
      return rows
    } finally {
      client.release()
    }
  }
}

/** The full client of one organization, for `commit` alone; `scripts/lib/structure-rules.ts` lists who may name it. */
export function writerFor(tenant: Tenant): PrismaClient {
  return clientFor(tenant.orgId)
}

/**
 * The client for tables above organizations (people, sessions) and for the resolver functions. Row-level security lets
 * it see no tenant's row. Used by `platform/auth` and the `users` noun alone.
 */
export function installationClient(): PrismaClient {
  return clientFor('')
}
