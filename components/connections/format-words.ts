import type { FormatGuide, formatFamilies } from '@/lib/connections/schema'

/** Families in the order in which they are shown. */
export const familyLabels: Record<(typeof formatFamilies)[number], string> = {
  cloud: 'Clouds',
  platform: 'Platforms and workloads',
  code: 'Code and delivery',
  saas: 'Sign-in and services',
  agents: 'AI agents',
  scanners: 'Secret scanners',
  tables: 'Graphs and tables',
}

/** The formats of one system, under its name. */
export interface FormatSystem {
  key: string
  title: string
  formats: FormatGuide[]
}

/** Formats by family and system, without what does not match every word of the text. */
export function groupFormats(
  formats: readonly FormatGuide[],
  text: string,
): { family: FormatGuide['family']; systems: FormatSystem[] }[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const isWanted = (format: FormatGuide) => {
    const said = [
      format.systemTitle,
      format.title,
      format.id,
      format.yields,
      ...format.production.map(({ from }) => from),
    ]
    const all = said.join(' ').toLowerCase()
    return words.every((word) => all.includes(word))
  }
  const wanted = formats.filter(isWanted)
  return (Object.keys(familyLabels) as FormatGuide['family'][]).flatMap((family) => {
    const systems = new Map<string, FormatSystem>()
    for (const format of wanted) {
      if (format.family !== family) continue
      const known = systems.get(format.system)
      if (known) known.formats.push(format)
      else systems.set(format.system, { key: format.system, title: format.systemTitle, formats: [format] })
    }
    return systems.size > 0 ? [{ family, systems: [...systems.values()] }] : []
  })
}

/** Two letters that stand for a system where others would show its logo. */
export function monogramOf(title: string): string {
  const words = title.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && !/^(and|of|the)$/i.test(word))
  const [first = '', second] = words
  const capitals = first.replace(/[^A-Z]/g, '')
  if (capitals.length > 1) return capitals.slice(0, 3)
  return second === undefined ? first.slice(0, 2) : `${first.charAt(0)}${second.charAt(0)}`.toUpperCase()
}

/** True for what is typed into a terminal or console, as opposed to a click that is described. */
export function isCommand(step: string): boolean {
  if (/(?:\S\.|:)$/.test(step)) return false
  return /^(?:[a-z~][\w./~-]*(?:[\s(]|$)|[A-Z][A-Z_]+=|(?:SELECT|SHOW)\b|[A-Z][a-z]+-[A-Z]\w+|[$\\#./(])/.test(step)
}
