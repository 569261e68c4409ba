/** Finds the mixin that an option names, before anything is sent. */

import { shellWord } from '../../../basics/shell-word.js'
import { NotFoundError, ValidationError } from '../../../errors/errors.js'
import { type FindFilter, type Mixin, type Model, type TypeId, termOf } from '../../../model/index.js'
import { errorArguments, nameOptionOnError } from '../../values/place.js'

/**
 * Finds a mixin by a word that an option gave. Throws ValidationError when there is none or when it does not
 * apply to `kind`, and AmbiguousError for several. The errors name the option.
 */
export function mixinNamed(
  model: Model,
  word: string,
  option: string,
  { kind, ...filter }: Omit<FindFilter, 'class'> & { readonly kind?: TypeId } = {},
): Promise<Mixin> {
  return nameOptionOnError(option, () => {
    try {
      return checkApplies(model, model.resolve(word, { ...filter, class: 'mixin' }), kind)
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
      const of = filter.dependsOn === undefined ? '' : ` --of ${shellWord(filter.dependsOn)}`
      const hint = `${error.hint === undefined ? '' : `${error.hint} `}"occi mixin list${of}" lists them.`
      throw new ValidationError(...errorArguments(error, option, hint))
    }
  })
}

/** Checks that the mixin applies to `kind`. */
function checkApplies(model: Model, mixin: Mixin, kind: TypeId | undefined): Mixin {
  if (kind === undefined || model.applies(mixin, kind)) return mixin
  throw new ValidationError(`The mixin ${mixin.term} does not apply to ${termOf(kind)}`, {
    hint: `"occi mixin list --applies-to ${shellWord(termOf(kind))}" lists those that do.`,
    basedOn: 'model',
  })
}
