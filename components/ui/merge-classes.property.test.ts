import { readdirSync, readFileSync } from 'node:fs'
import { twMerge } from 'tailwind-merge'
import { describe, expect, it } from 'vitest'
import { mergeClasses } from './merge-classes'

const text = /(['"`])((?:(?!\1)[^\\])*)\1/g
const name = /^[-!@a-z*[&(][\w\-:/.[\]()&>=*%#,!'$<+@~]*$/i
/** Attributes of pictures, which stand in quotes too. */
const attributes =
  /^(font|text|stroke)-(family|size|weight|style|anchor|width|dasharray|linecap|linejoin|variant-numeric)$/
/** Known to Tailwind alone as one of our shadows, so that the library takes it for a colour. */
const ours = /shadow-float/

function classesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|merge-classes/.test(path))
    .flatMap((path) => [...readFileSync(`${folder}/${path}`, 'utf8').matchAll(text)])
    .flatMap(([, , words = '']) => words.split(/\s+/))
    .filter((word) => word.length < 120 && name.test(word) && !attributes.test(word) && !ours.test(word))
}

describe('mergeClasses', () => {
  it('leaves of any two classes of the product what the whole of Tailwind would leave', { timeout: 120_000 }, () => {
    const known = [...new Set([...classesOf('components'), ...classesOf('app')])]
      // Said twice, a class that Tailwind knows is left once.
      .filter((word) => twMerge(`${word} ${word}`) === word)
    expect(known.length).toBeGreaterThan(600)
    const wrong = known.flatMap((one) =>
      known
        .filter((other) => one !== other)
        .map((other) => `${one} ${other}`)
        .filter((both) => mergeClasses(both) !== twMerge(both)),
    )
    expect(wrong).toEqual([])
  })

  it('keeps the later of a property under the same variant, and what it does not know', () => {
    expect(mergeClasses(' px-2  mark p-1 hover:p-2  p-3! pt-4')).toBe('mark p-1 hover:p-2 p-3! pt-4')
    expect(mergeClasses('text-sm text-ink text-right text-xs')).toBe('text-ink text-right text-xs')
    expect(mergeClasses('shadow-float shadow-[inset_3px_0_var(--accent-ink)]')).toBe(
      'shadow-[inset_3px_0_var(--accent-ink)]',
    )
  })
})
