'use client'

import { LogOut } from 'lucide-react'
import { useTransition } from 'react'
import { signOut } from '@/lib/users/actions'
import { Button, type ButtonProps } from '../ui/button'

export function SignOutButton({
  children = 'Sign out',
  ...props
}: Pick<ButtonProps, 'variant' | 'size' | 'children' | 'className'>) {
  const [isPending, startTransition] = useTransition()
  return (
    <Button
      icon={<LogOut aria-hidden />}
      isPending={isPending}
      onClick={() => startTransition(() => signOut())}
      {...props}
    >
      {children}
    </Button>
  )
}
