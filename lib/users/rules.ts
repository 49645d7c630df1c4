import type { Target } from '@/lib/platform/context'

/** What the decision point is told of a session. */
export function sessionTarget(session: { id: string; userId: string; email: string }): Target {
  return { kind: 'session', id: session.id, label: session.email, attr: { userId: session.userId } }
}

/** What the decision point is told of a person as a member of the organization. */
export function personTarget(member: {
  id: string
  userId: string
  email: string
  role: string
  status: string
}): Target {
  const { id, userId, email, role, status } = member
  return { kind: 'member', id, label: email, attr: { userId, role, status } }
}

const browsers: [RegExp, string][] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bHeadlessChrome\/|\bChrome\/|\bCriOS\/|\bChromium\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
]
const systems: [RegExp, string][] = [
  [/\biPhone\b|\biPad\b|\biOS\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
]

/** "Firefox on Linux" out of a User-Agent header; what the browser claims, so good for recognising, not for proof. */
export function deviceOf(userAgent: string | null | undefined): string {
  const find = (list: [RegExp, string][]) => list.find(([form]) => form.test(userAgent ?? ''))?.[1]
  const browser = find(browsers)
  const system = find(systems)
  if (browser && system) return `${browser} on ${system}`
  return browser ?? system ?? 'Unknown device'
}

/** Whether a password is little more than the person's own name, address or organization. */
export function isGuessable(password: string, words: readonly string[]): boolean {
  const plain = password.toLowerCase()
  const distinct = new Set(plain).size
  if (distinct < 5) return true
  const parts = words.flatMap((word) => word.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((part) => part.length > 3)
  const rest = parts.reduce((left, part) => left.replaceAll(part, ''), plain)
  return rest.length < 6
}
