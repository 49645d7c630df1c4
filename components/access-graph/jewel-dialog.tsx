'use client'

import { Crown } from 'lucide-react'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent, DialogTrigger } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Textarea } from '@/components/ui/input'
import type { CrownJewel } from '@/lib/access-graph/blast-radius'
import type { GraphNode } from '@/lib/access-graph/schema'
import { NodePicker } from './explore-node-picker'
import { useJewelChange } from './use-jewel-change'

/** Finds a resource or an identity and marks it as a crown jewel. */
export function JewelDialog({ orgId, jewels }: { orgId: string; jewels: CrownJewel[] }) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="primary" icon={<Crown aria-hidden />}>
          Mark a crown jewel
        </Button>
      </DialogTrigger>
      {isOpen ? <JewelForm orgId={orgId} jewels={jewels} onDone={() => setIsOpen(false)} /> : null}
    </Dialog>
  )
}

function JewelForm({ orgId, jewels, onDone }: { orgId: string; jewels: CrownJewel[]; onDone: () => void }) {
  const [node, setNode] = useState<GraphNode>()
  const [note, setNote] = useState('')
  const { mark } = useJewelChange(orgId)
  const problem = problemOf(node, jewels)
  const submit = () => {
    if (!node?.id || problem || mark.isPending) return
    mark.mutate({ nodeId: node.id, name: node.name, note: note.trim() || undefined }, { onSuccess: onDone })
  }
  return (
    <DialogContent
      title="Mark a crown jewel"
      description="From then on each change of who can reach it is kept, with the way."
      className="overflow-visible [&>div]:overflow-visible"
      footer={
        <>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
          <Button
            type="submit"
            form="jewel"
            variant="primary"
            isPending={mark.isPending}
            disabled={!node || problem !== undefined}
          >
            Mark as crown jewel
          </Button>
        </>
      }
    >
      <form
        id="jewel"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <NodePicker
          orgId={orgId}
          label="Resource or identity"
          placeholder="Part of the name or id of a resource or identity"
          node={node}
          onChoose={setNode}
        />
        {problem ? <Alert tone="warning">{problem}</Alert> : null}
        <Field label="Why it matters" hint="For whoever reads the list later.">
          <Textarea rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
      </form>
    </DialogContent>
  )
}

function problemOf(node: GraphNode | undefined, jewels: CrownJewel[]): string | undefined {
  if (!node) return undefined
  if (node.type !== 'resource' && node.type !== 'identity') return 'Only resources and identities can be marked.'
  return jewels.some((jewel) => jewel.node.id === node.id) ? `${node.name} is marked already.` : undefined
}
