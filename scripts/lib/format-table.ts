import type { FormatGuide } from '../../lib/connections/schema'

/** Lines of at most so many characters, broken at spaces; every line after the first begins with the indent. */
function wrap(text: string, indent: number, width: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`)
}

const labelWidth = 12

/** What can be imported, system by system, for a terminal: what comes of each format and how to make its files. */
export function formatTable(formats: readonly FormatGuide[], columns = 100): string {
  const width = Math.max(60, Math.min(columns, 120))
  const line = (label: string, text: string) => `    ${label.padEnd(labelWidth)}${wrap(text, 4 + labelWidth, width)}`
  const systems = [...new Set(formats.map(({ systemTitle }) => systemTitle))]
  return systems
    .map((title) => {
      const own = formats.filter(({ systemTitle }) => systemTitle === title)
      const omits = own[0]?.omits
      const entries = own.map(({ id, title: name, expects, yields, production }) =>
        [
          `  ${id}  ${name}`,
          line('Yields', yields),
          line('Looks like', expects),
          ...production.flatMap(({ from, steps, rights }) => [
            line('Made with', from),
            // Commands are copied: never broken.
            ...steps.map((step) => `${' '.repeat(4 + labelWidth)}${step}`),
            line('Rights', rights),
          ]),
        ].join('\n'),
      )
      return [title, ...(omits ? [`  ${wrap(`Cannot tell: ${omits}`, 2, width)}`] : []), '', entries.join('\n\n')].join(
        '\n',
      )
    })
    .join('\n\n\n')
}
