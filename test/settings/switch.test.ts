import { describe, expect, it } from 'vitest'
import { isOn } from '../../src/settings/switch.js'

describe('a switch', () => {
  it.each(['true', 'TRUE', 'yes', 'on', '1', 'y', 't', ' true '])('a switch with %j is on', (word) => {
    expect(isOn(word, 'OCCI_X')).toBe(true)
  })

  it.each([undefined, '', 'false', 'No', 'off', '0', 'n', 'f'])('a switch with %j is off', (word) => {
    expect(isOn(word, 'OCCI_X')).toBe(false)
  })

  it.each(['never', 'disabled', 'none', '2', '-1', 'null', 'nein', 'constructor', '__proto__', 'true false'])(
    'a switch with %j is an error that names its source',
    (word) => {
      expect(() => isOn(word, 'OCCI_INSECURE')).toThrow(
        `OCCI_INSECURE is "${word}", which is neither true nor false`,
      )
    },
  )
})
