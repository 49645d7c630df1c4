'use client'

import ErrorPage, { type ErrorPageProps } from '../error'

/** The same page inside the console, so that the navigation stays. */
export default function ConsoleError(props: ErrorPageProps) {
  return <ErrorPage {...props} />
}
