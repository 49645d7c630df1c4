import type { Call, Effect, GrantOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { administer, type GoogleSession } from './client'
import { type Fields, field, isFields, list, text } from './fields'

interface Binding {
  role: string
  members: string[]
  condition?: Fields
}

/** Somebody else may change the policy between reading and writing: then it is read again. */
const tries = 4

/** Gives roles on a project (or folder, or organization) to a service account, or takes them. The rest of the policy stays as it is. */
export async function changePolicy(
  session: GoogleSession,
  email: string,
  order: GrantOrder,
  isWanted: boolean,
  call: Call,
): Promise<Effect> {
  const place = /^\/\/cloudresourcemanager\.googleapis\.com\/((?:projects|folders|organizations)\/[a-z0-9:.-]+)$/.exec(
    order.on,
  )?.[1]
  if (place === undefined)
    throw new LiveError('conflict', 'Name a project, a folder or an organization, on which roles are given.')
  if (order.scopes.length === 0) throw new LiveError('conflict', 'Name the roles.')
  const member = `serviceAccount:${email}`
  const evidence = `the policy of ${place} ${isWanted ? 'gives' : 'does not give'} the account ${order.scopes.join(', ')}`
  for (let attempt = 1; ; attempt++) {
    const policy = await ask(session, place, 'getIamPolicy', { options: { requestedPolicyVersion: 3 } }, call)
    const bindings = list(field(policy, 'bindings')).flatMap((each): Binding[] =>
      isFields(each) && typeof each.role === 'string' && Array.isArray(each.members)
        ? [each as unknown as Binding]
        : [],
    )
    const changed = isWanted ? given(bindings, member, order) : taken(bindings, member, order)
    if (changed === undefined) return { did: 'already', evidence }
    const next = { ...(isFields(policy) ? policy : {}), version: 3, bindings: changed.bindings }
    try {
      await ask(session, place, 'setIamPolicy', { policy: next }, call)
    } catch (error) {
      if (!(error instanceof LiveError) || error.code !== 'conflict' || attempt === tries) throw error
      continue
    }
    return { did: 'done', ...(changed.former === undefined ? {} : { former: changed.former }), evidence }
  }
}

const ask = (session: GoogleSession, place: string, verb: string, body: object, call: Call) =>
  administer(session, session.resources, { method: 'POST', path: `/v3/${place}:${verb}`, body }, call)

interface Changed {
  bindings: Binding[]
  former?: Secret
}

const sameCondition = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** With the condition that it was taken with, where that is known; `undefined` = it is so already. */
function given(bindings: Binding[], member: string, { scopes, former }: GrantOrder): Changed | undefined {
  const before = formerOf(former)
  const wanted = scopes.flatMap((role): Omit<Binding, 'members'>[] => {
    const known = before.filter((each) => each.role === role)
    return known.length === 0 ? [{ role }] : known
  })
  const next = bindings.map((binding) => ({ ...binding, members: [...binding.members] }))
  let isChanged = false
  for (const { role, condition } of wanted) {
    const there = next.find((each) => each.role === role && sameCondition(each.condition, condition))
    if (there?.members.includes(member)) continue
    isChanged = true
    if (there !== undefined) there.members.push(member)
    else next.push({ role, members: [member], ...(condition === undefined ? {} : { condition }) })
  }
  return isChanged ? { bindings: next } : undefined
}

function taken(bindings: Binding[], member: string, { scopes }: GrantOrder): Changed | undefined {
  const held = bindings.filter(({ role, members }) => scopes.includes(role) && members.includes(member))
  if (held.length === 0) return undefined
  const kept = bindings.map((binding) =>
    held.includes(binding) ? { ...binding, members: binding.members.filter((each) => each !== member) } : binding,
  )
  const former = held.map(({ role, condition }) => ({ role, ...(condition === undefined ? {} : { condition }) }))
  return { bindings: kept.filter(({ members }) => members.length > 0), former: new Secret(JSON.stringify(former)) }
}

function formerOf(former: Secret | undefined): Omit<Binding, 'members'>[] {
  if (former === undefined) return []
  try {
    return list(JSON.parse(former.reveal())).flatMap((each) => {
      const [role, condition] = [text(field(each, 'role')), field(each, 'condition')]
      return role === undefined ? [] : [{ role, ...(isFields(condition) ? { condition } : {}) }]
    })
  } catch {
    return []
  }
}
