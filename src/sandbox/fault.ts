/**
 * A refusal, which becomes an HTTP error response. Thrown inside an operation, it also rolls back its
 * changes.
 */
export class Fault extends Error {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]

  constructor(status: number, message: string, headers: readonly (readonly [string, string])[] = []) {
    super(message)
    this.name = 'Fault'
    this.status = status
    this.headers = headers
  }
}
