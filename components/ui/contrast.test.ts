import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { tones } from './tone'

const css = readFileSync(path.resolve(import.meta.dirname, '../../app/globals.css'), 'utf8')

function readTheme(selector: string): Map<string, string> {
  const block = new RegExp(`^${selector} \\{([^}]*)\\}`, 'm').exec(css)?.[1] ?? ''
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((hit) => [hit[1] ?? '', hit[2] ?? '']))
}

/** WCAG 2.2 relative luminance of `#rrggbb`. */
function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * (parts[0] ?? 0) + 0.7152 * (parts[1] ?? 0) + 0.0722 * (parts[2] ?? 0)
}

function contrast(first: string, second: string): number {
  const [high = 0, low = 0] = [luminance(first), luminance(second)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}

const surfaces = ['canvas', 'sunken', 'raised', 'hover', 'accent-wash']
const text = 4.5
const graphic = 3
const privileges = ['read', 'write', 'secret-read', 'admin']

const pairs: [ink: string, on: string[], atLeast: number][] = [
  ...['ink', 'ink-muted', 'ink-faint', 'accent-ink'].map((ink): [string, string[], number] => [ink, surfaces, text]),
  ['on-accent', ['accent', 'accent-hover', 'danger'], text],
  ['line-strong', ['canvas', 'sunken', 'raised'], graphic],
  ...tones.map((tone): [string, string[], number] => [`${tone}-ink`, [...surfaces, `${tone}-wash`], text]),
  ...tones.map((tone): [string, string[], number] => [`${tone}-mark`, ['canvas', 'sunken', 'raised'], graphic]),
  ...privileges.map((level): [string, string[], number] => [
    `privilege-${level}`,
    ['canvas', 'raised', 'hover'],
    graphic,
  ]),
  ...Array.from({ length: 8 }, (_, index): [string, string[], number] => [
    `system-${index + 1}`,
    ['canvas', 'raised'],
    graphic,
  ]),
]

describe.each([
  ['light', ':root'],
  ['dark', '\\.dark'],
])('the %s theme', (_, selector) => {
  const theme = readTheme(selector)
  it.each(pairs)('%s can be told from %s', (ink, on, atLeast) => {
    for (const surface of on) {
      const ratio = contrast(theme.get(ink) ?? '', theme.get(surface) ?? '')
      expect(ratio, `${ink} on ${surface}`).toBeGreaterThanOrEqual(atLeast)
    }
  })

  it('orders the privilege ramp by distance from the page', () => {
    const canvas = theme.get('canvas') ?? ''
    const steps = privileges.map((level) => contrast(theme.get(`privilege-${level}`) ?? '', canvas))
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
  })
})

it('has the same tokens in both themes', () => {
  expect([...readTheme('\\.dark').keys()].sort()).toEqual([...readTheme(':root').keys()].sort())
})
