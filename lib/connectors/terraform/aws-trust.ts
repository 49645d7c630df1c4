import type { NodeRef } from '../contract'
import type { AwsIndex } from './aws-index'
import { accountOfArn } from './aws-names'
import { accountResource, type Statement } from './aws-policy'
import { isFields, said, texts } from './fields'
import { matches } from './privileges'
import type { Graph } from './sink'

const assuming = ['sts:assumerole', 'sts:assumerolewithsaml', 'sts:assumerolewithwebidentity']

export interface TrustFacts {
  attributes: Record<string, string | boolean | string[]>
  /** Draws the edges; after the role's record is there. */
  link: () => void
}

/** What a role's trust policy says: `assumes` edges from principals, facts for services, providers and everyone. */
export function readTrust(
  statements: Statement[],
  role: NodeRef,
  account: string,
  index: AwsIndex,
  graph: Graph,
): TrustFacts {
  const services = new Set<string>()
  const federated = new Set<string>()
  const conditions = new Set<string>()
  const links: (() => void)[] = []
  let anyone: 'unconditional' | 'conditional' | undefined
  let notEvaluable: string | undefined
  for (const statement of statements) {
    if (!statement.actions.some((action) => assuming.some((known) => matches(action.toLowerCase(), known)))) continue
    if (statement.notPrincipal !== undefined) {
      notEvaluable = 'The trust policy names a NotPrincipal'
      continue
    }
    const { principal, effect, condition, at } = statement
    const named = typeof principal === 'string' ? { AWS: principal } : isFields(principal) ? principal : {}
    for (const [type, value] of Object.entries(named)) {
      for (const name of texts(value)) {
        if (type === 'AWS' && name !== '*') {
          links.push(() => {
            const from = principalRef(name, account, index, graph)
            if (from === undefined)
              graph.unresolved(name, at, 'The trusted principal was deleted or is not in this state')
            else
              graph.edge({
                kind: 'assumes',
                from: from.ref,
                to: role,
                effect,
                scopes: statement.actions,
                condition,
                notEvaluable: from.isForeign ? 'the other account has to allow it too' : undefined,
                at,
              })
          })
        } else if (effect === 'deny') continue
        else if (type === 'Service') services.add(name)
        else if (type === 'Federated') {
          federated.add(name)
          if (condition !== undefined) conditions.add(condition)
        } else if (type === 'AWS')
          anyone = condition === undefined || anyone === 'unconditional' ? 'unconditional' : 'conditional'
      }
    }
  }
  return {
    attributes: said<string | boolean | string[]>({
      trustedServices: filled(services),
      trustedFederated: filled(federated),
      federatedConditions: filled(conditions),
      anyoneMayAssume: anyone === undefined ? undefined : true,
      anyoneMayAssumeUnderCondition: anyone === 'conditional' ? true : undefined,
      trustNotEvaluable: notEvaluable,
    }),
    link: () => {
      for (const link of links) link()
    },
  }
}

/** The node of an AWS principal of a policy: an account stands for whom it lets, a session for its role. */
export function principalRef(
  name: string,
  home: string,
  index: AwsIndex,
  graph: Graph,
): { ref: NodeRef; isForeign: boolean } | undefined {
  const root = /^(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1]
  if (root !== undefined) {
    const resource = accountResource(root)
    graph.add(root === home ? resource : { ...resource, attributes: { account: root, outsideThisFile: true } })
    if (root !== home)
      graph.unresolved(`AWS account ${root}`, '$', 'Whoever this other account lets; none of them is in this state')
    return { ref: { type: 'resource', externalId: resource.externalId }, isForeign: root !== home }
  }
  const session = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(name)
  if (session?.[2] !== undefined && session[3] !== undefined)
    return { ref: index.ref('role', session[3], session[2]), isForeign: session[2] !== home }
  if (/^arn:[\w-]+:iam::\d{12}:(?:user|role)\/./.test(name))
    return { ref: index.refOfArn(name), isForeign: accountOfArn(name) !== home }
  const known = index.refOfId(name)
  if (known !== undefined) return { ref: known, isForeign: false }
  const isUniqueId = /^A(?:IDA|ROA)[A-Z0-9]{8,}$/.test(name)
  return isUniqueId ? { ref: { type: 'identity', externalId: name, global: true }, isForeign: false } : undefined
}

function filled(names: Set<string>): string[] | undefined {
  return names.size === 0 ? undefined : [...names]
}
