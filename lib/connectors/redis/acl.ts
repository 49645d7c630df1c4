/** The rules of one set of permissions, as `ACL LIST` writes them: the user's own, or a selector in parentheses. */
export interface AclSet {
  /** `~app:*`, `%R~cache:*`, `allkeys` as `~*`. */
  keys: string[]
  channels: string[]
  /** `-@all`, `+@read`, `+get`, `-config|set`, in their order: the last that fits counts. */
  commands: string[]
}

export interface AclUser {
  name: string
  isOn: boolean
  needsNoPassword: boolean
  /** SHA-256 of each password, as Redis keeps it. Never leaves the connector. */
  hashes: string[]
  own: AclSet
  selectors: AclSet[]
}

/** Category to the commands in it, from `ACL CAT`. */
export type Categories = Map<string, Set<string>>

/** Lines of `ACL LIST`. What is no user line is left out. https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/ */
export function parseAclList(lines: readonly string[]): AclUser[] {
  return lines.flatMap((line) => {
    const [, name, rules] = /^user (\S+) (.*)$/s.exec(line) ?? []
    if (name === undefined || rules === undefined) return []
    const selectors = [...rules.matchAll(/\(([^)]*)\)/g)].map(([, inner = '']) => readSet(inner.split(' ')))
    const words = rules.replaceAll(/\([^)]*\)/g, '').split(' ')
    return [
      {
        name,
        isOn: words.includes('on'),
        needsNoPassword: words.includes('nopass'),
        hashes: words.flatMap((word) => (/^#[0-9a-f]{64}$/.test(word) ? [word.slice(1)] : [])),
        own: readSet(words),
        selectors,
      },
    ]
  })
}

function readSet(words: readonly string[]): AclSet {
  const set: AclSet = { keys: [], channels: [], commands: [] }
  for (const word of words) {
    if (word === 'allkeys') set.keys.push('~*')
    else if (word === 'allchannels') set.channels.push('&*')
    else if (word === 'allcommands') set.commands.push('+@all')
    else if (word === 'nocommands') set.commands.push('-@all')
    else if (/^(~|%[RW]+~)/.test(word)) set.keys.push(word)
    else if (/^&/.test(word)) set.channels.push(word)
    else if (/^[+-]/.test(word)) set.commands.push(word)
  }
  return set
}

/** Whether the rules let a command pass: `get`, `acl|setuser`. The last rule that speaks of it counts. */
export function allows({ commands }: AclSet, command: string, categories: Categories): boolean {
  const parent = command.split('|')[0]
  const fitting = commands.filter((rule) => {
    const word = rule.slice(1).toLowerCase()
    if (word === '@all') return true
    if (word.startsWith('@')) {
      const members = categories.get(word.slice(1))
      return members?.has(command) === true
    }
    return word === command || word === parent
  })
  return fitting.at(-1)?.startsWith('+') ?? false
}

/** Whether any command of a category passes. */
export function allowsAny(set: AclSet, category: string, categories: Categories): boolean {
  for (const command of categories.get(category) ?? []) if (allows(set, command, categories)) return true
  return false
}

/** Two sets that give the same; what `ACL LIST` adds to every selector does not count. */
export function isSameSet(a: AclSet, b: AclSet): boolean {
  const key = ({ keys, channels, commands }: AclSet) =>
    JSON.stringify([
      keys.toSorted(),
      channels.toSorted(),
      commands.filter((rule) => rule !== '-@all').map((rule) => rule.toLowerCase()),
    ])
  return key(a) === key(b)
}

/** A selector as `ACL SETUSER` takes it. */
export function writeSelector({ keys, channels, commands }: AclSet): string {
  return `(${[...keys, ...channels, ...commands].join(' ')})`
}
