'use client'

import { CircleHelp, Menu, PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react'
import { type CSSProperties, lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { cn } from '../ui/class-names'
import { IconButton } from '../ui/icon-button'
import { Kbd } from '../ui/kbd'
import { OrganizationMenu } from './organization-menu'
import { PermissionsContext } from './permissions'
import { navCookie, type ShellDialog, type ShellProps } from './shell-props'
import { SideNavigation } from './side-navigation'
import { useShellActions } from './use-shell-actions'
import { UserMenu } from './user-menu'

const cookieSeconds = 31_536_000
const load = () => import('./shell-dialogs').then((module) => ({ default: module.ShellDialogs }))
const ShellDialogs = lazy(load)
preloadWhenIdle(load)

/** The frame of the console: navigation, organization, palette, help and account around one page. */
export function ConsoleShell(props: ShellProps & { children: ReactNode }) {
  const { user, organizations, activeOrganizationId, can, entries, banner, bannerLines = 0, children } = props
  const { switchOrganization, signOut, isPending } = useShellActions(props)
  const [dialog, setDialog] = useState<ShellDialog>()
  const [wasOpened, setWasOpened] = useState(false)
  if (dialog && !wasOpened) setWasOpened(true)
  const [isCollapsed, setIsCollapsed] = useState(props.isNavCollapsed ?? false)
  const [later, setLater] = useState<typeof import('./shell-later')>()
  useEffect(() => preloadWhenIdle(() => import('./shell-later').then(setLater)), [])

  const collapse = (next: boolean) => {
    setIsCollapsed(next)
    // biome-ignore lint/suspicious/noDocumentCookie: the server reads it, so that the first paint has the right width
    document.cookie = `${navCookie}=${next ? 'collapsed' : 'wide'}; path=/; max-age=${cookieSeconds}; samesite=lax`
  }
  const openPalette = () => setDialog('palette')
  const openHelp = () => setDialog('help')

  useShortcut({ keys: 'mod+k', label: 'Command palette', group: 'Everywhere' }, () =>
    setDialog((open) => (open === 'palette' ? undefined : 'palette')),
  )
  useShortcut({ keys: '?', label: 'Keyboard shortcuts', group: 'Everywhere' }, openHelp)
  useShortcut({ keys: '[', label: 'Narrow or widen the navigation', group: 'Everywhere' }, () => collapse(!isCollapsed))

  const organizationMenu = (isNarrow: boolean) => (
    <OrganizationMenu
      organizations={organizations}
      activeId={activeOrganizationId}
      onSwitch={switchOrganization}
      isPending={isPending}
      isCollapsed={isNarrow}
    />
  )
  const userMenu = (isNarrow: boolean) => (
    <UserMenu user={user} onSignOut={signOut} onHelp={openHelp} isPending={isPending} isCollapsed={isNarrow} />
  )

  const bell = (isNarrow?: boolean) => later && <later.Bell orgId={activeOrganizationId} isNarrow={isNarrow} />

  return (
    <div className="min-h-dvh md:grid md:grid-cols-[auto_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only rounded-md bg-accent px-3 py-1.5 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-60"
      >
        Skip to the content
      </a>
      {later && <later.Keys can={can} />}
      <aside
        className={cn(
          'sticky top-0 flex h-dvh flex-col gap-2 border-r bg-sunken p-2 max-md:hidden',
          isCollapsed ? 'w-12' : 'w-53',
        )}
      >
        {organizationMenu(isCollapsed)}
        <SearchButton onClick={openPalette} isCollapsed={isCollapsed} />
        <SideNavigation entries={entries} isCollapsed={isCollapsed} />
        <div className="mt-auto flex flex-col gap-1">
          <div className={cn('flex gap-1', isCollapsed && 'flex-col')}>
            <IconButton
              label={isCollapsed ? 'Widen the navigation' : 'Narrow the navigation'}
              keys="["
              side="right"
              className={cn(isCollapsed && 'w-8')}
              onClick={() => collapse(!isCollapsed)}
            >
              {isCollapsed ? <PanelLeftOpen aria-hidden /> : <PanelLeftClose aria-hidden />}
            </IconButton>
            <IconButton
              label="Keyboard shortcuts"
              keys="?"
              side="right"
              className={cn(isCollapsed && 'w-8')}
              onClick={openHelp}
            >
              <CircleHelp aria-hidden />
            </IconButton>
            {bell(isCollapsed)}
          </div>
          {userMenu(isCollapsed)}
        </div>
      </aside>
      <div className="sticky top-0 z-30 flex h-12 items-center gap-1 border-b bg-sunken px-2 md:hidden">
        <IconButton
          label="Navigation"
          size="lg"
          aria-haspopup="dialog"
          aria-expanded={dialog === 'navigation'}
          onClick={() => setDialog('navigation')}
        >
          <Menu aria-hidden />
        </IconButton>
        <div className="min-w-0 flex-1">{organizationMenu(false)}</div>
        <span className="w-9">{bell()}</span>
        <IconButton label="Search" size="lg" onClick={openPalette}>
          <Search aria-hidden />
        </IconButton>
      </div>
      <main
        id="content"
        tabIndex={-1}
        className="min-w-0 outline-none"
        style={bannerLines > 0 ? ({ '--banner': `${bannerLines * 2.75}rem` } as CSSProperties) : undefined}
      >
        {banner}
        <PermissionsContext value={can}>{children}</PermissionsContext>
      </main>
      {wasOpened ? (
        <Suspense fallback={null}>
          <ShellDialogs
            dialog={dialog}
            onDialogChange={setDialog}
            entries={entries}
            can={can}
            organizations={organizations}
            activeOrganizationId={activeOrganizationId}
            onSwitchOrganization={switchOrganization}
            onSignOut={signOut}
            mayImport={can['import:create'] !== false}
            mayRevoke={can['lifecycle_order:request'] === true}
            userMenu={userMenu(false)}
          />
        </Suspense>
      ) : null}
    </div>
  )
}

function SearchButton({ onClick, isCollapsed }: { onClick: () => void; isCollapsed: boolean }) {
  if (isCollapsed) {
    return (
      <IconButton label="Search" keys="mod+k" side="right" className="w-8" onClick={onClick}>
        <Search aria-hidden />
      </IconButton>
    )
  }
  return (
    <button
      type="button"
      onClick={onClick}
      className="flex h-7 w-full items-center gap-2 rounded-md border border-line-strong/60 bg-raised px-2 text-left text-sm text-ink-muted hover:border-ink-faint"
    >
      <Search className="size-3.5 shrink-0" aria-hidden />
      <span className="flex-1">Search</span>
      <Kbd keys="mod+k" />
    </button>
  )
}
