import { FileUp } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'

interface ListStatesProps {
  /** Plural: "identities". */
  what: string
  error: unknown
  isFiltered: boolean
  /** The words that are searched for. */
  text?: string | null
  mayImport: boolean
  onRetry?: () => void
  onClear?: () => void
}

/** As the server searches: without a word of three characters a text is the beginning of a name. */
const isShortText = (text: string) => text.split(/\s+/).every((word) => [...word].length < 3)

/** What stands in place of an inventory list without rows: refused or failed, nothing that matches, nothing at all. */
export function ListStates({ what, error, isFiltered, text, mayImport, onRetry, onClear }: ListStatesProps) {
  if (error) return <Refusal what={what} error={error} onRetry={onRetry} />
  if (isFiltered) {
    return (
      <NoMatchState title={`No ${what} match`} actions={<Button onClick={onClear}>Clear the filter</Button>}>
        Nothing that you may see fits all parts of the filter at once. What is gone from its source is only shown when
        the state is filtered for it.
        {text && isShortText(text)
          ? ` Words of one or two characters match only the beginning of a name: write three or more to look anywhere in it.`
          : ''}
      </NoMatchState>
    )
  }
  if (!mayImport) {
    return (
      <EmptyState title={`No ${what} to show`}>
        Either nothing was imported yet, or none of it is yours: members see what they or their teams answer for. Ask
        your security team to import, or to assign you as an owner.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title={`No ${what} yet`}
      actions={
        <Button asChild variant="primary">
          <Link href="/import">
            <FileUp aria-hidden />
            Import files
          </Link>
        </Button>
      }
    >
      The inventory is made from exports of your systems: AWS account details and credential reports, Kubernetes
      manifests, MCP servers, or any CSV.
    </EmptyState>
  )
}
