import { type ClassValue, clsx } from 'clsx'
import { mergeClasses } from './merge-classes'

/** Joins class names; of two Tailwind classes for the same property the later wins. */
export function cn(...values: ClassValue[]): string {
  return mergeClasses(clsx(values))
}
