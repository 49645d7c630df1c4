/** @type {import('next').NextConfig} */
const config = {
  // A server with only the packages it uses: what `npm start` and the container run.
  output: 'standalone',
  outputFileTracingRoot: import.meta.dirname,
  // Packages with native parts or with one instance for the whole process.
  serverExternalPackages: ['pg', 'pg-boss', '@cerbos/grpc', '@node-rs/argon2', 'ssh2', 'pdfkit'],
  // The typefaces of a report on paper are read as files.
  outputFileTracingIncludes: {
    '/api/v1/campaigns/*/report': ['./node_modules/geist/dist/fonts/**/*.ttf', './node_modules/pdfkit/**/*'],
  },
  poweredByHeader: false,
  productionBrowserSourceMaps: true,
  // The development server would print the arguments of server actions, passwords among them.
  logging: { serverFunctions: false },
}

export default config
