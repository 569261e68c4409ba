/** The problems that validation finds, and the error that reports them. */
import { ValidationError } from '../../errors/errors.js'

/** A problem that validation found. */
export interface Problem {
  /** The name of the attribute, or the identifier of the kind, mixin or action, that has the problem. */
  readonly at: string
  readonly message: string
  readonly hint?: string
  readonly suggestions?: readonly string[]
}

/** Throws a ValidationError with all problems in `facts.problems`, if there are any. */
export function throwProblems(problems: readonly Problem[]): void {
  const [first, ...more] = problems
  if (first === undefined) return
  const message =
    more.length === 0
      ? first.message
      : `${problems.length} problems:\n${problems.map((problem) => `- ${messageWithHint(problem)}`).join('\n')}`
  throw new ValidationError(message, {
    at: first.at,
    facts: { problems },
    basedOn: 'model',
    ...(more.length === 0 && first.hint !== undefined && { hint: first.hint }),
  })
}

function messageWithHint({ message, hint }: Problem): string {
  return hint === undefined ? message : `${message} ${hint}`
}
