import { LiveError } from '../live-error'
import { Secret } from '../secret'

/** A client that the connection was given the right to manage (RFC 7592). */
export interface Registration {
  id: string
  /** The newest registration access token. */
  token: Secret
  /** `registration_client_uri`, where it is not the registration endpoint with the id behind. */
  uri?: string
  /** This connection deleted the client: that the server refuses its token now means that it is gone. */
  isDeleted: boolean
}

const deleted = 'deleted'
const words = (line: string) => line.trim().split(/\s+/)
const isBlank = (line: string) => /^\s*(#|$)/.test(line)

/**
 * One client on each line: its id, its registration access token, and the address of its registration where that is needed.
 * @throws LiveError `invalid_config` with the number of the line, never with what stands in it
 */
export function readRegistrations(text: string): Registration[] {
  const found = new Map<string, Registration>()
  for (const [at, line] of text.split('\n').entries()) {
    if (isBlank(line)) continue
    const [id = '', token = '', ...rest] = words(line)
    const [uri, ...more] = rest.filter((word) => word !== deleted)
    if (token === '' || more.length > 0 || (uri !== undefined && !URL.canParse(uri)))
      throw new LiveError(
        'invalid_config',
        `Line ${at + 1} of the clients is not an id, a registration access token and, if need be, an address.`,
      )
    if (found.has(id))
      throw new LiveError('invalid_config', `Line ${at + 1} of the clients names a client a second time.`)
    found.set(id, {
      ...{ id, token: new Secret(token), isDeleted: rest.includes(deleted) },
      ...(uri === undefined ? {} : { uri }),
    })
  }
  return [...found.values()]
}

/** The same lines with the newest token of one client, or with the mark that it was deleted. Of another token nothing changes. */
export function reviseRegistrations(
  text: string,
  id: string,
  { from, to, isDeleted = false }: { from: Secret; to?: Secret; isDeleted?: boolean },
): string {
  const revise = (line: string) => {
    const [name, token, ...rest] = words(line)
    if (isBlank(line) || name !== id || token !== from.reveal()) return line
    const uri = rest.filter((word) => word !== deleted)
    return [name, (to ?? from).reveal(), ...uri, ...(isDeleted ? [deleted] : [])].join(' ')
  }
  return text.split('\n').map(revise).join('\n')
}
