/** `occi NOUN create`, for any kind. */

import type { CommandDeclaration } from '../../command.js'
import type { Invocation } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import { withArticle } from './describe.js'
import { draftOptions } from './draft.js'
import { ifNotExistsOption } from './if-not-exists.js'
import type { Noun } from './noun.js'
import { keepOption } from './rollback.js'
import { waitOptions } from './wait-options.js'

export function createCommand(noun: Noun): CommandDeclaration {
  const inputOptions = inputOptionsOf(noun)
  return {
    path: [noun.name, 'create'],
    summary: `Create ${withArticle(noun.one)}`,
    description: `Input is validated against the provider's model before anything is sent. In a pipe without -o, one line is printed: the short name of the new resource, which all commands accept.`,
    arguments: [{ name: 'NAME', description: 'its title, like --title', required: false }],
    options: [
      ...inputOptions,
      {
        name: 'any-of',
        value: 'CONTEXTS',
        description:
          'try these contexts (cesnet,ifca or @GROUP) in order, and create it at the first that accepts the request',
        repeatable: true,
        conflicts,
        group: sitesGroup,
        completion: { of: 'sites' },
        env: 'none',
      },
      {
        name: 'spread',
        description: 'with --count, distribute the resources over the contexts instead of filling the first',
        conflicts,
        group: sitesGroup,
        env: 'none',
      },
      ifNotExistsOption,
      keepOption,
      ...waitOptions(noun.kind, noun.ready),
    ],
    examples: noun.createExamples,
    anyOf: {
      sites: async (context) =>
        mayNameSites(context) ? (await import('./any-of.js')).sitesToTry(context) : undefined,
      run: async (context, sites) => (await import('./any-of.js')).createAnyOf(noun, context, sites),
    },
    run: async (context) => (await import('./run-create.js')).create(noun, context, inputOptions),
  }
}

/** The options that describe the new entity. */
function inputOptionsOf(noun: Noun): readonly OptionDeclaration[] {
  return [
    ...draftOptions(noun, noun.createParts, { title: 'its title', summary: 'a short description' }),
    {
      name: 'id',
      value: 'ID|PATH',
      description: 'an id or a path of your choice, if the provider accepts one',
      env: 'none',
    },
    {
      name: 'count',
      value: 'N',
      description: 'number of identical resources to create; titles are numbered: web-1, web-2',
      default: '1',
      env: 'none',
    },
  ]
}

/** The options that cannot be used with several sites. */
const conflicts = ['id', 'if-not-exists', 'keep-on-failure']

const sitesGroup = 'Several sites'

/** Whether --any-of, --spread or several contexts were given, so that any-of.ts must be loaded to check them. */
function mayNameSites({ options, settings }: Invocation): boolean {
  return options.all('any-of').length > 0 || options.isSet('spread') || settings.contextList !== undefined
}
