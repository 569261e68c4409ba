/** `occi ip`: addresses of machines. */
import type { CommandGroup } from '../../command.js'
import { attach } from './attach.js'
import { detach } from './detach.js'
import { list } from './list.js'

export const ip: CommandGroup = {
  name: 'ip',
  summary: 'Addresses of virtual machines: list, attach, detach',
  description: '"occi compute ip NAME" prints the addresses of one machine.',
  commands: [list, attach, detach],
}
