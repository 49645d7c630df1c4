import Link from 'next/link'
import { deleteAccessClient, deleteAccessIssuer } from '@/lib/access-callers/actions'
import type { AccessClient, AccessIssuer } from '@/lib/access-callers/schema'
import { identityHref } from '@/lib/identities/rules'
import { formatCount } from '@/lib/platform/browser/format'
import type { DataColumn } from '../data-table/data-column'
import { Badge } from '../ui/badge'
import { RelativeTime } from '../ui/relative-time'
import { RemoveButton } from './remove-button'
import { TestIssuerButton } from './test-issuer-button'

export function issuerColumns(orgId: string, canUpdate: boolean): DataColumn<AccessIssuer>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      width: 160,
      isPinned: true,
      cell: ({ name }) => <span className="block truncate font-medium">{name}</span>,
    },
    {
      id: 'issuer',
      header: 'Issuer',
      width: 280,
      isGrowing: true,
      cell: ({ issuer }) => <span className="block truncate font-mono text-xs">{issuer}</span>,
    },
    {
      id: 'audience',
      header: 'Audience',
      width: 220,
      isGrowing: true,
      cell: ({ audience }) => <span className="block truncate font-mono text-xs">{audience}</span>,
    },
    {
      id: 'claim',
      header: 'Client by',
      width: 100,
      cell: ({ clientClaim }) => <span className="font-mono text-xs">{clientClaim}</span>,
    },
    {
      id: 'clients',
      header: 'Clients',
      width: 80,
      align: 'end',
      cell: ({ clients }) => <span className="tabular">{clients}</span>,
    },
    {
      id: 'actions',
      header: 'Actions',
      width: 170,
      align: 'end',
      cell: ({ id, name, clients }) =>
        canUpdate ? (
          <span className="flex justify-end gap-1">
            <TestIssuerButton id={id} name={name} />
            <RemoveButton
              orgId={orgId}
              name={name}
              title={`Remove the issuer ${name}?`}
              onRemove={() => deleteAccessIssuer({ id })}
            >
              <p>
                Its tokens are refused at once, and {formatCount(clients, 'client')} of its{' '}
                {clients === 1 ? 'goes' : 'go'} with it. It can be added again.
              </p>
            </RemoveButton>
          </span>
        ) : null,
    },
  ]
}

export function clientColumns(orgId: string, canUpdate: boolean): DataColumn<AccessClient>[] {
  return [
    {
      id: 'subject',
      header: 'Client',
      width: 260,
      isPinned: true,
      isGrowing: true,
      cell: ({ subject }) => <span className="block truncate font-mono text-xs">{subject}</span>,
    },
    {
      id: 'way',
      header: 'Shows',
      width: 170,
      cell: ({ issuer }) => (
        <span className="block truncate">{issuer ? `token of ${issuer.name}` : 'certificate'}</span>
      ),
    },
    {
      id: 'identity',
      header: 'Is the identity',
      width: 200,
      isGrowing: true,
      cell: ({ identity }) =>
        identity.isThere ? (
          <Link className="block truncate rounded-sm hover:underline" href={identityHref(identity.id)}>
            {identity.name}
          </Link>
        ) : (
          <span className="flex items-center gap-2">
            <span className="truncate">{identity.name}</span>
            <Badge tone="danger">gone, refused</Badge>
          </span>
        ),
    },
    {
      id: 'asks',
      header: 'Asks about',
      width: 110,
      cell: ({ mayAskAny }) => (mayAskAny ? 'anybody' : 'itself'),
    },
    {
      id: 'owner',
      header: 'In the role of',
      width: 170,
      cell: ({ owner }) => (
        <span className="flex items-center gap-2">
          <span className="truncate">{owner.name}</span>
          {owner.isActive ? null : <Badge tone="danger">left, refused</Badge>}
        </span>
      ),
    },
    {
      id: 'used',
      header: 'Last used',
      width: 120,
      cell: ({ lastUsedAt }) => <RelativeTime at={lastUsedAt} never="never" />,
    },
    {
      id: 'actions',
      header: 'Actions',
      width: 100,
      align: 'end',
      cell: ({ id, subject, identity }) =>
        canUpdate ? (
          <RemoveButton
            orgId={orgId}
            name={subject}
            title={`Remove the client ${subject}?`}
            onRemove={() => deleteAccessClient({ id })}
          >
            <p>
              It can ask for {identity.name} no longer: its next question, half a second from now, is refused. It can be
              added again.
            </p>
          </RemoveButton>
        ) : null,
    },
  ]
}
