import { ArrowDown, Check, X } from 'lucide-react'
import { isRecord } from '@/lib/decisions/rules'

/** Who acted for whom in a question, from the first who wanted it, each with what was found of it; nothing where nobody did. */
export function ChainList({ facts }: { facts: Record<string, unknown> }) {
  const chain = isRecord(facts.resource) && Array.isArray(facts.resource.chain) ? facts.resource.chain : []
  const links = chain.filter(isRecord)
  if (links.length === 0) return null
  return (
    <section aria-label="Who acted for whom">
      <h3 className="mb-2 text-sm font-medium">Who acted for whom</h3>
      <ol className="flex flex-col gap-1 text-sm">
        {links.map((link, index) => {
          const faults = faultsOf(link)
          const Icon = faults.length > 0 ? X : Check
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same one may stand in a line twice, and lines do not change.
            <li key={index} className="flex flex-col gap-1">
              {index > 0 ? <ArrowDown className="ml-0.5 size-3 text-ink-muted" aria-hidden /> : null}
              <span className="flex min-w-0 items-start gap-2">
                <Icon
                  className={`mt-0.5 size-4 shrink-0 ${faults.length > 0 ? 'text-danger-ink' : 'text-good-ink'}`}
                  aria-hidden
                />
                <span className="min-w-0 break-words">
                  {String(link.type).replaceAll('_', ' ')} {String(link.id)}
                  <span className="block text-ink-muted">{faults.join(' ') || 'In order.'}</span>
                </span>
              </span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

function faultsOf({
  isSubject,
  known,
  status,
  isRevoked,
  isBegun,
  hasOwner,
  isLet,
  isEnough,
}: Record<string, unknown>) {
  if (known !== true) return ['Not in the inventory.']
  return [
    ...(isLet === true ? [] : ['Nothing lets it act for the one before it.']),
    ...(isSubject === true || status === 'active' ? [] : ['Not switched on.']),
    ...(isSubject === true || isRevoked === false ? [] : ['Revoked.']),
    ...(isSubject === true || isBegun === true ? [] : ['Not yet valid.']),
    ...(isSubject === true || hasOwner === true ? [] : ['Nobody answers for it.']),
    ...(isSubject !== true && isEnough === 'no' ? ['Does not hold by itself what was asked for.'] : []),
  ]
}
