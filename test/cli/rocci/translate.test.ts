import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { translateScript } from '../../../src/cli/rocci/script.js'
import { machine } from '../support/harness.js'

const commands: ReadonlySet<string> = new Set(['compute', 'storage', 'network', 'mixin', 'model'])
const script = (text: string) => translateScript(text, commands, { comments: true })
const line = (text: string) => translateScript(text, commands, { comments: false })
/** Without the endpoint, which is tested by itself. */
const of = (old: string) => line(`occi -e http://h/ ${old}`).text.replace(' --endpoint http://h/', '')

describe('translating a command', () => {
  it.each([
    ['-a list -r compute', 'occi compute list -o url'],
    ['--action list --resource os_tpl', 'occi mixin list --of os_tpl -o id'],
    ['-a describe -r /compute/1', 'occi compute describe /compute/1'],
    ['-a describe -r compute', 'occi compute list'],
    [
      `-a create -r compute -M os_tpl#debian6 -M resource_tpl#small -t occi.core.title="My VM"`,
      "occi compute create --os debian6 --size small --title 'My VM' -o url",
    ],
    [
      '-a create -r storage -t occi.core.title=d -t occi.storage.size=num(10)',
      'occi storage create --title d --attribute occi.storage.size:=10 -o url',
    ],
    ['-a trigger -r /compute/1 -g stop', 'occi compute stop /compute/1'],
    ['-a delete -r compute', 'occi compute delete --all --yes'],
    ['-a delete -r /compute/1', 'occi compute delete /compute/1 --yes'],
    ['-a link -r /compute/1 -j /storage/2', 'occi compute link /compute/1 /storage/2 -o url'],
    ['-a unlink -r /link/storagelink/3', 'occi link delete /link/storagelink/3 --yes'],
    ['-a update -r /compute/1 -M resource_tpl#large', 'occi compute update /compute/1 --size large'],
    ['-a discover -i link', 'occi model kinds --filter http://schemas.ogf.org/occi/core#link'],
    ['-m -n x509 -x ~/proxy.pem', 'occi model --user-cred ~/proxy.pem --auth x509'],
    [
      '-a create -r compute -M a#b -t occi.core.title=Web -w 600',
      'occi compute create --mixin a#b --title Web --attribute occi.compute.hostname=Web --wait --wait-timeout 600s -o url',
    ],
  ])('the command %s is translated', (old, expected) => {
    expect(of(old)).toBe(expected)
  })

  it("the translation of a command without an endpoint names rOCCI-cli's default one", () => {
    expect(line('occi -a list -r compute').text).toBe(
      'occi compute list -o url --endpoint http://localhost:3000',
    )
  })

  it('the translation never repeats a secret, and keeps a variable that holds one', () => {
    const { text, occurrences } = line('occi -n basic -u ada -p s3cret -a list -r compute')
    expect(text).not.toContain('s3cret')
    expect(occurrences[0]?.translation.notes.join(' ')).toContain('OCCI_PASSWORD')
    expect(of('-n basic -u ada -p "$PW" -a list -r compute')).toBe(
      'OCCI_PASSWORD="$PW" occi compute list -o url --username ada --auth basic',
    )
  })

  it('the translation notes that networks are linked before volumes', () => {
    const notes = (links: string) =>
      line(`occi -a create -r compute -M a#b -t occi.core.title=x ${links}`).occurrences[0]?.translation.notes
    expect(notes('-j /storage/1,/network/2')?.join()).toContain('networks are linked before volumes')
    expect(notes('-j /network/2 -j /storage/1')).toEqual([])
  })

  it('the translation keeps the values of the command line', () => {
    expect(of("-a create -r compute -M a#b -t occi.core.title='My VM' -T 'public_key=ssh-rsa AAAA me'")).toBe(
      "printf '%s\\n' 'ssh-rsa AAAA me' | occi compute create --mixin a#b --title 'My VM' --ssh-key - -o url",
    )
  })
})

