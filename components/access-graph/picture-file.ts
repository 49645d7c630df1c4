/** A name as a part of a file's name: small letters, digits and hyphens. */
export function fileNameOf(name: string): string {
  const text = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return text.replaceAll(/^-|-$/g, '').slice(0, 80) || 'identity'
}
