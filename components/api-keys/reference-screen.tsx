'use client'

import { useQuery } from '@tanstack/react-query'
import { parseAsString } from 'nuqs/server'
import { Button } from '@/components/ui/button'
import { Code } from '@/components/ui/code'
import { FilterBar } from '@/components/ui/filter-bar'
import { PageHeader } from '@/components/ui/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { FailedState, NoMatchState } from '@/components/ui/state-block'
import { useAddress } from '@/lib/platform/browser/use-address'
import { groupByTag, openApiQuery } from './reference-document'
import { OperationView } from './reference-operation'

const address = { q: parseAsString.withDefault(''), operation: parseAsString }

/** The API, from the same contracts that serve it. Loads nothing from elsewhere. */
export function ReferenceScreen() {
  const { data, error, refetch } = useQuery(openApiQuery())
  const [{ q: text, operation: open }, setState] = useAddress(address)
  const setText = (q: string) => setState({ q })
  const setOpen = (operation: string | null) => setState({ operation })
  const toggle = (id: string) => setOpen(open === id ? null : id)
  const groups = data ? [...groupByTag(data, text)] : []
  return (
    <>
      <PageHeader
        title="API reference"
        eyebrow={data ? `${data.info.title} ${data.info.version}` : 'OpenAPI 3.1'}
        actions={
          <Button asChild>
            <a href="/api/v1/openapi.json" download="bailiwick-openapi.json">
              Download OpenAPI 3.1
            </a>
          </Button>
        }
      >
        Programs send an API key: <Code>Authorization: Bearer bwk_…</Code>. A key acts for its owner, never beyond the
        owner’s role and only within its scopes. Errors are RFC 9457 problems.
      </PageHeader>
      <FilterBar
        label="Filter operations"
        placeholder="Path, name or summary"
        text={text}
        onTextChange={setText}
        onClear={() => setText('')}
      />
      {error ? (
        <FailedState
          title="The reference could not be read"
          actions={<Button onClick={() => refetch()}>Try again</Button>}
        >
          {error.message}
        </FailedState>
      ) : null}
      {!data && !error ? <Waiting /> : null}
      {data && groups.length === 0 ? (
        <NoMatchState
          title="No operation matches"
          actions={<Button onClick={() => setText('')}>Clear the filter</Button>}
        />
      ) : null}
      {data ? (
        <div className="grid lg:grid-cols-[14rem_minmax(0,1fr)]">
          <nav aria-label="Operations" className="hidden border-r lg:block">
            <div className="sticky top-0 max-h-dvh overflow-y-auto px-4 py-4">
              {groups.map(([tag, entries]) => (
                <div key={tag} className="mb-4">
                  <p className="mb-1 text-xs text-ink-muted">{tag}</p>
                  <ul>
                    {entries.map(({ operation }) => (
                      <li key={operation.operationId}>
                        <a
                          href={`#${operation.operationId}`}
                          onClick={() => setOpen(operation.operationId)}
                          className="block truncate rounded-sm px-1.5 py-1 text-sm hover:bg-hover"
                        >
                          {operation.summary}
                        </a>
                      </li>
                    ))}
                  </ul>
                </div>
              ))}
            </div>
          </nav>
          <div className="min-w-0">
            {groups.map(([tag, entries]) => (
              <section key={tag} aria-label={tag}>
                <h2 className="border-b bg-sunken px-4 py-2 text-sm font-medium md:px-6">{tag}</h2>
                {entries.map((entry) => (
                  <OperationView
                    key={entry.operation.operationId}
                    entry={entry}
                    document={data}
                    isOpen={open === entry.operation.operationId}
                    onToggle={() => toggle(entry.operation.operationId)}
                  />
                ))}
              </section>
            ))}
          </div>
        </div>
      ) : null}
    </>
  )
}

function Waiting() {
  return (
    <div className="flex flex-col gap-3 px-4 py-6 md:px-6" role="status" aria-label="Reading the reference">
      <Skeleton className="h-5 w-60" />
      <Skeleton className="h-4 w-96 max-w-full" />
      <Skeleton className="h-32 w-full" />
    </div>
  )
}
