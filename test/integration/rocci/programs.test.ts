import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedProcess, serve } from '../../support/serve.js'
import { certificates } from '../../transport/certificates.js'

/**
 * Programs that drive an `occi` binary, rebuilt from what they document: the same words in the same order,
 * through a shell where they use one, and their way of reading the answer.
 */
const root = resolve(import.meta.dirname, '../../..')
const place = mkdtempSync(join(tmpdir(), 'occi-programs-'))
const proxy = join(place, 'x509up_u1000')
const authorities = join(place, 'certificates')
const userData = join(place, 'user-data.gz')
const bytes = gzipSync('#cloud-config\nhostname: worker\n')
let env: NodeJS.ProcessEnv
let server: ServedProcess
/** Without the slash at the end, as sites publish it. */
let endpoint: string

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Ran {
  const { status, stdout, stderr } = spawnSync(program, args, {
    env: { ...env, ...more },
    cwd: place,
    encoding: 'utf8',
    input: '',
    timeout: 60_000,
  })
  return { status, stdout, stderr }
}

const shell = (script: string, variables: NodeJS.ProcessEnv = {}) => run('bash', ['-c', script], variables)

/** Fails with what was said; such programs take any word on standard error for a failure. */
function silent({ status, stdout, stderr }: Ran): string {
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

beforeAll(async () => {
  const bin = join(place, 'bin')
  mkdirSync(bin)
  mkdirSync(authorities)
  symlinkSync(join(root, 'bin/occi'), join(bin, 'occi'))
  const { ca, client } = certificates()
  writeFileSync(join(authorities, 'ca.pem'), ca.cert)
  writeFileSync(proxy, `${client.cert}${client.key}`, { mode: 0o600 })
  writeFileSync(userData, bytes)
  env = { PATH: [bin, process.env['PATH']].join(delimiter), HOME: place }
  server = await serve(join(bin, 'occi'), env, ['--as', 'rocci-server', '--speed', '0'])
  endpoint = server.endpoint.replace(/\/$/, '')
})

afterAll(async () => {
  await server?.stop()
  rmSync(place, { recursive: true, force: true })
})

describe('VMDIRAC', () => {
  it('RocciEndpoint.py of VMDIRAC lists, looks an image up, creates with user data, reads cores and memory, and deletes', () => {
    const base = ['--skip-ca-check', '--output-format', 'json_extended']
    const login = ['--endpoint', endpoint, '--timeout', '300', '--auth', 'x509', '--user-cred', proxy]
    const occi = (...args: string[]) => silent(run('occi', [...base, ...login, '--voms', 'True', ...args]))

    expect(JSON.parse(occi('--action', 'list', '--resource', 'os_tpl'))).toContainEqual(
      expect.stringMatching(/#debian6$/),
    )
    const images = JSON.parse(occi('--action', 'describe', '--resource', 'os_tpl')) as Record<
      string,
      string
    >[]
    const image = images.find(({ title }) => title === 'debian')?.['term'] ?? ''
    expect(image).toBe('debian6')
    occi('--action', 'describe', '--resource', `os_tpl#${image}`)
    occi('--action', 'describe', '--resource', 'resource_tpl#small')
    const made = occi(
      ...['--action', 'create', '--resource', 'compute', '--mixin', `os_tpl#${image}`],
      ...['--mixin', 'resource_tpl#small', '--attribute', 'occi.core.title=DIRAC_1a2b3c4d'],
      ...['--context', `user_data=file://${userData}`],
    ).trim()
    expect(made).toMatch(new RegExp(`^${endpoint}/compute/[0-9a-f-]{36}$`))
    const [node] = JSON.parse(occi('--action', 'describe', '--resource', made)) as {
      attributes: {
        occi: { compute: Record<string, number> }
        org: { openstack: { compute: { user_data: string } } }
      }
    }[]
    expect(node?.attributes.occi.compute).toMatchObject({ cores: 1, memory: 2 })
    expect(Buffer.from(node?.attributes.org.openstack.compute.user_data ?? '', 'base64')).toEqual(bytes)
    expect(occi('--action', 'delete', '--resource', made)).toBe('')
  })

  it('Rocci11.py of VMDIRAC finds the id, the address in the output of -d, and the state in the text of the JSON', () => {
    const login = ` --auth x509 --user-cred ${proxy} --voms `
    // It runs each line in a shell, with standard error in the same pipe.
    const merged = (line: string) => shell(`{ ${line} ; } 2>&1`).stdout.replace(/\n+$/, '')
    merged(`occi --endpoint ${endpoint} --action list --resource compute ${login}`)
    const made = merged(
      `occi --endpoint ${endpoint}  --action create --resource compute --mixin os_tpl#debian6 --mixin resource_tpl#small --attribute occi.core.title="debian6_cloudinit_1" --output-format json ${login} --context user_data="file://${userData}"`,
    )
    const id = made.slice(made.indexOf(`${endpoint}/compute/`) + `${endpoint}/compute/`.length)
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    silent(
      shell(`occi --endpoint ${endpoint} --action link --resource /compute/${id} --link /network/public`),
    )

    shell(
      `occi -d --endpoint ${endpoint}  --action describe --resource /compute/${id} ${login} 2>&1 | grep occi.networkinterface.address >address`,
    )
    const lines = readFileSync(join(place, 'address'), 'utf8')
    const from = lines.indexOf('occi.networkinterface.address=') + 'occi.networkinterface.address='.length + 2
    expect(lines.slice(from, lines.indexOf('"', from) - 1)).toMatch(/^\d+\.\d+\.\d+\.\d+$/)

    const status = merged(
      `occi --endpoint ${endpoint}  --action describe --resource /compute/${id} --output-format json ${login}`,
    )
    expect(status.slice(status.indexOf('"state":"') + 9).split('"')[0]).toBe('active')
    expect(
      merged(
        `occi --endpoint ${endpoint}  --action delete --resource /compute/${id} --output-format json ${login}`,
      ),
    ).toBe('')
  })
})

describe('fedcloud-gui', () => {
  it('fedcloud-gui fills its menus, creates, links with the name of a VO behind --voms, and deletes', () => {
    const script = `
occi_x509() { occi --endpoint $OCCI_ENDPOINT --auth x509 --user-cred $USER_CRED --ca-path $CAPATH --voms --action "$@"; }
for what in os_tpl resource_tpl; do
  occi_x509 list --resource $what > list || exit 1
  for each in $(cat list); do
    occi_x509 describe --resource $each > info || exit 1
    echo "menu $(echo $each | awk -F"#" '{ print $2 }') $(cat info | grep title | awk -F"title:" '{ print $2}' | xargs echo)"
  done
done
OS_TPL=http://occi.example.org/occi/infrastructure/os_tpl#debian6
RES_TPL=http://occi.example.org/occi/infrastructure/resource_tpl#small
OCCI_RES=$(occi -e $OCCI_ENDPOINT --auth x509 --user-cred $USER_CRED --voms $VOMS --action create --resource compute --mixin os_tpl#$(echo $OS_TPL | awk -F"#" '{ print $2 }') --mixin resource_tpl#$(echo $RES_TPL | awk -F"#" '{ print $2 }') --attribute occi.core.title="\${RES_TITLE}" --context user_data="file://\${USERDATA}")
echo "link $(occi --endpoint $OCCI_ENDPOINT --auth x509 --user-cred $USER_CRED --voms $VOMS --action link --resource $OCCI_RES --link /network/public)"
for each in $(occi_x509 list --resource compute); do
  occi_x509 describe --resource $each > info
  echo "name $(cat info | grep "occi.compute.hostname" | awk -F"=" '{ print $2 }' | xargs echo)"
done
occi --endpoint $OCCI_ENDPOINT --action delete --resource $OCCI_RES --auth x509 --user-cred $USER_CRED --voms $VOMS
echo "deleted $?"
`
    const variables = { OCCI_ENDPOINT: endpoint, USER_CRED: proxy, CAPATH: authorities, USERDATA: userData }
    const more = { VOMS: 'fedcloud.egi.eu', RES_TITLE: 'gui-1' }
    const lines = silent(shell(script, { ...variables, ...more }))
      .trim()
      .split('\n')
    expect(lines).toContain('menu debian6 debian')
    expect(lines).toContain('menu small Small Instance - 1 core and 2 GB RAM')
    expect(lines.slice(-3)).toEqual([
      expect.stringMatching(new RegExp(`^link ${endpoint}/link/networkinterface/`)),
      'name gui-1',
      'deleted 0',
    ])
  })
})

describe('COMPSs', () => {
  it('COMPSs creates, reads state, address and hardware from pretty JSON, links and deletes', () => {
    // Its properties become words: a flag that was given as "true" leaves one that means nothing.
    const properties = `--endpoint ${endpoint} --auth x509 --timeout 60 --password=secret --ca-path ${authorities} --skip-ca-check true --user-cred ${proxy} --voms --output-format json_extended_pretty `
    const occi = (args: string) =>
      silent(run('/bin/bash', ['-c', `occi ${properties}${args}`])).replaceAll('\n', '')

    const id = occi(
      ' --action create --resource compute -M os_tpl#debian6 -M resource_tpl#small --attribute occi.core.title="compss-worker"',
    )
    expect(id).toMatch(new RegExp(`^${endpoint}/compute/[0-9a-f-]{36}$`))
    occi(`--resource ${id} --action link --link /network/public`)
    const { resources } = JSON.parse(`{"resources":${occi(`--action describe --resource ${id}`)}}`) as {
      resources: {
        attributes: { occi: { compute: Record<string, unknown> } }
        links: { attributes: { occi: { networkinterface?: { address: string; state: string } } } }[]
      }[]
    }
    const [machine] = resources
    expect(machine?.attributes.occi.compute).toMatchObject({ state: 'active', cores: 1, memory: 2 })
    const link = machine?.links.find(({ attributes }) => attributes.occi.networkinterface !== undefined)
    expect(link?.attributes.occi.networkinterface).toMatchObject({
      address: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
      state: 'active',
    })
    expect(occi(`--action delete --resource ${id}`)).toBe('')
  })
})

describe('FutureGateway', () => {
  it('FutureGateway is installed as its README describes', () => {
    const stdout = silent(
      shell(
        `OCCI_RES=$(occi -e $OCCI_ENDPOINT --auth x509 --user-cred $USER_CRED --voms $VOMS --action create --resource compute --mixin os_tpl#$OS_TPL --mixin resource_tpl#$RESOURCE_TPL --attribute occi.core.title="fgocci2" --context user_data="file://$HOME/user-data.gz"); echo "Resourcce: $OCCI_RES"
occi --endpoint $OCCI_ENDPOINT --auth x509 --user-cred $USER_CRED --voms $VOMS --action link --resource $OCCI_RES --link /network/public
occi --endpoint $OCCI_ENDPOINT --action describe --resource compute --resource $OCCI_RES --auth x509 --user-cred $USER_CRED --voms`,
        { OCCI_ENDPOINT: endpoint, USER_CRED: proxy, VOMS: '', OS_TPL: 'debian6', RESOURCE_TPL: 'small' },
      ),
    )
    const [made = '', link = ''] = stdout.split('\n')
    expect(made).toMatch(new RegExp(`^Resourcce: ${endpoint}/compute/[0-9a-f-]{36}$`))
    expect(link).toMatch(new RegExp(`^${endpoint}/link/networkinterface/`))
    expect(stdout).toContain(`org.openstack.compute.user_data = ${bytes.toString('base64')}\n`)
  })
})

/** snf-occi's own functional tests: every line is put together in a variable and goes through eval. */
const snfOcci = `
BASE_CMD="occi \${XARGS} --endpoint \${OCCI_ENDPOINT} -n token --token \${TOKEN}"
for CMD in "--action list --resource os_tpl" "--action list --resource resource_tpl" "--action describe --resource os_tpl#\${OS_TPL}" "--action describe --resource resource_tpl#\${RESOURCE_TPL}"; do
  eval "\${BASE_CMD} \${CMD}" >/dev/null || echo "failed: $CMD"
done
PUBLIC_KEY="ssh-rsa AAAA root@host"
CMD="\${BASE_CMD} --action create --resource compute "
CMD="\${CMD} --attribute occi.core.title=\\"OCCI test VM\\""
CMD="\${CMD} --mixin os_tpl#\${OS_TPL} --mixin resource_tpl#\${RESOURCE_TPL}"
CMD="\${CMD} --context public_key='\${PUBLIC_KEY}'"
VM_URL=$(eval $CMD)
SUFFIX=(\`echo \${VM_URL}|awk '{n=split($0,a,"/"); print "/"a[n-1]"/"a[n]}'\`)
CMD="\${BASE_CMD} --action describe --resource \${SUFFIX} > vm.info"
state() { eval $CMD; awk '/occi.compute.state/{n=split($0,a," = "); print a[2];}' vm.info; }
echo "created $(state)"
for ACTION in stop start restart; do
  ACMD="\${BASE_CMD} --resource \${SUFFIX} --action trigger --trigger-action \${ACTION}"
  eval $ACMD
  echo "$ACTION $(state)"
done
`

describe('snf-occi', () => {
  const expected = ['created active', 'stop inactive', 'start active', 'restart active']
  const removal = `CMD="\${BASE_CMD} --action delete --resource \${SUFFIX}"; eval $CMD; echo "deleted $?"\n`

  it('the machine tests of snf-occi pass against snf-occi of 2016', async () => {
    const own = await serve(join(place, 'bin/occi'), env, ['--as', 'snf-occi-2016', '--speed', '0'])
    const variables = { OCCI_ENDPOINT: own.endpoint, TOKEN: 't0k', XARGS: '' }
    const ran = shell(snfOcci + removal, { ...variables, OS_TPL: 'debian', RESOURCE_TPL: 'c1r1024d20' })
    await own.stop()
    expect(silent(ran).trim().split('\n')).toEqual([...expected, 'deleted 0'])
  })

  it('the machine, network and volume tests of snf-occi pass against rocci-server', () => {
    const script = `${snfOcci}
CMD="\${BASE_CMD} --action create --resource network "
CMD="\${CMD} --mixin 'http://schemas.ogf.org/occi/infrastructure/network#ipnetwork'"
CMD="\${CMD} --attribute occi.core.title=\\"My Test Network\\""
CMD="\${CMD} --attribute occi.network.address=\\"192.168.0.0/24\\""
NETWORK_URL=$(eval $CMD)
CMD="\${BASE_CMD} --action describe --resource \${NETWORK_URL} "
eval $CMD | grep occi.network.address
CMD="\${BASE_CMD} --action link --resource \${VM_URL} "
CMD="\${CMD} --link \${NETWORK_URL}"
LINK=$(eval $CMD)
CMD="\${BASE_CMD} --action describe --resource \${LINK} "
eval $CMD | grep occi.networkinterface.state
CMD="\${BASE_CMD} --action create --resource storage "
CMD="\${CMD} --attribute occi.core.title=\\"My test volume\\""
CMD="\${CMD} --attribute occi.storage.size=\\"10\\""
VOLUME_URL=$(eval $CMD)
VOLUME_ID=(\`echo $VOLUME_URL|awk '{n=split($0,a,"/"); print a[n];}'\`)
CMD="\${BASE_CMD} --action describe --resource /storage/\${VOLUME_ID}"
eval $CMD | grep -E "occi.(core.title|storage.size)"
CMD="\${BASE_CMD} --action link --resource \${SUFFIX} \\
    --link /storage/\${VOLUME_ID}"
LINK=$(eval $CMD)
CMD="\${BASE_CMD} --action unlink --resource \${LINK}"
eval $CMD; echo "unlinked $?"
${removal}CMD="\${BASE_CMD} --action delete --resource /storage/\${VOLUME_ID}"; eval $CMD; echo "volume $?"
`
    const variables = {
      OCCI_ENDPOINT: endpoint,
      TOKEN: 't0k',
      OS_TPL: 'debian6',
      RESOURCE_TPL: 'small',
      XARGS: '',
    }
    expect(silent(shell(script, variables)).trim().split('\n')).toEqual([
      ...expected,
      'occi.network.address = 192.168.0.0/24',
      'occi.networkinterface.state = active',
      'occi.core.title = My test volume',
      'occi.storage.size = 10',
      'unlinked 0',
      'deleted 0',
      'volume 0',
    ])
  })
})
