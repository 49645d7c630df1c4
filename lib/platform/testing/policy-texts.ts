import type { PolicyFile } from '../../policy-versions/schema'
import { starterFiles } from '../../policy-versions/values'

/** A version that keeps services from one action. */
export const without = (action: string): PolicyFile[] => [
  {
    name: 'resource.yaml',
    text: `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: resource
  version: runtime
  scope: organization
  scopePermissions: SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS
  rules:
    - name: no-${action}
      actions: [${action}]
      roles: [service]
      effect: EFFECT_DENY
      output: { when: { ruleActivated: '"no_${action}_here"' } }
`,
  },
  {
    name: 'resource_test.yaml',
    text: starterFiles[1].text.replace(
      /tests:[\s\S]*/,
      `tests:
  - name: services are kept from it
    input: { principals: [service], resources: [bucket], actions: [${action}] }
    expected: [{ principal: service, resource: bucket, actions: { ${action}: EFFECT_DENY } }]
`,
    ),
  },
]

/** A type of the organization's own, allowed under a condition. */
export const ownType = (condition: string): PolicyFile[] => [
  {
    name: 'invoice.yaml',
    text: `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: invoice
  version: runtime
  scope: organization
  variables:
    import: [runtime_facts]
  rules:
    - name: may-pay
      actions: [pay]
      roles: [service, agent, person]
      effect: EFFECT_ALLOW
      condition: { match: { expr: '${condition}' } }
      output: { when: { ruleActivated: '"allow:own_invoice"' } }
`,
  },
  {
    name: 'invoice_test.yaml',
    text: `name: invoices
principals:
  payer: { id: svc, roles: [service], attr: { live: { known: true, status: active, isRevoked: false, isBegun: true, hasOwner: true, environment: production, blastRadius: 20 }, context: { incident: unknown, approval: valid, ticketState: open, given: { approval: valid, ticketState: open } } } }
resources:
  bill: { id: b, kind: invoice, policyVersion: runtime, scope: organization, attr: { held: 0, entity: {}, live: { known: false } } }
tests:
  - name: the payer pays
    input: { principals: [payer], resources: [bill], actions: [pay] }
    expected:
      - { principal: payer, resource: bill, actions: { pay: EFFECT_ALLOW } }
`,
  },
]
