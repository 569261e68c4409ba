import { internals } from '../internals.mjs'
import { interleave, timed } from '../measure.mjs'
import { count, ratio } from '../report.mjs'

/** Parses per round. One takes only milliseconds, and V8 compiles during the first dozen. */
const perRound = 2

export async function parsing({ rounds: asked, smoke }) {
  const rounds = smoke ? asked : perRound * asked
  const { renderings } = await internals('rendering')
  const plain = renderings['text/plain']
  const header = renderings['text/occi']
  const limits = { size: 1e9, lineLength: 1e9, elements: 1e7 }
  const parse = (body) => () => timed(() => plain.parse({ headers: [], body }, { expect: 'model', limits }))

  const small = lines(10_000).join('')
  const json = JSON.stringify(equivalent(10_000))
  const times = await interleave({ text: parse(small), json: () => timed(() => JSON.parse(json)) }, rounds)
  ratio(
    'parse of a text/plain model, 10,000 categories',
    times.text,
    'JSON.parse of the equivalent',
    times.json,
    1.5,
  )

  const large = lines(100_000).join('')
  // Ten times, so that both contenders produce the same amount of garbage.
  const ten = async () => {
    let total = 0
    for (let i = 0; i < 10; i++) total += await parse(small)()
    return total / 10
  }
  const growth = await interleave({ small: ten, large: parse(large) }, asked)
  ratio('the same, 100,000 categories', growth.large, '10,000 categories', growth.small, 11)

  const five = lines(5000)
  const joined = five.map((line) => line.slice('Category: '.length).trimEnd()).join(', ')
  const body = five.join('')
  const forms = await interleave(
    {
      occi: () =>
        timed(() =>
          header.parse({ headers: [['Category', joined]], body: 'OK' }, { expect: 'model', limits }),
        ),
      plain: parse(body),
    },
    rounds,
  )
  count('bytes of the joined header', joined.length)
  ratio(
    'text/occi, 5,000 categories in one joined header',
    forms.occi,
    'text/plain of the same',
    forms.plain,
    1.3,
  )
}

function lines(n) {
  return Array.from(
    { length: n },
    (_, i) =>
      `Category: image_${i}; scheme="http://schemas.example.org/occi/infrastructure/os_tpl#"; class="mixin"; title="Image number ${i}, with a comma"; rel="http://schemas.ogf.org/occi/infrastructure#os_tpl"; location="http://cloud.example.org:8787/os_tpl/image_${i}/"; attributes="occi.compute.cores occi.compute.memory{immutable}"; actions="http://x.example/a#one"\r\n`,
  )
}

function equivalent(n) {
  return {
    mixins: Array.from({ length: n }, (_, i) => ({
      term: `image_${i}`,
      scheme: 'http://schemas.example.org/occi/infrastructure/os_tpl#',
      class: 'mixin',
      title: `Image number ${i}, with a comma`,
      rel: ['http://schemas.ogf.org/occi/infrastructure#os_tpl'],
      location: `http://cloud.example.org:8787/os_tpl/image_${i}/`,
      attributes: {
        'occi.compute.cores': { mutable: true, required: false },
        'occi.compute.memory': { mutable: false, required: false },
      },
      actions: ['http://x.example/a#one'],
    })),
  }
}
