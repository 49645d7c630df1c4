import crypto from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase, dropDatabase, withClient } from './database.mjs'
import { migrate } from './migrations.mjs'
import { onDatabase } from './test-services.mjs'

const { adminUrl, ownerUrl } = JSON.parse(process.env.TEST_SERVICES ?? '{}')

let name: string
let url: string

beforeEach(async () => {
  name = `scratch_${crypto.randomBytes(6).toString('hex')}`
  url = onDatabase(ownerUrl, name)
  await withClient(adminUrl, (superuser) => createDatabase(superuser, name))
})
afterEach(() => withClient(adminUrl, (superuser) => dropDatabase(superuser, name)))

const migration = (at: string, sql: string) => ({
  name: at,
  sql,
  checksum: crypto.createHash('sha256').update(sql).digest('hex'),
})
const first = migration('1_first', 'CREATE TABLE one ();')
const second = migration('2_second', 'CREATE FUNCTION two() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2; $$;')

describe('migrate', () => {
  it('applies each migration once, in order, function bodies and all', async () => {
    expect(await migrate(url, [first])).toEqual(['1_first'])
    expect(await migrate(url, [first, second])).toEqual(['2_second'])
    expect(await migrate(url, [first, second])).toEqual([])
  })

  it('lets processes that start together wait for each other', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrate(url, [first, second])))
    expect(applied.flat()).toEqual(['1_first', '2_second'])
  })

  it('refuses a database of a newer version, and says what to do', async () => {
    await migrate(url, [first, second])
    await expect(migrate(url, [first])).rejects.toMatchObject({
      message: expect.stringContaining('newer version than this build: it has the migration 2_second'),
      mend: expect.stringContaining('git pull'),
    })
  })

  it('refuses a migration that was changed after it had been applied', async () => {
    await migrate(url, [first])
    await expect(migrate(url, [migration('1_first', 'CREATE TABLE other ();')])).rejects.toThrow(/1_first was changed/)
  })

  it('takes a failed migration back whole and names its line', async () => {
    const broken = migration('2_broken', 'CREATE TABLE kept_not ();\nCREATE TABLE oops (\n  nothing nonsense\n);')
    await expect(migrate(url, [first, broken])).rejects.toThrow(/2_broken\/migration\.sql:3: /)
    const { rows } = await withClient(url, (client) => client.query("SELECT to_regclass('kept_not') AS made"))
    expect(rows).toEqual([{ made: null }])
    expect(await migrate(url, [first])).toEqual([])
  })
})
