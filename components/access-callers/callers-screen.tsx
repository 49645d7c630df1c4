'use client'

import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { accessCallersQuery } from '@/lib/access-callers/queries'
import type { AccessCallers } from '@/lib/access-callers/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { DataTable } from '../data-table/data-table'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Section } from '../ui/page-header'
import { Refusal } from '../ui/refusal'
import { EmptyState } from '../ui/state-block'
import { clientColumns, issuerColumns } from './caller-columns'
import { ClientDialog } from './client-dialog'
import { IssuerDialog } from './issuer-dialog'

/** Who may ask the decision point without an API key: issuers of access tokens, and which identity each client is. */
export function CallersScreen({ orgId, first }: { orgId: string; first: ActionResult<AccessCallers> }) {
  const { data, error, retry } = useLoaded(accessCallersQuery(orgId), first)
  const [open, setOpen] = useState<'issuer' | 'client'>()
  if (!data) return <Refusal what="settings of the decision point" error={error} onRetry={retry} />
  const { issuers, clients, certificates, can } = data
  const close = () => setOpen(undefined)
  const addIssuer = can.update ? (
    <Button icon={<Plus aria-hidden />} onClick={() => setOpen('issuer')}>
      Add issuer
    </Button>
  ) : null
  const hasWay = issuers.length > 0 || certificates.isOn
  const addClient =
    can.update && hasWay ? (
      <Button variant="primary" icon={<KeyRound aria-hidden />} onClick={() => setOpen('client')}>
        Add client
      </Button>
    ) : null
  return (
    <>
      <Section title="Who may ask">
        <div className="flex max-w-[72ch] flex-col gap-2 text-sm text-ink-muted">
          <p>
            Programs ask the decision point before they act. They send an API key, or one of the two below, which ends
            by itself and needs no secret of ours.
          </p>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            Without an API key they name the organization too:
            <code className="min-w-0 break-all font-mono text-xs text-ink">
              X-Organization-Id: {data.organizationId}
            </code>
            <CopyButton value={data.organizationId} label="id of the organization" />
          </p>
        </div>
      </Section>
      <Section title="Issuers of access tokens" detail={formatCount(issuers.length, 'issuer')} actions={addIssuer}>
        <DataTable
          label="Issuers of access tokens"
          className="-mx-4 md:-mx-6"
          columns={issuerColumns(orgId, can.update)}
          rows={issuers}
          rowId={({ id }) => id}
          rowName={({ name }) => name}
          empty={
            <EmptyState title="No issuers yet" actions={addIssuer}>
              Believe the OAuth access tokens of your own identity provider: its keys, for your audience, until they
              expire.
            </EmptyState>
          }
        />
      </Section>
      <Section title="Clients" detail={formatCount(clients.length, 'client')} actions={addClient}>
        {certificates.isOn ? null : (
          <div className="mb-3">
            <Alert tone="notice" title="Nobody is let in by certificate">
              Whoever runs this installation names the proxies that check certificates (CLIENT_CERT_PROXIES). Until then
              the header {certificates.header} is ignored, whoever sends it.
            </Alert>
          </div>
        )}
        <DataTable
          label="Clients"
          className="-mx-4 md:-mx-6"
          columns={clientColumns(orgId, can.update)}
          rows={clients}
          rowId={({ id }) => id}
          rowName={({ subject }) => subject}
          empty={
            <EmptyState title="No clients yet" actions={addClient}>
              A client is one identity of the inventory. It asks about itself only, unless you allow it more.
            </EmptyState>
          }
        />
      </Section>
      {open === 'issuer' ? <IssuerDialog orgId={orgId} onClose={close} /> : null}
      {open === 'client' ? <ClientDialog orgId={orgId} callers={data} onClose={close} /> : null}
    </>
  )
}
