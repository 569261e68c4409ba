/**
 * How much a test tries. Unit tests make a part of the cases; `npm run test:integration` runs each file that
 * imports this module once more, with all of them.
 */
export const thorough = process.env['THOROUGH'] === '1'

/** All cases in the integration run, a tenth in the unit tests. */
export function runs(all: number): number {
  return thorough ? all : Math.ceil(all / 10)
}
