/** Mixins by name, where an option names them: a wrong name is wrong input, found before anything is sent. */
import { NotFoundError, ValidationError } from '../../../errors/errors.js'
import type { FindFilter, Mixin, Model } from '../../../model/index.js'
import { at, told } from '../../values/place.js'

/** Throws ValidationError with suggestions, AmbiguousError with the candidates; both name the option. */
export function mixinNamed(
  model: Model,
  word: string,
  option: string,
  filter: Omit<FindFilter, 'class'> = {},
): Promise<Mixin> {
  return at(option, () => {
    try {
      return model.resolve(word, { ...filter, class: 'mixin' })
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
      const of = filter.dependsOn === undefined ? '' : ` --of ${filter.dependsOn}`
      const hint = `${error.hint === undefined ? '' : `${error.hint} `}"occi mixin list${of}" lists them.`
      throw new ValidationError(...told(error, option, hint))
    }
  })
}
