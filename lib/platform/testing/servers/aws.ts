import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect } from 'vitest'
import type { LiveConnection } from '../../../connectors/live-connector'
import { findLiveConnector } from '../../../connectors/live-registry'
import { type Caller, FakeAccount } from './aws-account'
import { iamActions } from './aws-actions'
import { AwsFault, answerText, faultText, readQuestion } from './aws-query'
import { codeOf } from './found'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder } from './server-process'

// No server of AWS runs anywhere else than at AWS. This one holds a recorded account, keeps state, and is asked by the real client.

const steps = {
  third: 'allows no third key, and says when one was last used',
  sessions: 'ends sessions and leaves keys',
}

export const awsSystems: SystemUnderTest[] = [
  {
    ...{ name: 'AWS IAM (recorded account)', connector: 'aws', credential: 'api_key', principal: 'identity', start },
    further: [
      { title: steps.third, proves: [['api_key', 'whoUses']] },
      { title: steps.sessions, proves: [['identity', 'endSessions']] },
    ],
  },
]

const recorded = path.join(
  ...[import.meta.dirname, '../../../connectors/aws/fixtures/authorization-details/cloudsplaining-example.json'],
)

/** Every so-manieth question is turned away, as AWS does when it is asked too often. */
const throttledEvery = 9

async function start(): Promise<RunningSystem> {
  const folder = new ServerFolder('aws')
  const { cert, key, pem } = folder.makeCertificate()
  const details = JSON.parse(fs.readFileSync(recorded, 'utf8')) as FakeAccount['details']
  // Each user costs two questions in every pass.
  details.UserDetailList.splice(12)
  const id = /:(\d{12}):/.exec(String(details.UserDetailList[0]?.Arn))?.[1] ?? ''
  const account = new FakeAccount(details, id)
  const log: string[] = []
  let asked = 0

  const answer = (given: string, headers: http.IncomingHttpHeaders, body: string) => {
    let service = 'iam'
    try {
      const question = readQuestion(given, headers, body)
      const { action, keyId, parameters } = question
      service = question.service
      asked += 1
      if (asked % throttledEvery === 0) throw new AwsFault(400, 'Throttling', 'Rate exceeded')
      const known = account.keys.get(keyId)
      const isKnown = known !== undefined && Date.now() >= known.knownAt && known.isAccepted
      if (!isKnown)
        throw new AwsFault(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
      if (!question.isSignedBy(known.secret))
        throw new AwsFault(
          403,
          'SignatureDoesNotMatch',
          'The request signature we calculated does not match the signature you provided.',
        )
      known.lastUsedAt = new Date()
      const { Arn: arn, UserId } = account.user(known.user)
      if (service === 'sts')
        return { status: 200, text: answerText(service, action, { Arn: arn, UserId, Account: id }) }
      const work = iamActions[action]
      if (work === undefined) throw new AwsFault(400, 'InvalidAction', `Could not find operation ${action}`)
      const caller: Caller = { user: known.user, arn: String(arn) }
      return { status: 200, text: answerText(service, action, work({ account, caller, parameters })) }
    } catch (error) {
      const fault = error instanceof AwsFault ? error : new AwsFault(500, 'ServiceFailure', String(error))
      return { status: fault.status, text: faultText(service, fault) }
    }
  }
  const listen = (request: http.IncomingMessage, response: http.ServerResponse) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.once('end', () => {
      log.push(`${request.url} ${JSON.stringify(request.headers)} ${body}`)
      const { status, text } = answer(request.url ?? '/', request.headers, body)
      response.writeHead(status, { 'content-type': 'text/xml' }).end(text)
    })
  }
  const plain = http.createServer(listen)
  const safe = https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, listen)
  const portOf = (server: http.Server | https.Server) =>
    new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    )
  const [port, safePort] = [await portOf(plain), await portOf(safe)]

  const instructions = findLiveConnector('aws')?.instructions.at(-1)?.text ?? ''
  const policy = instructions.replaceAll('123456789012', id)
  const addUser = (name: string, text: string | undefined) => {
    account.addUser(name)
    const made = account.addKey(name)
    made.knownAt = 0
    if (text !== undefined) account.putPolicy(name, 'Bailiwick', text)
    return { accessKeyId: made.id, secretAccessKey: made.secret }
  }
  const own = addUser('bailiwick', policy)
  const weak = addUser('powerless', undefined)
  const config = { host: '127.0.0.1', stsHost: '127.0.0.1', port, tls: 'off' }
  const mayWork = (user: string, issuedAt: Date) =>
    account.decide({ user, arn: '', issuedAt }, 's3:ListAllMyBuckets', '*') === 'allowed'
  const name = 'svc-sessions'

  return {
    version: 'query protocol 2010-05-08',
    config: { ...config, ...own },
    powerless: { ...config, ...weak },
    encrypted: {
      config: { host: 'localhost', stsHost: 'localhost', port: safePort, tls: 'verify', ...own },
      caPem: pem,
    },
    createAccount: async (user, secret) => {
      const identity = account.addUser(user, '/services/')
      account.addKey(user, secret.reveal()).knownAt = 0
      account.putPolicy(user, 'Work', '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}')
      await new Promise((resolve) => setTimeout(resolve, 400))
      return { identity }
    },
    // A session of GetSessionToken: signed by what was issued, judged by the policies of its user.
    openSession: async (user) => {
      const issuedAt = new Date()
      return { isAlive: async () => mayWork(user, issuedAt), close: async () => {} }
    },
    further: {
      [steps.third]: async (connection: LiveConnection) => {
        const identity = account.addUser('svc-two-keys', '/services/')
        const hands = connection.hands.api_key
        const first = await hands?.issue?.({ target: { identity } })
        await hands?.issue?.({ target: { identity } })
        expect(await codeOf(hands?.issue?.({ target: { identity } }) as Promise<unknown>)).toBe('conflict')
        const target = { identity, credential: first?.credential ?? '' }
        const use = await hands?.whoUses?.({ target })
        expect(use?.sessions).toEqual([])
        expect(Date.parse(use?.lastUsedAt ?? '')).toBeGreaterThan(Date.now() - 60_000)
      },
      [steps.sessions]: async (connection: LiveConnection) => {
        const identity = account.addUser(name, '/services/')
        const made = account.addKey(name)
        account.putPolicy(name, 'Work', '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}')
        const issuedAt = new Date(Date.now() - 60_000)
        await expect.poll(() => mayWork(name, issuedAt), { timeout: 5000 }).toBe(true)
        const ended = await connection.hands.identity?.endSessions?.({ target: { identity } })
        expect(ended).toMatchObject({ did: 'done', ended: 'unknown' })
        await expect.poll(() => mayWork(name, issuedAt), { timeout: 5000 }).toBe(false)
        expect(mayWork(name, new Date(Date.now() + 1000))).toBe(true)
        expect(account.decide({ user: name, arn: identity }, 's3:ListAllMyBuckets', '*')).toBe('allowed')
        expect(account.keys.get(made.id)?.isActive).toBe(true)
      },
    },
    cut: async () => plain.closeAllConnections(),
    logs: async () => log.join('\n'),
    stop: async () => {
      for (const server of [plain, safe]) {
        server.closeAllConnections()
        server.close()
      }
      folder.remove()
    },
  }
}
