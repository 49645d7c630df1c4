import { NothingHere } from '@/components/shell/nothing-here'
import { currentSession } from '@/lib/platform/auth/session'
import ConsoleLayout from './(console)/layout'

export const metadata = { title: 'Not found' }

/** An address that no page has: inside the console for whoever is signed in, so that the navigation stays. */
export default async function NotFound() {
  const person = await currentSession()
  if (person?.active) {
    return (
      <ConsoleLayout>
        <NothingHere />
      </ConsoleLayout>
    )
  }
  return (
    <main>
      <NothingHere />
    </main>
  )
}
