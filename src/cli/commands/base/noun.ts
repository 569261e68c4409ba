/** The description of a noun, from which the verbs in this folder are configured. */
import type { Client, NewLink } from '../../../client/index.js'
import type { AttributeValue, Kind, Model } from '../../../model/index.js'
import type { Example } from '../../command.js'
import type { CommandContext } from '../../context.js'
import type { OptionDeclaration } from '../../options/declaration.js'
import type { Column } from '../../output/types.js'
import type { Assignment } from '../../values/assignment.js'
import type { Answers } from './answers.js'

/** A noun of the command line, which stands for one kind. */
export interface Noun {
  /** The word in commands: `compute`. */
  readonly name: string
  /** Identifier of its kind. */
  readonly kind: string
  /** The name in sentences: `virtual machine`, `virtual machines`. */
  readonly one: string
  readonly many: string
  readonly summary: string
  readonly columns: readonly Column[]
  /** Columns for `-o wide` that need the model, before MIXINS. */
  readonly wideColumns?: (model: Model) => readonly Column[]
  /** Options that set attributes, for create and update. */
  readonly attributeOptions: readonly AttributeOption[]
  /** Further options of create. */
  readonly createParts: readonly CreatePart[]
  /** The createParts that are also options of update and replace: size and image. */
  readonly updateParts?: readonly CreatePart[]
  /** The state in which an entity can be used; a bare --wait waits for it. */
  readonly ready: string
  readonly actions: readonly NounAction[]
  /** A name for examples. */
  readonly sample: string
  readonly createExamples: readonly Example[]
  /** Asks on a terminal for the input of create. */
  readonly ask?: (context: CommandContext) => Promise<Answers>
}

/** An option that sets one attribute. */
interface AttributeOption {
  readonly option: OptionDeclaration
  readonly attribute: string
  /**
   * Converts the text if the type in the model is not enough, for example a size with a unit. Throws UsageError that
   * names the option.
   */
  readonly parse?: (text: string, option: string) => AttributeValue
  /** A value for the examples. */
  readonly sample?: string
}

/** An action of the kind, which is a verb of the noun. */
export interface NounAction {
  readonly name: string
  readonly summary: string
  /** The state to which the action leads; a bare --wait waits for it. */
  readonly leadsTo?: string
  readonly parameters?: readonly OptionDeclaration[]
}

/** The values of an entity to create or change, collected from the options. */
export interface Draft {
  readonly client: Client
  readonly model: Model
  readonly kind: Kind
  readonly mixins: string[]
  readonly assignments: Assignment[]
  readonly attributes: Map<string, AttributeValue>
  readonly links: NewLink[]
  /** The steps after the creation of each entity. */
  readonly followUps: FollowUp[]
}

/**
 * A step after the creation of an entity. Returns additional members of its record. Throws PartialError with
 * `facts.created` if the provider refuses the step, so that the entity is deleted again; other failures are reported
 * to the context.
 */
export type FollowUp = (
  context: CommandContext,
  entity: {
    readonly location: string
    readonly title: string | undefined
    /** False if the entity existed before (--if-not-exists). */
    readonly isNew: boolean
  },
) => Promise<Readonly<Record<string, unknown>>>

/** A part of create: its options, and how they change the draft. */
export interface CreatePart {
  readonly options: readonly OptionDeclaration[]
  readonly apply: (context: CommandContext, draft: Draft) => Promise<void>
}
