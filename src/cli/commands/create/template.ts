/** `--os` and `--size`: templates of the provider by name. */

import { mixinNamed } from '../base/mixin.js'
import type { CreatePart } from '../base/noun.js'

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
      if (word === undefined) return
      draft.mixins.push((await mixinNamed(draft.model, word, `--${option}`, { dependsOn: depends })).id)
    },
  }
}
