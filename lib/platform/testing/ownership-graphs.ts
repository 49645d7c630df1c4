import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { refreshMade } from '../../../prisma/factories/inventory'
import { makeMember, makeOrganization, makeSource, makeTeam } from '../../../prisma/factories/organization'
import { randomAt } from '../../../prisma/factories/random'
import type { Context } from '../context'
import { contextOf } from './context'

export const graphsEach = 500

interface Person {
  id: string
  key: string
  email: string
  isActive: boolean
  role: string
  ctx: Context
}

/** An organization with its people and generated graphs of who owns, made and can act as what. */
export interface OwnershipGraphs {
  orgId: string
  people: Person[]
  teams: { id: string; members: string[]; lead: string | null }[]
  security: Context
  /** By identity: the people who must not certify it. */
  conflicted: Map<string, Set<string>>
}

/** The same graphs for the same seed, by a connection that row-level security does not bind. */
export async function makeOwnershipGraphs(db: pg.Client, seed: number): Promise<OwnershipGraphs> {
  const random = randomAt(seed, 0x736f64)
  const orgId = await makeOrganization(db)
  const sourceId = await makeSource(db, orgId)
  const place = { org_id: orgId, source_id: sourceId }
  const roles = [
    'member',
    'reviewer',
    'security',
    'member',
    'admin',
    'member',
    'auditor',
    'reviewer',
    'member',
    'member',
  ]
  const members = []
  for (const [index, role] of roles.entries()) members.push(await makeMember(db, orgId, role, `P${index}`))
  const memberships = members.map(({ membershipId }) => membershipId)
  const gone = new Set([members[8]?.userId ?? ''])
  await db.query(`UPDATE membership SET status = 'disabled' WHERE id = ANY ($1) AND user_id = ANY ($2)`, [
    memberships,
    [...gone],
  ])
  const teams: OwnershipGraphs['teams'] = []
  for (let no = 0; no < 5; no += 1) {
    const id = await makeTeam(db, orgId, `T${no}`)
    // Some teams are one person, and some are empty.
    const chosen = members.filter(() => random.chance([0.1, 0.2, 0.35, 0.5, 0.15][no] ?? 0))
    const lead = chosen.length > 0 && random.chance(0.6) ? random.pick(chosen) : undefined
    for (const member of chosen)
      await db.query(`INSERT INTO team_member (org_id, team_id, membership_id, is_lead) VALUES ($1, $2, $3, $4)`, [
        ...[orgId, id, member.membershipId, member === lead],
      ])
    teams.push({ id, members: chosen.map(({ userId }) => userId), lead: lead?.userId ?? null })
  }
  const people = members.map((member, index): Person => {
    const teamIds = teams.filter((team) => team.members.includes(member.userId)).map(({ id }) => id)
    return {
      ...{ id: member.userId, key: `user:${member.userId}`, email: member.email, isActive: !gone.has(member.userId) },
      ...{ role: roles[index] ?? '', ctx: contextOf(orgId, member, teamIds) },
    }
  })
  // What sources know of these people, and the groups by which they can act as something.
  const groups = Array.from({ length: 6 }, (_, no) => ({
    id: randomUUID(),
    ...place,
    external_id: `g${no}`,
    kind: 'group',
    name: `g${no}`,
    attributes: {},
  }))
  await db.query('BEGIN')
  for (const group of groups)
    await db.query(
      `INSERT INTO role (org_id, id, source_id, external_id, kind, name) VALUES ($1, $2, $3, $4, 'group', $4)`,
      [...[orgId, group.id, sourceId, group.external_id]],
    )
  const humans = people
    .filter(() => random.chance(0.7))
    .map((person, no) => ({ id: randomUUID(), person, external: `human-${no}` }))
  for (const { id, person, external } of humans)
    await db.query(
      `INSERT INTO human (org_id, id, source_id, external_id, name, email, reason) VALUES ($1, $2, $3, $4, $4, upper($5), 'signs in')`,
      [orgId, id, sourceId, external, person.email],
    )
  const edges: { kind: string; from: [string, string]; to: [string, string] }[] = []
  const inGroup = new Map<string, Set<string>>(groups.map(({ id }) => [id, new Set()]))
  for (const { id, person } of humans) {
    const group = random.pick(groups)
    if (random.chance(0.7)) {
      edges.push({ kind: 'member_of', from: ['human', id], to: ['role', group.id] })
      inGroup.get(group.id)?.add(person.id)
    }
  }
  // Groups within groups, one way.
  for (let no = 0; no + 1 < groups.length; no += 1) {
    const [inner, outer] = [groups[no], groups[no + 1]]
    if (!inner || !outer || !random.chance(0.5)) continue
    edges.push({ kind: 'member_of', from: ['role', inner.id], to: ['role', outer.id] })
    for (const id of inGroup.get(inner.id) ?? []) inGroup.get(outer.id)?.add(id)
  }
  const conflicted = new Map<string, Set<string>>()
  const identities: Record<string, unknown>[] = []
  const ownerships: Record<string, unknown>[] = []
  const keys = [...people.map(({ key }) => key), ...teams.map(({ id }) => `team:${id}`)]
  const personsOf = (key: string) => {
    const [kind, id = ''] = key.split(':')
    const all = kind === 'user' ? [id] : (teams.find((team) => team.id === id)?.members ?? [])
    return all.filter((user) => !gone.has(user))
  }
  for (let no = 0; no < graphsEach; no += 1) {
    const id = randomUUID()
    const found = new Set<string>()
    conflicted.set(id, found)
    const creator = random.chance(0.25) ? random.pick(people) : undefined
    const known = creator && humans.find(({ person }) => person === creator)
    const attributes = creator
      ? {
          [random.pick(['created_by', 'createdBy', 'creator'])]:
            known && random.chance(0.5) ? known.external : creator.email,
        }
      : {}
    if (creator) found.add(creator.id)
    identities.push({
      id,
      ...place,
      external_id: `i${no}`,
      kind: 'service_account',
      name: `i${no}`,
      status: 'active',
      attributes,
      last_used_at: new Date(),
    })
    const answering = new Set<string>()
    const chosen = new Set(Array.from({ length: random.int(0, 4) }, () => random.pick(keys)))
    for (const owner_key of chosen) {
      const duty = random.pick(['technical', 'business', 'backup'])
      const state = random.pick(['confirmed', 'confirmed', 'assigned', 'suggested'])
      const hasEnded = random.chance(0.1)
      ownerships.push({
        ...{
          id: randomUUID(),
          org_id: orgId,
          identity_id: id,
          owner_key,
          label: owner_key,
          duty,
          state,
          source: 'manual',
          confidence: 100,
        },
        ...{ asserted_at: new Date(Date.now() - no), valid_until: hasEnded ? new Date(Date.now() - 1000) : null },
      })
      if (duty !== 'backup' && state !== 'suggested' && !hasEnded)
        for (const user of personsOf(owner_key)) answering.add(user)
    }
    if (answering.size === 1) for (const user of answering) found.add(user)
    if (random.chance(0.2) && humans.length > 0) {
      const human = random.pick(humans)
      edges.push({ kind: random.pick(['assumes', 'impersonates']), from: ['human', human.id], to: ['identity', id] })
      found.add(human.person.id)
    }
    if (random.chance(0.15)) {
      const group = random.pick(groups)
      edges.push({ kind: 'assumes', from: ['role', group.id], to: ['identity', id] })
      for (const user of inGroup.get(group.id) ?? []) found.add(user)
    }
  }
  await insertSome(
    db,
    'identity',
    identities,
    `id, org_id, source_id, external_id, kind, name, status, attributes, last_used_at`,
  )
  await insertSome(
    db,
    'ownership',
    ownerships,
    `id, org_id, identity_id, owner_key, label, duty, state, source, confidence, asserted_at, valid_until`,
  )
  await insertSome(
    db,
    'entitlement',
    edges.map(({ kind, from, to }, no) => ({
      ...{
        id: randomUUID(),
        ...place,
        external_id: `e${no}`,
        kind,
        from_type: from[0],
        from_id: from[1],
        from_ref: from[1],
        to_type: to[0],
      },
      ...{ to_id: to[1], to_ref: to[1], effect: 'allow', basis: 'entitlement' },
    })),
    `id, org_id, source_id, external_id, kind, from_type, from_id, from_ref, to_type, to_id, to_ref, effect, basis`,
  )
  await db.query('COMMIT')
  await refreshMade(db, orgId, 'all')
  const security = people.find(({ role }) => role === 'security')?.ctx
  if (!security) throw new Error('somebody launches')
  return { orgId, people, teams, security, conflicted }
}

async function insertSome(
  db: pg.Client,
  table: string,
  rows: Record<string, unknown>[],
  columns: string,
): Promise<void> {
  await db.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`,
    [JSON.stringify(rows)],
  )
}
