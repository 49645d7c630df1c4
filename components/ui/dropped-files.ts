/** More than this is no choice of exports but somebody's home. */
const mostFiles = 5_000

/**
 * The files of a drop, those inside of folders too, each of these with its path as `webkitRelativePath`. At most 5,000; what
 * cannot be read is left out. Call it in the drop's own event: afterwards the browser has forgotten the folders.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const plain = Array.from(transfer.files)
  const entries = Array.from(transfer.items).map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null))
  if (!entries.some((entry) => entry?.isDirectory)) return plain
  const files: File[] = []
  for (const entry of entries) if (entry) await collect(entry, files)
  return files
}

async function collect(entry: FileSystemEntry, into: File[]): Promise<void> {
  if (into.length >= mostFiles) return
  if (isFile(entry)) {
    const file = await new Promise<File | null>((resolve) => entry.file(resolve, () => resolve(null)))
    if (!file) return
    Object.defineProperty(file, 'webkitRelativePath', { value: entry.fullPath.replace(/^\//, '') })
    into.push(file)
    return
  }
  if (!isFolder(entry)) return
  const reader = entry.createReader()
  // A reader gives about a hundred entries at a time, and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])))
    if (some.length === 0) return
    for (const child of some) await collect(child, into)
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
