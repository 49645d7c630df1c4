import NotFound from '../not-found'

/** The same page inside the console, so that the navigation stays. */
export default function ConsoleNotFound() {
  return <NotFound />
}
