/** The part of a Node response that next-auth writes to, kept until it is turned into a web Response. */
export class CollectedResponse {
  cookies: string[] = []
  private statusCode = 200
  private readonly headers = new Headers({ 'cache-control': 'no-store' })
  private content: string | null = null

  status(code: number): this {
    this.statusCode = code
    return this
  }

  getHeader(name: string): string[] | string | null {
    return name.toLowerCase() === 'set-cookie' ? this.cookies : this.headers.get(name)
  }

  setHeader(name: string, value: string | string[]): this {
    if (name.toLowerCase() === 'set-cookie') this.cookies = [value].flat()
    else if (name.toLowerCase() !== 'cache-control') this.headers.set(name, String(value))
    return this
  }

  json(value: unknown): void {
    this.headers.set('content-type', 'application/json')
    this.content = JSON.stringify(value)
  }

  send(value: unknown): void {
    if (typeof value === 'string') this.content = value
    else if (value !== undefined) this.json(value)
  }

  end(): void {}

  toResponse(): Response {
    const headers = new Headers(this.headers)
    for (const cookie of this.cookies) headers.append('set-cookie', cookie)
    return new Response(this.content, { status: this.statusCode, headers })
  }
}
