import { z } from 'zod'

export const knownScopes = [
  'inventory:read',
  'inventory:write',
  'imports:read',
  'imports:write',
  'lifecycle:read',
  'lifecycle:write',
  'reviews:read',
  'reviews:write',
  'grants:read',
  'grants:write',
  'incidents:read',
  'incidents:write',
  'audit:read',
  'decisions:read',
  'decisions:ask',
  'decisions:ask_any',
  'settings:read',
  'settings:write',
] as const
export const Scope = z.enum(knownScopes)
export type Scope = z.infer<typeof Scope>

export const maxLifetimeDays = 365
export const keyStates = ['active', 'expired', 'revoked'] as const

export const ApiKey = z.object({
  id: z.uuid(),
  name: z.string(),
  /** What a key begins with in a log or a scanner's hit: `bwk_3f9a1c2e`. */
  prefix: z.string(),
  lastFour: z.string(),
  scopes: z.array(Scope),
  owner: z.object({ memberId: z.uuid(), name: z.string(), email: z.string(), isActive: z.boolean() }),
  state: z.enum(keyStates),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  can: z.object({ revoke: z.boolean() }),
})
export type ApiKey = z.infer<typeof ApiKey>
export const ApiKeyList = z.object({
  items: z.array(ApiKey),
  nextCursor: z.string().nullable(),
  can: z.object({ create: z.boolean() }),
})
export type ApiKeyList = z.infer<typeof ApiKeyList>

export const ListApiKeysInput = z.strictObject({
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
})
export type ListApiKeysInput = z.input<typeof ListApiKeysInput>

export const GetApiKeyInput = z.strictObject({ id: z.uuid() })
export type GetApiKeyInput = z.input<typeof GetApiKeyInput>

export const CreateApiKeyInput = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'Give a name that says which program uses the key.')
    .max(80, 'Use at most 80 characters.'),
  scopes: z
    .array(Scope)
    .min(1, 'Choose at least one scope.')
    .refine((scopes) => new Set(scopes).size === scopes.length, 'Name each scope once.'),
  /** An instant in UTC, in the future, at most 365 days away. */
  expiresAt: z.iso.datetime({ error: 'Write a date and time in UTC, such as 2027-01-31T00:00:00Z.' }),
})
export type CreateApiKeyInput = z.input<typeof CreateApiKeyInput>

/** `token` is told once, here; only its hash is kept. */
export const CreatedApiKey = z.object({ apiKey: ApiKey, token: z.string() })
export type CreatedApiKey = z.infer<typeof CreatedApiKey>

export const RevocationReason = z.strictObject({
  reason: z.string().trim().max(300, 'Use at most 300 characters.').optional(),
})
export const RevokeApiKeyInput = RevocationReason.extend({ id: z.uuid() })
export type RevokeApiKeyInput = z.input<typeof RevokeApiKeyInput>
