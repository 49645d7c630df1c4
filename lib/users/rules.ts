/** What the decision point is told of a session. */
export function sessionTarget(session: { id: string; userId: string; email: string }) {
  return { kind: 'session' as const, id: session.id, label: session.email, attr: { userId: session.userId } }
}

/** What the decision point is told of a person as a member of the organization. */
export function personTarget(member: { id: string; userId: string; email: string; role: string; status: string }) {
  const { id, userId, email, role, status } = member
  return { kind: 'member' as const, id, label: email, attr: { userId, role, status } }
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

/** The people of the demo organization, one for each role; their common password is in DEMO_PASSWORD. */
export const demoPeople = [
  { email: 'admin@demo.example', role: 'Admin', sees: 'Everything, with members and settings' },
  { email: 'security@demo.example', role: 'Security', sees: 'All identities, imports, owners, audit' },
  { email: 'reviewer@demo.example', role: 'Reviewer', sees: 'All identities and credentials, read only' },
  { email: 'auditor@demo.example', role: 'Auditor', sees: 'Everything, and changes nothing' },
  { email: 'member@demo.example', role: 'Member', sees: 'Only what they answer for' },
]
