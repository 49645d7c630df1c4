import type { Metadata } from 'next'
import { ReferenceScreen } from '@/components/api-keys/reference-screen'

export const metadata: Metadata = { title: 'API reference' }

export default function ReferencePage() {
  return <ReferenceScreen />
}
