import { randomUUID } from 'node:crypto'
import net from 'node:net'
import tls from 'node:tls'
import { Attribute, Change, Client, Control, FilterParser, ResultCodeError, type SearchResult } from 'ldapts'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError, networkError } from '../live-error'
import { checkPlace, connectTimeoutMs, type Endpoint } from '../outbound'
import type { Secret } from '../secret'
import type { DirectoryEntry } from './entry'

type DirectoryConfig = Endpoint & { start: 'ldaps' | 'starttls'; base: string; user: string; password: Secret }

export interface Directory {
  config: DirectoryConfig
  setting: LiveSetting
  client: BoundedClient
  /** Names this one connection: places in a list are valid on it alone. */
  connection: string
  isEncrypted: boolean
  /** The list that is being read page by page on this connection. */
  list?: { key: string; pages: AsyncGenerator<SearchResult> }
}

export function isFilter(text: string): boolean {
  try {
    FilterParser.parseString(text)
    return true
  } catch {
    return false
  }
}

export async function openDirectory(config: DirectoryConfig, setting: LiveSetting): Promise<Directory> {
  const client = await signIn(config, setting, config.user, config.password)
  return { config, setting, client, connection: randomUUID(), isEncrypted: config.tls === 'verify' }
}

export async function closeDirectory({ client }: Directory): Promise<void> {
  await client.unbind()
}

/** A login at a checked address. Without a name or a password a directory lets everybody in as nobody: that is no login. */
export async function signIn(
  config: Endpoint & { start: 'ldaps' | 'starttls' },
  setting: LiveSetting,
  name: string,
  password: Secret,
): Promise<BoundedClient> {
  if (!/[=@\\]/.test(name) || password.reveal() === '')
    throw new LiveError('login_refused', 'A login needs a distinguished name and a password.')
  const place = await checkPlace(config, setting.outbound)
  const host = place.address.includes(':') ? `[${place.address}]` : place.address
  const beginsEncrypted = place.tls !== undefined && config.start === 'ldaps'
  const client = new BoundedClient({
    url: `${beginsEncrypted ? 'ldaps' : 'ldap'}://${host}:${place.port}`,
    ...(beginsEncrypted ? { tlsOptions: place.tls } : {}),
  })
  try {
    if (place.tls !== undefined && !beginsEncrypted) await client.startTLS(place.tls)
    await client.bind(name, password.reveal())
    return client
  } catch (error) {
    await client.unbind().catch(() => {})
    throw error
  }
}

/** As much is read of the answer to one question, in bytes; a connection that gives more is ended. */
const answerBytes = 64 * 1024 * 1024

/** The driver with what it reads bounded in time and size. */
class BoundedClient extends Client {
  readonly #meter: { left: number }

  constructor(options: { url: string; tlsOptions?: tls.ConnectionOptions | undefined }) {
    const meter = { left: answerBytes }
    const watch = (socket: net.Socket) =>
      socket.on('data', (chunk: Buffer) => {
        meter.left -= chunk.length
        if (meter.left < 0) socket.destroy()
      })
    super({
      url: options.url,
      timeout: 55_000,
      connectTimeout: connectTimeoutMs,
      strictDN: false,
      createConnection: ((port: number, at: string) => watch(net.connect(port, at))) as typeof net.connect,
      createSecureConnection: ((...given: Parameters<typeof tls.connect>) =>
        watch(tls.connect(...given))) as typeof tls.connect,
      ...(options.tlsOptions === undefined ? {} : { tlsOptions: options.tlsOptions }),
    })
    this.#meter = meter
  }

