import { CircleCheck, CircleHelp, CircleX } from 'lucide-react'
import { Alert } from '@/components/ui/alert'
import { Code } from '@/components/ui/code'
import type { RightsReport, TestResult } from '@/lib/connections/live'

/** What a test found. */
export function TestReport({ result }: { result: TestResult }) {
  if (!result.ok || !result.rights)
    return (
      <Alert tone="danger" title="The test failed" isLive>
        {result.problem?.message}
      </Alert>
    )
  return (
    <Alert tone="good" title={`Signed in within ${result.tookMs} ms`} isLive>
      <RightsList rights={result.rights} />
    </Alert>
  )
}

const marks = {
  true: { icon: CircleCheck, word: 'yes', tone: 'text-good-ink' },
  false: { icon: CircleX, word: 'no', tone: 'text-ink-muted' },
  unknown: { icon: CircleHelp, word: 'not known', tone: 'text-notice-ink' },
}

/** Whom a connection signs in as, and what that may do; what is missing stands beside it. */
export function RightsList({ rights }: { rights: RightsReport }) {
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p>
        As <Code>{rights.account}</Code> on {rights.product}
      </p>
      <ul className="flex flex-col gap-1">
        {rights.statements.map(({ what, allowed, missing }) => {
          const { icon: Icon, word, tone } = marks[`${allowed}`]
          return (
            <li key={what} className="flex items-start gap-2">
              <Icon aria-label={word} className={`mt-0.5 size-4 shrink-0 ${tone}`} />
              <span>
                {what}
                {missing ? <span className="text-ink-muted"> · needs {missing}</span> : null}
              </span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
