/** Recorded exchanges of real servers. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HeaderPair } from '../../src/basics/http.js'

export interface Exchange {
  readonly name: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly headers: readonly HeaderPair[]
    readonly body: string | null
  }
  readonly response: {
    readonly status: number
    readonly reason: string
    readonly headers: readonly HeaderPair[]
    readonly body: string | null
  }
}

export const captureNames = [
  'pyssf',
  'occi-os',
  'occi-os-essex',
  'snf-occi',
  'snf-occi-2016',
  'rocci-server',
  'ooi',
  'ooi-nova',
  'rocci-server-2.0',
  'rocci-server-2.0-stateful',
  'pyssf-live',
  'occi-os-live',
  'snf-occi-live',
  'snf-occi-2017',
  'snf-occi-2017-live',
  'erocci',
  'erocci-live',
] as const
export type CaptureName = (typeof captureNames)[number]

const folder = join(import.meta.dirname, '../fixtures/captures')

export function capture(name: CaptureName): readonly Exchange[] {
  const lines = readFileSync(join(folder, `${name}.jsonl`), 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Exchange)
}

export function exchange(name: CaptureName, title: string): Exchange {
  const found = capture(name).find((one) => one.name === title)
  if (found === undefined) throw new Error(`no exchange ${title} in ${name}`)
  return found
}
