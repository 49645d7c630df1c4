import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { credentialTypes, identityKinds } from '@/lib/connectors/contract'
import type { FilterLanguage, FilterNames } from '@/lib/platform/browser/filter-language'
import { keepBroken, parseFilter, printFilter } from '@/lib/platform/browser/parse-filter'
import { credentialLanguage, identityLanguage } from './filter-text'
import { CredentialFilter, IdentityFilter } from './filters'
import {
  credentialStatuses,
  exclusionRules,
  holders,
  identityStatuses,
  identityTraits,
  ownerFilters,
  privilegeFilters,
} from './values'

const ids = [1, 2, 3, 4, 5].map((digit) => `0192aaaa-bbbb-7ccc-8ddd-00000000000${digit}`)
const sourceNames = ['Old account', 'prod:eu, "blue"', 'Twin', 'Twin', ids[2] ?? '']
const names: FilterNames = {
  source: ids.map((value, index) => ({ value, label: sourceNames[index] ?? '' })),
  environment: ['production', 'prod', 'Live EU'].map((value) => ({ value, label: value })),
  ownedBy: [{ value: 'Payments', label: 'Payments' }],
}

const anyText = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.string({
    minLength: 1,
    maxLength: 20,
    unit: fc.constantFrom('a', ' ', '"', '\\', ',', ':', '>', '<', '@', '-', '%'),
  }),
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  fc.constantFrom(
    'none',
    'prod',
    'Production',
    'kind:bot',
    'owner:',
    ':x',
    'never',
    '30d',
    '"',
    'arn:aws:iam::1:role/x',
  ),
)
const trimmed = anyText.map((text) => text.trim()).filter((text) => text !== '')
const some = <T>(values: fc.Arbitrary<T>) => fc.uniqueArray(values, { minLength: 1, maxLength: 5 })
const among = <T>(values: readonly T[]) => some(fc.constantFrom(...values))
const days = fc.integer({ min: 1, max: 9999 }).map((n) => `${n}d`)
const source = fc.oneof(fc.constantFrom(...ids), fc.uuid())

const range = fc
  .tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 100 }))
  .filter(([from, to]) => from < to)
  .map(([from, to]) => `${from}-${to}`)

const times = {
  q: trimmed,
  environment: some(anyText),
  age: days,
  used: fc.oneof(days, fc.constantFrom('never', 'unknown')),
}
const identityFilter = fc.record(
  {
    ...times,
    kind: among(identityKinds),
    owner: among(ownerFilters),
    ownedBy: some(trimmed),
    privilege: among(privilegeFilters),
    status: among(identityStatuses),
    trait: among(identityTraits),
    excepted: among(exclusionRules),
    notExcepted: among(exclusionRules),
    source: some(source),
    expiry: fc.oneof(days, fc.constantFrom('expired', 'never')),
    blast: fc.oneof(fc.nat(99).map(String), range, fc.constant('unknown')),
  },
  { requiredKeys: [] },
)
const credentialFilter = fc.record(
  {
    ...times,
    type: among(credentialTypes),
    status: among(credentialStatuses),
    holder: among(holders),
    identity: fc.uuid(),
    expiry: fc.oneof(days, fc.constantFrom('expired', 'never', 'unknown')),
  },
  { requiredKeys: [] },
)

/** Words as people write them: any case, aliases, units, quotes, spaces, twice the same key. */
function wordOf(language: FilterLanguage<object>): fc.Arbitrary<string> {
  const quote = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  const plain = fc.stringMatching(/^[a-zA-Z0-9@._/-]{1,12}$/)
  const quoted = trimmed.map(quote)
  const keyed = language.keys.map(({ key, aliases, values }) => {
    const called = fc
      .tuple(fc.constantFrom(key, ...aliases), fc.constantFrom('lower', 'upper'))
      .map(([name, way]) => (way === 'upper' ? name.toUpperCase() : name))
    const lengths = fc.tuple(
      fc.constantFrom('sign', 'none'),
      fc.integer({ min: 1, max: 27 }),
      fc.constantFrom(...'dwmyDY'),
    )
    const item: fc.Arbitrary<string> =
      values.kind === 'figure'
        ? fc.oneof(fc.constantFrom('>60', '60', '<30', '0-30', 'UNKNOWN'), range)
        : values.kind === 'span'
          ? fc.oneof(
              lengths.map(([sign, count, unit]) => `${sign === 'sign' ? values.sign : ''}${count}${unit}`),
              ...(values.words.length > 0 ? [fc.constantFrom(...values.words)] : []),
            )
          : values.kind === 'choice'
            ? fc.oneof(
                fc.constantFrom(...values.words).map((word) => word.replaceAll('_', '-').toUpperCase()),
                fc.constantFrom(...values.words).map((word) => (values.labels ? word : quote(word))),
                ...(values.labels ? [quoted, fc.constant('payments'), fc.constant('a@b.example')] : []),
              )
            : values.kind === 'named'
              ? fc
                  .oneof(fc.constantFrom('"old account"', quote(sourceNames[1] ?? '')), source)
                  .filter(() => !values.isSingle)
              : fc.oneof(plain, quoted, fc.constant('PROD'), fc.constant('"live eu"'))
    const most = values.kind === 'span' || values.kind === 'figure' ? 1 : 4
    const items =
      values.kind === 'named' && values.isSingle
        ? source.map((id) => [id])
        : fc.array(item, { minLength: 1, maxLength: most })
    return fc.tuple(called, items).map(([name, list]) => `${name}:${list.join(',')}`)
  })
  return fc.oneof(plain, quoted, ...keyed)
}

