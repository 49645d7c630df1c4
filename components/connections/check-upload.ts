import { formatBytes, formatCount } from '@/lib/platform/browser/format'

/** What one upload may bring; bytes before unpacking. */
export interface UploadLimits {
  files: number
  bytesPerFile: number
  bytesInAll: number
}

/** What folders hold that nobody means to upload. */
const litter = /(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|\.git\/.*|__MACOSX\/.*)$/

/** The file's name with the folders that it was chosen with. */
export function pathOf(file: File): string {
  return file.webkitRelativePath || file.name
}

/** The chosen files without what folders hold beside them. */
export function withoutLitter(files: readonly File[]): File[] {
  return files.filter((file) => !litter.test(pathOf(file)))
}

/** Why these files would be refused as a whole, told before they are sent; null when nothing speaks against them. */
export function uploadProblem(files: readonly { name: string; size: number }[], limits: UploadLimits): string | null {
  if (files.length === 0) return 'There is no file in this folder.'
  if (files.length > limits.files)
    return `These are ${formatCount(files.length, 'file')}; at most ${limits.files} go into one import. Choose fewer, or put them into a .zip.`
  const large = files.find(({ size }) => size > limits.bytesPerFile)
  if (large)
    return `${large.name} has ${formatBytes(large.size)}; at most ${formatBytes(limits.bytesPerFile)} are read of one file. Pack it as .gz, or split it.`
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (bytes > limits.bytesInAll)
    return `Together these files have ${formatBytes(bytes)}; at most ${formatBytes(limits.bytesInAll)} go into one import. Import them in parts.`
  return null
}

/** How much of each file is sent, 0 to 1, when so much of the whole is: a form sends its files one after the other. */
export function sentShares(sizes: readonly number[], share: number): number[] {
  let left = sizes.reduce((sum, size) => sum + size, 0) * share
  return sizes.map((size) => {
    const sent = size === 0 ? (share >= 1 ? 1 : 0) : Math.max(0, Math.min(1, left / size))
    left -= size
    return share >= 1 ? 1 : sent
  })
}
