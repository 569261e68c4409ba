/** The story of the tour: typical first commands of a new user. */

interface Step {
  readonly title: string
  /** The command without the word `occi`; the endpoint comes from OCCI_ENDPOINT. */
  readonly command: readonly string[]
}

interface StoryFile {
  readonly name: string
  readonly content: string
}

/** The files that the commands use, written to the tour's folder. */
export const files: readonly StoryFile[] = [
  {
    name: 'id_ed25519.pub',
    content:
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGdlbXMgYW5kIHN0b25lcyBtYXkgYnJlYWsgbXkgYm9u newcomer@laptop\n',
  },
  {
    name: 'cloud-init.yaml',
    content: '#cloud-config\npackages:\n  - nginx\n',
  },
]

export const story: readonly Step[] = [
  {
    title: 'Which images can a machine start from?',
    command: ['mixin', 'list', '--of', 'os_tpl'],
  },
  {
    title: 'And in which sizes?',
    command: ['mixin', 'list', '--of', 'resource_tpl'],
  },
  {
    title: 'The existing networks:',
    command: ['network', 'list'],
  },
  {
    title: 'A machine with a network, your SSH key and a cloud-init file; wait until it runs.',
    command: [
      ...['compute', 'create', 'web', '--os', 'debian-12', '--size', 'small', '--network', 'public'],
      ...['--ssh-key', 'id_ed25519.pub', '--user-data', 'cloud-init.yaml', '--wait'],
    ],
  },
  {
    title: 'The machine as the provider describes it:',
    command: ['compute', 'describe', 'web'],
  },
  {
    title: 'A volume of 10 GiB …',
    command: ['storage', 'create', 'data', '--size', '10', '--wait'],
  },
  {
    title: '… linked to the machine.',
    command: ['compute', 'link', 'web', 'data', '--mountpoint', '/dev/vdb'],
  },
  {
    title: 'Its links: the network interface and the volume.',
    command: ['link', 'list', '--of', 'web'],
  },
  {
    title: 'Stop the machine, gracefully.',
    command: ['compute', 'stop', 'web', '--method', 'graceful', '--wait'],
  },
  {
    title: 'Unlink the volume.',
    command: ['compute', 'unlink', 'web', 'data'],
  },
  {
    title: 'Delete the machine. Without a terminal occi cannot ask for confirmation, so --yes is needed.',
    command: ['compute', 'delete', 'web', '--yes'],
  },
  {
    title: 'The volume still exists, so it is deleted separately.',
    command: ['storage', 'delete', 'data', '--yes'],
  },
  {
    title: 'Nothing is left.',
    command: ['compute', 'list', '-o', 'json'],
  },
]
