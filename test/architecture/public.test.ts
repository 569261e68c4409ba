/** What the package exports, each name with the reason why users have it. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AnyOcciError, ErrorCode } from '../../src/index.js'

const root = join(import.meta.dirname, '../..')
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Readonly<Record<string, { readonly types: string }>>
}

/** Reason → names. A name that only the command line uses has no place here. */
const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '.': {
    'to log in and get a client': 'connect ConnectSettings AuthMethod AuthPlugin Credentials',
    'to make a client of parts': 'OcciClient Client ClientSettings Clock ProviderMemory ProviderNotes',
    'arguments of the operations':
      'ActionRef Changes CollectionRef CommonAction EntityRef Filter GivenAttributes ListOptions MixinRef NewEntity NewLink NewMixin RawRequest RequestOptions TriggerOptions WaitCondition WaitOptions',
    'what the operations give': 'Batched Created Found ProviderReport WaitResult',
    'what the client had to tolerate, or got otherwise than asked':
      'Deviation Difference DifferenceNote Place',
    'user data and keys of a machine, whatever the provider calls their mixins':
      'ContextMixins ContextSlot Contextualization ContextValues contextMixins contextualize',
    'to tell whether two URLs name the same entity': 'sameLocation',
    'to tell what a write has done': 'isOutcomeUncertain isUnclear',
    'one class for each kind of failure':
      'AmbiguousError AuthError CancelledError ConfigError ConflictError ForbiddenError NetworkError NotFoundError OutcomeUnknownError PartialError ProtocolError ServerError TimeoutError UsageError ValidationError WaitFailedError',
    'to catch them all, and to switch over them':
      'AnyOcciError ErrorCode ErrorDetails HttpFacts OcciError isIncompleteListing isOcciError',
    'what an error knows':
      'AmbiguousFacts AuthFacts ErrorFacts NetworkFacts NotFoundFacts OutcomeUnknownFacts PartialFacts ServerFacts TimeoutFacts ValidationFacts WaitFailedFacts',
    'entities as data':
      'Action ActionInvocation ActionReference Attributes AttributeValue Entity Link LinkEnd LocatedEntity Resource State',
    'the model as data, and look-ups in it':
      'AttributeDefinition AttributeDefinitions AttributePattern AttributeType Category CategoryClass FindFilter Identifier Kind Mixin Model TemplateTerm TypeId',
    'parts of an entity that are not members': 'ipAddressesOf stateOf',
    'identifiers of categories': 'parseIdentifier termOf typeId',
    'the categories of the standard by name, to compare with':
      'COMPUTE ENTITY IP_NETWORK IP_NETWORK_INTERFACE IP_RESERVATION LINK NETWORK NETWORK_INTERFACE OS_TEMPLATE RESOURCE RESOURCE_TEMPLATE SECURITY_GROUP SECURITY_GROUP_LINK SSH_KEY STORAGE STORAGE_LINK USER_DATA',
    'a model without a provider': 'OcciVersion infrastructureCategories',
    'to check entities before they are sent':
      'ActionSubject Draft EntityChanges Problem UpdateSubject validateAction validateCreate validateUpdate',
    'several providers as one':
      'AtSites AtSitesOptions CreateAtSitesOptions FailedSite Federation FederationOptions FederationSettings FromSite Named NewAtSite Site SiteEntities SiteEntity SiteFailure SiteTime',
    'the wire form that is asked for': 'RenderingName',
    'a transport of one’s own, and layers around one':
      'HeaderPair HttpRequest HttpResponse RetryEvent RetrySettings StreamedResponse TlsMaterial TraceEvent Transport TransportSettings createTransport withRetries',
    'to record what a provider says, and to run programs on it':
      'CredentialsOutcome Exchange RecordSettings RecordedError RecordedRequest RecordedResponse Recording RecordingFacts Replay ReplayClock harText parseHar recordTransport replay',
  },
  './auth': {
    'the contract of a plugin':
      'AuthCache AuthContext AuthOption AuthPlugin Credentials CredentialsDescription LoginPurpose Platform Purpose SentCertificate Sensitivity',
    'to call a plugin without connect':
      'AuthMethod AuthSetup Importer PluginSources authContext loadAuthPlugin memoryCache nodePlatform',
    'credentials that need no login, to build on': 'basicCredentials tokenCredentials',
    'to sign requests with credentials': 'signedTransport',
    'settings that users have already':
      'CloudFiles CloudOptions OptionValues allAuthOptions optionsFromClouds optionsFromEnvironment',
  },
  './sandbox': {
    'a provider in memory':
      'InMemoryHead InMemoryRequest PracticeCloud PracticeSettings SandboxTransport ServeSettings practiceCloud',
    'what it imitates, and whom it lets in': 'SandboxAuth personaNames',
  },
  './stack': {
    'to read a stack file':
      'ReadOptions readStack Stack StackResource Reference Template Expression Values Instance',
    'what may be said of a resource': 'Drafting KeyDeclaration KeyValues KindDeclaration Kinds',
    'what is there': 'Actual Found Observation observe StackEnvironment Wanted',
    'what is to be done': 'Plan PlanAction PlanChange PlanEntry Step destruction hasChanges plan stepsOf',
    'to do it': 'ApplyEvent ApplyOptions apply',
    'what was done': 'StateRecord StateRecords StateStore readState stateFileName withState',
  },
  './testing': { 'the rules of a transport': 'TransportCase transportCases' },
}

