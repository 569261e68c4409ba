import { describe, expect, it } from 'vitest'
import { tokenV2, tokenV3 } from '../../../src/auth/keystone/token.js'

describe('times of a Keystone token', () => {
  it.each([
    ['2026-11-29T12:00:00.000000', '2026-11-29T12:00:00.000000Z'],
    ['2026-11-29T12:00:00Z', '2026-11-29T12:00:00Z'],
    ['2026-11-29T12:00:00+01:00', '2026-11-29T12:00:00+01:00'],
    ['2026-11-29T12:00:00+0100', '2026-11-29T12:00:00+0100'],
  ])(
    'a time of a Keystone token without a time zone is in UTC, wherever the client is (%s)',
    (given, read) => {
      const v3 = { token: { expires_at: given, issued_at: given } }
      expect(tokenV3('id', JSON.stringify(v3))).toMatchObject({ expires: read, issued: read })
      const v2 = { access: { token: { id: 'id', expires: given, issued_at: given } } }
      expect(tokenV2(JSON.stringify(v2))).toMatchObject({ expires: read, issued: read })
    },
  )
})
