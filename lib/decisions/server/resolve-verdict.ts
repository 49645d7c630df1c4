import { weightOf } from '../rules'

/** What the rules said, the weightiest first. Those that allow say `"allow:<reason>"`, those that deny `"<reason>"`. */
export function explainVerdict(
  isAllowed: boolean,
  outputs: readonly { source: string; value?: unknown }[],
): { reason: string; rule: string | null; reasons: string[] } {
  const fitting = outputs
    .flatMap(({ source, value }) => (typeof value === 'string' ? [{ source, value }] : []))
    .filter(({ value }) => value.startsWith('allow:') === isAllowed)
    .map(({ source, value }) => ({ source, reason: value.replace(/^allow:/, '').slice(0, 100) }))
    .sort((a, b) => weightOf(a.reason) - weightOf(b.reason))
  const reasons = fitting.map(({ reason }) => reason)
  const [first] = fitting
  if (first) return { reason: first.reason, rule: first.source.slice(0, 200), reasons }
  return { reason: isAllowed ? 'allowed' : 'no_rule', rule: null, reasons }
}