/** The source of a sub-path: dist/lib/auth/public.d.ts is made of src/auth/public.ts. */
function sourceOf(path: string): string {
  return join(root, (exports[path]?.types ?? '').replace('./dist/lib/', 'src/').replace('.d.ts', '.ts'))
}

interface Exported {
  readonly name: string
  readonly from: string
}

function exportsOf(file: string): readonly Exported[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)'/gm)].flatMap(
    ([, names = '', from = '']) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/^type /, ''))
        .filter((name) => name !== '')
        .map((name) => ({ name, from: join(dirname(file), from.replace(/\.js$/, '.ts')) })),
  )
}

/** The text of the module that declares a name, and the declaration's place in it. */
function declaration({ name, from }: Exported): { readonly before: string } | undefined {
  const text = readFileSync(from, 'utf8')
  const found = new RegExp(
    `^export (?:declare )?(?:abstract )?(?:async )?(?:interface|type|class|const|function\\*?) ${name}\\b`,
    'm',
  ).exec(text)
  if (found !== null) return { before: text.slice(0, found.index) }
  const named = exportsOf(from).find((each) => each.name === name)
  if (named !== undefined) return declaration(named)
  const stars = [...text.matchAll(/^export (?:type )?\* from '([^']+)'/gm)]
  for (const [, star = ''] of stars) {
    const inner = declaration({ name, from: join(dirname(from), star.replace(/\.js$/, '.ts')) })
    if (inner !== undefined) return inner
  }
  const imported = new RegExp(`import (?:type )?\\{[^}]*\\b${name}\\b[^}]*\\} from '([^']+)'`).exec(text)
  return imported?.[1] === undefined
    ? undefined
    : declaration({ name, from: join(dirname(from), imported[1].replace(/\.js$/, '.ts')) })
}

describe.each(Object.keys(reasons))('occi-cli%s', (path) => {
  const file = sourceOf(path)
  const found = exportsOf(file)

  it('the entry point exports by name, and only what has a reason', () => {
    expect(readFileSync(file, 'utf8')).not.toMatch(/export (type )?\*/)
    const wanted = Object.values(reasons[path] ?? {}).flatMap((names) => names.split(' '))
    expect(found.map(({ name }) => name).sort()).toEqual(wanted.sort())
  })

  it('each exported name has a docstring', () => {
    const without = found.filter((each) => !/\*\/\s*$/.test(declaration(each)?.before ?? ''))
    expect(without.map(({ name }) => name)).toEqual([])
  })
})

it('each sub-path of package.json has an entry point in src', () => {
  expect(Object.keys(exports).filter((path) => path !== './package.json')).toEqual(Object.keys(reasons))
})

describe('the union of errors', () => {
  it('AnyOcciError has a class for each error code, as the compiler checks', () => {
    const isComplete: [Exclude<ErrorCode, AnyOcciError['code']>] extends [never] ? true : false = true
    expect(isComplete).toBe(true)
  })
})