function textOf(language: FilterLanguage<object>): fc.Arbitrary<string> {
  const gap = fc.constantFrom(' ', '  ', '\t')
  return fc.array(fc.tuple(wordOf(language), gap), { maxLength: 6 }).map((words) => words.flat().join(''))
}

const numRuns = 10_000

describe.each([
  { list: 'identities', language: identityLanguage, filters: identityFilter, contract: IdentityFilter },
  { list: 'credentials', language: credentialLanguage, filters: credentialFilter, contract: CredentialFilter },
])('the text of the filters of $list', ({ language, filters, contract }) => {
  const spoken = language as FilterLanguage<object>

  it('gives back every filter that was printed, with names and without', () => {
    fc.assert(
      fc.property(filters, fc.boolean(), (filter: object, isNamed) => {
        const known = isNamed ? names : {}
        const text = printFilter(spoken, filter, known)
        return isDeepStrictEqual(parseFilter(spoken, text, known), { filter: { ...filter } })
      }),
      { numRuns },
    )
  })

  it('says nothing that the contract would refuse', () => {
    fc.assert(
      fc.property(textOf(spoken), (text) => {
        const { filter } = parseFilter(spoken, text, names)
        if (filter) expect(contract.parse(z.encode(contract, filter as never))).toEqual(filter)
      }),
      { numRuns: 500 },
    )
  })

  it('comes to one form, which stays, from every way to write it', () => {
    let parsed = 0
    fc.assert(
      fc.property(textOf(spoken), (text) => {
        const { filter } = parseFilter(spoken, text, names)
        if (!filter) return true
        parsed += 1
        const printed = printFilter(spoken, filter, names)
        const again = parseFilter(spoken, printed, names)
        return isDeepStrictEqual(again, { filter }) && printFilter(spoken, again.filter ?? {}, names) === printed
      }),
      { numRuns },
    )
    expect(parsed).toBeGreaterThan(numRuns / 2)
  })

  it('never fails on any text, and points into it', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText, wordOf(spoken)), { maxLength: 5 }), (parts) => {
        const text = parts.join(' ')
        for (const { from, to, message, hint, word, fix } of parseFilter(spoken, text, names).errors ?? []) {
          expect(from).toBeLessThan(to)
          expect(to).toBeLessThanOrEqual(text.length)
          expect([word.from <= from, word.to >= to]).toEqual([true, true])
          expect(message.length * hint.length).toBeGreaterThan(0)
          if (fix !== undefined) expect(fix).not.toBe(text.slice(from, to))
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('has a key for every filter of the contract', () => {
    const labels = language.keys.flatMap(({ values }) =>
      values.kind === 'choice' && values.labels ? [values.labels] : [],
    )
    const reached = [...language.keys.map(({ name }) => name), ...labels, language.words.name]
    expect(Object.keys(contract.shape).filter((name) => !reached.includes(name))).toEqual([])
    const called = language.keys.flatMap(({ key, aliases }) => [key, ...aliases])
    expect(new Set(called).size).toBe(called.length)
  })

  it('has examples that are understood, in their canonical form', () => {
    expect(language.examples.length).toBeGreaterThan(3)
    for (const { text } of language.examples) {
      const { filter } = parseFilter(spoken, text)
      expect(filter && printFilter(spoken, filter)).toBe(text)
      expect(() => z.encode(contract, filter as never)).not.toThrow()
    }
  })
})

const read = (text: string) => parseFilter(identityLanguage, text, names)
const firstError = (text: string) => read(text).errors?.[0]

describe('what people type', () => {
  it('is read as it is meant', () => {
    const asked = 'kind:service_account owner:none last_used:>90d env:production privilege:admin expires:<30d'
    const filter = {
      kind: ['service_account'],
      owner: ['none'],
      used: '90d',
      environment: ['production'],
      privilege: ['admin'],
      expiry: '30d',
    }
    expect(read(asked)).toEqual({ filter })
    expect(read('type:Service-Account OWNER:none used:90D Environment:Production priv:admin expiry:<30d')).toEqual({
      filter,
    })
    expect(printFilter(identityLanguage, { ...filter, sort: 'name', cursor: 'x' } as never, names)).toBe(asked)
  })

  it.each([
    ['kind:bot,workload kind:bot', { kind: ['bot', 'workload'] }],
    ['age:>1y', { age: '365d' }],
    ['oldest:>12m', { age: '360d' }],
    ['age:>2w', { age: '14d' }],
    ['expires:never last_used:never', { expiry: 'never', used: 'never' }],
    ['owner:"Platform team",left', { owner: ['left'], ownedBy: ['Platform team'] }],
    ['owner:"none"', { ownedBy: ['none'] }],
    ['owner:payments', { ownedBy: ['Payments'] }],
    ['owner:ana@corp.example', { ownedBy: ['ana@corp.example'] }],
    ['source:"old account"', { source: [ids[0]] }],
    ['env:prod', { environment: ['prod'] }],
    ['env:stg', { environment: ['staging'] }],
    ['env:"stg"', { environment: ['stg'] }],
    ['ci env:unknown deploy', { q: 'ci deploy', environment: ['unknown'] }],
    ['"arn:aws:iam::1:role/x"', { q: 'arn:aws:iam::1:role/x' }],
    ['blast:>60 score:60', { blast: '60' }],
    ['blast_radius:<30', { blast: '0-30' }],
    ['blast:40-50', { blast: '40-50' }],
    ['  ', {}],
  ])('%s', (text, filter) => {
    expect(read(text)).toEqual({ filter })
  })

  it.each([
    ['free knd:bot', 5, 8, 'There is no filter “knd”.', 'kind'],
    ['arn:aws:iam::1:role/x', 0, 3, 'There is no filter “arn”.', undefined],
    ['-kind:bot', 0, 5, 'A filter cannot be turned round.', undefined],
    ['kind:bot,servce_account', 9, 23, '“servce_account” is no kind.', 'service_account'],
    ['kind:', 0, 5, 'kind: wants a value.', undefined],
    ['kind:bot, x', 8, 9, 'kind: wants a value.', undefined],
    ['kind:service_account,,', 20, 21, 'kind: wants a value.', undefined],
    ['kind:,bot', 5, 6, 'kind: wants a value.', undefined],
    ['kind:,,', 5, 6, 'kind: wants a value.', undefined],
    ['owner:nne', 6, 9, 'owner has no value “nne”.', 'none'],
    ['owner:Ana', 6, 9, 'owner has no value “Ana”.', '"Ana"'],
    ['source:Twin', 7, 11, '2 are called “Twin”.', ids[2]],
    ['source:"Old acount"', 7, 19, 'There is no source called “Old acount”.', '"Old account"'],
    ['blast:high', 6, 10, '“high” is no number.', undefined],
    ['blast:50-40', 6, 11, 'A range begins with the smaller number.', '40-50'],
    ['blast:>101', 6, 10, 'Use numbers from 0 to 100.', undefined],
    ['last_used:<90d', 10, 14, 'last_used only asks for longer ago.', '>90d'],
    ['expires:>1m', 8, 11, 'expires only asks for within.', '<1m'],
    ['age:>90', 4, 7, 'Days, weeks, months or years?', '>90d'],
    ['age:>30y', 4, 8, 'Use 1 to 9999 days.', undefined],
    ['age:>0d', 4, 7, 'Use 1 to 9999 days.', undefined],
    ['used:nevr', 5, 9, '“nevr” is no length of time.', 'never'],
    ['used:>90d used:>30d', 15, 19, 'last_used takes one value and has another already.', undefined],
    ['x source:"Old', 9, 13, 'This quote is not closed.', undefined],
    [`a ${'b'.repeat(200)}`, 0, 202, 'These words are longer than 200 characters.', undefined],
  ])('%s is refused at its column', (text, from, to, message, fix) => {
    expect(firstError(text)).toMatchObject({ from, to, message, ...(fix === undefined ? {} : { fix }) })
    expect(firstError(text)?.fix).toBe(fix)
  })

  it('is told which values there are, and all that is wrong at once', () => {
    expect(firstError('privilege:root')?.hint).toBe('Allowed: none, read, write, secret_read or admin.')
    expect(firstError('age:x')?.hint).toBe('Write >90d, >12w, >6m or >1y.')
    expect(firstError('knd:bot')?.hint).toContain('Did you mean kind?')
    expect(firstError('zzz:bot')?.hint).toContain('source, excepted and not_excepted.')
    expect(read('knd:bot kind:x age:y').errors?.map(({ from }) => from)).toEqual([0, 13, 19])
  })

  it('keeps what could not be read when the filter changes beside it', () => {
    const text = 'kind:bot ownr:none age:>1y age:x'
    expect(keepBroken('kind:workload', text, read(text).errors ?? [])).toBe('kind:workload ownr:none age:x')
    expect(keepBroken('', text, read(text).errors ?? [])).toBe('')
  })
})
