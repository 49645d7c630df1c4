'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Bookmark, Building2, FileUp, Keyboard, KeyRound, LogOut, OctagonX, RotateCw, SunMoon } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTheme } from 'next-themes'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useDeferredValue, useState } from 'react'
import { looksSecret } from '@/lib/platform/browser/secret-shape'
import { viewsQuery } from '@/lib/views/queries'
import { viewHref } from '@/lib/views/rules'
import { Command, CommandGroup, CommandInput, CommandItem, CommandList, CommandStatus } from '../ui/command'
import { scrimClasses } from '../ui/dialog'
import { Kbd } from '../ui/kbd'
import { IdentityKind } from '../ui/marks/identity-kind'
import type { NavigationEntry } from './navigation'
import { paletteIdentitiesQuery, parsePaletteQuery } from './palette-query'
import { placeWords } from './place-words'
import type { ShellOrganization } from './shell-props'
import { themes } from './user-menu-choices'

export interface CommandPaletteProps {
  isOpen: boolean
  onOpenChange: (open: boolean) => void
  entries: NavigationEntry[]
  organizations: ShellOrganization[]
  activeOrganizationId: string
  onSwitchOrganization: (id: string) => void
  onSignOut: () => void
  mayImport: boolean
  /** Rotate and revoke are offered. */
  mayRevoke: boolean
  onHelp: () => void
  /** Opens the look-up of a leaked key. */
  onLookup: () => void
}

interface PaletteEntry {
  id: string
  label: string
  words: string
  icon: ReactNode
  detail?: ReactNode
  run: () => void
}

type Level = 'all' | 'theme' | 'organization' | 'rotate' | 'revoke'

/** What is offered to whoever pastes a key. */
const forSecrets = ['lookup', '/emergency']

const prompts: Record<Level, string> = {
  all: 'Find an identity, a view, a page or an action',
  theme: 'Choose a theme',
  organization: 'Choose an organization',
  rotate: 'Find what to rotate: its preview opens',
  revoke: 'Find what to revoke: its preview opens',
}

