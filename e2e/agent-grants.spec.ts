import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Page } from '@playwright/test'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { accessibilityFaults, expect, mintSession, test } from './fixtures'
import { takePictures } from './pictures'
import { inProduct } from './shop-server'

// An agent with a signed token, the official server of the protocol, and the gateway as people start it in front of it. What the agent may
// call is asked of the running product, and given and taken in two people's browsers.

test.describe.configure({ mode: 'serial', timeout: 180_000 })

const mark = randomUUID().slice(0, 8)
const issuer = 'https://sign-in.example'
const audience = `https://tools.example/mcp-${mark}`
const agent = { id: randomUUID(), ref: `agent-${mark}`, name: `Order helper ${mark}` }
const tool = { id: randomUUID(), server: randomUUID() }
const everything = path.resolve('node_modules/@modelcontextprotocol/server-everything/dist/index.js')
let keys: http.Server
let gateway: ChildProcess
let gatewayUrl = ''
let privateKey: CryptoKey

test.beforeAll(async () => {
  // As a sync would bring it in: an agent that somebody owns, the server that it uses, and a tool that it may see and not call.
  const [place] = await inProduct<{ orgId: string; sourceId: string; userId: string }>(
    `SELECT o.id AS "orgId", s.id AS "sourceId", m.user_id AS "userId" FROM organization o JOIN source s ON s.org_id = o.id
     JOIN membership m ON m.org_id = o.id AND m.role = 'member' WHERE o.slug = 'demo' LIMIT 1`,
  )
  const { orgId, sourceId, userId } = place ?? { orgId: '', sourceId: '', userId: '' }
  await inProduct(
    `INSERT INTO identity (org_id, id, source_id, external_id, kind, name, status) VALUES ($1, $2, $3, $4, 'ai_agent', $5, 'active')`,
    [orgId, agent.id, sourceId, agent.ref, agent.name],
  )
  await inProduct(
    `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state) VALUES ($1, $2, $3, 'Mia', 'technical', 'confirmed')`,
    [orgId, agent.id, `user:${userId}`],
  )
  // A second try of this test begins anew.
  await inProduct(`DELETE FROM entitlement WHERE to_ref = 'get-env'`)
  await inProduct(`DELETE FROM resource WHERE external_id = 'get-env'`)
  for (const [id, kind, ref] of [
    [tool.server, 'mcp_server', audience],
    [tool.id, 'tool', 'get-env'],
  ]) {
    await inProduct(
      `INSERT INTO resource (org_id, id, source_id, external_id, kind, name) VALUES ($1, $2, $3, $4, $5, $4)`,
      [orgId, id, sourceId, ref, kind],
    )
    await inProduct(
      `INSERT INTO entitlement (org_id, source_id, external_id, kind, from_type, from_id, from_ref, to_type, to_id, to_ref, effect, privilege, basis)
       VALUES ($1, $2, $3, 'grants', 'identity', $4, $5, 'resource', $6, $7, 'allow', 'read', 'declared')`,
      [orgId, sourceId, randomUUID(), agent.id, agent.ref, id, ref],
    )
  }
  const pair = await generateKeyPair('ES256')
  privateKey = pair.privateKey
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }
  keys = http.createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })))
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve))
})

test.afterAll(async () => {
  keys?.close()
  if (gateway?.pid) process.kill(-gateway.pid, 'SIGTERM')
})

