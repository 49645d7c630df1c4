/** In the order of a version's life. */
export const versionStates = [
  ...(['draft', 'tested', 'reviewed', 'shadow', 'published', 'superseded', 'rolled_back', 'discarded'] as const),
] as const
export type VersionState = (typeof versionStates)[number]

export const maxFiles = 12
export const maxFileLength = 60_000
export const maxTotalLength = 200_000
export const maxKinds = 10
export const maxRules = 60
/** Questions of an author's own tests. */
export const maxTestQuestions = 4000
/** In milliseconds: a compiler that takes longer is ended. */
export const compileMs = 30_000
/** Decisions of one replay; of more the latest are taken, and it is said. */
export const maxReplayed = 100_000
/** Kept groups of differences of one trial; of more only the number is kept. */
export const maxDifferences = 2000

/** The cases that every version has to pass, whatever its author wrote. */
export const caseNames = [
  ...(['narrows_only', 'tenant_crossing', 'self_approval', 'expired_approval', 'closed_ticket'] as const),
  ...(['revoked', 'disabled'] as const),
] as const
export type CaseName = (typeof caseNames)[number]

export const caseWords: Record<CaseName, { title: string; says: string }> = {
  narrows_only: {
    title: 'Gives nothing that the product’s policies refuse',
    says: 'Every question is put to the product’s own policies too. What they refuse, this version has to refuse.',
  },
  tenant_crossing: {
    title: 'Somebody, or something, of another organization',
    says: 'A subject that this organization does not know, and for the product’s types a resource that it does not know, whatever they claim.',
  },
  self_approval: {
    title: 'Approved by oneself',
    says: 'An approval that the subject gave itself opens nothing that is closed without one.',
  },
  expired_approval: {
    title: 'Approval that has run out',
    says: 'An approval that is over opens nothing that is closed without one, also when the caller claims that it is valid.',
  },
  closed_ticket: {
    title: 'Ticket that is closed',
    says: 'A closed ticket opens nothing that is closed without one, also when the caller claims that it is open.',
  },
  revoked: { title: 'Revoked', says: 'Whose access was revoked gets nothing.' },
  disabled: { title: 'Switched off', says: 'What is switched off at its source gets nothing.' },
}

/** What a new version begins with: it compiles, and its test passes. */
export const starterFiles = [
  {
    name: 'resource.yaml',
    text: `# What this organization asks for beyond the product's own policies. It can forbid what they allow; it gives nothing more.
apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: resource
  version: runtime
  scope: organization
  scopePermissions: SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS
  variables:
    import: [runtime_facts]
  rules:
    - name: agents-do-not-delete
      actions: [delete]
      roles: [agent]
      effect: EFFECT_DENY
      output: { when: { ruleActivated: '"agents_do_not_delete"' } }
`,
  },
  {
    name: 'resource_test.yaml',
    text: `name: own rules for resources
principals:
  agent: { id: helper, roles: [agent], attr: { live: { known: true, status: active, isRevoked: false, isBegun: true, hasOwner: true, environment: production, blastRadius: 20 }, context: { incident: unknown } } }
  service: { id: svc, roles: [service], attr: { live: { known: true, status: active, isRevoked: false, isBegun: true, hasOwner: true, environment: production, blastRadius: 20 }, context: { incident: unknown } } }
resources:
  bucket: { id: b, kind: resource, policyVersion: runtime, scope: organization, attr: { held: 2, live: { known: true, sensitivity: internal, environment: production } } }
tests:
  - name: only agents are kept from deleting
    input: { principals: [agent, service], resources: [bucket], actions: [read, delete] }
    expected:
      - { principal: agent, resource: bucket, actions: { read: EFFECT_ALLOW } }
      - { principal: service, resource: bucket, actions: { read: EFFECT_ALLOW, delete: EFFECT_ALLOW } }
`,
  },
] as const
