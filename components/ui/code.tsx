import type { ReactNode } from 'react'
import { cn } from './class-names'
import { CopyButton } from './copy-button'

/** A word of code in a sentence. */
export function Code({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <code className={cn('rounded-sm border bg-sunken px-1 font-mono text-xs break-words', className)}>{children}</code>
  )
}

export interface CodeBlockProps {
  code: string
  /** Names the block: "The new API key", "Request". */
  label: string
  className?: string
}

export function CodeBlock({ code, label, className }: CodeBlockProps) {
  return (
    <div className={cn('relative min-w-0 rounded-md border bg-sunken', className)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label={label} className="max-h-96 overflow-auto p-3 pr-10">
        <pre className="font-mono text-xs leading-5">
          <code>{code}</code>
        </pre>
      </section>
      <CopyButton value={code} label={label} className="absolute top-2 right-2 bg-sunken" />
    </div>
  )
}

/** A sentence in which words of code stand between backticks. */
export function SentenceWithCode({ text }: { text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a sentence have no id and never move
      <Code key={index}>{part}</Code>
    ) : (
      part
    ),
  )
}
