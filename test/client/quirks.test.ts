/**
 * Every entry of src/client/quirks/README.md: the test that holds it, or the reason why there is none.
 * Tests are named `file: part of the title`; that they exist is checked below.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Row {
  readonly quirk: string
  readonly what: string
  readonly test?: string
  readonly why?: string
}

const held = (quirk: string, what: string, test: string): Row => ({ quirk, what, test })
const left = (quirk: string, what: string, why: string): Row => ({ quirk, what, why })

const part1: readonly Row[] = [
  held(
    'Q1',
    'two Content-Length headers on errors',
    'client/replay: shows the words of an error that comes with two Content-Length headers',
  ),
  held(
    'Q2',
    'one giant joined header',
    'transport/transport: takes a header of 5 MB and one of 20,000 lines',
  ),
  held(
    'Q3',
    'media type with a parameter: 406',
    'client/negotiation: are one bare type each, never a list, never a parameter',
  ),
  held(
    'Q4',
    'q-values ignored',
    'client/negotiation: are one bare type each, never a list, never a parameter',
  ),
  held(
    'Q5',
    'Content-Type needed with headers, filters too',
    'client/collections: goes to pyssf with one attribute, and here with the rest',
  ),
  held('Q6', 'JSON input: 500', 'client/replay: goes through a lifecycle'),
  held(
    'Q7',
    'snf-occi 2012 reads no bodies',
    'client/providers: gets everything in headers: it reads no bodies',
  ),
  held('Q8', 'chunked bodies not read', 'client/wire: has its length, never chunks (pyssf reads none)'),
  held(
    'Q9',
    'empty dissociate deletes the members',
    'client/providers: is never sent a dissociation without members',
  ),
  held('Q10', 'body OK whatever the Content-Type', 'client/answers: 200, Location and OK'),
  held(
    'Q11',
    'empty first line, no last line end',
    'rendering/captures: has no successful answer that cannot be read',
  ),
  held(
    'Q12',
    'values joined by commas, or repeated headers',
    'rendering/quirks: keeps a comma inside a quoted title',
  ),
  held(
    'Q13',
    'header names in any case',
    'client/answers: X-OCCI-Location in a header as eventlet writes it',
  ),
  held('Q14', 'two Server headers', 'client/discovery: the second of two Server headers is seen too'),
  held('Q15', 'errors are prose in text/plain', 'client/errors: an error in the words of the server'),
  held('Q16', '405 for anything', 'client/errors: of status %i (%j) is %s'),
  held(
    'Q17',
    '406 for missing data, 404 for what is still there',
    'client/uncertain: that is answered 404 though it is still there says so (OCCI-OS after a failed link)',
  ),
  held(
    'Q18',
    'reason phrases and statuses of missing tokens',
    'client/errors: an error in the words of the server',
  ),
  held(
    'Q19',
    'a Python object as body, Keystone in single quotes',
    'rendering/captures: does not take a Python repr for markup',
  ),
  held('Q20', 'charset=utf8', "transport/body: ['text/plain; charset=utf8'"),
  held(
    'Q21',
    'uri-list with a comment',
    'client/collections: come as they arrive, comments and line ends aside',
  ),
  held(
    'Q22',
    'unknown paths with a slash: 200, empty',
    'client/entities: is not there where the answer is empty (pyssf: a path that ends in a slash)',
  ),
  held(
    'Q23',
    'HTTP/1.0, connection closed',
    'client/personas: says in its own words what is not there, over a socket',
  ),
  held('Q24', 'tracebacks as bodies', 'rendering/captures: shows the last line of a traceback'),
  held(
    'Q25',
    'rel for parents, absolute locations, some without a slash',
    'client/discovery: pyssf: properties, parents, actions and absolute locations',
  ),
  held(
    'Q26',
    'attribute properties',
    'client/discovery: pyssf: properties, parents, actions and absolute locations',
  ),
  held('Q27', 'entities repeat whole definitions', 'client/replay: goes through a lifecycle'),
  held(
    'Q28',
    'numbers quoted, quotes not escaped',
    'client/entities: has numbers where a text rendering quotes them',
  ),
  held(
    'Q29',
    'occi.core.id is a path, a UUID, a number, or not there',
    'client/collections: of JSON entities without location or id is described by their locations (pyssf)',
  ),
  held(
    'Q30',
    'relative and absolute ends; another host is unknown',
    'client/providers: gets link ends as paths: it may know itself by another host',
  ),
  held(
    'Q31',
    'a chosen id ignored, mixins kept in a PUT',
    'client/providers: chooses another id than the one that was asked for: its location counts',
  ),
  held(
    'Q32',
    'action links without self, only applicable ones',
    'client/entities: has actions with absolute addresses',
  ),
  held(
    'Q33',
    'the link itself between <>',
    'client/entities: has links whose brackets hold the link itself, with the target in an attribute (ooi)',
  ),
  held(
    'Q34',
    'link locations differ and lie below others',
    'client/entities: has a kind by the longest location (pyssf puts links under /network/)',
  ),
  left(
    'Q35',
    'attribute names off the standard',
    'Shown under the names the provider gives: renamed, nobody could filter by them or send them back.',
  ),
  held('Q36', 'memory in MB', 'client/entities: of %s has its memory in %s'),
  held(
    'Q37',
    'an action answers with the state before it',
    'client/providers: shows a stale state in its answer to an action: it is read again',
  ),
  left(
    'Q38',
    'OCCI-OS never shows the flavour of a VM, and two after a resize',
    'What the provider does not say cannot be shown; both templates are shown as they are.',
  ),
  held(
    'Q39',
    'digits, blanks and brackets in terms and URLs',
    'client/providers: has an image with blanks and brackets in term and location, found by what it depends on',
  ),
  held('Q40', 'template schemes of all kinds', 'client/discovery: recognised as %s, with its templates'),
  held(
    'Q41',
    'kinds without rel',
    'client/discovery: essex: kinds without a parent, in a scheme of their own',
  ),
  held('Q42', "pyssf's JSON dialect", 'rendering/captures: reads words as definitions'),
  held(
    'Q43',
    'UTF-8 without a charset',
    'transport/transport: reads header values as UTF-8, and as Latin-1 where they are not',
  ),
  held('Q44', 'HTML forms', 'client/errors: is said of a web page'),
  held(
    'Q45',
    'scheme quoted, class after it',
    'client/providers: gets everything in headers: it reads no bodies',
  ),
  held(
    'Q46',
    'only term, scheme and class in headers',
    'client/providers: gets everything in headers: it reads no bodies',
  ),
  held('Q47', 'names of lines in one case, a blank after the colon', 'client/providers: resizes by PUT'),
  held(
    'Q48',
    'unknown and immutable attributes taken silently',
    'client/providers: is not asked for what its model does not have',
  ),
  held(
    'Q49',
    'X-OCCI-Location one by one',
    'client/providers: gets members to take off in headers, where a lost body cannot delete the rest',
  ),
  held(
    'Q50',
    'action by query and Category; restart needs a method',
    'client/providers: is restarted gracefully unless told otherwise',
  ),
  held(
    'Q51',
    'location of a mixin ends in a slash',
    'client/providers: gets mixins of users only with a location that ends in a slash',
  ),
  held('Q52', 'links in an update refused', 'client/providers: is never sent links in a full update'),
  held(
    'Q53',
    'storagelink wants a deviceid; inline links are a 500 after the VM',
    'client/providers: gets links after the machine, for an inline one is a 500 after the VM was made',
  ),
  held(
    'Q54',
    'DELETE /-/ answers 200 and removes nothing',
    'client/providers: removes a mixin that is still there afterwards: that is said',
  ),
  held(
    'Q55',
    'no title of a compute: the host name is its name',
    'client/names: is sent as the host name, and found by it',
  ),
  held(
    'Q56',
    'the answer to an update is stale',
    'client/names: says that a new title was not taken, whatever the answer shows',
  ),
  held(
    'Q57',
    'new entities stay inactive',
    'client/names: ends waiting for what only an action brings, with the action',
  ),
  held('Q58', 'sizes lose their fraction', 'client/names: says that a size loses its fraction'),
  held('Q59', 'keys need a name', 'client/names: names the pair of a public key'),
]

const ooi: readonly Row[] = [
  held(
    'ooi-1',
    '200 with X-OCCI-Location in the body',
    'client/answers: 200 and X-OCCI-Location in the body (ooi)',
  ),
  held(
    'ooi-2',
    'X-Occi-Location header, empty body',
    'client/answers: X-OCCI-Location in a header as eventlet writes it',
  ),
  held(
    'ooi-3',
    'errors in text/occi say nothing: not asked for',
    'client/providers: gets everything in headers: it reads no bodies',
  ),
  held('ooi-4', 'errors as a sentence, or code and message in JSON', 'rendering/quirks: reads the error %j'),
  held('ooi-5', '401 always in JSON', 'client/errors: is not said where credentials are asked for'),
  held('ooi-6', 'errors of the network ignore Accept', 'client/errors: an error in the words of the server'),
  held(
    'ooi-7',
    '204 for nothing, {} in JSON',
    'client/collections: of nothing is an empty object, array or collection in JSON',
  ),
  held('ooi-8', 'JSON create with an id only', 'client/answers: a JSON collection with an id only'),
  held('ooi-9', 'a request in JSON without kind loses its mixins', 'client/providers: resizes by PUT'),
  held('ooi-10', 'charset=utf8', "transport/body: ['text/plain; charset=utf8'"),
  held(
    'ooi-11',
    'categories in a uri-list of /-/',
    'rendering/quirks: finds categories in text/uri-list (ooi-11), and says so',
  ),
  held(
    'ooi-12',
    'no attributes in text discovery: JSON first',
    'client/negotiation: is asked for JSON, then for text',
  ),
  held(
    'ooi-13',
    'titles not escaped',
    'rendering/quirks: keeps unescaped quotes in the title of a category (ooi-13)',
  ),
  held(
    'ooi-14',
    'inactive while building, start always offered',
    'client/wait: ends in the wanted state, and tells the states on the way',
  ),
  held('ooi-15', 'memory in MB', 'client/entities: of %s has its memory in %s'),
  held(
    'ooi-16',
    'Category and query of an action must agree',
    'client/negotiation: come with every payload, in headers too',
  ),
  held('ooi-17', 'blank lines: 500; names in one case', 'client/providers: resizes by PUT'),
  held(
    'ooi-18',
    'wrong media types: 406',
    'client/negotiation: is asked for in text, and that is remembered',
  ),
  held(
    'ooi-19',
    'OCCI/1.3 in User-Agent: 501',
    'client/wire: announces OCCI/1.1: to a higher version servers say 501',
  ),
  held('ooi-20', 'filters ignored', 'client/providers: gets no filters, answers 204 to an empty listing'),
  held(
    'ooi-21',
    'ids of several parts with colons',
    'client/locations: /networklink/4201_2216_2001:648:2ffc:15f91',
  ),
  held('ooi-22', 'an unscoped token: 403', 'client/errors: of status %i (%j) is %s'),
  held(
    'ooi-23',
    'discovery in text/occi breaks clients and proxies',
    'client/negotiation: come with every payload, in headers too',
  ),
]

const erocci: readonly Row[] = [
  held('E1', '404 for /-/', 'client/negotiation: is found under the well-known path (E1)'),
  held('E2', 'no Accept: 500', 'client/negotiation: are one bare type each, never a list, never a parameter'),
  held(
    'E3',
    'data in headers whatever Content-Type says',
    'client/entities: is read from headers where the body is OK, whatever Content-Type says (E3)',
  ),
  held(
    'E4',
    'Content-Type with a parameter: 415',
    'client/negotiation: are one bare type each, never a list, never a parameter',
  ),
  held(
    'E5',
    'refused after the write',
    'client/uncertain: of status %i, but the machine is there: said so, and never sent again',
  ),
  held(
    'E6',
    '200 and a whole rendering; the location is the only identity',
    'client/personas: goes through the life of a machine',
  ),
  held(
    'E7',
    'what is unknown or missing is accepted: checked here',
    'client/providers: is not asked for what its model does not have',
  ),
  held(
    'E8',
    'names in lower case, floats of six digits',
    'rendering/quirks: keeps the float of erocci and its lexeme',
  ),
  held(
    'E9',
    'text not escaped: JSON is read',
    'client/providers: is read in JSON: its text breaks at quotes and line ends',
  ),
  held(
    'E10',
    'one joined header, raw UTF-8',
    'transport/transport: reads header values as UTF-8, and as Latin-1 where they are not',
  ),
  held(
    'E11',
    'categories of a link run together',
    'rendering/quirks: separates type identifiers that run together',
  ),
  held(
    'E12',
    'links cannot be deleted, nor collections',
    'client/uncertain: that fails and leaves it there is an error (erocci cannot delete links)',
  ),
  held('E13', 'parameters in one order', 'rendering/print: prints an entity in the order of the grammar'),
  held(
    'E14',
    'empty headers: 500',
    'client/negotiation: are one bare type each, never a list, never a parameter',
  ),
  held('E15', 'filters crash: not sent', 'client/collections: is applied here where the provider has none'),
  held(
    'E16',
    'HEAD and OPTIONS fail: not used',
    'client/negotiation: are one bare type each, never a list, never a parameter',
  ),
  held(
    'E17',
    'an action answers with the entity unchanged',
    'client/providers: shows a stale state in its answer to an action: it is read again',
  ),
  held('E18', 'update by POST, replacement by PUT', 'client/lifecycle: replaces a whole entity'),
  held(
    'E19',
    'mixins of users at another location, members in text, sets that add',
    'client/providers: leaves old members in a set: that is an error, not a success',
  ),
  held('E20', 'errors without a body', 'client/errors: of status %i (%j) is %s'),
  held(
    'E21',
    'no uri-list of an entity: not asked for',
    'client/negotiation: are one bare type each, never a list, never a parameter',
  ),
  held(
    'E22',
    'enumerations as arrays, locations in JSON',
    'client/providers: declares enumerations as arrays: a word is right all the same',
  ),
  left(
    'E23',
    'authentication does not work',
    'Its own fault: with the ACL that lets all in nothing is asked for; its 401 is shown as one that names a method we do not know.',
  ),
]

const mart: readonly Row[] = [
  held('M1', 'text bodies lose all but the first line', 'client/providers: gets JSON, never a text body'),
  held(
    'M2',
    'one exact media type',
    'client/negotiation: are one bare type each, never a list, never a parameter',
  ),
  held(
    'M3',
    'a header named interface, categories joined by semicolons',
    'rendering/quirks: reads the query interface in a header named interface',
  ),
  held(
    'M4',
    'a uri-list in headers',
    'client/collections: are read from headers where the body is empty or OK (MartServer, text/occi)',
  ),
  held('M5', 'no line end after a mixin', 'rendering/quirks: reads a field that begins without a line end'),
  held('M6', '201 without Location', 'client/answers: a JSON entity with a location'),
  held(
    'M7',
    'dissociating one deletes all',
    'client/providers: would delete every carrier of a mixin taken off one: refused',
  ),
  held('M8', 'mixins put on entity by entity', 'client/providers: has a mixin put on entity by entity'),
  held('M9', 'actions in JSON', 'client/personas: goes through the life of a machine'),
  held('M10', 'an update names its kind', 'client/providers: gets the kind with an update in JSON'),
  held('M11', 'errors as message:', "rendering/hostile: ['message: No such thing'"),
  left(
    'M12',
    'an Accept header in answers',
    'Not needed: what is read and written is known of this server, and learnt of others by asking.',
  ),
  held('M13', 'the model one level deeper', "rendering/quirks: unwraps MartServer's model"),
  held('M14', 'Basic; links in JSON only', 'client/personas: links and unlinks a volume'),
  held('M15', 'required is not meant', 'client/model-quirks: links without an address of hardware'),
]

const rocci: readonly Row[] = [
  held(
    'rocci1-1',
    'text wants an occi.core.id',
    'client/providers: gets an id, and the kind before the mixins and the id',
  ),
  held(
    'rocci1-2',
    'a mixin before the kind is lost',
    'client/providers: gets one header each, in text/occi too',
  ),
  held('rocci1-3', 'strict parser, words of refusal', 'client/errors: an error in the words of the server'),
  held(
    'rocci1-4',
    '201 with Location or X-OCCI-Location; 409',
    'client/answers: 201 and X-OCCI-Location in the body',
  ),
  left(
    'rocci1-5',
    'escapes doubled on output',
    'A doubled backslash cannot be told from one that the user wrote; nothing is guessed.',
  ),
  held(
    'rocci1-6',
    'HTML pages for unknown paths',
    'rendering/captures: shows the words of an HTML error page',
  ),
  held('rocci1-7', '401 without a challenge', 'auth/auto: says so when the server names no method'),
  held(
    'rocci1-8',
    '/link/…/, 501 to mixins of users',
    'client/providers: says 501 to an update in its own way',
  ),
  held(
    'rocci1-9',
    'X-Request-Id, charset on all types',
    "client/errors: has the server's words, method, URL, status and request id",
  ),
  held('rocci2-1', 'versions in Server', 'client/negotiation: tells versions and server'),
  held(
    'rocci2-2',
    'no Accept: 406',
    'client/negotiation: are one bare type each, never a list, never a parameter',
  ),
  held(
    'rocci2-3',
    'X-OCCI-Category, X-OCCI-Link, Location',
    'client/entities: is read from X-OCCI-Category and X-OCCI-Link headers (rOCCI-server 2)',
  ),
  held(
    'rocci2-4',
    'an empty Category is refused: none is written',
    'client/providers: gets JSON with an id of ours, and always one Accept',
  ),
  held(
    'rocci2-5',
    'an id at every create',
    'client/providers: gets JSON with an id of ours, and always one Accept',
  ),
  held(
    'rocci2-6',
    'errors by Accept, X-OCCI-Error',
    'rendering/hostile: prefers X-OCCI-Error (ooi, rOCCI-server 2.0)',
  ),
  held('rocci2-7', '204; no updates, no mixins of users', 'client/errors: of status %i (%j) is %s'),
  held('rocci2-8', 'Keystone in single quotes', "auth/challenges: Keystone uri='https://"),
  held(
    'rocci2-9',
    'arrays in a string',
    'client/entities: has arrays where a text rendering puts JSON into a string (rOCCI-server 2)',
  ),
  held(
    'rocci2-10',
    'a JSON schema, core values from the attributes',
    'client/rocci-server-2: is sent what its JSON schema and its parser take',
  ),
  held(
    'rocci2-11',
    'restrictions that are not named',
    'client/rocci-server-2: has its unnamed restrictions explained',
  ),
]

const rows = [...part1, ...ooi, ...erocci, ...mart, ...rocci]

const tests = join(import.meta.dirname, '..')

function sourceOf(test: string): { readonly source: string; readonly title: string } {
  const colon = test.indexOf(': ')
  return {
    source: readFileSync(join(tests, `${test.slice(0, colon)}.test.ts`), 'utf8'),
    title: test.slice(colon + 2),
  }
}

describe('the numbered observations of each server', () => {
  it('are all here, each once', () => {
    const page = readFileSync(join(tests, '../src/client/quirks/README.md'), 'utf8')
    const wanted = [...page.matchAll(/^\| ([A-Za-z\d-]+\d) \|/gm)].map((match) => match[1])
    expect(rows.map(({ quirk }) => quirk)).toEqual(wanted)
  })

  it.each(rows.filter(({ test }) => test !== undefined))(
    '$quirk, $what: is held by a test',
    ({ test = '' }) => {
      const { source, title } = sourceOf(test)
      expect(source.replaceAll("\\'", "'")).toContain(title)
    },
  )

  it.each(rows.filter(({ test }) => test === undefined))(
    '$quirk, $what: is left as it is, with a reason',
    ({ why = '' }) => {
      expect(why.length).toBeGreaterThan(40)
    },
  )
})
