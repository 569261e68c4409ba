/**
 * How many cases a property test tries. Unit tests try a part of them; `npm run test:integration` runs each file that
 * imports this module again with all cases.
 */
export const thorough = process.env['THOROUGH'] === '1'

/** The number of cases to try: all in the integration run, a tenth in the unit tests. */
export function runs(all: number): number {
  return thorough ? all : Math.ceil(all / 10)
}
