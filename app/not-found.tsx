import { NothingHere } from '@/components/shell/nothing-here'

export const metadata = { title: 'Not found' }

/**
 * An address that no page has, outside the console; inside it `(console)/[...path]` says so. Next draws this page along with
 * every other one, so it asks the server for nothing and needs no more of the browser than they do.
 */
export default function NotFound() {
  return (
    <main>
      <NothingHere />
    </main>
  )
}
