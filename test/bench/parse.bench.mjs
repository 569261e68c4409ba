/**
 * Measures how long parsing a model takes, as ratios, which are comparable between machines. Not part of the tests:
 *   node test/bench/parse.bench.mjs
 */
import { internals } from './internals.mjs'

const { renderings } = await internals('rendering')

const limits = { size: 2 ** 30, elements: 2 ** 30, lineLength: 2 ** 30 }
const options = { expect: 'model', limits }

/** `names` returns the attributes of a template: the same for all, as in real models, or a unique one for each. */
function categories(count, names) {
  const list = []
  for (let i = 0; i < count; i++) {
    list.push({
      term: `template-${i}`,
      scheme: 'http://schemas.example.org/template/os#',
      title: `Image number ${i}, with a comma`,
      location: `/mixin/os_tpl/template-${i}/`,
      depends: ['http://schemas.ogf.org/occi/infrastructure#os_tpl'],
      attributes: Object.fromEntries(
        names(i).map((name) => [name, { type: 'string', mutable: !name.endsWith('y'), required: false }]),
      ),
      actions: [`http://schemas.example.org/action#snap${i % 7}`],
    })
  }
  return list
}

function line(c) {
  const attributes = Object.entries(c.attributes).map(([name, d]) => name + (d.mutable ? '' : '{immutable}'))
  return `${c.term}; scheme="${c.scheme}"; class="mixin"; title="${c.title}"; rel="${c.depends[0]}"; location="${c.location}"; attributes="${attributes.join(' ')}"; actions="${c.actions.join(' ')}"`
}

const shared = () => ['occi.compute.cores', 'occi.compute.memory', 'org.openstack.flavor.disk']
const own = (i) => ['occi.compute.cores', `org.example.a${i % 50}`, `org.example.b${i}`]

function inputs(count, names) {
  const list = categories(count, names)
  const lines = list.map(line)
  return {
    json: JSON.stringify({ mixins: list }),
    plain: lines.map((one) => `Category: ${one}\r\n`).join(''),
    joined: [['Category', lines.join(', ')]],
  }
}

/** The median of each run. The runs alternate, so that noise and garbage collection affect all of them equally. */
function medians(rounds, runs) {
  const taken = runs.map(() => [])
  for (let i = 0; i < rounds; i++) {
    runs.forEach((run, index) => {
      const start = performance.now()
      run()
      taken[index].push(performance.now() - start)
    })
  }
  return taken.map((times) => times.sort((x, y) => x - y)[rounds >> 1])
}

const report = (name, value) => console.log(`  ${name.padEnd(56)} ${value.toFixed(2)}`)
const parse = (rendering, message) =>
  renderings[rendering].parse({ headers: [], body: '', ...message }, options)

for (const names of [shared, own]) {
  const ten = inputs(10_000, names)
  console.log(
    `10,000 categories, ${names.name} attributes: text ${ten.plain.length} B, JSON ${ten.json.length} B`,
  )
  const runs = [
    () => JSON.parse(ten.json),
    () => parse('text/plain', { body: ten.plain }),
    () => parse('text/occi', { headers: ten.joined }),
    () => parse('json', { body: ten.json }),
  ]
  medians(5, runs)
  const [base, plain, occi, json] = medians(25, runs)
  console.log(`  JSON.parse ${base.toFixed(1)} ms, text/plain ${plain.toFixed(1)} ms`)
  report('text/plain / JSON.parse of the equivalent', plain / base)
  report('text/occi, one joined header / text/plain', occi / plain)
  report('json rendering / JSON.parse', json / base)
  const hundred = inputs(100_000, names)
  const [base100, plain100] = medians(5, [
    () => JSON.parse(hundred.json),
    () => parse('text/plain', { body: hundred.plain }),
  ])
  report('100,000 categories: text/plain / JSON.parse', plain100 / base100)
  report('100,000 categories / 10,000', plain100 / plain)
}
