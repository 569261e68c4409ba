/**
 * How long parsing a model takes, as ratios that travel between machines. Not part of the tests:
 *   npx esbuild src/rendering/index.ts --bundle --format=esm --platform=node --outfile=/tmp/rendering.mjs
 *   node test/bench/parse.bench.mjs /tmp/rendering.mjs
 */
const { renderings } = await import(process.argv[2] ?? '../../dist/lib/rendering/index.js')

const limits = { size: 2 ** 30, elements: 2 ** 30, lineLength: 2 ** 30 }
const options = { expect: 'model', limits }

function categories(count) {
  const list = []
  for (let i = 0; i < count; i++) {
    list.push({
      term: `template-${i}`,
      scheme: 'http://schemas.example.org/template/os#',
      title: `Image number ${i}, with a comma`,
      location: `/mixin/os_tpl/template-${i}/`,
      depends: ['http://schemas.ogf.org/occi/infrastructure#os_tpl'],
      attributes: Object.fromEntries(
        [`occi.compute.cores`, `org.example.a${i % 50}`, `org.example.b${i}`].map((name) => [
          name,
          { mutable: i % 2 === 0, required: false },
        ]),
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

function inputs(count) {
  const list = categories(count)
  const lines = list.map(line)
  return {
    json: JSON.stringify({ mixins: list }),
    plain: lines.map((one) => `Category: ${one}\r\n`).join(''),
    joined: [['Category', lines.join(', ')]],
  }
}

function best(times, run) {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) {
    const start = process.hrtime.bigint()
    run()
    least = Math.min(least, Number(process.hrtime.bigint() - start) / 1e6)
  }
  return least
}

const ten = inputs(10_000)
const report = (name, value) => console.log(`${name.padEnd(58)} ${value.toFixed(2)}`)
const plain10 = () => renderings['text/plain'].parse({ headers: [], body: ten.plain }, options)
const json10 = () => JSON.parse(ten.json)
best(5, plain10)
best(5, json10)
const base = best(15, json10)
const plain = best(15, plain10)
console.log(
  `10,000 categories: text ${(ten.plain.length / 1e6).toFixed(2)} MB, JSON ${(ten.json.length / 1e6).toFixed(2)} MB`,
)
report('text/plain / JSON.parse of the equivalent', plain / base)
report(
  'json rendering / JSON.parse',
  best(10, () => renderings.json.parse({ headers: [], body: ten.json }, options)) / base,
)
const occi = best(15, () => renderings['text/occi'].parse({ headers: ten.joined, body: '' }, options))
report('text/occi, one joined header / text/plain', occi / plain)
const hundred = inputs(100_000)
const plain100 = best(4, () => renderings['text/plain'].parse({ headers: [], body: hundred.plain }, options))
report(`100,000 categories (${(hundred.plain.length / 1e6).toFixed(0)} MB) / 10,000`, plain100 / plain)
report('100,000 categories / JSON.parse of 10,000', plain100 / base)
