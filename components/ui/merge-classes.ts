/**
 * Which Tailwind classes set the same property. Only the kinds that components of this product are given from outside or set
 * twice; a test compares every pair of classes of our sources with what the whole of Tailwind would say.
 */

const sides = 'x|y|t|r|b|l|s|e'

/** The first form that fits names the group; a form with a capture adds what it caught: `p` and `x` of `px-2`. */
const forms: [group: string, form: RegExp][] = [
  ['display', /^(?:block|inline|inline-block|flex|inline-flex|grid|inline-grid|table|contents|hidden)$/],
  ['position', /^(?:static|fixed|absolute|relative|sticky)$/],
  ['visibility', /^(?:visible|invisible)$/],
  ['sr', /^(?:not-)?sr-only$/],
  ['size', /^size-/],
  ['', /^(min-w|max-w|min-h|max-h|w|h)-/],
  ['p', new RegExp(`^p(${sides})?-`)],
  ['m', new RegExp(`^-?m(${sides})?-`)],
  ['inset', /^-?inset(?:-([xy]))?-/],
  ['', /^-?(top|right|bottom|left|z|basis|order)-/],
  ['gap', /^gap(?:-([xy]))?-/],
  ['flex-direction', /^flex-(?:row|col)(?:-reverse)?$/],
  ['flex-wrap', /^flex-(?:wrap|nowrap|wrap-reverse)$/],
  ['flex', /^flex-/],
  ['', /^(shrink|grow)(?:-|$)/],
  ['', /^(items|self|content|leading|tracking|opacity|cursor|select|overscroll-y|duration|scroll-mt|scroll-py)-/],
  ['justify', /^justify-/],
  ['overflow', /^overflow(?:-([xy]))?-/],
  ['', /^(grid-cols|grid-rows|col-start|row-start)-/],
  ['col-span', /^col-(?:span|auto)/],
  ['', /^(pointer-events)-/],
  ['text-align', /^text-(?:left|center|right|justify|start|end)$/],
  ['font-size', /^text-(?:xs|sm|base|lg|xl|\dxl)$/],
  ['text-wrap', /^text-(?:wrap|nowrap|balance|pretty)$/],
  ['text-color', /^text-/],
  ['font-family', /^font-(?:sans|serif|mono)$/],
  ['font-weight', /^font-/],
  ['font-style', /^(?:not-)?italic$/],
  ['text-overflow', /^(?:truncate|text-ellipsis|text-clip)$/],
  ['', /^(whitespace|line-clamp)-/],
  ['break', /^break-(?:normal|words|all|keep)$/],
  ['text-decoration', /^(?:underline|overline|line-through|no-underline)$/],
  ['decoration-style', /^decoration-(?:solid|double|dotted|dashed|wavy)$/],
  ['decoration-color', /^decoration-/],
  ['', /^(underline-offset)-/],
  ['vertical-align', /^align-/],
  ['bg', /^bg-/],
  ['rounded', /^rounded(?:-|$)/],
  ['border-style', /^border-(?:solid|dashed|dotted|double|hidden|none)$/],
  ['border-collapse', /^border-(?:collapse|separate)$/],
  ['border-spacing', /^border-spacing-/],
  ['border-w', new RegExp(`^border(?:-(${sides}))?(?:-\\d+)?$`)],
  ['border-color', new RegExp(`^border(?:-(${sides}))?-`)],
  ['divide', /^divide-([xy])$/],
  ['ring-inset', /^ring-inset$/],
  ['ring-w', /^ring(?:-\d+)?$/],
  ['ring-color', /^ring-/],
  ['shadow', /^shadow(?:-|$)/],
  ['outline-style', /^outline-none$/],
  ['outline-offset', /^-?outline-offset-/],
  ['stroke-w', /^stroke-\d+$/],
  ['', /^(stroke|fill|touch|animate|rotate|columns|list|accent|appearance|resize)-/],
  ['transition', /^transition(?:-|$)/],
  ['translate', /^-?translate-([xy])-/],
]

/** What else a class of a group takes away from before it: `p-2` all of `px-1` and `pt-1`. */
const covers: Record<string, readonly string[]> = {
  size: ['w', 'h'],
  p: ['px', 'py', 'pt', 'pr', 'pb', 'pl'],
  px: ['pl', 'pr'],
  py: ['pt', 'pb'],
  m: ['mx', 'my', 'mt', 'mr', 'mb', 'ml'],
  mx: ['ml', 'mr'],
  my: ['mt', 'mb'],
  inset: ['insetx', 'insety', 'top', 'right', 'bottom', 'left'],
  insetx: ['left', 'right'],
  insety: ['top', 'bottom'],
  gap: ['gapx', 'gapy'],
  flex: ['basis', 'grow', 'shrink'],
  overflow: ['overflowx', 'overflowy'],
  'line-clamp': ['display', 'overflow'],
  'font-size': ['leading'],
  'border-w': ['border-wx', 'border-wy', 'border-wt', 'border-wr', 'border-wb', 'border-wl'],
  'border-wx': ['border-wl', 'border-wr'],
  'border-wy': ['border-wt', 'border-wb'],
  'border-color': [
    'border-colorx',
    'border-colory',
    'border-colort',
    'border-colorr',
    'border-colorb',
    'border-colorl',
  ],
  'border-colorx': ['border-colorl', 'border-colorr'],
  'border-colory': ['border-colort', 'border-colorb'],
}

/** Variants, importance and group of a class; undefined for what is not known, which is always kept. */
function read(name: string): { place: string; group: string } | undefined {
  const cut = lastColon(name)
  const bare = name.slice(cut)
  const plain = bare.replace(/^!|!$/, '')
  for (const [group, form] of forms) {
    const match = form.exec(plain)
    if (!match) continue
    const variants = name.slice(0, cut)
    return { place: `${variants}${plain === bare ? '' : '!'}`, group: group + (match[1] ?? '') }
  }
  return undefined
}

/** Behind the last colon that is not inside brackets. */
function lastColon(name: string): number {
  let depth = 0
  let at = 0
  for (let index = 0; index < name.length; index += 1) {
    const letter = name[index]
    if (letter === '[' || letter === '(') depth += 1
    else if (letter === ']' || letter === ')') depth -= 1
    else if (letter === ':' && depth === 0) at = index + 1
  }
  return at
}

const known = new Map<string, string>()
const mostKnown = 1000

/** Class names with one space between them; of two for the same property and variant the later stays. */
export function mergeClasses(text: string): string {
  const before = known.get(text)
  if (before !== undefined) return before
  const taken = new Set<string>()
  const kept: string[] = []
  for (const name of text.split(/\s+/).reverse()) {
    if (name === '') continue
    const { place, group } = read(name) ?? {}
    if (group !== undefined) {
      if (taken.has(`${place}${group}`)) continue
      for (const covered of [group, ...(covers[group] ?? [])]) taken.add(`${place}${covered}`)
    }
    kept.unshift(name)
  }
  const merged = kept.join(' ')
  if (known.size >= mostKnown) known.clear()
  known.set(text, merged)
  return merged
}
