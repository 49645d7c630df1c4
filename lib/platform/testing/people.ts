import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { hashPassword } from '../crypto/password'
import { testDatabase } from './database'

export const testPassword = 'correct horse battery staple'

export interface TestPerson {
  userId: string
  email: string
  membershipId: string
}

/** Makes organizations and people straight in the tables, for tests of what comes after. Close it at the end. */
export class TestPeople {
  private constructor(readonly sql: pg.Client) {}

  static async open(): Promise<TestPeople> {
    const sql = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
    await sql.connect()
    return new TestPeople(sql)
  }

  async close(): Promise<void> {
    await this.sql.end()
  }

  async organization(name = 'Acme'): Promise<string> {
    return this.id(`INSERT INTO organization (name, slug) VALUES ($1, 'o-' || gen_random_uuid()) RETURNING id`, name)
  }

  /** A person, in organizations with roles: `person({ [orgId]: 'admin' })`. */
  async person(
    roles: Record<string, string>,
    options: { password?: string | null; name?: string } = {},
  ): Promise<TestPerson> {
    const password = options.password === undefined ? testPassword : options.password
    const email = `p${randomUUID().slice(0, 13)}@example.org`
    const userId = await this.id(
      'INSERT INTO user_account (email, name, password_hash) VALUES ($1, $2, $3) RETURNING id',
      email,
      options.name ?? 'Ana Nowak',
      password === null ? null : await hashPassword(password),
    )
    let membershipId = ''
    for (const [orgId, role] of Object.entries(roles)) {
      membershipId = await this.id(
        'INSERT INTO membership (org_id, user_id, role) VALUES ($1, $2, $3) RETURNING id',
        orgId,
        userId,
        role,
      )
    }
    return { userId, email, membershipId }
  }

  async events(orgId: string): Promise<{ action: string; actor_key: string; target_label: string; after: unknown }[]> {
    const { rows } = await this.sql.query(
      'SELECT action, actor_key, target_label, after FROM audit_event WHERE org_id = $1 ORDER BY seq',
      [orgId],
    )
    return rows
  }

  private async id(text: string, ...values: unknown[]): Promise<string> {
    return (await this.sql.query<{ id: string }>(text, values)).rows[0]?.id ?? ''
  }
}
