import {
  Box,
  Boxes,
  Cable,
  FileUp,
  Gauge,
  type LucideIcon,
  RotateCw,
  Route,
  ScrollText,
  Settings,
  Siren,
  UserRoundCheck,
} from 'lucide-react'

export interface NavigationEntry {
  href: string
  label: string
  icon: LucideIcon
  /** Sequence of the shortcut registry. */
  keys: string
  /** The permission without which it is hidden, as `kind:action`. */
  needs?: string
  /** More words by which the palette finds it. */
  words: string
  /** Other addresses at which it is the current one. */
  alsoAt?: string[]
}

/** The console's places, in the order of the navigation. */
export const navigation: NavigationEntry[] = [
  { href: '/', label: 'Overview', icon: Gauge, keys: 'g o', words: 'home dashboard counts' },
  {
    href: '/inventory',
    label: 'Inventory',
    icon: Boxes,
    keys: 'g i',
    words: 'identities credentials service accounts keys list',
    alsoAt: ['/identities', '/credentials'],
  },
  {
    href: '/resources',
    label: 'Resources',
    icon: Box,
    keys: 'g r',
    needs: 'source:list',
    words: 'buckets databases secrets sensitivity restricted who can reach',
  },
  {
    href: '/explore',
    label: 'Explore',
    icon: Route,
    keys: 'g e',
    needs: 'crown_jewel:list',
    words: 'paths access graph attack crown jewels choke points reach blast radius',
  },
  {
    href: '/runs',
    label: 'Runs',
    icon: RotateCw,
    keys: 'g u',
    needs: 'lifecycle_run:list',
    words: 'rotation revocation restore orders approval second person timeline',
    alsoAt: ['/orders'],
  },
  {
    href: '/emergency',
    label: 'A key leaked',
    icon: Siren,
    keys: 'g x',
    needs: 'lifecycle_order:request',
    words: 'emergency incident leak cut off whose key secret',
  },
  {
    href: '/mine',
    label: 'My identities',
    icon: UserRoundCheck,
    keys: 'g y',
    needs: 'ownership:hold',
    words: 'mine owner attest transfer not mine take over tasks',
  },
  {
    href: '/connections',
    label: 'Connections',
    icon: Cable,
    keys: 'g c',
    needs: 'connection:list',
    words: 'live systems sources sync connect database postgresql schedule run now',
  },
  {
    href: '/import',
    label: 'Import',
    icon: FileUp,
    keys: 'g m',
    needs: 'import:list',
    words: 'upload files sources history',
  },
  {
    href: '/audit',
    label: 'Audit',
    icon: ScrollText,
    keys: 'g a',
    needs: 'audit_event:list',
    words: 'trail events log chain verify',
  },
  {
    href: '/settings',
    label: 'Settings',
    icon: Settings,
    keys: 'g s',
    words: 'members teams sign-in api keys organization sensitivity rules',
  },
]

export const apiReferencePath = '/reference'
export const sessionsPath = '/settings/sessions'

/** The page of one identity; with the preview of rotating or revoking it open, when that was asked for. */
export function identityPath(id: string, deed?: string): string {
  return deed === 'rotate' || deed === 'revoke' ? `/inventory/${id}?do=${deed}` : `/inventory/${id}`
}

export function listNavigation(can: Record<string, boolean>, places = navigation): NavigationEntry[] {
  return places.filter((entry) => entry.needs === undefined || can[entry.needs] !== false)
}

export function isCurrentEntry(entry: NavigationEntry, pathname: string): boolean {
  if (entry.href === '/') return pathname === '/'
  return [entry.href, ...(entry.alsoAt ?? [])].some((place) => pathname === place || pathname.startsWith(`${place}/`))
}
