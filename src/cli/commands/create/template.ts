/** `--os` and `--size`: templates of the provider by name. */

import { mixinNamed } from '../base/mixin.js'
import type { CreatePart } from '../base/noun.js'

interface TemplateOption {
  readonly option: 'os' | 'size'
  readonly family: 'os_tpl' | 'resource_tpl'
  readonly description: string
}

export function templatePart({ option, family, description }: TemplateOption): CreatePart {
  return {
    options: [
      {
        name: option,
        value: option.toUpperCase(),
        description: `${description} ("occi mixin list --of ${family}")`,
        completion: { of: 'mixin', family },
      },
    ],
    async apply(context, draft) {
      const word = context.options.text(option)
      if (word === undefined) return
      const { findByAlias: byAlias } = await import('../../values/alias.js')
      const { id } = await byAlias(context.settings, option, word, (name) =>
        mixinNamed(draft.model, name, `--${option}`, { dependsOn: family }),
      )
      draft.mixins.push(id)
    },
  }
}