describe('translating as a shell reads', () => {
  it.each([
    ['-a describe -r "$URL"', 'occi compute describe "$URL"'],
    [
      '-a create -r compute -M os_tpl#$IMAGE -t "occi.core.title=wiki_$(date +%s)"',
      'occi compute create --os $IMAGE --title "wiki_$(date +%s)" -o url',
    ],
    ['-a delete -r `cat id`', 'occi compute delete `cat id` --yes'],
    ['-a list -r compute | head -n 1 > list 2>&1', 'occi compute list -o url | head -n 1 > list 2>&1'],
    ['-a list -r compute >list && echo "done"', 'occi compute list -o url >list && echo "done"'],
    ['-a trigger -r $VM_URL -g stop || exit 1', 'occi compute stop $VM_URL || exit 1'],
    [
      '--voms $VO -n x509 -x ~/p -a list -r compute',
      'occi compute list -o url --user-cred ~/p --auth x509 --voms',
    ],
  ])('the shell command %s is translated', (old, expected) => {
    expect(of(old)).toBe(expected)
  })

  it('the translation of a script replaces every command and keeps the rest', () => {
    const old = `#!/bin/bash
# occi --action list --resource compute
E=http://h/
ID=$(occi -e "$E" -a create -r compute \\
  -M os_tpl#debian -t occi.core.title="vm $1")
if occi -e "$E" -a describe -r "$ID" | grep -q active; then
  echo "occi --action list"; occi -e $E -a delete -r compute
fi
cat <<END
occi -a list -r compute
END
occi compute list
`
    expect(script(old).text).toBe(`#!/bin/bash
# occi --action list --resource compute
E=http://h/
# occi translate: rOCCI-cli also used the title as host name; add --hostname if the machine needs it
ID=$(occi compute create --os debian --title "vm $1" -o url --endpoint "$E")
# occi translate: $ID is assumed to be the location of a compute; change the noun if it is not
# occi translate: describe printed lines of "key = value"; use -o json in scripts
if occi compute describe "$ID" --endpoint "$E" | grep -q active; then
  echo "occi --action list"; occi compute delete --all --yes --endpoint $E
fi
cat <<END
occi -a list -r compute
END
occi compute list
`)
  })

  it('the translation keeps a line that rOCCI-cli refuses, and reports it', () => {
    const { text } = script('occi -a create -r compute -t occi.core.title=x\n')
    expect(text).toBe(
      '# occi translate could not translate this: rOCCI-cli rejects it: Missing required arguments: links\nocci -a create -r compute -t occi.core.title=x\n',
    )
  })

  it.each([
    ['timeout 60 occi -a list -r compute', 'timeout 60 occi compute list'],
    ['sudo -u x /usr/bin/occi -a list -r compute', 'sudo -u x occi compute list'],
    ['cat urls | xargs -I{} occi -a delete -r {}', 'cat urls | xargs -I{} occi compute delete {} --yes'],
    ['f() { occi -a list -r compute; }', 'f() { occi compute list'],
    ['case $x in a) occi -a list -r compute;; esac', 'case $x in a) occi compute list'],
  ])('the translation replaces the call in %s', (old, expected) => {
    expect(line(old).text).toContain(expected)
  })

  it.each([
    ['$BASE_CMD --action delete --resource /compute/1', '$BASE_CMD is known only at run time'],
    ['"$OCCI" -e $E -a list -r compute', '$OCCI is known only at run time'],
    ['$OCCI --action=list --resource compute', '$OCCI is known only at run time'],
    ['CMD="$BASE_CMD --action list --resource os_tpl"', 'assembled in a string'],
    ["alias vms='occi -a list -r compute'", 'assembled in a string'],
    ['bash -c "occi -a list -r compute"', 'assembled in a string'],
    ['ssh host occi -a list -r compute', 'ssh runs a call of rOCCI-cli'],
    ['xargs -n 1 occi -a delete -r', 'missing argument: -r'],
    ['occi -a list -r $KIND', 'the resource in $KIND is only known'],
  ])('the translation keeps %s and reports why', (old, why) => {
    const { text } = script(`if true; then\n  ${old}\nfi\n`)
    const [, comment = '', ...rest] = text.split('\n')
    expect(comment).toMatch(/^ {2}# occi translate could not translate this: /)
    expect(comment).toContain(why)
    expect(rest[0]).toBe(`  ${old}`)
  })

  it.each(['echo "occi -a list -r compute"', 'git add --action x', '$TAR -a -f x', 'occi compute list'])(
    'the translation keeps %s without a report',
    (old) => {
      expect(script(`${old}\n`)).toEqual({ text: `${old}\n`, occurrences: [] })
    },
  )

  it.each(['occi -a $ACTION -r compute', 'occi -a list -r compute -o "$FORMAT"'])(
    'the translation does not change %s',
    (old) => {
      const { text, occurrences } = line(old)
      expect(text).toBe(old)
      expect(occurrences[0]?.translation.command).toBeUndefined()
    },
  )

  it('the translation ends for text that is not a script', () => {
    for (const text of ["occi -a '", 'occi -a "$(', 'occi `', 'occi ${', '((', '<<', 'occi -a list -r \\'])
      expect(typeof script(text).text).toBe('string')
  })
})

describe('occi translate', () => {
  it('occi translate prints one line, with or without the name of the program in its input', async () => {
    const { occi } = machine()
    const expected = { status: 0, out: 'occi compute list -o url --endpoint http://localhost:3000\n' }
    expect(await occi(['translate', 'occi --action list --resource compute'])).toMatchObject(expected)
    expect(await occi(['translate', '--', '--action list --resource compute'])).toMatchObject(expected)
  })

  it('occi translate refuses a line that rOCCI-cli refuses', async () => {
    const { status, out, err } = await machine().occi(['translate', 'occi -a create -r compute'])
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toContain('rOCCI-cli rejects it: Missing required arguments: links, attributes')
  })

  it('occi translate translates a file', async () => {
    const { occi, folder } = machine()
    writeFileSync(join(folder, 'old.sh'), 'occi -e http://h/ -a list -r compute | wc -l\n')
    const { status, out } = await occi(['translate', '-f', join(folder, 'old.sh')])
    expect({ status, out }).toEqual({
      status: 0,
      out: 'occi compute list -o url --endpoint http://h/ | wc -l\n',
    })
  })

  it('occi translate lists the old calls below a folder', async () => {
    const { occi, folder } = machine()
    mkdirSync(join(folder, 'tree/.git'), { recursive: true })
    writeFileSync(
      join(folder, 'tree/a.sh'),
      '#!/bin/sh\n\nocci -e http://h/ -a list -r compute\nocci compute list\n',
    )
    writeFileSync(
      join(folder, 'tree/b.py'),
      "# occi --action list\nrun(['occi', '--action', 'list', '-r', x])\n",
    )
    writeFileSync(join(folder, 'tree/.git/b.sh'), 'occi -a list -r compute\n')
    const { status, out } = await occi(['translate', '--scan', join(folder, 'tree')])
    expect({ status, out }).toEqual({
      status: 0,
      out: `${join(folder, 'tree/a.sh')}:3: occi -e http://h/ -a list -r compute
  → occi compute list -o url --endpoint http://h/
${join(folder, 'tree/b.py')}:2: run(['occi', '--action', 'list', '-r', x])
  → (stays: a program assembles this call; rOCCI-cli options keep working)
`,
    })
  })
})
