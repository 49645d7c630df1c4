/**
 * The mandatory set: questions that every version has to refuse, made from the product's own fixtures and from those of the version's
 * author. Pure: what the compiler answered comes back as the set of what was allowed.
 */

export interface PrincipalFixture {
  id: string
  roles: string[]
  attr: Record<string, unknown>
}
export interface ResourceFixture {
  id: string
  kind: string
  attr: Record<string, unknown>
}
export interface Kind {
  kind: string
  /** The product has a policy for it, which this one can only narrow. */
  isNarrowing: boolean
  actions: string[]
}
export interface Material {
  kinds: readonly Kind[]
  principals: Readonly<Record<string, PrincipalFixture>>
  resources: Readonly<Record<string, ResourceFixture>>
}

/** Without an approval and a ticket, which the others are compared with. */
const control = 'as it is'
const absolute = ['stranger', 'revoked', 'disabled'] as const
const compared = ['self_approval', 'expired_approval', 'closed_ticket'] as const
type Variant = typeof control | (typeof absolute)[number] | (typeof compared)[number]
const variants: readonly Variant[] = [control, ...absolute, ...compared]

export type SetCase = 'narrows_only' | 'tenant_crossing' | 'revoked' | 'disabled' | (typeof compared)[number]

export interface SetQuestion {
  principal: string
  resource: string
  action: string
}
export interface SetVerdict {
  cases: { name: SetCase; asked: number; failed: SetQuestion[] }[]
  narrowed: SetQuestion[]
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

/** A principal as a case has it; undefined where the case says nothing of it. */
function variantOf(of: PrincipalFixture, variant: Variant): PrincipalFixture | undefined {
  const { approval: _approval, ticketState: _ticket, ...context } = record(of.attr.context)
  const given = record(context.given)
  const live = record(of.attr.live)
  const withContext = (more: Record<string, unknown>, claims: Record<string, unknown>) => ({
    ...of,
    attr: { ...of.attr, context: { ...context, ...more, given: { ...given, ...claims } } },
  })
  switch (variant) {
    case control:
      return withContext({}, {})
    case 'stranger': {
      const attr = { ...of.attr, live: { known: false }, entity: {}, sources: {}, context }
      return { ...of, roles: ['stranger'], attr: { ...attr, properties: { ...record(of.attr.properties), live } } }
    }
    case 'revoked':
    case 'disabled': {
      if (live.known !== true) return undefined
      const changed = variant === 'revoked' ? { isRevoked: true } : { status: 'disabled' }
      return { ...of, attr: { ...of.attr, live: { ...live, ...changed }, context } }
    }
    case 'self_approval':
      return withContext({ approval: 'self' }, { approval: 'valid', approvedBy: of.id })
    case 'expired_approval':
      return withContext({ approval: 'expired' }, { approval: 'valid' })
    case 'closed_ticket':
      return withContext({ ticketState: 'closed' }, { ticketState: 'open', ticket: 'open' })
  }
}

const key = (name: string, variant: string) => `${name} · ${variant}`

/** The set as a test suite in which nothing is expected to be allowed: what is shows as a failure. */
export function buildSuite({ kinds, principals, resources }: Material): Record<string, unknown> {
  const asked = Object.fromEntries(
    Object.entries(principals).flatMap(([name, of]) =>
      variants.flatMap((variant) => {
        const made = variantOf(of, variant)
        return made ? [[key(name, variant), made]] : []
      }),
    ),
  )
  const things: Record<string, unknown> = {}
  const tests = kinds.map(({ kind, isNarrowing, actions }) => {
    const own = Object.entries(thingsOf(kind, isNarrowing, resources))
    const scopes = isNarrowing ? ['organization', ''] : ['organization']
    const names = own.flatMap(([name, of]) =>
      scopes.map((scope) => {
        const named = scope === '' ? key(name, 'base') : name
        things[named] = { ...of, policyVersion: 'runtime', scope }
        return named
      }),
    )
    // A suite has to expect something; what it does not name is expected to be refused.
    const [principal] = Object.keys(asked)
    const expected = [{ principal, resource: names[0], actions: { [actions[0] ?? '']: 'EFFECT_DENY' } }]
    return { name: kind, input: { principals: Object.keys(asked), resources: names, actions }, expected }
  })
  return { name: 'mandatory set', principals: asked, resources: things, tests }
}

function thingsOf(kind: string, isNarrowing: boolean, resources: Material['resources']) {
  const own = Object.fromEntries(Object.entries(resources).filter(([, of]) => of.kind === kind))
  if (isNarrowing)
    return {
      ...own,
      [`unknown ${kind}`]: { id: 'unknown', kind, attr: { live: { known: false }, held: 4, entity: {} } },
    }
  return Object.keys(own).length > 0 ? own : { [`any ${kind}`]: { id: 'any', kind, attr: { entity: {}, held: 0 } } }
}

export const questionKey = ({ principal, resource, action }: SetQuestion): string =>
  JSON.stringify([principal, resource, action])

/** What the set shows, from the questions that were allowed. */
export function judgeSet(material: Material, allowed: ReadonlySet<string>): SetVerdict {
  const names: SetCase[] = [
    ...(['narrows_only', 'tenant_crossing', 'self_approval', 'expired_approval'] as const),
    ...(['closed_ticket', 'revoked', 'disabled'] as const),
  ]
  const cases = new Map(names.map((name) => [name, { name, asked: 0, failed: [] as SetQuestion[] }]))
  const narrowed: SetQuestion[] = []
  const tell = (name: SetCase, question: SetQuestion, isWrong: boolean) => {
    const found = cases.get(name)
    if (!found) return
    found.asked += 1
    if (isWrong) found.failed.push(question)
  }
  const is = (principal: string, resource: string, action: string) =>
    allowed.has(questionKey({ principal, resource, action }))
  for (const { kind, isNarrowing, actions } of material.kinds)
    for (const resource of Object.keys(thingsOf(kind, isNarrowing, material.resources)))
      for (const [name, of] of Object.entries(material.principals))
        for (const variant of variants) {
          if (!variantOf(of, variant)) continue
          const principal = key(name, variant)
          for (const action of actions) {
            const question = { principal, resource, action }
            const own = is(principal, resource, action)
            if (isNarrowing) {
              const base = is(principal, key(resource, 'base'), action)
              tell('narrows_only', question, own && !base)
              if (base && !own && variant === control) narrowed.push(question)
            }
            if (variant === 'stranger' || (isNarrowing && resource === `unknown ${kind}`))
              tell('tenant_crossing', question, own)
            else if (variant === 'revoked' || variant === 'disabled') tell(variant, question, own)
            else if (variant !== control) tell(variant, question, own && !is(key(name, control), resource, action))
          }
        }
  return { cases: [...cases.values()], narrowed }
}
