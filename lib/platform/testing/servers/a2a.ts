import { generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { type AgentCard, generateAgentCardSignature } from '@a2a-js/sdk'
import { type AgentExecutor, DefaultRequestHandler, InMemoryTaskStore } from '@a2a-js/sdk/server'
import { agentCardHandler, jsonRpcHandler, UserBuilder } from '@a2a-js/sdk/server/express'
import express from 'express'
import { expect } from 'vitest'
import { ServerFolder } from './server-process'
import type { ReadWith, RunningWatched, WatchedSystem } from './watched-system'

export const a2aSystems: WatchedSystem[] = [{ name: 'A2A (JavaScript SDK)', connector: 'a2a', start }]

/** An agent that is asked for its card alone. */
const idle: AgentExecutor = { execute: async () => {}, cancelTask: async () => {} }

function cardOf(name: string, url: string, more: Partial<AgentCard> = {}): AgentCard {
  return {
    ...{ name, description: `${name} of the tests`, version: '1.2.3' },
    ...{ provider: { organization: 'Shop', url: 'https://shop.example' }, signatures: [], iconUrl: undefined },
    supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', protocolVersion: '1.0', tenant: '' }],
    capabilities: { streaming: true, pushNotifications: false, extensions: [], extendedAgentCard: false },
    ...{
      securitySchemes: {},
      securityRequirements: [],
      defaultInputModes: ['text/plain'],
      defaultOutputModes: ['text/plain'],
    },
    skills: [
      {
        ...{ id: 'refund', name: 'Refund', description: 'Gives money back', tags: ['money'], examples: [] },
        ...{ inputModes: [], outputModes: [], securityRequirements: [] },
      },
    ],
    ...more,
  }
}

const bearer: Partial<AgentCard> = {
  securitySchemes: {
    bearer: {
      scheme: {
        $case: 'httpAuthSecurityScheme',
        value: { description: 'A token', scheme: 'Bearer', bearerFormat: 'JWT' },
      },
    },
  },
  securityRequirements: [{ schemes: { bearer: { list: [] } } }],
}

async function start(): Promise<RunningWatched> {
  const folder = new ServerFolder('a2a')
  const { cert, key, pem } = folder.makeCertificate()
  const log: string[] = []
  const app = express()
  const listener: http.RequestListener = (request, response) => {
    response.once('finish', () => log.push(`${request.method} ${request.url} ${response.statusCode}`))
    app(request, response)
  }
  const plain = http.createServer(listener)
  const safe = https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, listener)
  for (const door of [plain, safe]) await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', () => resolve()))
  const portOf = (door: http.Server | https.Server) => (door.address() as AddressInfo).port
  const base = `http://127.0.0.1:${portOf(plain)}`
  const sign = generateAgentCardSignature(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, {
    ...{ alg: 'ES256', kid: 'key-of-the-tests', typ: 'JOSE' },
  })
  const cards = {
    open: cardOf('Open agent', `${base}/open/a2a`),
    signed: await sign(cardOf('Signed agent', `${base}/signed/a2a`, bearer)),
    elsewhere: cardOf('Agent of another host', 'https://agent.example/a2a'),
  }
  for (const [name, card] of Object.entries(cards)) {
    const handler = new DefaultRequestHandler(card, new InMemoryTaskStore(), idle)
    app.use(`/${name}/.well-known/agent-card.json`, agentCardHandler({ agentCardProvider: handler }))
    app.use(`/${name}/a2a`, jsonRpcHandler({ requestHandler: handler, userBuilder: UserBuilder.noAuthentication }))
  }
  const config = {
    addresses: `# agents of the shop\n${Object.keys(cards)
      .map((name) => `${base}/${name}`)
      .join('\n')}\n`,
  }
  const shared = { kind: 'ai_agent', ownerHints: [{ value: 'Shop', from: 'provider' }] }
  const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/)
  return {
    version: JSON.parse(fs.readFileSync('node_modules/@a2a-js/sdk/package.json', 'utf8')).version,
    config,
    encrypted: { config: { addresses: `https://localhost:${portOf(safe)}/open` }, caPem: pem },
    invalid: { addresses: 'agent.example' },
    finds: {
      [`identity ${base}/open/a2a`]: {
        ...{ ...shared, name: 'Open agent' },
        attributes: { authentication: 'none declared', signature: 'none', unencrypted: true, cardSha256: sha256 },
      },
      [`identity ${base}/signed/a2a`]: {
        ...shared,
        attributes: {
          ...{ signature: 'present, not verified', authentication: [expect.stringContaining('bearer')] },
          cardFrom: `${base}/signed/.well-known/agent-card.json`,
        },
      },
      'identity https://agent.example/a2a': { attributes: { namesAnotherHost: 'agent.example' } },
      [`resource agent:${base}/open/a2a`]: { kind: 'agent', attributes: { skills: ['refund'] } },
    },
    also: {},
    apart: (readWith) => proveGaps(readWith, base),
    secrets: [],
    logs: async () => log.join('\n'),
    stop: async () => {
      for (const door of [plain, safe]) {
        door.closeAllConnections()
        await new Promise((resolve) => door.close(resolve))
      }
      folder.remove()
    },
  }
}

/** An agent without a card and one that nobody answers for are skipped; the others are read. */
async function proveGaps(readWith: ReadWith, base: string): Promise<unknown> {
  const found = await readWith({ addresses: `${base}/nobody\n${base}/open\nhttp://127.0.0.1:9` })
  const reasons = found.end.skipped.map(({ reason }) => reason).join(' | ')
  if (found.end.isComplete || !/no card.*ECONNREFUSED/.test(reasons)) throw new Error(`skipped otherwise: ${reasons}`)
  if (!found.records.has(`identity ${base}/open/a2a`))
    throw new Error('one without a card kept the others from being read')
  return found.end
}
