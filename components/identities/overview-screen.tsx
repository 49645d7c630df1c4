import { CalendarClock, CalendarX, CircleHelp, Hourglass, InfinityIcon, ShieldAlert, UserRoundX } from 'lucide-react'
import type { ReactNode } from 'react'
import { BarList } from '@/components/charts/bar-list'
import { SegmentBar } from '@/components/charts/segment-bar'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { IdentityKind, type IdentityKindName } from '@/components/ui/marks/identity-kind'
import { privilegeLabels } from '@/components/ui/marks/privilege-mark'
import { Section } from '@/components/ui/page-header'
import { Stat, StatRow } from '@/components/ui/stat'
import type { Tone } from '@/components/ui/tone'
import { identitiesHref } from '@/lib/identities/address'
import type { IdentityFilter } from '@/lib/identities/filters'
import type { Overview, OverviewQuestion } from '@/lib/identities/schema'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'

interface Words {
  label: string
  hint: (policy: Overview['policy']) => string
  tone: Tone
  icon: ReactNode
}

const questionWords: Record<string, Words> = {
  production_admin_unowned: {
    label: 'Production admin, no owner',
    hint: () => 'nobody to ask if one leaks',
    tone: 'danger',
    icon: <ShieldAlert aria-hidden />,
  },
  unowned: {
    label: 'No owner',
    hint: () => 'nobody answers for them',
    tone: 'warning',
    icon: <UserRoundX aria-hidden />,
  },
  unconfirmed: {
    label: 'Owner not confirmed',
    hint: () => 'suggested or assigned',
    tone: 'notice',
    icon: <CircleHelp aria-hidden />,
  },
  never_used: {
    label: 'Never used',
    hint: () => 'as their source says',
    tone: 'quiet',
    icon: <Hourglass aria-hidden />,
  },
  stale: {
    label: 'Unused',
    hint: ({ staleAfterDays }) => `for over ${staleAfterDays} days`,
    tone: 'notice',
    icon: <Hourglass aria-hidden />,
  },
  overdue: {
    label: 'Past rotation',
    hint: ({ rotateAfterDays }) => `older than ${rotateAfterDays} days`,
    tone: 'warning',
    icon: <Hourglass aria-hidden />,
  },
  expired: { label: 'Expired', hint: () => 'still at their source', tone: 'danger', icon: <CalendarX aria-hidden /> },
  expiring: {
    label: 'Expiring',
    hint: () => 'within 30 days',
    tone: 'warning',
    icon: <CalendarClock aria-hidden />,
  },
  never_expires: {
    label: 'Never expire',
    hint: () => 'no end is set',
    tone: 'notice',
    icon: <InfinityIcon aria-hidden />,
  },
}

/** The address of the list that holds exactly as many as the number says. */
function hrefOf({ list, query }: OverviewQuestion): string {
  const search = new URLSearchParams(list === 'credentials' ? { tab: 'credentials', ...query } : query)
  return `/inventory?${search}`
}

function hintOf(hint: string, excepted: number): string {
  return excepted > 0 ? `${hint}; ${formatNumber(excepted)} more excepted` : hint
}

/** The inventory in numbers; each opens the list that it counts. */
export function OverviewNumbers({ overview }: { overview: Overview }) {
  const { policy, questions, identityTotal, credentialTotal } = overview
  const stats = (list: OverviewQuestion['list']) =>
    questions
      .filter((question) => question.list === list)
      .map((question) => {
        const words = questionWords[question.id]
        return words ? (
          <Stat
            key={question.id}
            label={words.label}
            value={question.count}
            href={hrefOf(question)}
            hint={hintOf(words.hint(policy), question.excepted)}
            tone={words.tone}
            icon={words.icon}
          />
        ) : null
      })
  return (
    <>
      <StatRow label="Identities that need someone">
        <Stat label="Identities" value={identityTotal} href="/inventory" hint="known and not gone" />
        {stats('identities')}
      </StatRow>
      <StatRow label="Credentials that need someone">
        <Stat label="Credentials" value={credentialTotal} href="/inventory?tab=credentials" hint="known and not gone" />
        {stats('credentials')}
      </StatRow>
    </>
  )
}

const privilegeColours: Record<string, string> = {
  admin: 'bg-privilege-admin',
  secret_read: 'bg-privilege-secret-read',
  write: 'bg-privilege-write',
  read: 'bg-privilege-read',
  none: 'bg-line-strong',
}
const ownerWords: Record<string, { label: string; colour: string }> = {
  confirmed: { label: 'Confirmed', colour: 'bg-good-mark' },
  suggested: { label: 'Not confirmed', colour: 'bg-notice-mark' },
  none: { label: 'No owner', colour: 'bg-warning-mark' },
}
const shownEnvironments = 8

/** How the identities divide by kind, environment, owner and privilege. */
export function OverviewBreakdown({ overview }: { overview: Overview }) {
  const { kind, environment, owner, privilege, identityTotal } = overview
  const href = (name: keyof IdentityFilter, value: string) => identitiesHref({ [name]: [value] })
  const owners = ['confirmed', 'suggested', 'none'].map((value) => ({
    id: value,
    label: ownerWords[value]?.label ?? value,
    colour: ownerWords[value]?.colour ?? '',
    value: owner.find((entry) => entry.value === value)?.count ?? 0,
    href: href('owner', value),
  }))
  return (
    <div className="grid grid-cols-1 lg:grid-cols-2 [&>*]:border-b! lg:[&>*:nth-child(odd)]:border-r">
      <Section title="Owners" detail={formatCount(identityTotal, 'identity', 'identities')}>
        <SegmentBar label="Identities by owner" segments={owners} />
      </Section>
      <Section title="Highest privilege">
        <SegmentBar
          label="Identities by privilege"
          segments={privilege.map(({ value, count }) => ({
            id: value,
            label: value in privilegeLabels ? privilegeLabels[value as 'read'] : 'None known',
            value: count,
            colour: privilegeColours[value] ?? 'bg-line-strong',
            href: href('privilege', value),
          }))}
        />
      </Section>
      <Section title="Kinds">
        <BarList
          label="Identities by kind"
          items={kind.map(({ value, count }) => ({
            id: value,
            label: <IdentityKind kind={value as IdentityKindName} form="label" />,
            value: count,
            href: href('kind', value),
          }))}
        />
      </Section>
      <Section title="Environments">
        <BarList
          label="Identities by environment"
          items={environment.slice(0, shownEnvironments).map(({ value, count }) => ({
            id: value,
            label: <EnvironmentTag environment={value === 'unknown' ? null : value} />,
            value: count,
            href: href('environment', value),
          }))}
        />
      </Section>
    </div>
  )
}
