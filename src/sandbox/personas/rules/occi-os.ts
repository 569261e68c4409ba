/**
 * Refusals of occi-os that pyssf does not have. Sources are files of tmetsch/occi-os below occi_os_api, or recorded
 * exchanges.
 */
import { COMPUTE, type TypeId, termOf } from '../../../model/index.js'
import type { Rule, RuleRequest } from '../persona.js'
import { pyssfRules } from './pyssf.js'

function draftsOf({ payload }: RuleRequest, term: string) {
  return payload.drafts.filter(({ kind }) => kind !== undefined && termOf(kind) === term)
}

/** The term of the action in the message. */
function triggeredTerm({ payload }: RuleRequest): string {
  return termOf(payload.action?.action ?? payload.categoryIds[0] ?? ('' as TypeId))
}

function methodParameter({ payload }: RuleRequest): unknown {
  return payload.action?.attributes.get('method') ?? payload.attributes.get('method')
}

const traceback = (lastLine: string) => `Traceback (most recent call last):\n${lastLine}`

const commonRules: readonly Rule[] = [
  ...pyssfRules,
  {
    operations: ['delete'],
    when: ({ record, context: { cloud } }) =>
      record !== undefined && termOf(record.kind) === 'storage' && cloud.linksAt(record.path).length > 0,
    status: 400,
    message: 'Invalid volume: Volume status must be available or error',
    source: 'nova_glue/storage.py:65 (refusals of nova become 400)',
  },
  {
    operations: ['create', 'create-at'],
    when: (request) => draftsOf(request, 'network').length > 0,
    status: 400,
    message: 'Currently not supported.',
    source: 'backends/network.py:40',
  },
  {
    operations: ['create', 'create-at'],
    when: (request) =>
      draftsOf(request, 'storage').some(({ attributes }) => !attributes.has('occi.storage.size')),
    status: 400,
    message: 'size attribute not found!',
    source: 'backends/storage.py:47',
  },
  {
    operations: ['create', 'create-at'],
    when: (request) => {
      const invalid = draftsOf(request, 'storage').find(({ attributes }) =>
        Number.isNaN(Number(attributes.get('occi.storage.size'))),
      )
      return invalid === undefined ? false : String(invalid.attributes.get('occi.storage.size')).slice(0, 80)
    },
    status: 500,
    message: (size) => traceback(`ValueError: could not convert string to float: ${size}`),
    source: 'nova_glue/storage.py:49',
  },
  {
    operations: ['create', 'create-at'],
    when: (request) =>
      draftsOf(request, 'storagelink').some(({ attributes }) => !attributes.has('occi.storagelink.deviceid')),
    status: 500,
    message: traceback("KeyError: 'occi.storagelink.deviceid'"),
    source: 'backends/storage.py:157',
  },
  {
    operations: ['create', 'create-at'],
    when: (request) =>
      draftsOf(request, 'compute').some(({ links }) =>
        links.some(({ kind }) => termOf(kind) === 'storagelink'),
      ),
    status: 500,
    message: traceback("KeyError: 'occi.core.id'"),
    source: 'occi-os: create-compute-inline-storagelink',
  },
  {
    operations: ['create', 'create-at'],
    when: (request) =>
      draftsOf(request, 'compute').some(
        ({ mixins, attributes }) =>
          mixins.some((id) => termOf(id) === 'public_key') &&
          !attributes.has('org.openstack.credentials.publickey.name'),
      ),
    status: 500,
    message: traceback("KeyError: 'org.openstack.credentials.publickey.name'"),
    source: 'nova_glue/vm.py:84',
  },
  {
    operations: ['trigger', 'trigger-all'],
    when: (request) => triggeredTerm(request) === 'restart' && methodParameter(request) === undefined,
    status: 400,
    message: 'Please provide a method!',
    source: 'backends/compute.py:163',
  },
  {
    operations: ['trigger', 'trigger-all'],
    when: (request) =>
      triggeredTerm(request) === 'restart' &&
      !['graceful', 'warm', 'cold'].includes(String(methodParameter(request))),
    status: 400,
    message: 'Unknown method.',
    source: 'nova_glue/vm.py:265',
  },
]

const isComputeUpdateWithoutMixin = ({ record, payload }: RuleRequest) =>
  record?.kind === COMPUTE && payload.drafts.every(({ mixins }) => mixins.length !== 1)

/** Refusals as of OpenStack Essex, 2012. */
export const essexRules: readonly Rule[] = [
  ...commonRules,
  {
    operations: ['update'],
    when: isComputeUpdateWithoutMixin,
    status: 500,
    message: traceback('IndexError: list index out of range'),
    source: 'occi-os-essex: update-attribute-only',
  },
  {
    operations: ['trigger'],
    when: (request) => (triggeredTerm(request) === 'offline' ? request.http.path : false),
    status: 400,
    message: (path) => `Offline storage action requested for resource: ${path}`,
    source: 'occi-os-essex: action-storage-offline',
  },
]

/** Refusals as of OpenStack Grizzly and Havana, 2013. */
export const havanaRules: readonly Rule[] = [
  ...commonRules,
  {
    operations: ['update'],
    when: isComputeUpdateWithoutMixin,
    status: 400,
    message: 'Only updates with one mixin in request are currently supported',
    source: 'backends/compute.py:104',
  },
  {
    operations: ['update'],
    when: ({ record, payload }) =>
      record !== undefined &&
      termOf(record.kind) === 'storage' &&
      payload.drafts.some(({ title, summary }) => title !== undefined && summary === undefined),
    status: 404,
    message: "'occi.core.summary'",
    source: 'backends/storage.py:117',
  },
  {
    operations: ['create', 'create-at'],
    when: (request) =>
      draftsOf(request, 'networkinterface').some(
        ({ target }) => target !== undefined && !target.endsWith('/network/public'),
      ),
    status: 400,
    message: 'Currently not supported.',
    source: 'backends/network.py:100',
  },
  {
    operations: ['replace', 'create-at'],
    when: ({ payload }) => payload.drafts.some(({ kind, mixins }) => kind === COMPUTE && mixins.length === 0),
    status: 400,
    message: 'Please provide a valid OS Template.',
    source: 'occi-os: update-full-put',
  },
]
