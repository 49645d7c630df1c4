import { NothingHere } from '@/components/shell/nothing-here'

/** The same page inside the console, so that the navigation stays. */
export default function ConsoleNotFound() {
  return <NothingHere />
}
