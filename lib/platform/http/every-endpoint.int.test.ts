import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashApiKey } from '../auth/api-key-actor'
import { closePool } from '../db/pool'
import { warmUp } from '../testing/context'
import { testDatabase } from '../testing/database'
import { allEndpoints } from '../testing/endpoints'
import { bodyFor, call, makeWorld, paramsFor, queryFor, type World } from '../testing/world'
import { successStatus } from './endpoint'
import { handlerOf } from './handle'
import { serve } from './serve'

let db: pg.Client
const endpoints = await allEndpoints()
let own: World
let foreign: World
let powerless: string

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  own = await makeWorld(db)
  foreign = await makeWorld(db)
  await warmUp(own.ctx)
  powerless = `bwk_${randomUUID().replaceAll('-', '')}`
  await db.query(`UPDATE api_key SET token_hash = $2, scopes = '{}' WHERE id = $1`, [
    own.ids['api-keys'],
    hashApiKey(powerless),
  ])
})

afterAll(async () => {
  await db.end()
  await closePool()
})

/** What a member who owns nothing may ask: lists of their own, and refusals row by row. All else must be refused. */
const everyMember = new Set([
  ...['listIdentities', 'listIdentityAnchors', 'exportIdentities', 'createIdentitySelection'],
  ...['listCredentials', 'listCredentialAnchors', 'exportCredentials', 'searchCredentials'],
  ...['getOverview', 'searchNodes', 'searchOwners', 'listMyOwnerships', 'listOwnershipTasks'],
  ...['listOwnerChangeRuns', 'listMyReviews', 'listCampaigns'],
  ...['listViews', 'getViewCounts', 'createView', 'exportViews', 'createViews'],
  ...['getOrganization', 'listOrganizations', 'switchOrganization', 'previewOwnDeparture', 'leaveOrganization'],
  ...['previewGrant', 'requestGrant', 'requestRole', 'listRoleChoices', 'listGrants', 'listIncidents', 'getIncident'],
  ...['confirmSession', 'previewBreakGlass', 'invokeBreakGlass', 'listBreakGlassUses'],
  ...['listNotifications', 'getUnreadCount', 'markAllNotificationsRead'],
  ...['getNotificationPreferences', 'updateNotificationPreferences'],
  ...['listApiKeys', 'createApiKey', 'listSessions', 'revokeOtherSessions'],
])

/** What only its maker may know of: for anybody else it does not exist. */
const ofItsMaker = new Set(['restoreOwners', 'getSecretLink', 'revealSecret'])

const isNumber = (id: string) => /^\d+$/.test(id)

const cases = endpoints.map((entry) => [`${entry.endpoint.method} ${entry.endpoint.path}`, entry] as const)

