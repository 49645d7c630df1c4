import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { keyOfUses } from '@/components/break-glass/break-glass-words'
import { GlassBanner, glassLines } from '@/components/break-glass/glass-banner'
import { GlassWatchLater } from '@/components/break-glass/glass-watch-later'
import { OwnerChangeRunsLater } from '@/components/identities/owner-change-runs-later'
import { bannerLines, IncidentBanner } from '@/components/incidents/incident-banner'
import { IncidentWatchLater } from '@/components/incidents/incident-watch-later'
import { keyOfOpen } from '@/components/incidents/incident-words'
import { ConsoleShell } from '@/components/shell/console-shell'
import { drawNavigation } from '@/components/shell/draw-navigation'
import { navCookie } from '@/components/shell/shell-props'
import { listOpenUses } from '@/lib/break-glass/server/list-uses'
import { listOpenIncidents } from '@/lib/incidents/server/list-open-incidents'
import { switchOrganization } from '@/lib/organizations/actions'
import { listOwnerChangeRuns } from '@/lib/ownership/server/list-owner-change-runs'
import { ownsAnything } from '@/lib/ownership/server/read-ownership'
import { contextFromSession, requireSession } from '@/lib/platform/auth/session'
import { listMyReviews } from '@/lib/reviews/server/list-my-reviews'
import { signOut } from '@/lib/users/actions'

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const [ctx, person, jar] = await Promise.all([contextFromSession(), requireSession(), cookies()])
  // For the navigation only: the pages ask again for themselves. Everybody has an inventory, if only of what is theirs.
  const [
    [imports, audit, sources, jewels, connections, runs, orders, campaigns, decisions, standing],
    owns,
    changes,
    mine,
    open,
    broken,
  ] = await Promise.all([
    ctx.can(
      ['list', 'create', 'request'],
      [
        { kind: 'import', id: 'new', label: 'imports', attr: {} },
        { kind: 'audit_event', id: 'trail', label: 'audit trail', attr: {} },
        { kind: 'source', id: 'any', label: 'sources', attr: {} },
        { kind: 'crown_jewel', id: 'any', label: 'crown jewels', attr: {} },
        { kind: 'connection', id: 'any', label: 'connections', attr: {} },
        { kind: 'lifecycle_run', id: 'any', label: 'runs', attr: {} },
        { kind: 'lifecycle_order', id: 'new', label: 'orders', attr: {} },
        { kind: 'review_campaign', id: 'any', label: 'campaigns', attr: { reviewerKeys: [] } },
        { kind: 'decision', id: 'any', label: 'decisions', attr: {} },
        { kind: 'standing_access', id: 'all', label: 'access without an end', attr: {} },
      ],
    ),
    ownsAnything(ctx),
    // A decision point that is away must not take the pages away.
    listOwnerChangeRuns(ctx).catch(() => ({ items: [], isOfAll: false })),
    listMyReviews(ctx).catch(() => undefined),
    listOpenIncidents(ctx).catch(() => undefined),
    // Only of whoever looks after security; for others there is none.
    listOpenUses(ctx).catch(() => undefined),
  ])
  const isReviewing = (mine?.items.length ?? 0) > 0
  const can = {
    'ownership:hold': owns,
    'import:list': imports?.list ?? false,
    'import:create': imports?.create ?? false,
    'audit_event:list': audit?.list ?? false,
    'decision:list': decisions?.list ?? false,
    'standing_access:list': standing?.list ?? false,
    'source:list': sources?.list ?? false,
    'connection:list': connections?.list ?? false,
    'crown_jewel:list': jewels?.list ?? false,
    'lifecycle_run:list': runs?.list ?? false,
    'lifecycle_order:request': orders?.request ?? false,
    // Who reviews in a campaign may read that one, whatever their role.
    'review_campaign:list': campaigns?.list === true || isReviewing,
    'review_item:decide': isReviewing,
  }
  return (
    <ConsoleShell
      user={{ name: person.name, email: person.email, role: person.active?.role ?? '' }}
      organizations={person.organizations.map(({ orgId, name, slug, role }) => ({ id: orgId, name, slug, role }))}
      activeOrganizationId={ctx.tenant.orgId}
      can={can}
      entries={drawNavigation(can)}
      onSwitchOrganization={switchOrganization}
      onSignOut={signOut}
      banner={
        <>
          <IncidentBanner open={open} />
          <GlassBanner open={broken ?? []} />
        </>
      }
      bannerLines={bannerLines(open) + glassLines(broken ?? [])}
      isNavCollapsed={jar.get(navCookie)?.value === 'collapsed'}
    >
      {children}
      <IncidentWatchLater orgId={ctx.tenant.orgId} drawn={keyOfOpen(open ?? [])} />
      {broken ? <GlassWatchLater orgId={ctx.tenant.orgId} drawn={keyOfUses(broken)} /> : null}
      <OwnerChangeRunsLater key={ctx.tenant.orgId} orgId={ctx.tenant.orgId} initial={changes} />
    </ConsoleShell>
  )
}
