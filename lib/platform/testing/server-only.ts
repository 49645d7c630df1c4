// `server-only` throws outside a React server; tests run use cases in plain Node.
export {}
