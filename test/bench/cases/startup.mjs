import { execFileSync } from 'node:child_process'
import { interleave, processTime } from '../measure.mjs'
import { withoutExtraCertificates } from '../program.mjs'
import { note, ratio } from '../report.mjs'

export async function startup({ program, rounds }) {
  const { occi, env } = program
  const node = process.execPath
  const run =
    (...args) =>
    () =>
      processTime(node, args, { env })
  const contenders = {
    node: run('-e', '0'),
    version: run(occi, '--version'),
    help: run(occi, '--help'),
    computeHelp: run(occi, 'compute', '--help'),
  }
  const bare = withoutExtraCertificates(env)
  if (bare !== undefined) {
    contenders.bareNode = () => processTime(node, ['-e', '0'], { env: bare })
    contenders.bareHelp = () => processTime(node, [occi, '--help'], { env: bare })
  }
  const rocci = rubyClient()
  if (rocci !== undefined) contenders.rocci = () => processTime(rocci, ['--version'], { env })
  const times = await interleave(contenders, rounds)
  note(`node -e 0: ${times.node.median.toFixed(1)} ms, noise ${(times.node.noise * 100).toFixed(0)} %`)
  ratio('occi --version', times.version, 'node -e 0', times.node, 1.1)
  ratio('occi --help', times.help, 'node -e 0', times.node, 1.4)
  ratio('occi compute --help', times.computeHelp, 'node -e 0', times.node, 1.4)
  if (bare !== undefined) {
    ratio('occi --help, without NODE_EXTRA_CA_CERTS', times.bareHelp, 'node -e 0 without', times.bareNode)
  }
  if (times.rocci) ratio('occi --version', times.version, 'rocci --version', times.rocci)
  else note('rocci is not on the PATH: no comparison with the Ruby client')
}

function rubyClient() {
  try {
    return execFileSync('sh', ['-c', 'command -v rocci'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}
