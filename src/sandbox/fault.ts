/** A refusal: becomes an HTTP error answer. Thrown inside an operation, it also undoes the transaction. */
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
