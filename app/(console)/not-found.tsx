/** The same page inside the console, so that the navigation stays. */
export { default } from '../not-found'
