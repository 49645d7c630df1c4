import { createHash } from 'node:crypto'
import { type Document, LineCounter, parseDocument } from 'yaml'
import type { Kind, Material, PrincipalFixture, ResourceFixture } from '../engine/negative-set'
import type { PolicyFile, Problem } from '../schema'
import { maxKinds, maxRules, maxTestQuestions } from '../values'

type Json = Record<string, unknown>
export interface ParsedPolicy {
  kind: string
  isNarrowing: boolean
  policy: Json
}
export interface ParsedFiles {
  problems: Problem[]
  policies: ParsedPolicy[]
  kinds: string[]
  material: Material
}

const typeName = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/
const consent = 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS'
export const isTestFile = (name: string): boolean => name.endsWith('_test.yaml')
export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What files are known by: names and texts. */
export function contentHashOf(files: readonly PolicyFile[]): string {
  const hash = createHash('sha256')
  for (const { name, text } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1)))
    hash.update(`${name}\n${Buffer.byteLength(text)}\n`).update(text)
  return hash.digest('hex')
}

/** A file's document, and where in its text a place of it stands. */
class Source {
  readonly #lines = new LineCounter()
  readonly #document: Document
  readonly value: Json
  constructor(
    readonly name: string,
    text: string,
    private readonly problems: Problem[],
  ) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true })
    for (const { pos, message } of this.#document.errors.slice(0, 5)) {
      const { line, col } = this.#lines.linePos(pos[0])
      const says = /multiple documents/i.test(message) ? 'Each file holds one document.' : message.split('\n')[0]
      problems.push({ file: name, line, column: col, says: says ?? message })
    }
    let value: unknown
    try {
      value = this.#document.errors.length > 0 ? {} : this.#document.toJS({ maxAliasCount: 20 })
    } catch {
      this.tell([], 'It repeats parts of itself too often.')
    }
    if (!isRecord(value) && this.#document.errors.length === 0) this.tell([], 'The file is empty.')
    this.value = isRecord(value) ? value : {}
  }

  /** Notes what is wrong at a place, or at the nearest place above it that is there. */
  tell(path: readonly (string | number)[], says: string): void {
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const node = depth === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, depth), true)
      const range = (node as { range?: [number, number, number] | null } | undefined)?.range
      if (!range) continue
      const { line, col } = this.#lines.linePos(range[0])
      this.problems.push({ file: this.name, line, column: col, says })
      return
    }
    this.problems.push({ file: this.name, line: 1, column: 1, says })
  }

  get isBroken(): boolean {
    return this.#document.errors.length > 0
  }
}

/** Reads the files of a version: what is wrong with them before any compiler looks, and what they speak of. */
export function parseFiles(files: readonly PolicyFile[], baseKinds: ReadonlySet<string>): ParsedFiles {
  const problems: Problem[] = []
  const policies: ParsedPolicy[] = []
  for (const { name, text } of files) {
    if (isTestFile(name)) continue
    const source = new Source(name, text, problems)
    if (source.isBroken) continue
    const parsed = readPolicy(source, baseKinds)
    if (!parsed) continue
    if (policies.some(({ kind }) => kind === parsed.kind))
      source.tell(['resourcePolicy', 'resource'], 'Another file speaks of this type.')
    policies.push(parsed)
  }
  const kinds = policies.map(({ kind }) => kind)
  if (policies.length === 0 && problems.length === 0)
    problems.push({ file: null, line: null, column: null, says: 'No file holds a policy.' })
  if (kinds.length > maxKinds)
    problems.push({ file: null, line: null, column: null, says: `At most ${maxKinds} types in one version.` })
  const tests = files.filter(({ name }) => isTestFile(name)).map(({ name, text }) => new Source(name, text, problems))
  const fixtures = readTests(tests, new Set(kinds))
  for (const source of tests)
    for (const says of fixtures.wrong.get(source.name) ?? []) source.tell(says.path, says.says)
  for (const { kind, isNarrowing } of policies)
    if (!isNarrowing && !fixtures.allowed.has(kind))
      problems.push({
        ...{ file: null, line: null, column: null },
        says: `No test expects anything of the type “${kind}” to be allowed. The mandatory set is made from what is.`,
      })
  if (tests.length === 0)
    problems.push({
      file: null,
      line: null,
      column: null,
      says: 'There is no test. A file of tests ends in _test.yaml.',
    })
  const material: Material = {
    principals: fixtures.principals,
    resources: fixtures.resources,
    kinds: policies.map((each): Kind => {
      const named = [...actionsOf(each.policy), ...(fixtures.actions.get(each.kind) ?? [])]
      return { kind: each.kind, isNarrowing: each.isNarrowing, actions: [...new Set(named)].slice(0, 16) }
    }),
  }
  return { problems, policies, kinds, material }
}

