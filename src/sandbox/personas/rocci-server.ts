/** The persona of rOCCI-server 1.1 with OpenNebula. The recordings that it follows were made with the dummy backend. */
import { omitUndefined } from '../../basics/objects.js'
import { rocciCore4 } from '../catalog/rocci-core-4.js'
import { seedNetworks } from '../state/seed.js'
import type { HttpRequest, Persona } from './persona.js'
import { type ResponseStyle, respondInStyle } from './response-style.js'
import { rocciServerRules } from './rules/rocci-server.js'
import { standardBehaviour, textMedia } from './standard.js'
import type { TextStyle } from './text.js'

export const rocciStyle: TextStyle = {
  semicolon: ';',
  values: 'typed',
  // Escapes are escaped once more (rocci1-5).
  escape: 'twice',
  floats: 'plain',
  class: 'quoted',
  entityCategories: 'named',
  definitions: 'whole',
  locations: 'relative',
  firstAttributeProperty: 'immutable',
  links: 'relative',
  linkPointsTo: 'target',
  linkRel: 'target-kind',
  linkCategorySeparator: ' ',
  actions: 'shown',
  inlineLinks: 'shown',
}

const responseStyle: ResponseStyle = {
  textStyle: rocciStyle,
  basePath: '',
  textPlain: { beforeLines: '', betweenLines: '\n', afterLines: '' },
  // A collection in text/occi is one Location header, with commas but no blanks between the URLs.
  textOcci: {
    severalValues: ',',
    body: '',
    headerName: (standardName) => standardName,
    collectionHeader: 'Location',
  },
  lineName: (standardName) => standardName,
  uriList: { startsWithComment: false, betweenLines: '\n', afterLines: '' },
  writeResponses: {
    created: {
      'text/plain': { status: 201, body: 'locations' },
      'text/uri-list': { status: 201, body: 'locations' },
      else: { status: 201, body: 'OK', location: 'entity' },
    },
    updated: { status: 200, body: 'data' },
    triggered: { status: 200, body: 'empty' },
    'mixin-added': { status: 200, body: 'empty' },
    'mixin-removed': { status: 200, body: 'empty' },
    membership: { status: 200, body: 'empty' },
    deleted: { status: 200, body: 'empty' },
  },
  emptyList: 200,
  contentType: (rendering) =>
    `${rendering === 'json-1.1' ? 'application/occi+json' : rendering}; charset=utf-8`,
  headers: [
    ['Vary', 'Accept'],
    ['Cache-Control', 'max-age=0, private, must-revalidate'],
    ['X-Request-Id', '481b57a7-109a-470f-8d24-b6657e1b8788'],
    ['Server', 'rOCCI-server/1.1.10 OCCI/1.1'],
  ],
  errors: {
    form: () => 'text-body',
    translate: ({ status, message, code, subject }, exchange) => {
      if (status === 404)
        return { message: `Instance with ID ${exchange.path.split('/').pop() ?? ''} does not exist!` }
      if (code === 'unknown-category') return { message: `Mixin "${subject}" not declared in the model!` }
      return { message }
    },
  },
}

const notImplemented = { status: 501, message: '' }

export const rocciServer: Persona = {
  name: 'rocci-server',
  title: 'rOCCI-server 1.1 (OpenNebula), OCCI 1.1',
  behaviour: {
    ...standardBehaviour,
    identifier: (segment) => segment,
    mixinNotApplicableStatus: 400,
    actionNotApplicableStatus: 409,
    putWithLinks: 'refuse',
    paging: 'ignored',
    queryFilter: 'exact',
    shownStates: new Map([['building', 'waiting']]),
    refusedOperations: new Map(
      (['update', 'add-mixin', 'remove-mixin', 'associate', 'set-members', 'dissociate'] as const).map(
        (name) => [name, notImplemented],
      ),
    ),
  },
  rules: rocciServerRules,
  versions: ['1.1'],
  serverHeaders: responseStyle.headers,
  queryPaths: ['/-/', '/.well-known/org/ogf/occi/-/'],
  categories: rocciCore4,
  seed: seedNetworks('/network/'),
  media: {
    produces: [
      ...textMedia,
      { type: 'application/occi+json', rendering: 'json-1.1' },
      { type: 'application/json', rendering: 'json-1.1' },
    ],
    consumes: [
      { type: 'text/plain', rendering: 'text/plain' },
      { type: 'text/occi', rendering: 'text/occi' },
      { type: 'application/occi+json', rendering: 'json-1.1' },
      { type: 'application/json', rendering: 'json-1.1' },
    ],
    matching: 'q-values',
    unsupportedStatus: 406,
  },
  rewriteResponse: respondInStyle(responseStyle),
  rewriteRequest,
}

/** If Content-Type lists several media types, Rails uses the first. Mixins before the kind are ignored (rocci1-2). */
function rewriteRequest(request: HttpRequest): HttpRequest {
  const type = request.contentType?.split(',')[0]
  return {
    ...request,
    ...omitUndefined({ contentType: type }),
    headers: withoutEarlyMixins(request.headers, ([name, value]) =>
      name.toLowerCase() === 'category' ? value : '',
    ),
    body:
      type === 'text/plain'
        ? withoutEarlyMixins(request.body.split('\n'), (line) => line).join('\n')
        : request.body,
  }
}

/** Removes mixins before the first kind, if there is a kind. */
function withoutEarlyMixins<T>(items: readonly T[], textOf: (item: T) => string): readonly T[] {
  const kindIndex = items.findIndex((item) => /;\s*class="?kind/.test(textOf(item)))
  return items.filter((item, index) => index >= kindIndex || !/;\s*class="?mixin/.test(textOf(item)))
}
