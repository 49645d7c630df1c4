import { z } from 'zod'
import type { OwnerHint } from '../contract'
import { wordTable } from '../word-table'

const ownerKeys = new Set([
  'owner',
  'owners',
  'ownername',
  'owneremail',
  'ownedby',
  'technicalowner',
  'businessowner',
  'serviceowner',
  'team',
  'teamname',
  'teamemail',
  'ownerteam',
  'owningteam',
  'squad',
  'contact',
  'contactemail',
  'pointofcontact',
  'poc',
  'email',
  'createdby',
  'creator',
  'maintainer',
  'maintainedby',
  'responsible',
  'requestor',
  'requester',
  'requestedby',
])
const environmentKeys = new Set(['env', 'environment', 'stage', 'environmentname', 'deploymentstage'])
const personKeys = new Set(['type', 'kind', 'usertype', 'identitytype', 'principaltype', 'accounttype'])
const personValues = new Set(['human', 'person', 'people', 'employee', 'staff'])
const secretKey = /(password|passwd|secret|token|api[-_ ]?key|private[-_ ]?key|access[-_ ]?key(?![-_ ]?id))$/i
const email = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/

const environments: Record<string, string> = wordTable({
  prod: 'production',
  production: 'production',
  prd: 'production',
  live: 'production',
  stg: 'staging',
  stage: 'staging',
  staging: 'staging',
  preprod: 'staging',
  dev: 'development',
  develop: 'development',
  development: 'development',
  test: 'test',
  testing: 'test',
  tst: 'test',
  qa: 'test',
  uat: 'test',
})
/** `test`, `live` and `stage` are ordinary words in names, so only a tag may say them. */
const environmentWords = new Set([
  'prod',
  'production',
  'prd',
  'stg',
  'staging',
  'preprod',
  'dev',
  'development',
  'qa',
  'uat',
])

const tagList = z.array(z.unknown())
const upperTag = z.object({ Key: z.string(), Value: z.string() })
const lowerTag = z.object({ key: z.string(), value: z.string() })

/** Tags as AWS lists them (`[{Key, Value}]`) as a record; entries of another shape are left out. */
export function readTags(value: unknown): Record<string, string> {
  const list = tagList.safeParse(value)
  if (!list.success) return {}
  const pairs: [string, string][] = []
  for (const entry of list.data) {
    const upper = upperTag.safeParse(entry)
    const lower = lowerTag.safeParse(entry)
    if (upper.success) pairs.push([upper.data.Key, upper.data.Value])
    else if (lower.success) pairs.push([lower.data.key, lower.data.value])
  }
  return Object.fromEntries(pairs)
}

/** The tags whose key says that the value is a secret; the value must not leave the map. */
export function secretTags(tags: Record<string, string>): [string, string][] {
  return Object.entries(tags).filter(([key, value]) => secretKey.test(key) && value.trim() !== '')
}

/** Clues to an owner from the tags and from an e-mail address inside the name. */
export function ownerHints(tags: Record<string, string>, name: string): OwnerHint[] {
  const hints: OwnerHint[] = []
  for (const [key, value] of Object.entries(tags)) {
    if (ownerKeys.has(plain(key)) && value.trim() !== '') hints.push({ value: value.trim(), from: `tag:${key}` })
  }
  const address = email.exec(name)?.[0]
  if (address !== undefined) hints.push({ value: address, from: 'name' })
  return hints
}

/** The environment by tag, else by a word of the name that stands alone; `undefined` when neither says. */
export function environmentOf(tags: Record<string, string>, ...names: string[]): string | undefined {
  for (const [key, value] of Object.entries(tags)) {
    const stated = value.trim().toLowerCase()
    if (environmentKeys.has(plain(key)) && stated !== '') return environments[stated] ?? stated
  }
  for (const name of names) {
    for (const word of name.toLowerCase().split(/[^a-z0-9]+/)) if (environmentWords.has(word)) return environments[word]
  }
  return undefined
}

/** Why a user without further facts is taken for a person, as a sentence part; `undefined` when nothing says so. */
export function personReason(path: string, tags: Record<string, string>): string | undefined {
  const folder = path.split('/').find((part) => /^(humans?|people|persons?|employees?|staff)$/i.test(part))
  if (folder !== undefined) return `is in the path ${path}`
  for (const [key, value] of Object.entries(tags)) {
    if (personKeys.has(plain(key)) && personValues.has(value.trim().toLowerCase())) return `is tagged ${key}=${value}`
    if (plain(key) === 'human' && /^(true|yes|1)$/i.test(value.trim())) return `is tagged ${key}=${value}`
  }
  return undefined
}

/** The key in lower case without separators and without what stands before a `:` or `/`: `acme:Owner-Email` is `owneremail`. */
function plain(key: string): string {
  return (key.split(/[:/]/).at(-1) ?? key).toLowerCase().replace(/[^a-z0-9]/g, '')
}
