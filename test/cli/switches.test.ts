import { describe, expect, it } from 'vitest'
import { asSetting, authenticationOptions, globalOptions } from '../../src/cli/options/global.js'
import { resolveSettings } from '../../src/config/index.js'
import { environmentName } from '../../src/settings/names.js'
import { machine } from './support/harness.js'

const isSwitch = (option: { readonly value?: string; readonly env?: unknown }): boolean =>
  option.value === undefined && option.env !== 'none'
const ours = globalOptions.filter(isSwitch).map(({ name }) => environmentName(name))
const ofMethods = (await authenticationOptions()).filter(isSwitch).map(({ name }) => environmentName(name))

describe('a variable of a switch', () => {
  it.each([...ours, 'OS_INSECURE'])(
    'a switch variable %s with an unknown word is an error that names it',
    async (name) => {
      for (const word of ['never', 'disabled', 'nope']) {
        const { status, err } = await machine().occi('compute list --endpoint http://127.0.0.1:9/', {
          env: { [name]: word },
        })
        expect({ status, err }).toEqual({
          status: 2,
          err: expect.stringContaining(`${name} is "${word}", which is neither true nor false`),
        })
      }
    },
  )

  it('switch variables of the login methods are checked, too', () => {
    expect(ofMethods).toEqual(
      expect.arrayContaining(['OCCI_ALLOW_PLAIN_HTTP', 'OCCI_KEYRING', 'OCCI_PROJECT_AUTO', 'OCCI_VOMS']),
    )
  })

  it.each(['n', 'no', 'off', 'False', '0', ''])(
    'certificates are still checked with OCCI_INSECURE=%j',
    (word) => {
      const settings = resolveSettings({
        env: { OCCI_INSECURE: word },
        definitions: globalOptions.map(asSetting),
      })
      expect(settings.isOn('insecure')).toBe(false)
    },
  )
})
