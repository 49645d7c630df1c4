'use client'

import { useShortcutList } from '@/lib/platform/browser/shortcuts'
import { Dialog, DialogContent } from '../ui/dialog'
import { Field } from '../ui/field'
import { Kbd } from '../ui/kbd'
import { Switch } from '../ui/switch'

const groupOrder = ['Everywhere', 'Go to', 'This list']

/** What the registry binds at this moment, and nothing else. */
export function KeyboardHelp({ isOpen, onOpenChange }: { isOpen: boolean; onOpenChange: (open: boolean) => void }) {
  const { shortcuts, areLettersOn, setLettersOn } = useShortcutList()
  const groups = [...new Set([...groupOrder, ...shortcuts.map((shortcut) => shortcut.group)])]
    .map((group) => ({ group, entries: shortcuts.filter((shortcut) => shortcut.group === group) }))
    .filter(({ entries }) => entries.length > 0)
  return (
    <Dialog open={isOpen} onOpenChange={onOpenChange}>
      <DialogContent title="Keyboard shortcuts" description="What works on this page." size="md">
        <div className="flex flex-col gap-4">
          <div className="gap-8 sm:columns-2">
            {groups.map(({ group, entries }) => (
              <section key={group} aria-label={group} className="mb-4 break-inside-avoid">
                <h3 className="mb-1 text-xs text-ink-muted">{group}</h3>
                <dl>
                  {entries.map((entry) => (
                    <div
                      key={`${entry.keys} ${entry.label}`}
                      className="flex min-h-7 items-center justify-between gap-4"
                    >
                      <dt className="text-sm">{entry.label}</dt>
                      <dd>
                        <Kbd keys={entry.keys} />
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
          <Field
            label="Shortcuts of single letters"
            layout="inline"
            hint="Switch them off when you dictate or use software that sends letters. Kept in this browser."
            className="border-t pt-3"
          >
            <Switch checked={areLettersOn} onCheckedChange={setLettersOn} />
          </Field>
        </div>
      </DialogContent>
    </Dialog>
  )
}
