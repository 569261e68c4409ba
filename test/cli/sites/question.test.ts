import { describe, expect, it } from 'vitest'
import { createSharedQuestion, NotConfirmed } from '../../../src/cli/sites/question.js'
import { CancelledError } from '../../../src/errors/errors.js'

/** Prompts that note what is asked; `refuses`: the user says no. */
function asking(refuses = false) {
  const asked: unknown[] = []
  const answer = async (...question: unknown[]) => {
    asked.push(question)
    if (refuses) throw new CancelledError('Cancelled')
  }
  return { asked, prompts: { confirm: answer, confirmTyped: answer } }
}

const withoutPrompt = 'Pass --yes.'

describe('the question for all sites', () => {
  it('the confirmation for all sites is asked once, when each site has asked or ended, with the count of each', async () => {
    const { asked, prompts } = asking()
    const question = createSharedQuestion(['a', 'b', 'c'], prompts)
    const two = question.promptsFor('c').confirmTyped({ message: 'This deletes 2.', withoutPrompt }, '2')
    const one = question.promptsFor('a').confirmTyped({ message: 'This deletes 1.', withoutPrompt }, '1')
    await Promise.resolve()
    expect(asked).toEqual([])
    question.finish('b')
    await Promise.all([one, two])
    expect(asked).toEqual([[{ message: 'a: This deletes 1.\nc: This deletes 2.', withoutPrompt }, '3']])
  })

  it('the confirmation needs no typed word when no site needs one, and one common word otherwise', async () => {
    const plain = asking()
    await createSharedQuestion(['a'], plain.prompts)
      .promptsFor('a')
      .confirm({ message: 'Delete web?', withoutPrompt })
    expect(plain.asked).toEqual([[{ message: 'a: Delete web?', withoutPrompt }]])
    const path = asking()
    const question = createSharedQuestion(['a', 'b'], path.prompts)
    await Promise.all(
      ['a', 'b'].map((site) =>
        question.promptsFor(site).confirmTyped({ message: 'All.', withoutPrompt }, '/x/'),
      ),
    )
    expect(path.asked).toMatchObject([[{}, '/x/']])
  })

  it('the answer no ends the command at all sites, and no question is asked when no site needs one', async () => {
    const { asked, prompts } = asking(true)
    const question = createSharedQuestion(['a', 'b'], prompts)
    const answers = ['a', 'b'].map((site) =>
      question.promptsFor(site).confirm({ message: 'Delete?', withoutPrompt }),
    )
    for (const answer of answers) await expect(answer).rejects.toBeInstanceOf(NotConfirmed)
    await expect(answers[0]).rejects.toMatchObject({ cause: { code: 'cancelled' } })
    expect(asked).toHaveLength(1)
    const idle = asking()
    const nobody = createSharedQuestion(['a'], idle.prompts)
    nobody.finish('a')
    expect(idle.asked).toEqual([])
  })
})
