/** Builds the noun of a kind that has no file of its own, from its definition in the model. */
import { shellWord } from '../../basics/shell-word.js'
import { type Kind, type Model, termOf } from '../../model/index.js'
import type { CommandGroup } from '../command.js'
import type { Column } from '../output/types.js'
import { idColumn, mixinsColumn, nameColumn, stateColumn, urlColumn } from '../records/columns.js'
import { nounGroup } from './base/group.js'
import type { Noun } from './base/noun.js'

export function groupOfKind(word: string, kind: Kind, model: Model): CommandGroup {
  return nounGroup(nounOfKind(word, kind, model))
}

/** How many attributes get a column, so that a table fits into a terminal. */
const maxAttributeColumns = 4

function nounOfKind(word: string, kind: Kind, model: Model): Noun {
  const attributes = [...kind.attributes.keys()].filter(
    (name) => !/\.state(\.message)?$/.test(name) && !name.startsWith('occi.core.'),
  )
  const title = kind.title ?? kind.term
  return {
    name: word,
    kind: kind.id,
    one: kind.term,
    many: `${kind.term} resources`,
    summary: `${title} (a kind of this provider)`,
    sample: 'NAME',
    ready: 'active',
    columns: [
      nameColumn,
      idColumn,
      stateColumn,
      ...attributes.slice(0, maxAttributeColumns).map(
        (name): Column => ({
          key: name,
          heading: name.slice(name.lastIndexOf('.') + 1).toUpperCase(),
          value: ({ entity }) => entity?.attributes.get(name),
        }),
      ),
      mixinsColumn,
      urlColumn,
    ],
    createParts: [],
    attributeOptions: [],
    actions: model.actionsOf(kind.id).map((id) => ({
      name: termOf(id),
      summary: model.action(id)?.title ?? `Trigger ${termOf(id)}`,
    })),
    createExamples: [
      {
        title: 'Create one',
        command: `occi ${word} create NAME --attribute ${shellWord(attributes[0] ?? 'NAME')}=VALUE`,
      },
    ],
  }
}
