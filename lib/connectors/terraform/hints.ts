import type { OwnerHint } from '../contract'
import { wordTable } from '../word-table'

const ownerKeys =
  /^(?:(?:technical|business|service|product|data)?owners?(?:name|email|team)?|ownedby|(?:owning)?team(?:name|email)?|squad|contact(?:email)?|pointofcontact|poc|email|createdby|creator|maintainer|maintainedby|responsible|request(?:o|e)r|requestedby)$/
const environmentKeys = /^(?:env|environment|stage|environmentname|deploymentstage)$/
const personKeys = /^(?:type|kind|usertype|identitytype|principaltype|accounttype)$/

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
  qa: 'test',
  uat: 'test',
})
/** `test`, `live` and `stage` are ordinary words in names, so only a tag may say them. */
const inNames = new Set(['prod', 'production', 'prd', 'stg', 'staging', 'preprod', 'dev', 'development', 'qa', 'uat'])

/** Without separators and what stands before a `:` or `/`: `acme:Owner-Email` is `owneremail`. */
function plain(key: string): string {
  return (key.split(/[:/]/).at(-1) ?? key).toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** Clues to an owner from tags or labels and from an e-mail address inside the name. */
export function ownerHints(tags: Record<string, string>, name: string): OwnerHint[] {
  const hints = Object.entries(tags).flatMap(([key, value]) =>
    ownerKeys.test(plain(key)) && value.trim() !== '' ? [{ value: value.trim(), from: `tag:${key}` }] : [],
  )
  const address = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/.exec(name)?.[0]
  if (address !== undefined && !address.endsWith('.gserviceaccount.com')) hints.push({ value: address, from: 'name' })
  return hints
}

/** The environment by tag, else by a word of a name that stands alone; `undefined` when neither says. */
export function environmentOf(tags: Record<string, string>, ...names: string[]): string | undefined {
  for (const [key, value] of Object.entries(tags)) {
    const stated = value.trim().toLowerCase()
    if (environmentKeys.test(plain(key)) && stated !== '') return environments[stated] ?? stated
  }
  for (const name of names)
    for (const word of name.toLowerCase().split(/[^a-z0-9]+/)) if (inNames.has(word)) return environments[word]
  return undefined
}

/** Why an account is taken for a person's, as a sentence part; `undefined` when nothing says so. */
export function personReason(path: string, tags: Record<string, string>): string | undefined {
  if (path.split('/').some((part) => /^(humans?|people|persons?|employees?|staff)$/i.test(part)))
    return `is in the path ${path}`
  for (const [key, value] of Object.entries(tags)) {
    if (personKeys.test(plain(key)) && /^(?:human|person|people|employee|staff)$/i.test(value.trim()))
      return `is tagged ${key}=${value}`
    if (plain(key) === 'human' && /^(?:true|yes|1)$/i.test(value.trim())) return `is tagged ${key}=${value}`
  }
  return undefined
}
