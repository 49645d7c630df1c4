import { credentialTypes, identityKinds } from '@/lib/connectors/contract'
import type { FilterKey, FilterLanguage } from '@/lib/platform/browser/filter-language'
import type { CredentialFilter, IdentityFilter } from './filters'
import {
  credentialStatuses,
  exclusionRules,
  holders,
  identityStatuses,
  identityTraits,
  ownerFilters,
  privilegeFilters,
} from './values'

/**
 * The filters of the inventory as text, `kind:service_account owner:none last_used:>90d`: a table for each list.
 * `parseFilter` and `printFilter` of `lib/platform/browser/parse-filter.ts` read these.
 */

const environmentWords = {
  ...{ prod: 'production', prd: 'production', live: 'production' },
  ...{ stg: 'staging', stage: 'staging', preprod: 'staging' },
  ...{ dev: 'development', qa: 'test', uat: 'test' },
}

const environment: FilterKey = {
  key: 'env',
  aliases: ['environment'],
  name: 'environment',
  about: 'where it runs',
  values: { kind: 'open', maxLength: 100, synonyms: environmentWords },
}

const lastUsed: FilterKey = {
  key: 'last_used',
  aliases: ['used', 'last_use'],
  name: 'used',
  about: 'not used for so long',
  values: { kind: 'span', sign: '>', words: ['never', 'unknown'] },
}

const age: FilterKey = {
  key: 'age',
  aliases: ['oldest', 'older'],
  name: 'age',
  about: 'has a credential older than',
  values: { kind: 'span', sign: '>', words: [] },
}

const expires: FilterKey = {
  key: 'expires',
  aliases: ['expiry', 'expire'],
  name: 'expiry',
  about: 'a credential ends within',
  values: { kind: 'span', sign: '<', words: ['expired', 'never'] },
}

const exceptions: FilterKey[] = [
  {
    key: 'excepted',
    aliases: ['except', 'exception'],
    name: 'excepted',
    about: 'excepted from a rule now',
    values: { kind: 'choice', words: exclusionRules },
  },
  {
    key: 'not_excepted',
    aliases: ['unexcepted'],
    name: 'notExcepted',
    about: 'for whom a rule holds',
    values: { kind: 'choice', words: exclusionRules },
  },
]

/** The filters of the list of identities. */
export const identityLanguage: FilterLanguage<IdentityFilter> = {
  words: { name: 'q', maxLength: 200 },
  examples: [
    { text: 'owner:none,left env:production', finds: 'nobody answers for them, in production' },
    { text: 'env:production privilege:admin', finds: 'may do everything in production' },
    { text: 'owner:none blast:>60', finds: 'nobody answers for them, and they reach far' },
    { text: 'kind:service_account last_used:>90d', finds: 'service accounts not used for 90 days' },
    { text: 'expires:<30d', finds: 'a credential ends within 30 days, or has ended' },
    { text: 'expires:never age:>365d', finds: 'a credential never ends, and one is over a year old' },
    { text: 'owner:"Platform team" deploy', finds: 'the team answers for them, “deploy” is in the name' },
    { text: 'kind:ai_agent trait:destructive_tools', finds: 'agents whose tools can destroy' },
  ],
  keys: [
    {
      key: 'kind',
      aliases: ['type'],
      name: 'kind',
      about: 'what it is',
      values: { kind: 'choice', words: identityKinds },
    },
    {
      key: 'owner',
      aliases: ['owned_by', 'ownedby'],
      name: 'owner',
      about: 'who answers for it',
      values: { kind: 'choice', words: ownerFilters, labels: 'ownedBy' },
    },
    lastUsed,
    environment,
    {
      key: 'privilege',
      aliases: ['priv', 'access'],
      name: 'privilege',
      about: 'the most that it may do',
      values: { kind: 'choice', words: privilegeFilters },
    },
    {
      key: 'blast',
      aliases: ['score', 'blast_radius', 'radius'],
      name: 'blast',
      about: 'blast radius, 0 to 100',
      values: { kind: 'figure', max: 100, words: ['unknown'] },
    },
    expires,
    age,
    {
      key: 'status',
      aliases: ['state'],
      name: 'status',
      about: 'active, disabled or gone',
      values: { kind: 'choice', words: identityStatuses },
    },
    {
      key: 'trait',
      aliases: ['traits'],
      name: 'trait',
      about: 'what deserves a second look',
      values: { kind: 'choice', words: identityTraits },
    },
    {
      key: 'source',
      aliases: ['from'],
      name: 'source',
      about: 'where it was read from',
      values: { kind: 'named' },
    },
    ...exceptions,
  ],
}

/** The filters of the list of credentials. */
export const credentialLanguage: FilterLanguage<CredentialFilter> = {
  words: { name: 'q', maxLength: 200 },
  examples: [
    { text: 'type:api_key,access_token age:>365d', finds: 'keys and tokens issued over a year ago' },
    { text: 'env:production expires:<30d', finds: 'in production, at their end within 30 days' },
    { text: 'expires:never last_used:>90d', finds: 'never end, and were not used for 90 days' },
    { text: 'holder:unknown', finds: 'nobody knows whose they are' },
    { text: 'status:active expires:expired', finds: 'have ended, and are still switched on' },
  ],
  keys: [
    {
      key: 'type',
      aliases: ['kind'],
      name: 'type',
      about: 'what it is',
      values: { kind: 'choice', words: credentialTypes },
    },
    {
      key: 'status',
      aliases: ['state'],
      name: 'status',
      about: 'in use, disabled or gone',
      values: { kind: 'choice', words: credentialStatuses },
    },
    {
      key: 'holder',
      aliases: ['of'],
      name: 'holder',
      about: 'whose it is',
      values: { kind: 'choice', words: holders },
    },
    environment,
    {
      ...expires,
      about: 'ends within',
      values: { kind: 'span', sign: '<', words: ['expired', 'never', 'unknown'] },
    },
    { ...age, about: 'issued longer ago than' },
    lastUsed,
    {
      key: 'identity',
      aliases: [],
      name: 'identity',
      about: 'of one identity, by its id',
      values: { kind: 'named', isSingle: true },
    },
    ...exceptions,
  ],
}
