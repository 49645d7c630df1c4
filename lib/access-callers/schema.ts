import { z } from 'zod'

/** Programs that ask the decision point without an API key. */

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.infer<typeof ById>

export const clientClaims = ['client_id', 'azp', 'appid', 'sub'] as const
export type ClientClaim = (typeof clientClaims)[number]
export const clientWays = ['token', 'certificate'] as const

const line = (name: string, most: number) =>
  z
    .string()
    .trim()
    .min(1, `Enter ${name}.`)
    .max(most, `At most ${most} characters.`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line')
const address = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2000)

export const CreateIssuerInput = z.strictObject({
  name: line('a name', 100),
  /** As its tokens name it in `iss`, to the letter. */
  issuer: address,
  /** What its tokens must be for, in `aud`. */
  audience: line('the audience', 500),
  /** Where its keys are; without it the issuer's own metadata is asked. */
  jwksUrl: address.nullish(),
  clientClaim: z.enum(clientClaims).default('client_id'),
})
export type CreateIssuerInput = z.input<typeof CreateIssuerInput>

export const AccessIssuer = z.object({
  id: z.uuid(),
  name: z.string(),
  issuer: z.string(),
  audience: z.string(),
  jwksUrl: z.string(),
  clientClaim: z.enum(clientClaims),
  clients: z.int(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
})
export type AccessIssuer = z.infer<typeof AccessIssuer>

export const IssuerTest = z.object({ isUsable: z.boolean(), keys: z.int(), says: z.string() })
export type IssuerTest = z.infer<typeof IssuerTest>

const common = { identityId: z.uuid(), mayAskAny: z.boolean().default(false) }
export const CreateClientInput = z.discriminatedUnion('way', [
  z.strictObject({ way: z.literal('token'), issuerId: z.uuid(), subject: line('the client’s id', 500), ...common }),
  z.strictObject({
    way: z.literal('certificate'),
    /** A SPIFFE id, or the subject exactly as the proxy writes it. */
    subject: line('the SPIFFE id or subject', 2048).refine(
      (text) => !/^spiffe:/i.test(text) || /^spiffe:\/\/[a-z0-9._-]{1,255}(\/[A-Za-z0-9._-]+)+$/.test(text),
      'must be a whole SPIFFE id, such as spiffe://example.org/ns/shop/sa/orders',
    ),
    ...common,
  }),
])
export type CreateClientInput = z.input<typeof CreateClientInput>

export const AccessClient = z.object({
  id: z.uuid(),
  way: z.enum(clientWays),
  /** Whose token it sends; null for a certificate. */
  issuer: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  subject: z.string(),
  identity: z.object({ id: z.uuid(), name: z.string(), isThere: z.boolean() }),
  /** Whether it may ask about others than itself. */
  mayAskAny: z.boolean(),
  /** In whose role it asks; without an active owner it is refused. */
  owner: z.object({ id: z.uuid(), name: z.string(), isActive: z.boolean() }),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type AccessClient = z.infer<typeof AccessClient>

export const AccessCallers = z.object({
  /** What those without an API key send in `X-Organization-Id`. */
  organizationId: z.uuid(),
  issuers: z.array(AccessIssuer),
  clients: z.array(AccessClient),
  /** By which header certificates come, and whether any proxy is believed at all: the installation's setting. */
  certificates: z.object({ isOn: z.boolean(), header: z.string() }),
  can: z.object({ update: z.boolean() }),
})
export type AccessCallers = z.infer<typeof AccessCallers>
