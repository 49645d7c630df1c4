'use client'

import {
  Bell,
  CalendarClock,
  CalendarCog,
  Crown,
  FileCheck,
  Hourglass,
  Infinity as InfinityIcon,
  Scissors,
  Siren,
} from 'lucide-react'
import { listNavigation, type NavigationEntry, navigation } from './navigation'
import { NavigationKey } from './navigation-key'

/** Places below those, which the palette finds. */
export const innerPlaces: NavigationEntry[] = [
  {
    href: '/grants',
    label: 'Access for a task',
    icon: Hourglass,
    keys: 'g h',
  },
  {
    href: '/grants/standing',
    label: 'Access without an end',
    icon: InfinityIcon,
    keys: 'g f',
    needs: 'source:list',
  },
  {
    href: '/incidents',
    label: 'Incidents',
    icon: Siren,
    keys: 'g b',
  },
  {
    href: '/policies',
    label: 'Policies',
    icon: FileCheck,
    keys: 'g z',
    // Whoever may read decisions may read what decides.
    needs: 'decision:list',
  },
  {
    href: '/notifications',
    label: 'Notifications',
    icon: Bell,
    keys: 'g n',
  },
  {
    href: '/runs/due',
    label: 'Due rotations',
    icon: CalendarClock,
    keys: 'g d',
    needs: 'lifecycle_run:list',
  },
  {
    href: '/runs/policies',
    label: 'Rotation policies',
    icon: CalendarCog,
    keys: 'g l',
    needs: 'lifecycle_run:list',
  },
  {
    href: '/explore/crown-jewels',
    label: 'Crown jewels',
    icon: Crown,
    keys: 'g w',
    needs: 'crown_jewel:list',
  },
  {
    href: '/explore/choke-points',
    label: 'Choke points',
    icon: Scissors,
    keys: 'g k',
    needs: 'crown_jewel:list',
  },
]

/** The keys of all places, for those who may go there. */
export function PlaceKeys({ can }: { can: Record<string, boolean> }) {
  return listNavigation(can, [...navigation, ...innerPlaces]).map((entry) => (
    <NavigationKey key={entry.href} entry={entry} />
  ))
}
