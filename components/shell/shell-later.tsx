'use client'

import { NotificationBell } from '../notifications/notification-bell'
import { PlaceKeys } from './inner-places'

// What the frame of the console shows once the page has nothing else to do, fetched as one.
export const Keys = PlaceKeys
export const Bell = NotificationBell