/** `npm run mcp:gateway`, until it says where it listens. */
async function startGateway(apiKey: string): Promise<void> {
  const jwks = `http://127.0.0.1:${(keys.address() as AddressInfo).port}`
  const options = { issuer, audience, jwks, point: process.env.E2E_URL ?? '', port: '0', 'timeout-ms': '10000' }
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const command = ['run', '-s', 'mcp:gateway', '--', ...given, '--', process.execPath, everything, 'stdio']
  // Of the environment of the tests, with its passwords, only what a program needs.
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    BAILIWICK_API_KEY: apiKey,
  } as unknown as NodeJS.ProcessEnv
  gateway = spawn('npm', command, { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
  gatewayUrl = await new Promise<string>((resolve, reject) => {
    let said = ''
    gateway.stderr?.on('data', (chunk: Buffer) => {
      said += chunk
      const url = /Listening on (\S+);/.exec(said)?.[1]
      if (url) resolve(url)
    })
    gateway.once('exit', () => reject(new Error(`the gateway ended: ${said}`)))
  })
}

async function connect(): Promise<Client> {
  const token = await new SignJWT({ client_id: 'order-helper' })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setSubject(agent.ref)
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('10m')
    .sign(privateKey)
  const client = new Client({ name: 'order-helper', version: '1' })
  await client.connect(
    new StreamableHTTPClientTransport(new URL(gatewayUrl), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  )
  return client
}

interface Refused {
  code: number
  data: { id: string; reason: string; access_request?: { form_url: string; endpoint: string; binding_token: string } }
}

/** Tries the tool: what it answered, or why it was refused. */
async function tryTool(client: Client): Promise<{ text?: string; refused?: Refused }> {
  try {
    const { content } = (await client.callTool({ name: 'get-env', arguments: {} })) as { content: { text: string }[] }
    return { text: content[0]?.text ?? '' }
  } catch (error) {
    return { refused: error as Refused }
  }
}

const send = async (page: Page, at: string, data: object): Promise<{ task: { id: string } } & { token: string }> => {
  const answer = await page.request.post(at, { data, headers: { origin: new URL(process.env.E2E_URL ?? '').origin } })
  expect(answer.ok(), await answer.text()).toBe(true)
  return answer.json()
}

test('an agent’s tool call denied, requested, approved, allowed, expired, refused', async ({
  page,
  signInAs,
  browser,
  database,
}) => {
  await signInAs('admin')
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
  const { token } = await send(page, '/api/v1/api-keys', {
    name: `gateway ${mark}`,
    scopes: ['decisions:ask_any'],
    expiresAt,
  })
  await startGateway(token)
  const client = await connect()
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('get-env')

  // Denied, with exactly what to ask for.
  const { refused } = await tryTool(client)
  expect(refused).toMatchObject({ code: -32_001, data: { reason: 'no_rule' } })
  const form = refused?.data.access_request?.form_url ?? ''
  expect(form).toContain(`/grants/new?for=${agent.id}&on=${tool.id}&do=tools%2Fcall&uses=1&denial=${refused?.data.id}`)

  // Asked for by one person, in the form that the denial filled in.
  const asker = await browser.newContext()
  await mintSession(database, asker, 'security')
  const asking = await asker.newPage()
  await asking.goto(form)
  await expect(asking.getByText('Filled in from what was refused')).toBeVisible()
  await expect(asking.getByRole('list', { name: 'What it would give' })).toContainText('get-env')
  expect.soft(await accessibilityFaults(asking)).toEqual([])
  await asking.getByLabel('The task').fill('Read how the order service is set up, for OPS-12')
  await takePictures(asking, 'grant-request')
  await asking.getByRole('button', { name: 'Ask for 30 minutes, once' }).click()
  await expect(asking).toHaveURL(/\/grants\/[0-9a-f-]{36}$/)
  await expect(asking.getByText('Waits for agreement')).toBeVisible()
  const page1 = asking.url()
  // Nobody agrees to their own request.
  await expect(asking.getByRole('button', { name: /^Agree/ })).toHaveCount(0)
  expect((await tryTool(client)).refused?.data.reason).toBe('no_rule')

  // Agreed to by another.
  await page.goto('/grants?view=inbox')
  await takePictures(page, 'grant-inbox')
  await page.getByRole('link', { name: `get-env for ${agent.name}` }).click()
  const waits = page.getByRole('region', { name: 'It waits for you' })
  await expect(waits).toContainText('for 30 minutes from when it begins, and once only')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'grant-approval')
  await waits.getByRole('button', { name: 'Agree for 30 minutes, once' }).click()
  await expect(page.getByText('Agreed to, not begun')).toBeVisible()
  // What was agreed to has not begun.
  expect((await tryTool(client)).refused?.data.reason).toBe('no_rule')

  // Begun, and allowed once.
  await asking.getByRole('button', { name: 'Begin 30 minutes now' }).click()
  await expect(asking.getByRole('timer')).toContainText('left')
  await takePictures(asking, 'grant-active')
  expect((await tryTool(client)).text).toContain('PATH')
  expect((await tryTool(client)).refused).toMatchObject({ code: -32_001, data: { reason: 'no_rule' } })
  await expect(asking.getByText('it was used as often as agreed')).toBeVisible()
  await expect(asking.getByRole('list', { name: 'History of this grant' })).toContainText(
    'Used: tools/call on tool get-env',
  )
  await takePictures(asking, 'grant-used')

  // Once more, as often as needed, asked for by a program with what the denial gave it; and it ends by the clock.
  const again = (await tryTool(client)).refused?.data.access_request
  const { task } = await send(asking, new URL(again?.endpoint ?? '').pathname, {
    denial: { binding_token: again?.binding_token },
    justification: 'Read it again after the change',
  })
  await page.goto(`/grants/${task.id}`)
  await page.getByRole('button', { name: 'Agree for 30 minutes' }).click()
  await expect(page.getByText('Agreed to, not begun')).toBeVisible()
  await asking.goto(`/grants/${task.id}`)
  await asking.getByRole('button', { name: 'Begin 30 minutes now' }).click()
  await expect(asking.getByRole('timer')).toContainText('left')
  expect((await tryTool(client)).text).toContain('PATH')
  expect((await tryTool(client)).text).toContain('PATH')
  await inProduct(`UPDATE access_grant SET ends_at = clock_timestamp(), wake_at = now() WHERE id = $1`, [task.id])
  expect((await tryTool(client)).refused).toMatchObject({ code: -32_001, data: { reason: 'no_rule' } })
  await expect(asking.getByText('its time was over')).toBeVisible()

  // Every answer is in the log, with the grant that it rests on, and what a refused one may ask for.
  await page.goto(`/decisions?subject=${agent.ref}&decision=${refused?.data.id}`)
  await expect(
    page.getByRole('dialog', { name: 'Why this answer' }).getByRole('link', { name: 'Ask for access' }),
  ).toHaveAttribute('href', new URL(form).pathname + new URL(form).search)
  const { items } = await (
    await page.request.get(`/api/v1/decisions?subject=${agent.ref}&outcome=allowed&action=tools%2Fcall`)
  ).json()
  expect(items).toHaveLength(3)
  const details = await Promise.all(
    items.map(async ({ id }: { id: string }) => (await page.request.get(`/api/v1/decisions/${id}`)).json()),
  )
  expect(new Set(details.map(({ grantId }) => grantId))).toEqual(new Set([task.id, page1.split('/').at(-1)]))
  await client.close()
  await asker.close()
})
