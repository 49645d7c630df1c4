declare const tenantBrand: unique symbol

/** Proof of whose data this is. Comes from an actor's membership or key, never from input. */
export interface Tenant {
  readonly orgId: string
  readonly [tenantBrand]: true
}

/**
 * Makes a tenant. Only `platform/auth` (an actor's own organization), the worker (the organization that a job was
 * enqueued in) and first-start set-up may call it.
 */
export function tenantOf(orgId: string): Tenant {
  return { orgId } as Tenant
}
