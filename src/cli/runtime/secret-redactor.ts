/**
 * What a command knows and nobody may read: passwords, tokens, what was signed with them. A server that
 * repeats what it was sent, an error that quotes it, a note of a crash: none of them shows it.
 */
import type { Runtime } from './runtime.js'

export interface SecretRedactor {
  add(secret: string | undefined): void
  mask(text: string): string
}

const mask = '***'
/** Shorter ones are words that stand everywhere; masking them would hide what the message says. */
const shortest = 5

export function secretRedactor(): SecretRedactor {
  const known = new Set<string>()
  const add: SecretRedactor['add'] = (secret) => {
    if (secret === undefined || secret.trim().length < shortest) return
    for (const form of formsOf(secret.trim())) known.add(form)
  }
  return {
    add,
    mask(text) {
      let shown = text
      for (const secret of known) if (shown.includes(secret)) shown = shown.replaceAll(secret, mask)
      return shown
    },
  }
}

/** As it is, within JSON, and within a URL or a form. */
function formsOf(secret: string): readonly string[] {
  // By way of bytes: a lone surrogate cannot stand in a URL.
  const inUrl = encodeURIComponent(Buffer.from(secret).toString())
  return [secret, JSON.stringify(secret).slice(1, -1), inUrl, inUrl.replaceAll('%20', '+')]
}

/** The same runtime; what it writes to standard error and keeps of crashes has no secrets in it. */
export function guarded(runtime: Runtime): Runtime & { readonly kept: SecretRedactor } {
  const kept = secretRedactor()
  const more: Pick<Runtime, 'streams' | 'saveCrash'> & { readonly kept: SecretRedactor } = {
    kept,
    streams: (preferences) => {
      const streams = runtime.streams(preferences)
      const write = (text: string) => streams.err.write(kept.mask(text))
      return instead(streams, { err: instead(streams.err, { write }) })
    },
    saveCrash: (details) => runtime.saveCrash(kept.mask(details)),
  }
  return instead(runtime, more)
}

/** With other members here and there; what is worked out whenever it is asked for stays so. */
function instead<T extends object, M extends object>(one: T, more: M): T & M {
  const members = { ...Object.getOwnPropertyDescriptors(one), ...Object.getOwnPropertyDescriptors(more) }
  return Object.defineProperties({}, members) as T & M
}
