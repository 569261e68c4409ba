/** `--no-validate`, for commands that write. */
import type { OptionDeclaration } from './declaration.js'
import type { OptionValues } from './values.js'

export const noValidateOption: OptionDeclaration = {
  name: 'no-validate',
  description: "do not validate input against the provider's model before sending it",
  env: 'none',
}

/** Whether the input is validated against the provider's model before it is sent. */
export function shouldValidate({
  options,
}: {
  readonly options: Pick<OptionValues, 'has' | 'isSet'>
}): boolean {
  return !(options.has(noValidateOption.name) && options.isSet(noValidateOption.name))
}