function readPolicy(source: Source, baseKinds: ReadonlySet<string>): ParsedPolicy | undefined {
  const { value } = source
  const only = (at: readonly string[], of: Json, allowed: readonly string[], says: (name: string) => string) => {
    for (const name of Object.keys(of)) if (!allowed.includes(name)) source.tell([...at, name], says(name))
  }
  only(
    [],
    value,
    ['apiVersion', 'description', 'resourcePolicy'],
    (name) => `“${name}” has no place here: a version holds policies of resources only.`,
  )
  const policy = value.resourcePolicy
  if (!isRecord(policy)) {
    source.tell([], 'There is no resourcePolicy in it. A file of tests ends in _test.yaml.')
    return undefined
  }
  const inner = ['resource', 'version', 'scope', 'scopePermissions', 'variables', 'constants', 'rules']
  only(['resourcePolicy'], policy, inner, (name) => `“${name}” is not possible in a policy of one’s own.`)
  const kind = typeof policy.resource === 'string' ? policy.resource : ''
  if (!typeName.test(kind)) source.tell(['resourcePolicy', 'resource'], 'Name the type that it speaks of.')
  if (policy.version !== 'runtime') source.tell(['resourcePolicy', 'version'], 'has to be: version: runtime')
  if (policy.scope !== 'organization') source.tell(['resourcePolicy', 'scope'], 'has to be: scope: organization')
  const isNarrowing = baseKinds.has(kind)
  if (isNarrowing && policy.scopePermissions !== consent)
    source.tell(
      ['resourcePolicy', 'scopePermissions'],
      `The product has a policy for “${kind}”, which this one can only narrow. It has to say: scopePermissions: ${consent}`,
    )
  const variables = isRecord(policy.variables) ? policy.variables : {}
  const imports = Array.isArray(variables.import) ? variables.import : []
  if (imports.some((name) => name !== 'runtime_facts'))
    source.tell(['resourcePolicy', 'variables', 'import'], 'Only runtime_facts can be imported.')
  if (isRecord(policy.constants) && policy.constants.import !== undefined)
    source.tell(['resourcePolicy', 'constants', 'import'], 'There are no constants to import.')
  const rules = Array.isArray(policy.rules) ? policy.rules : []
  if (rules.length > maxRules) source.tell(['resourcePolicy', 'rules'], `At most ${maxRules} rules.`)
  const names = new Set<string>()
  rules.forEach((rule: unknown, at) => {
    const path = ['resourcePolicy', 'rules', at]
    const name = isRecord(rule) && typeof rule.name === 'string' ? rule.name : ''
    if (name === '') source.tell(path, 'Give the rule a name: it stands in the log of decisions.')
    else if (names.has(name)) source.tell([...path, 'name'], 'Another rule has this name.')
    else if (name.startsWith('bailiwick')) source.tell([...path, 'name'], 'Names that begin so are the product’s own.')
    names.add(name)
    if (isRecord(rule) && rule.derivedRoles !== undefined)
      source.tell([...path, 'derivedRoles'], 'There are no derived roles here. Put it into the condition.')
  })
  return { kind, isNarrowing, policy: { ...value, resourcePolicy: policy } }
}

function actionsOf(policy: Json): string[] {
  const { rules } = policy.resourcePolicy as Json
  const actions = (Array.isArray(rules) ? rules : []).flatMap((rule: unknown) =>
    isRecord(rule) && Array.isArray(rule.actions) ? rule.actions : [],
  )
  return actions.filter((action): action is string => typeof action === 'string' && !action.includes('*'))
}

interface Tests {
  wrong: Map<string, { path: (string | number)[]; says: string }[]>
  principals: Record<string, PrincipalFixture>
  resources: Record<string, ResourceFixture>
  actions: Map<string, Set<string>>
  /** Types of which some test expects something to be allowed. */
  allowed: Set<string>
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []

/** The fixtures of the author's own tests, of which the mandatory set is made, a few of each. */
function readTests(sources: readonly Source[], kinds: ReadonlySet<string>): Tests {
  const found: Tests = { wrong: new Map(), principals: {}, resources: {}, actions: new Map(), allowed: new Set() }
  let questions = 0
  for (const { name, value } of sources) {
    const wrong: { path: (string | number)[]; says: string }[] = []
    found.wrong.set(name, wrong)
    const principals = isRecord(value.principals) ? value.principals : {}
    const resources = isRecord(value.resources) ? value.resources : {}
    for (const [key, of] of Object.entries(principals))
      if (isRecord(of) && Object.keys(found.principals).length < 5)
        found.principals[`${name} ${key}`] = {
          ...{ id: String(of.id ?? key), roles: texts(of.roles), attr: isRecord(of.attr) ? of.attr : {} },
        }
    for (const [key, of] of Object.entries(resources)) {
      if (!isRecord(of)) continue
      if (of.policyVersion !== 'runtime' || of.scope !== 'organization')
        wrong.push({ path: ['resources', key], says: 'needs policyVersion: runtime and scope: organization' })
      const kind = String(of.kind)
      const sameKind = Object.values(found.resources).filter((each) => each.kind === kind).length
      if (kinds.has(kind) && sameKind < 3)
        found.resources[`${name} ${key}`] = { id: String(of.id ?? key), kind, attr: isRecord(of.attr) ? of.attr : {} }
    }
    const tests = Array.isArray(value.tests) ? value.tests : []
    if (tests.length === 0) wrong.push({ path: ['tests'], says: 'There is no test in it.' })
    for (const test of tests) {
      if (!isRecord(test) || !isRecord(test.input)) continue
      const { input } = test
      const [who, what, actions] = [texts(input.principals), texts(input.resources), texts(input.actions)]
      questions += who.length * what.length * actions.length
      for (const key of what) {
        const kind = isRecord(resources[key]) ? String(resources[key].kind) : ''
        found.actions.set(kind, new Set([...(found.actions.get(kind) ?? []), ...actions]))
      }
      for (const each of Array.isArray(test.expected) ? test.expected : []) {
        if (!isRecord(each) || !isRecord(each.actions)) continue
        const isAllowed = Object.values(each.actions).includes('EFFECT_ALLOW')
        const named = typeof each.resource === 'string' ? [each.resource] : texts(each.resources)
        for (const key of isAllowed ? named : [])
          if (isRecord(resources[key])) found.allowed.add(String(resources[key].kind))
      }
    }
    if (questions > maxTestQuestions) wrong.push({ path: ['tests'], says: `More than ${maxTestQuestions} questions.` })
  }
  return found
}
