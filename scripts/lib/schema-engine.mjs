import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import pg from 'pg'
import { createDatabase, dropDatabase, withClient } from './database.mjs'
import { inRoot } from './layout.mjs'
import { readMigrations } from './migrations.mjs'
import { onDatabase } from './test-services.mjs'

/**
 * The SQL that turns what the migrations make into what prisma/schema says; '' when they agree. Development only: it
 * uses Prisma's schema engine compiled to WebAssembly, as the native one would have to be downloaded. Row-level
 * security, functions, triggers and other schemas are not seen by it, and what prisma/plain-sql.json names is left out:
 * tables that only SQL reads, generated columns, and indexes that a Prisma schema cannot describe.
 * @param {{ adminUrl: string, ownerUrl: string }} server where a scratch database may be made
 * @returns {Promise<string>}
 */
export async function diffSchema({ adminUrl, ownerUrl }) {
  const files = schemaFiles()
  const factory = new ScratchFactory(adminUrl, ownerUrl)
  const engine = await loadEngine(files, factory)
  try {
    const { stdout, exitCode } = await engine.diff({
      from: { tag: 'migrations', ...migrationList() },
      to: { tag: 'schemaDatamodel', files: files.map(([file, content]) => ({ path: file, content })) },
      script: true,
      exitCode: true,
      shadowDatabaseUrl: null,
      filters: { externalTables: plainSql.tables.map((name) => `public.${name}`), externalEnums: [] },
    })
    return exitCode === 0 ? '' : withoutPlainSql(stdout ?? '')
  } finally {
    engine.free?.()
    await factory.close()
  }
}

/** @type {{ tables: string[], columns: Record<string, string[]>, indexes: string[] }} */
const plainSql = JSON.parse(fs.readFileSync(inRoot('prisma', 'plain-sql.json'), 'utf8'))

/**
 * The engine's script without the statements that would drop what is declared to be plain SQL.
 * @param {string} script
 */
function withoutPlainSql(script) {
  const dropped = new Set([
    ...plainSql.indexes.map((name) => `DROP INDEX "${name}";`),
    ...Object.entries(plainSql.columns).map(
      ([table, columns]) => `ALTER TABLE "${table}" ${columns.map((name) => `DROP COLUMN "${name}"`).join(', ')};`,
    ),
  ])
  const statements = script.split(/\n\n+/).filter((text) => {
    const statement = text
      .replace(/^--.*$/gm, '')
      .replaceAll(/\s+/g, ' ')
      .trim()
    return statement !== '' && !dropped.has(statement)
  })
  return statements.length === 0 ? '' : `${statements.join('\n\n')}\n`
}

/** @returns {[string, string][]} */
function schemaFiles() {
  const folder = inRoot('prisma', 'schema')
  const names = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.prisma'))
    .sort()
  return names.map((name) => [path.join(folder, name), fs.readFileSync(path.join(folder, name), 'utf8')])
}

function migrationList() {
  const baseDir = inRoot('prisma', 'migrations')
  return {
    baseDir,
    lockfile: {
      path: 'migration_lock.toml',
      content: fs.readFileSync(path.join(baseDir, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: readMigrations().map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  }
}

/** @param {[string, string][]} files @param {ScratchFactory} factory */
async function loadEngine(files, factory) {
  const folder = inRoot('node_modules', '@prisma', 'schema-engine-wasm')
  const glue = await import(path.join(folder, 'schema_engine_bg.js'))
  const module = new WebAssembly.Module(fs.readFileSync(path.join(folder, 'schema_engine_bg.wasm')))
  const { exports } = new WebAssembly.Instance(module, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(exports)
  const start = /** @type {() => void} */ (exports.__wbindgen_start)
  start()
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message: (/** @type {string} */ message) => process.stderr.write(`${message}\n`),
    },
  })
  return glue.SchemaEngine.new({ datamodels: files }, () => {}, bindMigrationAwareSqlAdapterFactory(factory))
}

/** Marks a column of the catalogue's type "char" on its way through the driver adapter. */
const CHAR_MARK = '\u0001char'
const CHAR_OID = 18
const TEXT_OID = 25

/**
 * The adapter has no mapping for the catalogue type "char", without which the engine cannot describe a database: such
 * columns go through as text, marked in their name, and get their type back in `withCharColumns`.
 */
function letCharThrough() {
  const result = /** @type {any} */ (pg).Result.prototype
  if (result.addFields.letsCharThrough) return
  const add = result.addFields
  result.addFields = function (/** @type {any[]} */ fields) {
    for (const field of fields)
      if (field.dataTypeID === CHAR_OID) {
        field.dataTypeID = TEXT_OID
        field.name += CHAR_MARK
      }
    return add.call(this, fields)
  }
  result.addFields.letsCharThrough = true
}

/** @param {any} adapter */
function withCharColumns(adapter) {
  const query = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (/** @type {any} */ question) => {
    const answer = await query(question)
    answer.columnNames.forEach((/** @type {string} */ name, /** @type {number} */ index) => {
      if (!name.endsWith(CHAR_MARK)) return
      answer.columnNames[index] = name.slice(0, -CHAR_MARK.length)
      answer.columnTypes[index] = ColumnTypeEnum.Character
    })
    return answer
  }
  if (adapter.startTransaction) {
    const start = adapter.startTransaction.bind(adapter)
    adapter.startTransaction = async (/** @type {any} */ level) => withCharColumns(await start(level))
  }
  return adapter
}

/**
 * Gives the engine a scratch database. The adapter's own `connectToShadowDb` would open the real database as the
 * scratch one when it is given a connection string, its `executeScript` would split function bodies at semicolons, and
 * it drops before it closes.
 */
class ScratchFactory extends PrismaPg {
  /** @param {string} adminUrl @param {string} url */
  constructor(adminUrl, url) {
    super({ connectionString: url })
    this.adminUrl = adminUrl
    this.url = url
    /** @type {(() => Promise<void>)[]} */
    this.closers = []
    letCharThrough()
  }

  /** The engine leaves its connections to whoever made them. */
  async close() {
    for (const close of this.closers.splice(0)) await close()
  }

  async connect() {
    const adapter = withCharColumns(await super.connect())
    adapter.executeScript = async (/** @type {string} */ script) => {
      await adapter.underlyingDriver().query(script)
    }
    this.closers.push(() => adapter.dispose())
    return adapter
  }

  async connectToShadowDb() {
    const name = `scratch_${crypto.randomBytes(6).toString('hex')}`
    await withClient(this.adminUrl, (superuser) => createDatabase(superuser, name))
    const adapter = await new ScratchFactory(this.adminUrl, onDatabase(this.url, name)).connect()
    const close = adapter.dispose.bind(adapter)
    adapter.dispose = async () => {
      await close()
      await withClient(this.adminUrl, (superuser) => dropDatabase(superuser, name))
    }
    return adapter
  }
}
