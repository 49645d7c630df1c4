'use client'

import { Select } from '@/components/ui/select'
import type { PathStep } from '@/lib/access-graph/blast-radius'
import { levels } from '@/lib/access-graph/score'
import { type Privilege, privileges } from '@/lib/connectors/contract'
import { levelLabels, sentenceOf } from './explore-words'
import { useWhatIf } from './use-what-if'

const asIs = 'as it is'

/** Of a grant: a lower privilege that is thought of in its place. Nothing, where there is none lower. */
export function LowerSelect({ step }: { step: PathStep }) {
  const { changes, add, remove } = useWhatIf()
  const { edgeId, kind, level } = step
  const lower = privileges.filter((privilege) => levels.indexOf(privilege) < levels.indexOf(level ?? 'unknown'))
  if (kind !== 'grants' || !edgeId || lower.length === 0) return null
  const chosen = changes?.lower.find((change) => change.edgeId === edgeId)?.privilege
  return (
    <Select
      label={`Lower the privilege: ${sentenceOf([step]).replace(/\.$/, '')}`}
      className="w-40 max-sm:ml-7"
      value={chosen ?? asIs}
      options={[
        { value: asIs, label: `${levelLabels[level ?? 'unknown']}, as it is` },
        ...lower.map((privilege) => ({ value: privilege, label: `Lower to ${levelLabels[privilege].toLowerCase()}` })),
      ]}
      onValueChange={(value) =>
        value === asIs ? remove(edgeId) : add({ kind: 'lower', id: edgeId, privilege: value as Privilege })
      }
    />
  )
}
