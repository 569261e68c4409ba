/** `--no-validate`, of the commands that write. */
import type { OptionDeclaration } from '../command.js'
import type { OptionValues } from '../parse/values.js'

/** The way round everything that is refused on the model's word. */
export const noValidateOption: OptionDeclaration = {
  name: 'no-validate',
  description: "send it even if the provider's model forbids it: the provider decides",
  env: 'none',
}

/** Whether what is written is held against the provider's model first. */
export function validates({ options }: { readonly options: Pick<OptionValues, 'has' | 'isSet'> }): boolean {
  return !(options.has(noValidateOption.name) && options.isSet(noValidateOption.name))
}
