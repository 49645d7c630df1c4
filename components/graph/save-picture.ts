/** Writes a drawing of the page as a file of its own: colours, fonts and sizes as they are on the screen. */

const kept = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-anchor',
  'font-variant-numeric',
] as const
const margin = 24
const captionRoom = 32
const pngScale = 2
/** Browsers draw no larger canvas. */
const mostPixels = 16_000

export interface SavedPicture {
  svg: string
  width: number
  height: number
}

/**
 * The drawing as a whole SVG, with its fonts inside.
 * @param drawing a group that says how large it is in `data-width` and `data-height`
 * @param caption stands under it
 */
export async function writeSvg(drawing: SVGGElement, caption: string): Promise<SavedPicture> {
  const width = Number(drawing.dataset.width) + 2 * margin
  const height = Number(drawing.dataset.height) + 2 * margin + captionRoom
  const page = getComputedStyle(document.body)
  const copy = drawing.cloneNode(true) as SVGGElement
  const families = new Set<string>()
  settleStyles(drawing, copy, families)
  for (const ring of copy.querySelectorAll('[data-ring]')) ring.remove()
  for (const word of copy.querySelectorAll('[data-saved]')) word.setAttribute('opacity', '1')
  copy.setAttribute('transform', `translate(${margin} ${margin})`)

  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const add = (name: string, attributes: Record<string, string | number>) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value))
    return svg.appendChild(element)
  }
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  svg.setAttribute('width', String(width))
  svg.setAttribute('height', String(height))
  add('title', {}).textContent = caption
  const style = add('style', {})
  const ground = getComputedStyle(document.documentElement).getPropertyValue('--canvas').trim() || '#ffffff'
  add('rect', { width, height, fill: ground })
  svg.append(copy)
  const text = add('text', {
    x: margin,
    y: height - margin / 2,
    fill: page.color,
    'font-family': page.fontFamily,
    'font-size': 12,
  })
  text.textContent = caption
  families.add(page.fontFamily)
  style.textContent = await embedFonts(families)
  return { svg: new XMLSerializer().serializeToString(svg), width, height }
}

/** The same as pixels, twice as fine as the screen's, less where that would be too large. */
export async function writePng({ svg, width, height }: SavedPicture): Promise<Blob> {
  const scale = Math.min(pngScale, mostPixels / width, mostPixels / height)
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image(width, height)
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The browser drew nothing.'))), 'image/png')
    })
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** Hands a file to the person. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Classes and variables mean nothing outside the page: what they come to is written on each element. */
function settleStyles(from: Element, to: Element, families: Set<string>): void {
  const computed = getComputedStyle(from)
  for (const name of kept) {
    const value = computed.getPropertyValue(name)
    if (value) to.setAttribute(name, value)
  }
  if (from.tagName === 'text') families.add(computed.fontFamily)
  for (const name of ['class', 'style', 'tabindex', 'role', 'aria-pressed', 'aria-label']) to.removeAttribute(name)
  for (const [index, child] of [...from.children].entries()) {
    const copied = to.children[index]
    if (copied) settleStyles(child, copied, families)
  }
}

/** The fonts that are used, as rules that hold the fonts themselves. One that cannot be had is left out. */
async function embedFonts(families: ReadonlySet<string>): Promise<string> {
  const first = [...families].map((family) => bareName(family.split(',')[0] ?? ''))
  const rules = [...document.styleSheets].flatMap((sheet) => {
    try {
      return [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule)
    } catch {
      return []
    }
  })
  const wanted = rules.filter((rule) => first.includes(bareName(rule.style.getPropertyValue('font-family'))))
  const written = await Promise.all(
    wanted.map(async (rule) => {
      const address = /url\("?([^")]+)"?\)/.exec(rule.style.getPropertyValue('src'))?.[1]
      if (!address) return ''
      const base = rule.parentStyleSheet?.href ?? window.location.href
      const data = await fetch(new URL(address, base)).then(
        async (answer) => (answer.ok ? readAsUrl(await answer.blob()) : ''),
        () => '',
      )
      if (!data) return ''
      const weight = rule.style.getPropertyValue('font-weight') || 'normal'
      return `@font-face{font-family:${rule.style.getPropertyValue('font-family')};font-weight:${weight};src:url(${data})}`
    }),
  )
  return written.join('')
}

const bareName = (family: string) => family.trim().replaceAll(/["']/g, '')

function readAsUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new Error('The font could not be read.'))
    reader.readAsDataURL(blob)
  })
}
