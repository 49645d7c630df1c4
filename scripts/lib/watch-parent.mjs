import { isMainThread } from 'node:worker_threads'

// Preloaded into every Node process that the supervisor starts: npm does not pass signals on, and a supervisor that is
// killed cannot end its children. When the parent is gone, this process asks itself to end.
if (isMainThread) {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid === parent) return
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => process.exit(1), 20_000).unref()
  }, 1000).unref()
}
