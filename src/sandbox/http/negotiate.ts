/** Chooses the rendering of a response, and determines that of a request (GFD.185 §3.6.6, GFD.223 §4.1). */
import { parseMediaType, negotiate as preferred, type RenderingName } from '../../rendering/index.js'
import { Fault } from '../fault.js'
import type { MediaSupport } from '../personas/persona.js'

export interface MediaChoice {
  readonly type: string
  readonly rendering: RenderingName
}

/** Throws Fault 406 when no rendering is acceptable to the client. */
export function negotiate(accept: string | undefined, support: MediaSupport): MediaChoice {
  const [first] = support.produces
  if (first === undefined) throw new Fault(406, 'This provider has no renderings')
  if (accept === undefined || accept.trim() === '') return first
  const chosen = choosers[support.matching](accept, support.produces, first)
  if (chosen === undefined) {
    const offered = support.produces.map((offer) => offer.type).join(', ')
    throw new Fault(406, `None of the accepted media types is offered here; offered are ${offered}`)
  }
  return chosen
}

/** The rendering of a request body. Throws Fault, with the status of the persona, when it is not supported. */
export function requestRendering(contentType: string, support: MediaSupport): RenderingName {
  const bare = support.matching === 'q-values' ? parseMediaType(contentType)?.type : contentType.trim()
  const found = support.consumes.find((accepted) => accepted.type === bare)
  if (found === undefined)
    throw new Fault(support.unsupportedStatus, `Media type ${printable(contentType)} cannot be read here`)
  return found.rendering
}

type Choose = (accept: string, offers: readonly MediaChoice[], first: MediaChoice) => MediaChoice | undefined

const choosers: Readonly<Record<MediaSupport['matching'], Choose>> = {
  'q-values': (accept, offers) => {
    const type = preferred(
      accept,
      offers.map((offer) => offer.type),
    )
    return offers.find((offer) => offer.type === type)
  },
  'first-known': (accept, offers, first) => {
    for (const part of accept.split(',')) {
      const type = part.split(';q=')[0]?.trim() ?? ''
      if (type === '*/*') return first
      const found = offers.find((offer) => offer.type === type)
      if (found !== undefined) return found
    }
    return undefined
  },
  // erocci (E3): a header that is one media type selects its rendering. A list only selects the Content-Type, also
  // text/html, and the body is in the default rendering.
  'exact-or-default': (accept, offers, first) => {
    const exact = offers.find((offer) => offer.type === accept.trim())
    if (exact !== undefined) return exact
    if (!/[,*]|;\s*q=/.test(accept)) return undefined
    const offered = ['text/html', ...offers.map(({ type }) => type)]
    const type = preferred(accept, offered)
    return type === undefined ? undefined : { type, rendering: first.rendering }
  },
  exact: (accept, offers, first) => {
    if (accept.trim() === '*/*') return first
    return offers.find((offer) => offer.type === accept.trim())
  },
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}
