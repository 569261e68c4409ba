/**
 * Collects the secrets of a command (passwords, tokens, signatures) and masks them on standard error and in crash
 * reports, even if a server repeats them.
 */
import { sanitize } from '../output/sanitize.js'
import type { Runtime, SecretRedactor } from '../runtime.js'

const mask = '***'
/** Shorter secrets are not masked: they may be ordinary words, without which messages would be unreadable. */
const minimumLength = 5

export function secretRedactor(): SecretRedactor {
  const secretForms = new Set<string>()
  const add: SecretRedactor['add'] = (secret) => {
    if (secret === undefined || secret.trim().length < minimumLength) return
    for (const form of encodedForms(secret.trim())) secretForms.add(form)
  }
  return {
    add,
    mask(text) {
      let masked = text
      for (const secret of secretForms) if (masked.includes(secret)) masked = masked.replaceAll(secret, mask)
      return masked
    },
  }
}

/** The secret unchanged, in base64, and escaped for JSON, for URLs, for forms, and for the terminal. */
function encodedForms(secret: string): readonly string[] {
  // Converted through bytes, because encodeURIComponent rejects lone surrogates.
  const inUrl = encodeURIComponent(Buffer.from(secret).toString())
  const asJson = JSON.stringify(secret).slice(1, -1)
  const inBase64 = Buffer.from(secret).toString('base64')
  return [secret, asJson, inUrl, inUrl.replaceAll('%20', '+'), sanitize(secret), inBase64]
}

/** Returns a runtime that masks secrets in standard error and crash reports. */
export function withSecretsMasked<R extends Runtime>(runtime: R): R & { readonly redactor: SecretRedactor } {
  const redactor = secretRedactor()
  const overrides: Pick<Runtime, 'streams' | 'saveCrash'> & { readonly redactor: SecretRedactor } = {
    redactor,
    streams: (preferences) => {
      const streams = runtime.streams(preferences)
      const write = (text: string) => streams.err.write(redactor.mask(text))
      return withMembers(streams, {
        get err() {
          return withMembers(streams.err, { write })
        },
      })
    },
    saveCrash: (details) => runtime.saveCrash(redactor.mask(details)),
  }
  return withMembers(runtime, overrides)
}

/** A copy of the object with some members replaced; getters stay getters. */
function withMembers<T extends object, M extends object>(original: T, replacements: M): T & M {
  const members = {
    ...Object.getOwnPropertyDescriptors(original),
    ...Object.getOwnPropertyDescriptors(replacements),
  }
  return Object.defineProperties({}, members) as T & M
}
