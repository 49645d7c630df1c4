import type { FileConnector } from '../contract'

export const connectors: FileConnector[] = []