describe.each(cases)('%s', (_title, entry) => {
  const { endpoint } = entry
  const asAdmin = (world: World) => handlerOf(endpoint, async () => world.ctx)
  const bodyOf = (world: World) => bodyFor(entry, world)

  it('succeeds, and keeps its contract', async () => {
    const world = await makeWorld(db)
    const response = await call(asAdmin(world), entry, paramsFor(entry, world.ids), {
      body: bodyOf(world),
      query: queryFor(entry, world.ids),
    })
    const text = await response.text()
    expect([response.status, text]).toEqual([successStatus(endpoint), text])
    expect(response.headers.get('cache-control')).toBe('no-store')
    // The numbers of items within a campaign are those of every campaign.
    expect(Object.values(foreign.ids).filter((id) => !isNumber(id) && text.includes(id))).toEqual([])
  })

  it('answers 400 to a parameter that it does not know', async () => {
    const sent = { body: bodyOf(own), query: queryFor(entry, own.ids, { surprise: '1' }) }
    const response = await call(asAdmin(own), entry, paramsFor(entry, own.ids), sent)
    expect([response.status, (await response.json()).fields]).toEqual([400, { surprise: 'is not known here' }])
  })

  if (endpoint.params)
    it('answers 400 to an id that is none', async () => {
      const params = paramsFor(entry, own.ids)
      const response = await call(
        asAdmin(own),
        entry,
        { ...params, [Object.keys(params)[0] ?? '']: "1' OR 1=1" },
        { body: bodyOf(own), query: queryFor(entry, own.ids) },
      )
      expect(response.status).toBe(400)
    })

  if (endpoint.body === 'multipart')
    it('answers 400 to a body that is no form', async () => {
      const response = await call(asAdmin(own), entry, paramsFor(entry, own.ids), { body: { surprise: 1 } })
      expect([response.status, (await response.json()).code]).toEqual([400, 'invalid_input'])
    })
  else if (endpoint.body !== undefined)
    it('answers 400 to a body member that it does not know, and to a body that is none', async () => {
      const ask = async (body: unknown) => {
        const response = await call(asAdmin(own), entry, paramsFor(entry, own.ids), {
          body,
          query: queryFor(entry, own.ids),
        })
        return [response.status, Object.keys((await response.json()).fields ?? {})]
      }
      expect(await ask({ ...(bodyOf(own) as object), surprise: 1 })).toEqual([400, ['surprise']])
      expect(await ask([])).toEqual([400, ['body']])
    })

  it(everyMember.has(endpoint.operationId) ? 'serves every member' : 'answers 403 to a role that may not', async () => {
    const as = await makeWorld(db)
    const handler = handlerOf(endpoint, async () => as.asMember)
    const response = await call(handler, entry, paramsFor(entry, as.ids), {
      body: bodyFor(entry, as),
      query: queryFor(entry, as.ids),
    })
    const refusal = ofItsMaker.has(endpoint.operationId) ? 404 : 403
    const expected = everyMember.has(endpoint.operationId) ? successStatus(endpoint) : refusal
    const text = await response.text()
    expect([response.status, text]).toEqual([expected, text])
  })

  it('answers 401 without a session or key', async () => {
    const response = await call(serve(endpoint), entry, paramsFor(entry, own.ids), {
      body: bodyOf(own),
      query: queryFor(entry, own.ids),
    })
    expect([response.status, (await response.json()).code]).toEqual([401, 'unauthenticated'])
  })

  if (endpoint.scope !== 'none')
    it('answers 403 to a key without its scope', async () => {
      const sent = { body: bodyOf(own), query: queryFor(entry, own.ids), token: powerless }
      const response = await call(serve(endpoint), entry, paramsFor(entry, own.ids), sent)
      expect([response.status, (await response.json()).code]).toEqual([403, 'forbidden'])
    })

  if (endpoint.params)
    it("answers 404 to another organization's ids, as to ids of nothing", async () => {
      const ask = async (params: Record<string, string>) => {
        const response = await call(asAdmin(own), entry, params, {
          body: bodyOf(own),
          query: queryFor(entry, own.ids),
        })
        const { code, detail } = await response.json()
        return { status: response.status, code, detail }
      }
      const others = paramsFor(entry, foreign.ids)
      const nobodys = Object.fromEntries(
        Object.entries(others).map(([name, id]) => [name, isNumber(id) ? id : randomUUID()]),
      )
      const answer = await ask(others)
      expect(answer).toMatchObject({ status: 404, code: 'not_found' })
      expect(await ask(nobodys)).toEqual(answer)
    })
})

describe('a list of ids in the body', () => {
  it.each(['previewOwnerChange', 'applyOwnerChange'])(
    "%s touches nothing of another organization's",
    async (operationId) => {
      const entry = endpoints.find(({ endpoint }) => endpoint.operationId === operationId)
      if (!entry) throw new Error(`there is no ${operationId}`)
      const ids = [foreign.ids.identities, randomUUID()]
      const body = { change: 'assign', ids, ownerKey: `user:${own.userId}` }
      const owners = () => db.query('SELECT * FROM ownership WHERE identity_id = $1', [foreign.ids.identities])
      const before = (await owners()).rows
      const answer = await (
        await call(
          handlerOf(entry.endpoint, async () => own.ctx),
          entry,
          {},
          { body },
        )
      ).json()
      expect(answer.changes).toEqual({ count: 0, samples: [] })
      const samples = ids.map((id) => ({ id, name: 'unknown' }))
      expect(answer.refused).toEqual([
        { reason: 'There is no such identity.', count: 2, samples: expect.arrayContaining(samples) },
      ])
      expect((await owners()).rows).toEqual(before)
    },
  )
})
