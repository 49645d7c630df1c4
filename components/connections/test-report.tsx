import { CircleCheck, CircleHelp, CircleX } from 'lucide-react'
import { Alert } from '@/components/ui/alert'
import { Code } from '@/components/ui/code'
import type { RightsReport, TestResult } from '@/lib/connections/live'
import { formatNumber } from '@/lib/platform/browser/format'

interface TestReportProps {
  test: { data?: TestResult | undefined; error: Error | null; isPending: boolean }
}

/** What a test found, beside the form; before it, what a test does. */
export function TestReport({ test: { data, error, isPending } }: TestReportProps) {
  if (isPending)
    return (
      <p className="text-sm text-ink-muted" role="status">
        Signing in …
      </p>
    )
  if (error)
    return (
      <Alert tone="danger" title="Not tested" isLive className="self-start">
        {error.message}
      </Alert>
    )
  if (!data)
    return (
      <p className="max-w-prose text-sm text-ink-muted">
        A test signs in and lists here what the account may see and do. It reads no identities and changes nothing.
      </p>
    )
  if (!data.ok || !data.rights)
    return (
      <Alert tone="danger" title={titleOf(data.problem?.code)} isLive className="self-start">
        <p>{data.problem?.message}</p>
        {nextSteps[data.problem?.code ?? ''] ? (
          <p className="mt-1 text-ink-muted">{nextSteps[data.problem?.code ?? '']}</p>
        ) : null}
      </Alert>
    )
  return (
    <Alert tone="good" title={`It signed in, in ${formatNumber(data.tookMs)} ms`} isLive className="self-start">
      <RightsList rights={data.rights} />
    </Alert>
  )
}

const titles: Record<string, string> = {
  login_refused: 'The login was refused',
  unreachable: 'The server was not reached',
  timed_out: 'The server did not answer in time',
  blocked_address: 'This address is not allowed',
  forbidden: 'The account may not do this',
}
const titleOf = (code: string | undefined) => titles[code ?? ''] ?? 'The test failed'

const nextSteps: Record<string, string> = {
  login_refused: 'Check the name and the password, and that the account may sign in from this machine.',
  unreachable: 'Check host and port, that the server runs, and that its firewall lets this machine in.',
  timed_out: 'A firewall that drops packets looks like this. Check host, port and network.',
}

const marks = {
  true: { icon: CircleCheck, word: 'yes', tone: 'text-good-ink' },
  false: { icon: CircleX, word: 'no', tone: 'text-ink-muted' },
  unknown: { icon: CircleHelp, word: 'not known', tone: 'text-notice-ink' },
}

/** Whom a connection signs in as, and what that may do; what is missing stands beneath it. */
export function RightsList({ rights }: { rights: RightsReport }) {
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p>
        As <Code>{rights.account}</Code> on {rights.product}
      </p>
      <ul className="flex flex-col gap-1.5">
        {rights.statements.map(({ what, allowed, missing }) => {
          const { icon: Icon, word, tone } = marks[`${allowed}`]
          return (
            <li key={what} className="flex items-start gap-2">
              <Icon role="img" aria-label={word} className={`mt-0.5 size-4 shrink-0 ${tone}`} />
              <span className="min-w-0 break-words">
                {what}
                {missing ? (
                  <span className="block text-xs text-ink-muted">
                    {allowed === false ? 'Needs ' : 'Depends on '}
                    {missing}
                  </span>
                ) : null}
              </span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
