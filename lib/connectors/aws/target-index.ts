import { type Arn, parseArn } from './arn'
import { matches } from './wildcards'

/** A principal of the file that a policy may let its holder become. */
export interface Target {
  arn: string
  kind: 'role' | 'user'
  /** The condition under which the role's trust policy leaves the decision to its account; `false` when it does not. */
  trustsAccount: { condition?: string } | false
  /** True when the role's trust policy admits a service of AWS, so that passing it there is of use. */
  trustsService: boolean
}

export interface TargetIndex {
  has: (arn: string) => boolean
  /** The targets that an ARN pattern matches; `*` matches all, a pattern with a policy variable none. */
  matching: (pattern: string) => readonly Target[]
  /** Those of them that fit; `name` says by what they are chosen, and is the same for the same choice. */
  fitting: (pattern: string, name: string, fits: (target: Target) => boolean) => readonly Target[]
}

const parts = ['partition', 'service', 'region', 'account', 'resource'] as const

/** Finds targets by pattern; each pattern is matched once, and one without wildcards is looked up. */
export function indexTargets(targets: Target[]): TargetIndex {
  const byArn = new Map(targets.map((target) => [target.arn, target]))
  const parsed = targets.flatMap((target) => {
    const arn = parseArn(target.arn)
    return arn === undefined ? [] : [{ target, arn }]
  })
  const known = new Map<string, Target[]>()

  function find(pattern: string): Target[] {
    if (/^\*+$/.test(pattern)) return targets
    const wanted = parseArn(pattern)
    if (wanted === undefined || pattern.includes('${')) return []
    const exact = byArn.get(pattern)
    if (!/[*?]/.test(pattern)) return exact === undefined ? [] : [exact]
    return parsed.filter(({ arn }) => matchesParts(wanted, arn)).map(({ target }) => target)
  }

  // Wildcards come again and again, single names hardly.
  const kept = (key: string, pattern: string, look: () => Target[]) => {
    if (!/[*?]/.test(pattern)) return look()
    const found = known.get(key) ?? look()
    known.set(key, found)
    return found
  }
  const matching = (pattern: string) => kept(pattern, pattern, () => find(pattern))

  return {
    has: (arn) => byArn.has(arn),
    matching,
    fitting: (pattern, name, fits) => kept(`${name}\n${pattern}`, pattern, () => matching(pattern).filter(fits)),
  }
}

/** Part by part, as IAM does: no wildcard reaches over a colon before the resource. */
function matchesParts(wanted: Arn, arn: Arn): boolean {
  return parts.every((part) => matches(wanted[part], arn[part]))
}
