'use client'

import { ChevronRight } from 'lucide-react'
import { Fragment } from 'react'
import { Badge } from '@/components/ui/badge'
import { cn } from '@/components/ui/class-names'
import { Code, CodeBlock } from '@/components/ui/code'
import type { Entry, OpenApi } from './reference-document'
import { Field, SchemaTree } from './reference-schema'

/** How the call looks at the prompt. */
function curlOf({ method, path, operation }: Entry): string {
  const body = Object.keys(operation.requestBody?.content ?? {})[0]
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}'https://bailiwick.example${path}'`,
    `-H 'Authorization: Bearer bwk_…'`,
    ...(body === 'application/json' ? [`-H 'Content-Type: application/json' -d '{…}'`] : []),
    ...(body === 'multipart/form-data' ? [`-F files=@export.json`] : []),
  ].join(' \\\n  ')
}

interface OperationProps {
  entry: Entry
  document: OpenApi
  isOpen: boolean
  onToggle: () => void
}

/** One operation: its address and purpose in a line; the rest on demand, as there are many. */
export function OperationView(props: OperationProps) {
  const { entry, isOpen, onToggle } = props
  const { method, path, operation } = entry
  return (
    <article id={operation.operationId} className="scroll-mt-2 border-b">
      <h3>
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={onToggle}
          className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-left text-sm hover:bg-hover md:px-6"
        >
          <ChevronRight aria-hidden className={cn('size-4 shrink-0 text-ink-muted', isOpen && 'rotate-90')} />
          <Badge tone={method === 'GET' ? 'quiet' : 'notice'}>{method}</Badge>
          <code className="min-w-0 font-mono text-xs break-words">
            <BreakablePath path={path} />
          </code>
          <span className="text-ink-muted">{operation.summary}</span>
        </button>
      </h3>
      {isOpen ? <Details {...props} /> : null}
    </article>
  )
}

/** An address that breaks before its slashes, not within its words. */
function BreakablePath({ path }: { path: string }) {
  return path.split('/').map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no id and never move
    <Fragment key={index}>
      {index > 0 ? (
        <>
          <wbr />/
        </>
      ) : null}
      {part}
    </Fragment>
  ))
}

function Details({ entry, document }: OperationProps) {
  const { operation } = entry
  const body = Object.values(operation.requestBody?.content ?? {})[0]
  const [status, answer] = Object.entries(operation.responses).find(([code]) => code.startsWith('2')) ?? []
  const answerSchema = Object.values(answer?.content ?? {})[0]?.schema
  const refusals = Object.entries(operation.responses).filter(([code]) => !code.startsWith('2'))
  return (
    <div className="px-4 pb-6 md:px-6 md:pl-13">
      <p className="text-sm text-ink-muted">
        {operation['x-scope'] === 'none' ? (
          'Any API key may ask this.'
        ) : (
          <>
            Needs the scope <Code>{operation['x-scope']}</Code>.
          </>
        )}
      </p>
      {operation.description ? (
        <p className="mt-2 max-w-[72ch] text-sm text-ink-muted">{operation.description}</p>
      ) : null}
      <div className="mt-4 grid gap-x-8 gap-y-4 xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          {operation.parameters.length > 0 ? (
            <Part title="Parameters">
              <ul className="flex flex-col">
                {operation.parameters.map((parameter) => (
                  <li key={`${parameter.in}-${parameter.name}`} className="border-b py-1.5 last:border-b-0">
                    <Field
                      name={parameter.name}
                      schema={parameter.schema}
                      isRequired={parameter.required ?? false}
                      description={parameter.description}
                    />
                  </li>
                ))}
              </ul>
            </Part>
          ) : null}
          {body ? (
            <Part title="Body">
              <SchemaTree schema={body.schema} document={document} />
            </Part>
          ) : null}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Part title={`Answer ${status ?? ''}`}>
            {answerSchema ? (
              <SchemaTree schema={answerSchema} document={document} />
            ) : (
              <p className="text-sm text-ink-muted">no content</p>
            )}
          </Part>
          <Part title="Refusals">
            <ul className="flex flex-col gap-1 text-sm text-ink-muted">
              {refusals.map(([code, refusal]) => (
                <li key={code}>
                  <code className="tabular font-mono text-xs text-ink">{code}</code> {refusal.description}
                </li>
              ))}
            </ul>
          </Part>
          <CodeBlock code={curlOf(entry)} label="Example call" />
        </div>
      </div>
    </div>
  )
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title}>
      <h4 className="mb-1 text-xs text-ink-muted">{title}</h4>
      {children}
    </section>
  )
}
