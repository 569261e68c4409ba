/** What makes one noun differ from another; the verbs are written once, in base/. */
import type { Client, NewLink } from '../../client/index.js'
import type { AttributeValue, Kind, Model } from '../../model/index.js'
import type { Example, OptionDeclaration } from '../command.js'
import type { CommandContext } from '../context.js'
import type { Column } from '../output/types.js'
import type { Assignment } from '../values/assignment.js'

export interface Noun {
  /** The word on the command line. */
  readonly name: string
  /** Identifier of its kind. */
  readonly kind: string
  /** In sentences: `virtual machine`, `virtual machines`. */
  readonly one: string
  readonly many: string
  readonly summary: string
  readonly columns: readonly Column[]
  /** Columns for `-o wide` that need the model, before MIXINS. */
  readonly wideColumns?: (model: Model) => readonly Column[]
  /** Options that set an attribute, for create and update. */
  readonly attributeOptions: readonly AttributeOption[]
  /** What else create takes. */
  readonly createParts: readonly CreatePart[]
  /** Those of them that an update takes, too: another size, another image. */
  readonly updateParts?: readonly CreatePart[]
  /** State in which it can be used: what a bare --wait waits for. */
  readonly ready: string
  readonly actions: readonly NounAction[]
  /** A name for examples. */
  readonly sample: string
  readonly createExamples: readonly Example[]
}

export interface AttributeOption {
  readonly option: OptionDeclaration
  readonly attribute: string
  /** How its text is read, when more is known than the type in the model. Throws UsageError naming the option. */
  readonly parse?: (text: string, option: string) => AttributeValue
  /** A value for the examples. */
  readonly sample?: string
}

export interface NounAction {
  readonly name: string
  readonly summary: string
  /** State that it leads to: what a bare --wait waits for. */
  readonly leadsTo?: string
  readonly parameters?: readonly OptionDeclaration[]
}

/** What is to be created, while its options are read. */
export interface Draft {
  readonly client: Client
  readonly model: Model
  readonly kind: Kind
  readonly mixins: string[]
  readonly assignments: Assignment[]
  readonly attributes: Map<string, AttributeValue>
  readonly links: NewLink[]
}

/** One thing that create can be told, with its options and what they do to the draft. */
export interface CreatePart {
  readonly options: readonly OptionDeclaration[]
  readonly apply: (context: CommandContext, draft: Draft) => Promise<void>
}