export function CommandPalette(props: CommandPaletteProps) {
  return (
    <Radix.Root open={props.isOpen} onOpenChange={props.onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={scrimClasses} />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-[10vh] left-1/2 z-50 flex max-h-[70vh] w-[calc(100vw-2rem)] max-w-150 -translate-x-1/2 flex-col overflow-hidden rounded-lg bg-raised shadow-float outline-none"
        >
          <Radix.Title className="sr-only">Command palette</Radix.Title>
          <PaletteBody {...props} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function PaletteBody(props: CommandPaletteProps) {
  const { entries, organizations, activeOrganizationId, onOpenChange } = props
  const router = useRouter()
  const { setTheme } = useTheme()
  const [level, setLevel] = useState<Level>('all')
  const [input, setInput] = useState('')
  const query = parsePaletteQuery(useDeferredValue(input))
  const found = useQuery({ ...paletteIdentitiesQuery(query), placeholderData: keepPreviousData })
  const isFinding = level === 'all' || level === 'rotate' || level === 'revoke'
  const isAsking = isFinding && paletteIdentitiesQuery(query).enabled
  const identities = isAsking ? (found.data ?? []) : []
  const views = useQuery(viewsQuery(activeOrganizationId)).data?.items ?? []

  const close = (run: () => void) => {
    onOpenChange(false)
    run()
  }
  const enter = (next: Level) => {
    setLevel(next)
    setInput('')
  }

  const pages: PaletteEntry[] = entries.map((entry) => ({
    id: entry.href,
    label: entry.label,
    words: placeWords[entry.href] ?? '',
    icon: <entry.icon aria-hidden />,
    detail: <Kbd keys={entry.keys} />,
    run: () => close(() => router.push(entry.href)),
  }))
  const viewEntries: PaletteEntry[] = views.map((view) => ({
    id: view.id,
    label: view.name,
    words: `view ${view.list} ${view.description ?? ''} ${view.author?.name ?? ''}`,
    icon: <Bookmark aria-hidden />,
    detail: view.list,
    run: () => close(() => router.push(viewHref(view))),
  }))
  const actions: PaletteEntry[] = [
    action('lookup', 'Whose key is this?', 'leaked leak secret credential token find owner', <KeyRound />, () =>
      close(props.onLookup),
    ),
    ...(props.mayImport
      ? [action('import', 'Import files', 'upload drop', <FileUp />, () => close(() => router.push('/import')))]
      : []),
    ...(props.mayRevoke
      ? [
          action('rotate', 'Rotate…', 'new secret password key identity', <RotateCw />, () => enter('rotate')),
          action('revoke', 'Revoke…', 'cut off disable delete end access identity', <OctagonX />, () =>
            enter('revoke'),
          ),
        ]
      : []),
    ...(organizations.length > 1
      ? [action('organization', 'Switch organization', 'tenant', <Building2 />, () => enter('organization'))]
      : []),
    action('theme', 'Change the theme', 'dark light appearance', <SunMoon />, () => enter('theme')),
    action('help', 'Keyboard shortcuts', 'help keys', <Keyboard />, () => close(props.onHelp)),
    action('sign-out', 'Sign out', 'log out leave', <LogOut />, () => close(props.onSignOut)),
  ]
  const themeEntries = themes.map((theme) =>
    action(theme.value, theme.label, theme.value, <SunMoon />, () => close(() => setTheme(theme.value))),
  )
  const organizationEntries = organizations
    .filter((organization) => organization.id !== activeOrganizationId)
    .map((organization) =>
      action(organization.id, organization.name, organization.slug, <Building2 />, () =>
        close(() => props.onSwitchOrganization(organization.id)),
      ),
    )
  const groups: { heading: string; items: PaletteEntry[] }[] =
    level === 'theme'
      ? [{ heading: 'Theme', items: themeEntries }]
      : level === 'organization'
        ? [{ heading: 'Organizations', items: organizationEntries }]
        : level !== 'all'
          ? []
          : [
              { heading: 'Go to', items: pages },
              { heading: 'Do', items: actions },
              // They are many: only those that were asked for.
              { heading: 'Views', items: input.trim() === '' ? [] : viewEntries },
            ]
  // Whoever pastes a key wants to know whose it is, and then perhaps to cut it off.
  const isSecret = looksSecret(input)
  const matching = (isSecret ? groups.toReversed() : groups)
    .map((group) => ({
      ...group,
      items: group.items.filter((item) => (isSecret ? forSecrets.includes(item.id) : isMatch(item, input))),
    }))
    .filter((group) => group.items.length > 0)
  const isNothing = matching.length === 0 && identities.length === 0

  return (
    <Command label="Command palette" shouldFilter={false} loop>
      <CommandInput
        autoFocus
        placeholder={prompts[level]}
        value={input}
        onValueChange={setInput}
        onKeyDown={(event) => {
          if (event.key === 'Backspace' && input === '' && level !== 'all') enter('all')
        }}
      />
      {isSecret ? (
        <CommandStatus className="py-3">
          This looks like a secret. It is not searched for here, and kept nowhere.
        </CommandStatus>
      ) : isNothing || (isAsking && found.isError) ? (
        <CommandStatus className={isNothing ? 'flex-1' : 'py-3'}>
          {found.isFetching
            ? 'Looking'
            : found.isError
              ? 'Identities could not be searched. Try again in a moment.'
              : 'Nothing found. Try a part of the name, or type:bot and a word.'}
        </CommandStatus>
      ) : null}
      <CommandList className={isNothing ? 'hidden' : 'max-h-none flex-1'}>
        {identities.length > 0 ? (
          <CommandGroup heading="Identities">
            {identities.map((identity) => (
              <CommandItem
                key={identity.id}
                value={`identity ${identity.id}`}
                icon={<IdentityKind kind={identity.kind} />}
                detail={identity.environment}
                onSelect={() => close(() => router.push(pageOf(identity.id, level)))}
              >
                {identity.name}
              </CommandItem>
            ))}
          </CommandGroup>
        ) : null}
        {matching.map((group) => (
          <CommandGroup key={group.heading} heading={group.heading}>
            {group.items.map((item) => (
              <CommandItem
                key={item.id}
                value={`${group.heading} ${item.id}`}
                icon={item.icon}
                detail={item.detail}
                onSelect={item.run}
              >
                {item.label}
              </CommandItem>
            ))}
          </CommandGroup>
        ))}
      </CommandList>
      <PaletteFoot
        level={level}
        status={isAsking && !found.isFetching ? `${identities.length} identities found` : ''}
      />
    </Command>
  )
}

function PaletteFoot({ level, status }: { level: Level; status: string }) {
  return (
    <div className="flex min-h-8 items-center gap-4 border-t px-3 text-xs text-ink-muted max-sm:hidden">
      <span className="inline-flex items-center gap-1.5">
        <Kbd keys="Enter" /> open
      </span>
      <span className="inline-flex items-center gap-1.5">
        <Kbd keys={level === 'all' ? 'Escape' : 'Backspace'} /> {level === 'all' ? 'close' : 'back'}
      </span>
      <span className="ml-auto font-mono">type:ai_agent word</span>
      <span role="status" className="sr-only">
        {status}
      </span>
    </div>
  )
}

/** The page of one identity; with the preview of rotating or revoking it open, when that was asked for. */
const pageOf = (id: string, level: Level) =>
  level === 'rotate' || level === 'revoke' ? `/inventory/${id}?do=${level}` : `/inventory/${id}`

function action(id: string, label: string, words: string, icon: ReactNode, run: () => void): PaletteEntry {
  return { id, label, words, icon, run }
}

/** Every word of the input begins or is inside a word of the entry. */
function isMatch(entry: PaletteEntry, input: string): boolean {
  const text = `${entry.label} ${entry.words}`.toLowerCase()
  return input
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
