import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { DiscoveryPart, LiveSetting } from '../live-contract'
import { a2a } from './live'

const servers: http.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const setting: LiveSetting = {
  ...{
    outbound: { allow: [], allowLoopback: true },
    instance: 'test',
    fingerprint: (secret) => `print ${secret.length}`,
  },
}

/** Bodies by path; a number is a redirect. */
async function serve(answers: Record<string, string | number>) {
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    asked.push(String(request.url))
    const answer = answers[String(request.url)]
    if (typeof answer === 'number') response.writeHead(answer, { location: '/elsewhere.json' }).end()
    else response.writeHead(answer === undefined ? 404 : 200).end(answer)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

async function read(addresses: string) {
  const connection = await a2a.connect({ addresses }, setting)
  const parts: DiscoveryPart[] = []
  for await (const part of connection.discover()) parts.push(part)
  const records = parts.flatMap((part) => (part.kind === 'page' ? part.records : []))
  const end = parts.at(-1)
  return { records, end, skipped: end?.kind === 'end' ? end.skipped.map(({ reason }) => reason) : [] }
}

const card = (name: string) =>
  JSON.stringify({ name, url: 'https://agent.example/a2a', version: '1', skills: [], capabilities: {} })

test('a card is found where it lies now, where it lay before, and where the line itself points', async () => {
  const { base } = await serve({
    '/new/.well-known/agent-card.json': card('new'),
    '/old/.well-known/agent.json': card('old'),
    '/cards/own.json': card('own'),
  })
  for (const [line, name] of Object.entries({ '/new': 'new', '/old/': 'old', '/cards/own.json': 'own' })) {
    const { records, end } = await read(`${base}${line}`)
    expect(end).toMatchObject({ isComplete: true })
    expect(records[0]).toMatchObject({ type: 'identity', name, attributes: { namesAnotherHost: 'agent.example' } })
  }
})

test('no redirect is followed, and what is no card or too large is left out with the reason', async () => {
  const { base, asked } = await serve({
    '/moved/.well-known/agent-card.json': 302,
    '/text/.well-known/agent-card.json': 'hello',
    '/large/.well-known/agent-card.json': `{"name":"${'x'.repeat(1024 * 1024)}"}`,
  })
  const { records, skipped } = await read(['moved', 'text', 'large'].map((name) => `${base}/${name}`).join('\n'))
  expect(records).toEqual([])
  expect(skipped.join('\n')).toMatch(/points elsewhere.*\n.*no JSON\n.*larger than 1 MiB/)
  expect(asked).not.toContain('/elsewhere.json')
})

test('a card that says nothing usable is refused, not taken for an agent', async () => {
  const { base } = await serve({ '/.well-known/agent-card.json': '{"skills": []}' })
  const connection = await a2a.connect({ addresses: base }, setting)
  for await (const part of connection.discover()) {
    if (part.kind === 'page') expect(part).toMatchObject({ records: [], refused: [{ reason: 'the card has no name' }] })
  }
})

test.each([
  'agent.example',
  'ftp://agent.example',
  'https://user:hidden@agent.example',
  'https://agent.example?key=hidden',
  '# none',
])('a line that is no address is refused without what stands in it: %s', async (addresses) => {
  const error = await a2a.connect({ addresses }, setting).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'invalid_config' })
  expect(error.message).not.toContain('hidden')
})
