'use client'

import { Bell, CalendarClock, CalendarCog, Crown, Scissors } from 'lucide-react'
import { listNavigation, type NavigationEntry, navigation } from './navigation'
import { NavigationKey } from './navigation-key'

/** Places below those, which the palette finds. */
export const innerPlaces: NavigationEntry[] = [
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
