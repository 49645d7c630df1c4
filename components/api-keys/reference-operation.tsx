'use client'

import { Badge } from '@/components/ui/badge'
import { CodeBlock } from '@/components/ui/code'
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

/** One operation: what it does, what it takes, what it answers. */
export function OperationView({ entry, document }: { entry: Entry; document: OpenApi }) {
  const { method, path, operation } = entry
  const body = Object.values(operation.requestBody?.content ?? {})[0]
  const [status, answer] = Object.entries(operation.responses).find(([code]) => code.startsWith('2')) ?? []
  const answerSchema = Object.values(answer?.content ?? {})[0]?.schema
  const refusals = Object.entries(operation.responses).filter(([code]) => !code.startsWith('2'))
  return (
    <article id={operation.operationId} className="scroll-mt-4 border-b px-4 py-6 md:px-6">
      <h3 className="text-base font-medium">{operation.summary}</h3>
      <p className="mt-1 flex flex-wrap items-center gap-2 text-sm">
        <Badge tone={method === 'GET' ? 'quiet' : 'notice'}>{method}</Badge>
        <code className="font-mono text-xs break-all">{path}</code>
        <span className="text-ink-muted">
          {operation['x-scope'] === 'none' ? (
            'any API key'
          ) : (
            <>
              scope <code className="font-mono text-xs">{operation['x-scope']}</code>
            </>
          )}
        </span>
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
    </article>
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
