import { describe, expect, it } from 'vitest'
import { commandShortcuts, nounShortcuts, verbShortcuts } from '../../src/cli/shortcuts.js'
import { machine } from './support/harness.js'

const at = ' --endpoint sandbox:'

async function withWeb() {
  const { occi } = machine()
  await occi(`compute create web --os debian-12 --size small --wait${at}`)
  return occi
}

describe('words of other command lines', () => {
  it.each([
    ['images', 'mixin list --of os_tpl'],
    ['image list', 'mixin list --of os_tpl'],
    ['image ls', 'mixin list --of os_tpl'],
    ['image show debian-12', 'mixin describe debian-12'],
    ['sizes', 'mixin list --of resource_tpl'],
    ['flavor list', 'mixin list --of resource_tpl'],
    ['flavors', 'mixin list --of resource_tpl'],
    ['server list', 'compute list'],
    ['vm ls', 'compute list'],
    ['vm show web', 'compute describe web'],
    ['ps', 'compute list'],
    ['compute ls', 'compute list'],
    ['compute get web', 'compute describe web'],
    ['network show public', 'network describe public'],
    ['volume ls', 'storage list'],
    ['servers', 'compute list'],
    ['networks', 'network list'],
    ['volumes', 'storage list'],
    ['servers ls', 'compute list'],
    ['servers show web', 'compute describe web'],
    ['images list', 'image list'],
    ['flavors show small', 'mixin describe small'],
    ['networks show public', 'network describe public'],
    ['volumes list', 'storage list'],
    ['contexts list', 'context list'],
    ['kinds', 'model kinds'],
    ['contexts', 'context list'],
  ])('%s prints what %s prints', async (typed, command) => {
    const occi = await withWeb()
    const [asTyped, plain] = [await occi(typed + at), await occi(command + at)]
    expect(plain.status).toBe(0)
    expect(asTyped).toEqual(plain)
  })

  it('shortcuts are accepted after options, and the value of an option is not taken for one', async () => {
    const occi = await withWeb()
    const { out } = await occi('-e sandbox: images -o name')
    expect(out).toContain('debian-12')
    expect(await occi(['compute', 'rm', 'rm', '--yes', '-e', 'sandbox:'])).toMatchObject({ status: 6 })
    expect((await occi(`vm rm web --yes${at}`)).status).toBe(0)
    expect((await occi(`vm ls -o name${at}`)).out).toBe('')
  })

  it.each(['ls', 'show', 'get', 'rm', 'status', 'image', 'size', 'flavor'])(
    '"%s" alone is ambiguous, and the hint lists its meanings',
    async (word) => {
      const { status, err } = await machine().occi(word)
      expect(status).toBe(2)
      expect(err).toContain('Here it is: occi ')
    },
  )

  it.each([
    ['get compute', 'occi compute list'],
    ['get pods', 'occi compute list'],
    ['get compute web', 'occi compute describe web'],
    ['get images', 'occi image list'],
    ['describe web', 'occi compute describe web; the other nouns have describe, too.'],
    ['describe compute web', 'occi compute describe web'],
    ['delete compute web', 'occi compute delete web'],
    ['delete web --yes', 'occi compute delete web; the other nouns have delete, too.'],
    ['list images', 'occi image list'],
    ['create compute web', 'occi compute create web'],
    ['delete context prod', 'occi context remove prod'],
    ['reboot web', 'occi compute restart web'],
    ['compute reboot web', 'occi compute restart web.'],
    ['server destroy web', 'occi compute delete web.'],
    ['volume attach data web', 'occi compute link MACHINE VOLUME.'],
    ['config view', 'occi config explain.'],
    ['config use-context prod', 'occi context use prod.'],
    ['context switch prod', 'occi context use prod.'],
    ['context rm prod', 'occi context remove prod.'],
    ['switch prod', 'occi context use prod'],
    ['keypair list', 'occi compute create NAME --ssh-key FILE. OCCI itself keeps no keys.'],
    ['ssh-keys', 'occi compute create NAME --ssh-key FILE. OCCI itself keeps no keys.'],
    [
      'trigger web stop',
      'occi compute trigger ACTION NAME triggers an action; the other nouns have trigger, too.',
    ],
    ['compute web stop', 'occi compute stop web.'],
    ['network private down', 'occi network down private.'],
    ['machines', 'occi compute list'],
    ['floating-ip list', 'occi ip list shows public addresses, occi ip attach NAME gives one to a machine.'],
    ['down', 'occi stack destroy'],
    ['region list', 'occi context list shows the contexts. A context belongs to one endpoint.'],
    ['token issue', 'occi auth token'],
    ['floating ip list', 'occi ip list shows public addresses, occi ip attach NAME gives one to a machine.'],
    ['stop "my web"', "occi compute stop 'my web'"],
    ['start web --password hunter2', 'occi compute start web'],
  ])('%s is answered with: Here it is: %s', async (typed, answer) => {
    const words = typed.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? []
    const { status, err } = await machine().occi([...words, '-e', 'sandbox:'])
    expect(status).toBe(2)
    const lines = err.replace(/\s+/g, ' ')
    expect(`${lines} `).toContain(`Here it is: ${answer} `)
    expect(err).not.toContain('hunter2')
  })

  it('a word that is also the name of an option is not taken for it', async () => {
    const { err } = await machine().occi('project list')
    expect(err).toContain('occi: Unknown command "project"')
  })

  it('whoami is a shortcut for auth status', async () => {
    const { occi } = machine()
    expect(await occi(`whoami${at}`)).toEqual(await occi(`auth status${at}`))
  })

  it('shortcuts have help', async () => {
    const { occi } = machine()
    expect((await occi('compute rm --help')).out).toBe((await occi('compute delete --help')).out)
    expect((await occi('help vm')).out).toBe((await occi('help compute')).out)
    expect((await occi('help images')).out).toBe((await occi('mixin list --help')).out)
    const { out } = await occi('--help')
    for (const word of [
      ...Object.keys(verbShortcuts),
      ...Object.keys(nounShortcuts),
      ...commandShortcuts.map(([phrase]) => phrase),
    ]) {
      expect(out).toContain(word)
    }
  })
})

describe('commands with new names', () => {
  it.each([
    ['list /compute/ -o url', 'list-path /compute/ -o url'],
    ['delete /storage/ --all --yes', 'delete-path /storage/ --all --yes'],
  ])('%s still works as %s', async (old, now) => {
    const occi = await withWeb()
    expect(await occi(old + at)).toEqual(await occi(now + at))
  })

  it('help does not list the old names', async () => {
    const { out } = await machine().occi('--help')
    expect(out).toContain('list-path')
    expect(out).not.toMatch(/^ {2}(list|delete|parse|render) /m)
  })
})
