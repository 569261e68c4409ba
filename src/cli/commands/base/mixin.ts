/** Finds the mixin that an option names. */

import { shellWord } from '../../../basics/shell-word.js'
import { NotFoundError, ValidationError } from '../../../errors/errors.js'
import { type FindFilter, type Mixin, type Model, type TypeId, termOf } from '../../../model/index.js'
import { errorArguments, nameOptionOnError } from '../../values/option-errors.js'

/**
 * Finds a mixin by the value of an option. Throws ValidationError if there is none or if it does not apply to
 * `kind`, and AmbiguousError if there are several. The errors name the option.
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
      const ofOption = filter.dependsOn === undefined ? '' : ` --of ${shellWord(filter.dependsOn)}`
      const hint = `${error.hint === undefined ? '' : `${error.hint} `}"occi mixin list${ofOption}" lists them.`
      throw new ValidationError(...errorArguments(error, option, hint))
    }
  })
}

/** Returns the mixin. Throws ValidationError if it does not apply to `kind`. */
function checkApplies(model: Model, mixin: Mixin, kind: TypeId | undefined): Mixin {
  if (kind === undefined || model.applies(mixin, kind)) return mixin
  throw new ValidationError(`The mixin ${mixin.term} does not apply to ${termOf(kind)}`, {
    hint: `"occi mixin list --applies-to ${shellWord(termOf(kind))}" lists those that do.`,
    basedOn: 'model',
  })
}