  async ask<T>(work: (client: Client) => Promise<T>): Promise<T> {
    // It would open a lost connection again by itself, without signing in: as nobody it would see less and say nothing.
    if (!this.isBound) throw new LiveError('unreachable', 'The directory ended the connection.')
    this.#meter.left = answerBytes
    try {
      return await work(this)
    } catch (error) {
      if (this.#meter.left >= 0) throw error
      throw new LiveError(
        'unexpected_answer',
        'The answer is larger than 64 MiB: it was not read. Narrow the base or the filter.',
      )
    }
  }
}

async function whileOpen<T>({ client }: Directory, call: Call, work: (client: Client) => Promise<T>): Promise<T> {
  await call.pace()
  return client.ask(work)
}

export interface Question {
  base: string
  scope?: 'base' | 'one' | 'sub'
  filter?: string
  attributes: string[]
  /** Attributes whose values are no text. */
  bytes?: string[]
  control?: Control
  /** So many at most; that there are more is not told. */
  limit?: number
}

const toEntry = ({ dn, ...values }: Record<string, unknown>): DirectoryEntry => ({
  dn: String(dn),
  values: new Map(
    Object.entries(values).map(([name, value]) => [
      name.toLowerCase(),
      (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string' || Buffer.isBuffer(each)),
    ]),
  ),
})

/** Everything that the question finds; for questions with few answers. */
export async function search(directory: Directory, call: Call, question: Question): Promise<DirectoryEntry[]> {
  const { searchEntries } = await whileOpen(directory, call, (client) =>
    client.search(
      question.base,
      {
        scope: question.scope ?? 'sub',
        filter: question.filter ?? '(objectClass=*)',
        attributes: question.attributes,
        ...(question.limit === undefined ? {} : { sizeLimit: question.limit }),
        ...(question.bytes === undefined ? {} : { explicitBufferAttributes: question.bytes }),
      },
      question.control,
    ),
  )
  return searchEntries.map(toEntry)
}

/**
 * The next page of a list: the first with page 0, or the one after the last that this connection gave. Places in a list die with
 * their connection.
 * @returns `undefined` = the list is at its end; `lost` = this connection has not read up to there
 */
export async function nextPage(
  directory: Directory,
  call: Call,
  question: Question,
  at: { list: string; page: number; size: number },
): Promise<DirectoryEntry[] | undefined | 'lost'> {
  const key = (page: number) => `${at.list} ${page}`
  if (at.page > 0 && directory.list?.key !== key(at.page)) return 'lost'
  return whileOpen(directory, call, async (client) => {
    const pages =
      at.page > 0 && directory.list !== undefined
        ? directory.list.pages
        : client.searchPaginated(
            question.base,
            {
              scope: question.scope ?? 'sub',
              filter: question.filter ?? '(objectClass=*)',
              attributes: question.attributes,
              paged: { pageSize: at.size },
              ...(question.bytes === undefined ? {} : { explicitBufferAttributes: question.bytes }),
            },
            question.control,
          )
    delete directory.list
    const { done, value } = await pages.next()
    if (done === true) return undefined
    directory.list = { key: key(at.page + 1), pages }
    return value.searchEntries.map(toEntry)
  })
}

/** One entry by its name; `undefined` = it is not there, or not for us to see. */
export async function readEntry(
  directory: Directory,
  call: Call,
  dn: string,
  attributes: string[],
  more: Pick<Question, 'bytes' | 'control'> = {},
): Promise<DirectoryEntry | undefined> {
  try {
    return (await search(directory, call, { base: dn, scope: 'base', attributes, ...more }))[0]
  } catch (thrown) {
    if (codeOf(thrown) === result.noSuchObject) return undefined
    throw thrown
  }
}

export interface Modification {
  operation: 'add' | 'delete' | 'replace'
  attribute: string
  values: string[] | Buffer[]
}

/** All of it or nothing. */
export async function modify(
  directory: Directory,
  call: Call,
  dn: string,
  changes: Modification[],
  control?: Control,
): Promise<void> {
  const written = changes.map(
    ({ operation, attribute, values }) =>
      new Change({ operation, modification: new Attribute({ type: attribute, values }) }),
  )
  await whileOpen(directory, call, (client) => client.modify(dn, written, control))
}

export async function remove(directory: Directory, call: Call, dn: string): Promise<void> {
  await whileOpen(directory, call, (client) => client.del(dn))
}

/** As whom the directory knows this connection: `dn:cn=…` or `u:DOMAIN\\name`. RFC 4532 */
export async function whoAmI(directory: Directory, call: Call): Promise<string> {
  const { value = '' } = await whileOpen(directory, call, (client) => client.exop('1.3.6.1.4.1.4203.1.11.3'))
  return value
}

/** OpenLDAP goes all the way, rights and rules included, and then changes nothing: how to ask what one may do. */
class NoOperation extends Control {
  constructor() {
    super('1.3.6.1.4.1.4203.666.5.2', { critical: true })
  }
}

/** @returns what would come of it, by result code; 0 = it would be done */
export async function tryModify(
  directory: Directory,
  call: Call,
  dn: string,
  changes: Modification[],
): Promise<number> {
  try {
    await modify(directory, call, dn, changes, new NoOperation())
    return 0
  } catch (thrown) {
    const code = codeOf(thrown)
    if (code === undefined) throw thrown
    return code === result.noOperation ? 0 : code
  }
}

/** Owner, group and access list of an entry, without the part that only auditors may read. [MS-ADTS] 3.1.1.3.4.1.11 */
export class DescriptorParts extends Control {
  constructor() {
    super('1.2.840.113556.1.4.801', { critical: true })
  }

  override writeControl(writer: { writeBuffer: (value: Buffer, tag: number) => void }): void {
    writer.writeBuffer(Buffer.from([0x30, 0x03, 0x02, 0x01, 0x07]), 0x04)
  }
}

/** Result codes of RFC 4511, appendix A, and of OpenLDAP. */
export const result = {
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  noSuchAttribute: 16,
  undefinedAttributeType: 17,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  noSuchObject: 32,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  unwillingToPerform: 53,
  objectClassViolation: 65,
  noOperation: 0x410e,
} as const

export const codeOf = (thrown: unknown): number | undefined =>
  thrown instanceof ResultCodeError ? thrown.code : undefined

/** What the server said beside the code, for people. */
export function saidOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : ''
  return text
    .replaceAll(/\s+/g, ' ')
    .replace(/ ?Code: 0x[0-9a-f]+$/i, '')
    .replace(/\.$/, '')
    .trim()
    .slice(0, 300)
}

export function explainDirectory(thrown: unknown): LiveError | undefined {
  const code = codeOf(thrown)
  const said = saidOf(thrown)
  const told = said === '' ? '' : `: ${said}`
  if (code === undefined) return explainDriver(thrown, said)
  if (code === result.invalidCredentials || code === 48)
    return new LiveError('login_refused', `The directory refused the login${told}.`)
  if (code === result.insufficientAccessRights) return new LiveError('forbidden', `The directory refused it${told}.`)
  if (code === 8 || code === 13)
    return new LiveError('refused_by_source', `The directory demands encryption for this${told}.`)
  if (code === result.noSuchObject) return new LiveError('not_found', 'The directory holds no such entry.')
  if (code === 34) return new LiveError('invalid_config', `A distinguished name is not right${told}.`)
  if (code === 51 || code === 52) return new LiveError('rate_limited', 'The directory is busy.')
  if (code === result.timeLimitExceeded)
    return new LiveError('timed_out', 'The directory ended the search, which took too long.')
  return new LiveError('refused_by_source', `The directory answered${told} (${code}).`)
}

function explainDriver(thrown: unknown, said: string): LiveError | undefined {
  const ofNetwork = networkError(thrown)
  if (ofNetwork !== undefined) return ofNetwork
  if (/timed out|timeout/i.test(said)) return new LiveError('timed_out', 'The directory did not answer in time.')
  if (/^(Connection closed|Socket error|Socket connection not established)/.test(said))
    return new LiveError('unreachable', 'The connection to the directory is broken.')
  return undefined
}
