import pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from './database'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

describe('test database', () => {
  it('belongs to the owner and is named after the run', async () => {
    expect(await ask(database.ownerUrl, 'SELECT current_database(), current_user::text')).toEqual([
      database.name,
      'bailiwick_owner',
    ])
  })

  it('lets the application connect without any right of its own', async () => {
    const rights =
      'SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user'
    expect(await ask(database.appUrl, rights)).toEqual([false])
    await expect(ask(database.appUrl, 'CREATE TABLE public.stray ()')).rejects.toThrow(/permission denied/)
  })

  it('puts the connection strings where env() reads them', () => {
    expect(process.env.DATABASE_URL).toBe(database.appUrl)
    expect(process.env.CERBOS_ADDRESS).toMatch(/^127\.0\.0\.1:\d+$/)
  })
})
