/** An account of the server. What only `/etc/passwd` says is absent for one that is kept elsewhere (LDAP, SSSD). */
export interface Account {
  name: string
  uid?: number
  gid?: number
  home?: string
  shell?: string
  description?: string
  /** Groups that give their members the server, as far as `/etc/group` says. */
  strongGroups: string[]
}

/** Names that stand in paths: nothing in them is a folder, an option or a pattern. */
export const isAccountName = (name: string) => /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,99}\$?$/.test(name)

/** Membership is as good as root. */
const strong = new Set(['root', 'sudo', 'wheel', 'admin', 'docker', 'lxd', 'incus', 'libvirt', 'disk', 'shadow'])

/**
 * Accounts by their names.
 * @param passwd text of `/etc/passwd`
 * @param group text of `/etc/group`; `undefined` = not readable
 */
export function parseAccounts(passwd: string, group: string | undefined): Map<string, Account> {
  const accounts = new Map<string, Account>()
  for (const line of passwd.split('\n')) {
    const [name = '', , uid = '', gid = '', gecos = '', home = '', shell = ''] = line.split(':')
    if (!isAccountName(name) || !/^\d+$/.test(uid) || !/^\d+$/.test(gid) || accounts.has(name)) continue
    const description = (gecos.split(',')[0] ?? '').trim()
    accounts.set(name, {
      ...{ name, uid: Number(uid), gid: Number(gid), strongGroups: [] },
      ...(home.startsWith('/') ? { home } : {}),
      ...(shell === '' ? {} : { shell }),
      ...(description === '' ? {} : { description }),
    })
  }
  for (const line of group?.split('\n') ?? []) {
    const [name = '', , gid = '', members = ''] = line.split(':')
    if (!strong.has(name)) continue
    for (const account of accounts.values())
      if (members.split(',').includes(account.name) || (String(account.gid) === gid && account.uid !== 0))
        account.strongGroups.push(name)
  }
  return accounts
}

export const mayOpenShell = ({ shell }: Account) => shell === undefined || !/\/(nologin|false)$/.test(shell)

/**
 * Where sshd looks for the keys of an account: `AuthorizedKeysFile` with %h, %u, %U and %%, below the home where it is relative.
 * @returns the paths, and the patterns that need a home or number that is not known
 */
export function keyPaths(patterns: string, account: Account): { paths: string[]; unknown: string[] } {
  const found = { paths: [] as string[], unknown: [] as string[] }
  for (const pattern of patterns.split(/\s+/).filter((word) => word !== '' && word !== 'none')) {
    const values: Record<string, string | undefined> = {
      '%%': '%',
      '%h': account.home,
      '%u': account.name,
      '%U': account.uid === undefined ? undefined : String(account.uid),
    }
    let isKnown = true
    const filled = pattern.replaceAll(/%./g, (token) => {
      isKnown &&= values[token] !== undefined
      return values[token] ?? ''
    })
    const path = filled.startsWith('/') ? filled : `${account.home}/${filled}`
    if (isKnown && path.startsWith('/')) found.paths.push(path.replaceAll(/\/{2,}/g, '/'))
    else found.unknown.push(pattern)
  }
  return found
}
