import {
  Box,
  Boxes,
  FileCheck,
  FileUp,
  Gauge,
  Hammer,
  Hourglass,
  Infinity as InfinityIcon,
  ListChecks,
  type LucideIcon,
  Plug,
  RotateCw,
  Route,
  Scale,
  ScrollText,
  Settings2,
  Siren,
  TriangleAlert,
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
  /** Other addresses at which it is the current one. */
  alsoAt?: string[]
  /** What it and those that follow with the same word are called together. */
  group?: string
}

/** The console's places, in the order of the navigation. */
export const navigation: NavigationEntry[] = [
  { href: '/', label: 'Overview', icon: Gauge, keys: 'g o' },
  {
    href: '/inventory',
    label: 'Inventory',
    icon: Boxes,
    keys: 'g i',
    alsoAt: ['/identities', '/credentials'],
  },
  {
    href: '/resources',
    label: 'Resources',
    icon: Box,
    keys: 'g r',
    needs: 'source:list',
  },
  {
    href: '/explore',
    label: 'Explore',
    icon: Route,
    keys: 'g e',
    needs: 'crown_jewel:list',
  },
  {
    href: '/runs',
    label: 'Runs',
    icon: RotateCw,
    keys: 'g u',
    needs: 'lifecycle_run:list',
    alsoAt: ['/orders', '/drills'],
  },
  {
    href: '/emergency',
    label: 'A key leaked',
    icon: Siren,
    keys: 'g x',
    needs: 'lifecycle_order:request',
  },
  {
    href: '/reviews',
    label: 'Reviews',
    icon: ListChecks,
    keys: 'g v',
    needs: 'review_campaign:list',
  },
  {
    href: '/to-review',
    label: 'To review',
    icon: ListChecks,
    keys: 'g t',
    needs: 'review_item:decide',
  },
  {
    href: '/mine',
    label: 'My identities',
    icon: UserRoundCheck,
    keys: 'g y',
    needs: 'ownership:hold',
  },
  {
    href: '/grants',
    label: 'Access for a task',
    icon: Hourglass,
    keys: 'g h',
    alsoAt: ['/ask'],
    group: 'Access',
  },
  {
    href: '/grants/standing',
    label: 'Without an end',
    icon: InfinityIcon,
    keys: 'g f',
    needs: 'standing_access:list',
    group: 'Access',
  },
  {
    href: '/decisions',
    label: 'Decisions',
    icon: Scale,
    keys: 'g p',
    needs: 'decision:list',
    group: 'Access',
  },
  {
    href: '/policies',
    label: 'Policies',
    icon: FileCheck,
    keys: 'g z',
    // Whoever may read decisions may read what decides.
    needs: 'decision:list',
    group: 'Access',
  },
  {
    href: '/incidents',
    label: 'Incidents',
    icon: TriangleAlert,
    keys: 'g b',
    group: 'Access',
  },
  {
    href: '/break-glass',
    label: 'Break-glass',
    icon: Hammer,
    keys: 'g q',
    group: 'Access',
  },
  {
    href: '/connections',
    label: 'Connections',
    group: 'Organization',
    icon: Plug,
    keys: 'g c',
    needs: 'connection:list',
  },
  {
    href: '/import',
    group: 'Organization',
    label: 'Import',
    icon: FileUp,
    keys: 'g m',
    needs: 'import:list',
  },
  {
    href: '/audit',
    group: 'Organization',
    label: 'Audit',
    icon: ScrollText,
    keys: 'g a',
    needs: 'audit_event:list',
  },
  {
    href: '/settings',
    group: 'Organization',
    label: 'Settings',
    icon: Settings2,
    keys: 'g s',
  },
]

export const apiReferencePath = '/reference'
export const sessionsPath = '/settings/sessions'

export function listNavigation(can: Record<string, boolean>, places = navigation): NavigationEntry[] {
  return places.filter((entry) => entry.needs === undefined || can[entry.needs] !== false)
}
