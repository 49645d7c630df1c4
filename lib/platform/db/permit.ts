import type { Tenant } from './tenant'

declare const permitBrand: unique symbol

/** Proof that the decision point allowed one action on one target of one tenant. */
export interface Permit {
  readonly orgId: string
  readonly action: string
  readonly target: { kind: string; id: string; label: string }
  readonly decisionId: string
  readonly [permitBrand]: true
}

/** Makes a permit out of an allowing decision. Only `Context.authorize` and `Context.plan` may call it. */
export function permitFor(
  tenant: Tenant,
  action: string,
  target: { kind: string; id: string; label: string },
  decisionId: string,
): Permit {
  return {
    orgId: tenant.orgId,
    action,
    target: { kind: target.kind, id: target.id, label: target.label },
    decisionId,
  } as Permit
}
