/** What rOCCI demanded of a command line before it connected. */
import { OptionFault, type Parsed } from './optparse.js'
import { splitList } from './values.js'

/** Throws OptionFault in rOCCI's words. */
export function checkRequired({ values, lists }: Parsed): void {
  if (values.has('dump-model')) return
  if (values.has('filter')) throw new OptionFault("You cannot use '--filter' without '--dump-model'!")
  const action = values.get('action')
  const missing: string[] = []
  if (action !== 'discover' && !values.has('resource')) missing.push('resource')
  if (action === undefined) missing.push('action')
  if (action === 'discover' && !values.has('entity-type')) missing.push('entity_type')
  if (action === 'trigger' && !values.has('trigger-action')) missing.push('trigger_action')
  if (action === 'link' && !lists.has('link')) missing.push('links')
  if (action === 'update' && !lists.has('mixin')) missing.push('mixins')
  if (missing.length > 0) throw new OptionFault(`Missing required arguments: ${missing.join(', ')}`)
  if (action === 'create') checkCreate(lists)
  for (const mixin of splitList(lists.get('mixin') ?? [])) {
    if (!/^[^\s#]+#[^\s#]+$/.test(mixin)) {
      throw new OptionFault(`Unknown mixin format "${mixin}"! use scheme#term or short_scheme#term!`)
    }
  }
  if (action === 'link' && splitList(lists.get('link') ?? []).length > 1) {
    throw new OptionFault('You can assign only one link at a time!')
  }
}

/** rOCCI's other demand, a mixin or a link for each compute, is not kept: a provider may have defaults. */
function checkCreate(lists: Parsed['lists']): void {
  const titled = (lists.get('attribute') ?? []).some((text) => /(^|,)occi\.core\.title=/.test(text))
  if (!titled) throw new OptionFault('Missing required arguments: attributes')
}
