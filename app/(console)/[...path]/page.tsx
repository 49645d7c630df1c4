import { notFound } from 'next/navigation'

/** An address that no page has: said inside the console. Whoever is not signed in was sent to sign in. */
export default function UnknownPage() {
  notFound()
}
