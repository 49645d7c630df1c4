import type { ReactNode } from 'react'
import { Logo } from '../shell/logo'

/** What the product answers about every identity; the same words as everywhere else in it. */
const questions = ['What is it?', 'Who answers for it?', 'What could it do?', 'For how long?', 'How do we stop it?']

/** The frame of every page that stands before the console: the task at the left, the purpose at the right. */
export function Threshold({ children }: { children: ReactNode }) {
  return (
    <div className="grid min-h-dvh md:grid-cols-[minmax(26rem,2fr)_3fr]">
      <div className="flex min-w-0 flex-col bg-canvas md:border-r px-5 py-6 sm:px-10">
        <header className="flex h-8 items-center">
          <Logo />
        </header>
        <main className="flex w-full max-w-sm flex-1 flex-col justify-center py-10">{children}</main>
        <footer className="text-xs text-ink-muted">Inventory and governance of non-human identities</footer>
      </div>
      <aside aria-label="What Bailiwick answers" className="hidden flex-col justify-center bg-sunken px-16 md:flex">
        <p className="max-w-md text-sm text-ink-muted">
          For every service account, key, workload, bot and agent of an organization:
        </p>
        <ol className="graduated mt-4 max-w-md pb-6">
          {questions.map((question, at) => (
            <li
              key={question}
              className="flex items-baseline gap-4 border-t py-2.5 text-lg tracking-[-0.011em] first:border-t-0"
            >
              <span aria-hidden className="tabular w-4 text-xs text-ink-faint">
                {at + 1}
              </span>
              {question}
            </li>
          ))}
        </ol>
      </aside>
    </div>
  )
}

export interface ThresholdHeadingProps {
  title: string
  children?: ReactNode
}

/** Title and one sentence of a page before the console. */
export function ThresholdHeading({ title, children }: ThresholdHeadingProps) {
  return (
    <div className="mb-5">
      <h1 className="text-lg font-medium tracking-[-0.011em]">{title}</h1>
      {children ? <div className="mt-1 text-sm text-ink-muted">{children}</div> : null}
    </div>
  )
}
