import type { ClientBase } from 'pg'

/** Rows for tests and measurements, written by a connection that row-level security does not bind. */
async function insertOne(db: ClientBase, sql: string, values: unknown[]): Promise<string> {
  const { rows } = await db.query<{ id: string }>(sql, values)
  const [row] = rows
  if (!row) throw new Error('the factory inserted no row')
  return row.id
}

export function makeOrganization(db: ClientBase, name = 'Acme'): Promise<string> {
  return insertOne(
    db,
    `INSERT INTO organization (name, slug) VALUES ($1, 'org-' || substr(gen_random_uuid()::text, 1, 13)) RETURNING id`,
    [name],
  )
}

export interface MadeMember {
  userId: string
  membershipId: string
  name: string
  email: string
  role: string
}

/** A person with an account and a membership. */
export async function makeMember(db: ClientBase, orgId: string, role: string, name: string): Promise<MadeMember> {
  const { rows } = await db.query<{ id: string; email: string }>(
    `INSERT INTO user_account (email, name)
     VALUES (lower($1) || substr(gen_random_uuid()::text, 1, 8) || '@example.org', $1) RETURNING id, email`,
    [name],
  )
  const [user] = rows
  if (!user) throw new Error('the factory inserted no person')
  const membershipId = await insertOne(
    db,
    `INSERT INTO membership (org_id, user_id, role) VALUES ($1, $2, $3) RETURNING id`,
    [orgId, user.id, role],
  )
  return { userId: user.id, membershipId, name, email: user.email, role }
}

export function makeTeam(db: ClientBase, orgId: string, name: string): Promise<string> {
  return insertOne(db, `INSERT INTO team (org_id, name) VALUES ($1, $2) RETURNING id`, [orgId, name])
}

export function makeSource(db: ClientBase, orgId: string, system = 'aws', instance = 'test'): Promise<string> {
  return insertOne(db, `INSERT INTO source (org_id, system, instance, name) VALUES ($1, $2, $3, $3) RETURNING id`, [
    orgId,
    system,
    instance,
  ])
}
