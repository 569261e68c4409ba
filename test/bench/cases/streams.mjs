import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { interleave, peakMemory, processTime } from '../measure.mjs'
import { withoutExtraCertificates } from '../program.mjs'
import { provider } from '../provider.mjs'
import { count, note, ratio } from '../report.mjs'

export async function streams({ program, rounds, smoke }) {
  const { occi } = program
  const env = withoutExtraCertificates(program.env)
  const node = process.execPath
  const few = Math.max(1, Math.round(rounds / 3))

  const number = smoke ? 1000 : 100_000
  const many = await provider({ machines: number, json: false })
  const names = [occi, 'compute', 'list', '--endpoint', many.endpoint, '-o', 'id']
  const drained = `require('node:http').get('${many.endpoint}compute/', { headers: { Accept: 'text/uri-list' } }, (r) => r.resume())`
  const list = () => toFile(`${program.folder}/listed`, (stdout) => processTime(node, names, { env, stdout }))
  await list()
  const times = await interleave(
    {
      list,
      curl: () =>
        processTime(
          'curl',
          ['-s', '-H', 'Accept: text/uri-list', '-o', `${program.folder}/out`, `${many.endpoint}compute/`],
          { env },
        ),
      bare: () => processTime(node, ['-e', drained], { env }),
    },
    rounds,
  )
  const lines = readFileSync(`${program.folder}/listed`, 'latin1').split('\n').length - 1
  if (lines !== number) throw new Error(`only ${lines} of ${number} entities were listed`)
  const listed = await peakMemory(node, names, env)
  const helped = await peakMemory(node, [occi, '--help'], env)
  many.close()
  note(`peak memory: list ${listed.toFixed(0)} MB, help ${helped.toFixed(0)} MB`)
  ratio('list of 100,000 URIs as -o id to a file', times.list, 'curl to a file', times.curl, 4)
  ratio('the same', times.list, 'a bare node http.get that drains it', times.bare)
  ratio('that bare http.get', times.bare, 'curl to a file', times.curl)
  count('its peak memory in MB, less 1.5 × that of --help and 30', Math.round(listed - 1.5 * helped - 30), 0)

  const whole = await provider({ machines: number })
  const tenth = await provider({ machines: number / 10 })
  const entities = (from) => [occi, 'compute', 'list', '--endpoint', from.endpoint, '-o', 'tsv']
  const parsed = `require('node:http').get('${whole.endpoint}compute/', { headers: { Accept: 'application/occi+json' } }, async (r) => {
    r.setEncoding('utf8')
    let text = ''
    for await (const chunk of r) text += chunk
    for (const { id, title, attributes } of JSON.parse(text).resources) {
      process.stdout.write([id, title, attributes['occi.compute.state']].join('\\t') + '\\n')
    }
  })`
  await processTime(node, entities(whole), { env })
  const described = await interleave(
    {
      list: () => processTime(node, entities(whole), { env }),
      parsed: () => processTime(node, ['-e', parsed], { env }),
    },
    few,
  )
  const wholePeak = await peakMemory(node, entities(whole), env)
  const tenthPeak = await peakMemory(node, entities(tenth), env)
  const parsedPeak = await peakMemory(node, ['-e', parsed], env)
  whole.close()
  tenth.close()
  ratio(
    'list of 100,000 entities in JSON',
    described.list,
    'node: JSON.parse, three members',
    described.parsed,
  )
  note(
    `peak memory: list ${wholePeak.toFixed(0)} MB, of 10,000 ${tenthPeak.toFixed(0)} MB, node ${parsedPeak.toFixed(0)} MB`,
  )

  const rows = await provider({ machines: smoke ? 100 : 10_000 })
  const table = [occi, 'compute', 'list', '--endpoint', rows.endpoint, '-o', 'table']
  await processTime(node, table, { env })
  const printed = await interleave(
    {
      table: () => processTime(node, table, { env }),
      tsv: () => processTime(node, [...table.slice(0, -1), 'tsv'], { env }),
      first: () => firstLine(node, table, env),
    },
    few,
  )
  rows.close()
  ratio('table of 10,000 rows', printed.table, '-o tsv of the same', printed.tsv, 3)
  count('its time to the first row in ms', Math.round(printed.first.median), 500)
}

async function toFile(path, run) {
  const file = openSync(path, 'w')
  try {
    return await run(file)
  } finally {
    closeSync(file)
  }
}

/** The milliseconds until a command has printed its first row after the headings. */
function firstLine(command, args, env) {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint()
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let lines = 0
    let duration
    child.stdout.on('data', (chunk) => {
      lines += chunk.toString().split('\n').length - 1
      if (duration === undefined && lines >= 2) duration = Number(process.hrtime.bigint() - started) / 1e6
    })
    child.on('close', () =>
      duration === undefined ? reject(new Error('the table has no rows')) : resolve(duration),
    )
  })
}
