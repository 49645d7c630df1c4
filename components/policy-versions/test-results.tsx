'use client'

import { CircleCheck, CircleX } from 'lucide-react'
import { Alert } from '@/components/ui/alert'
import { Section } from '@/components/ui/page-header'
import { formatCount } from '@/lib/platform/browser/format'
import type { TestResult, VersionDetail } from '@/lib/policy-versions/schema'
import { caseWords } from '@/lib/policy-versions/values'

const effectWords = (effect: string) => (effect === 'EFFECT_ALLOW' ? 'yes' : effect === 'EFFECT_DENY' ? 'no' : effect)

type Failure = { principal: string; resource: string; action: string; expected: string; actual: string }

function Failures({ of, label }: { of: readonly Failure[]; label: string }) {
  if (of.length === 0) return null
  return (
    <ul aria-label={label} className="flex flex-col gap-0.5 text-xs text-ink-muted">
      {of.map((each) => (
        <li key={`${each.principal} ${each.resource} ${each.action}`} className="break-words">
          {each.action} by “{each.principal}” on “{each.resource}”: it says {effectWords(each.actual)}, and should say{' '}
          {effectWords(each.expected)}
        </li>
      ))}
    </ul>
  )
}

function Line({ isGood, title, detail }: { isGood: boolean; title: string; detail: string }) {
  return (
    <p className="flex items-start gap-2">
      {isGood ? (
        <CircleCheck className="mt-0.5 size-4 shrink-0 text-good-ink" aria-label="passes" />
      ) : (
        <CircleX className="mt-0.5 size-4 shrink-0 text-danger-ink" aria-label="fails" />
      )}
      <span className="min-w-0 break-words">
        <span className="font-medium">{title}</span> <span className="text-ink-muted">{detail}</span>
      </span>
    </p>
  )
}

/** What the compiler said of a version, its author’s tests, and the mandatory set. */
export function TestResults({ test }: { test: VersionDetail['test'] }) {
  if (!test)
    return (
      <Section title="Tests">
        <p className="text-sm text-ink-muted">It was not tested yet.</p>
      </Section>
    )
  const { result } = test
  return (
    <Section title="Tests" detail={result.isPassed ? 'All pass' : 'It cannot go on like this'}>
      <div className="flex flex-col gap-3 text-sm">
        {test.isStale ? (
          <Alert tone="warning" title="Of another text">
            The text, or the product’s own policies, changed since. Test it again.
          </Alert>
        ) : null}
        {result.problems.length > 0 ? (
          <ul aria-label="What is wrong" className="flex flex-col gap-1">
            {result.problems.map(({ file, line, says }) => (
              <li key={`${file} ${line} ${says}`} className="flex flex-wrap gap-x-2 text-danger-ink">
                {file ? (
                  <span className="font-mono text-xs">
                    {file}
                    {line === null ? '' : `, line ${line}`}
                  </span>
                ) : null}
                <span className="min-w-0 break-words">{says}</span>
              </li>
            ))}
          </ul>
        ) : null}
        {result.suites.map((suite) => (
          <div key={suite.file} className="flex flex-col gap-1">
            <Line
              isGood={suite.failed === 0 && suite.error === null}
              title={suite.name}
              detail={
                suite.error ?? `${suite.asked - suite.failed} of ${formatCount(suite.asked, 'question')} as expected`
              }
            />
            <Failures of={suite.failures} label={`What fails in ${suite.name}`} />
          </div>
        ))}
        <MandatorySet result={result} />
      </div>
    </Section>
  )
}

function MandatorySet({ result }: { result: TestResult }) {
  if (result.cases.length === 0) return null
  return (
    <>
      <h3 className="font-medium">The mandatory set</h3>
      <ul className="flex flex-col gap-2" aria-label="The mandatory set">
        {result.cases.map(({ name, asked, failed, failures }) => (
          <li key={name} className="flex flex-col gap-1">
            <Line
              isGood={failed === 0}
              title={caseWords[name].title}
              detail={`${caseWords[name].says} ${formatCount(asked, 'question')}${failed > 0 ? `, ${failed} of them fail` : ''}.`}
            />
            <Failures of={failures} label={`What fails: ${caseWords[name].title}`} />
          </li>
        ))}
      </ul>
      <p className="text-ink-muted">
        {result.narrowed.count === 0
          ? 'Of these questions it refuses nothing that the product’s policies allow.'
          : `Of these questions it refuses ${result.narrowed.count} that the product’s policies allow, such as “${result.narrowed.examples[0]?.action ?? ''}” by “${result.narrowed.examples[0]?.principal ?? ''}”.`}
      </p>
    </>
  )
}
