import { CircleDashed, FileText, LoaderCircle, ShieldAlert, ShieldCheck, ShieldQuestion, TimerOff } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import type { DrillMode, DrillVerdict } from '@/lib/lifecycle/drills'
import { verdictLabels, verdictTones } from './drill-words'

const icons = { cut: ShieldCheck, late: TimerOff, leaked: ShieldAlert, not_testable: ShieldQuestion }

interface DrillMarkProps {
  verdict: DrillVerdict | null
  mode: DrillMode
  isOver: boolean
}

/** A verdict. Solid: it was tried; dashed: it could not be; on paper there is none. */
export function DrillMark({ verdict, mode, isOver }: DrillMarkProps) {
  if (mode === 'tabletop')
    return (
      <Badge form="outlined" icon={<FileText aria-hidden />}>
        On paper
      </Badge>
    )
  if (verdict === null)
    return (
      <Badge
        tone="notice"
        form="outlined"
        icon={isOver ? <CircleDashed aria-hidden /> : <LoaderCircle className="animate-spin" aria-hidden />}
      >
        {isOver ? 'No result' : 'Under way'}
      </Badge>
    )
  const Icon = icons[verdict]
  return (
    <Badge
      tone={verdictTones[verdict]}
      form={verdict === 'not_testable' ? 'outlined' : 'solid'}
      icon={<Icon aria-hidden />}
    >
      {verdictLabels[verdict]}
    </Badge>
  )
}
