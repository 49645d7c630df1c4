'use client'

import type { ReactNode } from 'react'
import { LookupPanel } from '../identities/lookup-panel'
import { Sheet, SheetContent } from '../ui/sheet'
import { CommandPalette, type CommandPaletteProps } from './command-palette'
import type { DrawnEntry } from './drawn-entry'
import { innerPlaces } from './inner-places'
import { KeyboardHelp } from './keyboard-help'
import { listNavigation, navigation } from './navigation'
import type { ShellDialog } from './shell-props'
import { SideNavigation } from './side-navigation'

interface ShellDialogsProps
  extends Pick<
    CommandPaletteProps,
    'organizations' | 'activeOrganizationId' | 'onSwitchOrganization' | 'onSignOut' | 'mayImport' | 'mayRevoke'
  > {
  dialog: ShellDialog | undefined
  onDialogChange: (dialog: ShellDialog | undefined) => void
  /** What the navigation shows. */
  entries: DrawnEntry[]
  /** What the person may do; it decides where the palette can go to. */
  can: Record<string, boolean>
  userMenu: ReactNode
}

/** What opens over every page of the console: the palette, the look-up of a key, the help and the narrow navigation. */
export function ShellDialogs(props: ShellDialogsProps) {
  const { dialog, onDialogChange, entries, can, userMenu, ...palette } = props
  const change = (name: ShellDialog) => (isOpen: boolean) => onDialogChange(isOpen ? name : undefined)
  return (
    <>
      <CommandPalette
        {...palette}
        isOpen={dialog === 'palette'}
        onOpenChange={change('palette')}
        entries={listNavigation(can, [...navigation, ...innerPlaces])}
        onHelp={() => onDialogChange('help')}
        onLookup={() => onDialogChange('lookup')}
      />
      <LookupPanel open={dialog === 'lookup'} onOpenChange={change('lookup')} />
      <KeyboardHelp isOpen={dialog === 'help'} onOpenChange={change('help')} />
      <Sheet open={dialog === 'navigation'} onOpenChange={change('navigation')}>
        <SheetContent title="Bailiwick" side="left" size="sm" footer={<div className="w-full">{userMenu}</div>}>
          <SideNavigation entries={entries} onNavigate={() => onDialogChange(undefined)} />
        </SheetContent>
      </Sheet>
    </>
  )
}
