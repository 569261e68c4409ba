/** Chooses the media type of a response, and finds the rendering of a request (GFD.185 §3.6.6, GFD.223 §4.1). */
import { parseMediaType, negotiate as preferredType, type RenderingName } from '../../rendering/index.js'
import { Fault } from '../fault.js'
import type { MediaSupport } from '../personas/persona.js'

/** A media type and the rendering of its content. */
export interface MediaChoice {
  readonly type: string
  readonly rendering: RenderingName
}

/** The media type of the response to a request with this Accept header. Throws Fault 406 when none is acceptable. */
export function negotiate(accept: string | undefined, support: MediaSupport): MediaChoice {
  const [first] = support.produces
  if (first === undefined) throw new Fault(406, 'This provider has no renderings')
  if (accept === undefined || accept.trim() === '') return first
  const chosen = choosers[support.matching](accept, support.produces, first)
  if (chosen === undefined) {
    const offered = support.produces.map((offer) => offer.type).join(', ')
    throw new Fault(406, `None of the accepted media types is available. Available are ${offered}.`, {
      code: 'accept-not-supported',
      subject: accept,
    })
  }
  return chosen
}

/** The rendering of a request with this Content-Type. Throws Fault when the persona does not support it. */
export function requestRendering(contentType: string, support: MediaSupport): RenderingName {
  const type = support.matching === 'q-values' ? parseMediaType(contentType)?.type : contentType.trim()
  const supported = support.consumes.find((consumed) => consumed.type === type)
  if (supported === undefined)
    throw new Fault(support.unsupportedStatus, `Media type ${quoted(contentType)} cannot be read`, {
      code: 'content-type-not-supported',
      subject: contentType,
    })
  return supported.rendering
}

type Chooser = (accept: string, offers: readonly MediaChoice[], first: MediaChoice) => MediaChoice | undefined

const choosers: Readonly<Record<MediaSupport['matching'], Chooser>> = {
  'q-values': (accept, offers) => {
    const types = offers.map((offer) => offer.type)
    const type = preferredType(accept, types)
    return offers.find((offer) => offer.type === type)
  },
  'first-known': (accept, offers, first) => {
    for (const part of accept.split(',')) {
      const type = part.split(';q=')[0]?.trim() ?? ''
      if (type === '*/*') return first
      const knownType = offers.find((offer) => offer.type === type)
      if (knownType !== undefined) return knownType
    }
    return undefined
  },
  // erocci (E3): a header that is one media type selects its rendering. A list selects only the Content-Type, which can
  // also be text/html; the body is in the default rendering.
  'exact-or-default': (accept, offers, first) => {
    const exact = offers.find((offer) => offer.type === accept.trim())
    if (exact !== undefined) return exact
    if (!/[,*]|;\s*q=/.test(accept)) return undefined
    const types = ['text/html', ...offers.map((offer) => offer.type)]
    const type = preferredType(accept, types)
    return type === undefined ? undefined : { type, rendering: first.rendering }
  },
  exact: (accept, offers, first) => {
    if (accept.trim() === '*/*') return first
    return offers.find((offer) => offer.type === accept.trim())
  },
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}
