/**
 * Key notation: `?`, `/`, `j`, `Enter`, `mod+k` (Ctrl, or Cmd on a Mac), `shift+a`, and sequences with a space: `g i`.
 * Pure; what is bound lives in `shortcuts.tsx`.
 */

export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/** The notation of one key press. Shift is named only with letters and named keys: `?` is already the shifted sign. */
export function pressToNotation(press: KeyPress): string {
  const parts: string[] = []
  if (press.ctrlKey || press.metaKey) parts.push('mod')
  if (press.altKey) parts.push('alt')
  const isSign = press.key.length === 1 && !/[a-z]/i.test(press.key)
  if (press.shiftKey && !isSign) parts.push('shift')
  parts.push(press.key.length === 1 ? press.key.toLowerCase() : press.key)
  return parts.join('+')
}

/** How the presses so far stand to a binding: the whole of it, a beginning of it, or neither. */
export function matchKeys(binding: string, presses: string[]): 'full' | 'part' | 'none' {
  const wanted = binding.split(' ')
  if (presses.length > wanted.length) return 'none'
  if (!presses.every((press, index) => press === wanted[index])) return 'none'
  return presses.length === wanted.length ? 'full' : 'part'
}

/** A shortcut made of characters alone may fire while somebody dictates or types; it can be switched off (WCAG 2.1.4). */
export function isCharacterBinding(binding: string): boolean {
  return (
    !/(^| )(mod|alt)\+/.test(binding) && binding.split(' ').every((part) => part.replace('shift+', '').length === 1)
  )
}

const signs: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  shift: 'Shift',
  alt: 'Alt',
}

/** The key caps of a binding, step by step: `mod+k` becomes `[['Ctrl', 'K']]`, or `[['⌘', 'K']]` on a Mac. */
export function keyCaps(binding: string, isMac: boolean): string[][] {
  return binding
    .split(' ')
    .map((step) =>
      step
        .split('+')
        .map((part) =>
          part === 'mod' ? (isMac ? '⌘' : 'Ctrl') : (signs[part] ?? (part.length === 1 ? part.toUpperCase() : part)),
        ),
    )
}
