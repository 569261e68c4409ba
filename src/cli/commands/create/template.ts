/** `--os` and `--size`: the provider's templates by name. */
import { NotFoundError, ValidationError } from '../../../errors/errors.js'
import type { Mixin } from '../../../model/index.js'
import type { CreatePart, Draft } from '../noun.js'

export interface TemplateOption {
  readonly option: string
  readonly depends: 'os_tpl' | 'resource_tpl'
  readonly description: string
}

export function templatePart({ option, depends, description }: TemplateOption): CreatePart {
  return {
    options: [
      {
        name: option,
        value: option.toUpperCase(),
        description: `${description} ("occi mixin list --of ${depends}")`,
        completion: { of: 'mixin', depends },
      },
    ],
    async apply(context, draft) {
      const word = context.options.text(option)
      if (word !== undefined) draft.mixins.push(resolveTemplate(draft, word, depends, `--${option}`).id)
    },
  }
}

/** Throws ValidationError: the option is wrong, nothing was sent. AmbiguousError as it is. */
function resolveTemplate(draft: Draft, word: string, depends: TemplateOption['depends'], at: string): Mixin {
  try {
    return draft.model.resolve(word, { class: 'mixin', dependsOn: depends })
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    throw new ValidationError(`${at} "${word}": ${decapitalise(error.message)}`, {
      hint: `${error.hint === undefined ? '' : `${error.hint} `}"occi mixin list --of ${depends}" lists them.`,
      at,
      cause: error,
      ...(error.facts === undefined ? {} : { facts: error.facts }),
    })
  }
}

function decapitalise(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
