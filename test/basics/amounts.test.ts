import { describe, expect, it } from 'vitest'
import { formatBytes, formatDuration, formatElapsed, formatLimit } from '../../src/basics/amounts.js'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe('amounts in words', () => {
  it.each([
    [0, '0 ms'],
    [250, '250 ms'],
    [1500, '1.5 s'],
    [2 * minute, '120 s'],
  ])('a limit of %d ms is shown as %s', (milliseconds, text) => {
    expect(formatLimit(milliseconds)).toBe(text)
  })

  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [65 * second, '1 min 05 s'],
    [2 * hour + 3 * minute + 59 * second, '2 h 03 min'],
  ])('an elapsed time of %d ms is shown as %s', (milliseconds, text) => {
    expect(formatElapsed(milliseconds)).toBe(text)
  })

  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [minute, '1 min'],
    [2 * hour - 1, '119 min'],
    [2 * hour, '2 h'],
    [2 * day - 1, '47 h'],
    [2 * day, '2 days'],
    [-3 * hour, '3 h'],
  ])('a duration of %d ms is shown as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })

  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1536, '1.5 KiB'],
    [64 * 1024, '64 KiB'],
    [4 * 1024 ** 2, '4 MiB'],
    [1_258_292, '1.2 MiB'],
  ])('a size of %d bytes is shown as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})
