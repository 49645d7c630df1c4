import { LiveError } from '../live-error'
import { Secret } from '../secret'

/** A user that application credentials are made as. */
export interface Login {
  /** Its id or its name. */
  user: string
  password: Secret
}

/**
 * A user on each line, and its password.
 * @throws LiveError `invalid_config` with the number of the line, never with what stands in it
 */
export function readLogins(text: string): Login[] {
  return text.split('\n').flatMap((line, at) => {
    if (/^\s*(#|$)/.test(line)) return []
    const [, user, password] = /^\s*(\S+)\s+(\S.*?)\s*$/.exec(line) ?? []
    if (user !== undefined && password !== undefined) return [{ user, password: new Secret(password) }]
    throw new LiveError('invalid_config', `Line ${at + 1} of the users is not a user and its password.`)
  })
}
