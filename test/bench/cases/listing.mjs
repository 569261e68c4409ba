import { interleave, processTime } from '../measure.mjs'
import { withoutExtraCertificates } from '../program.mjs'
import { provider } from '../provider.mjs'
import { ratio } from '../report.mjs'

export async function listing({ program, rounds, executable }) {
  const { occi } = program
  const env = withoutExtraCertificates(program.env)
  const cloud = await provider({ machines: 20 })
  const node = process.execPath
  const get = `require('node:http').get('${cloud.endpoint}compute/', (r) => r.resume())`
  const words = ['compute', 'list', '--endpoint', cloud.endpoint, '-o', 'table']
  const list = [occi, ...words]
  const extra = program.env.NODE_EXTRA_CA_CERTS !== undefined
  await processTime(node, list, { env })
  const times = await interleave(
    {
      node: () => processTime(node, ['-e', '0'], { env }),
      get: () => processTime(node, ['-e', get], { env }),
      list: () => processTime(node, list, { env }),
      curl: () => processTime('curl', ['-s', `${cloud.endpoint}compute/`], { env }),
      ...(executable === undefined ? {} : { oneFile: () => processTime(executable, words, { env }) }),
      ...(extra
        ? {
            extraNode: () => processTime(node, ['-e', '0'], { env: program.env }),
            extraList: () => processTime(node, list, { env: program.env }),
          }
        : {}),
      complete: () =>
        processTime(node, [occi, '__complete', 'entity', 'compute', '--', 'compute', 'describe', 'vm-1'], {
          env: { ...env, OCCI_ENDPOINT: cloud.endpoint },
        }),
    },
    rounds,
  )
  cloud.close()
  ratio('occi compute list, 20 VMs, warm', times.list, 'node -e 0', times.node, 2.2)
  ratio('the same', times.list, 'bare node http.get', times.get, 1.45)
  if (extra) ratio('the same, with NODE_EXTRA_CA_CERTS', times.extraList, 'node -e 0', times.extraNode)
  if (executable !== undefined)
    ratio('the same list by the executable', times.oneFile, 'occi compute list', times.list, 1)
  ratio('the same', times.list, 'curl', times.curl)
  ratio('dynamic completion of an id', times.complete, 'node -e 0', times.node, 1.3)
}
