import type { ReactNode } from 'react'
import { Threshold } from '@/components/users/threshold'

export default function InvitationLayout({ children }: { children: ReactNode }) {
  return <Threshold>{children}</Threshold>
}
