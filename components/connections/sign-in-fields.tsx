import { Button } from '@/components/ui/button'
import type { TestResult } from '@/lib/connections/live'
import { ConfigFields, type ConfigFieldsProps } from './connection-form'
import { TestReport } from './test-report'

interface SignInFieldsProps extends Omit<ConfigFieldsProps, 'onChange'> {
  test: { data?: TestResult | undefined; error: Error | null; isPending: boolean; mutate: () => void }
  onChange: (values: ConfigFieldsProps['values']) => void
}

/** How to sign in to a system, with a test of it beside. */
export function SignInFields({ test, onChange, ...fields }: SignInFieldsProps) {
  return (
    <div className="grid gap-x-10 gap-y-4 lg:grid-cols-[minmax(0,30rem)_minmax(0,34rem)]">
      <div className="flex min-w-0 flex-col gap-4">
        <ConfigFields {...fields} onChange={(name, value) => onChange({ ...fields.values, [name]: value })} />
        <div>
          <Button isPending={test.isPending} onClick={() => test.mutate()}>
            Test the connection
          </Button>
        </div>
      </div>
      <TestReport test={test} />
    </div>
  )
}
