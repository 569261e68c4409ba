/** Refusals of MartServer. Sources are files of occiware/MartServer at be538fa. */

import type { OperationName } from '../../operations/behaviour.js'
import type { Rule } from '../persona.js'

const writeOperations: readonly OperationName[] = [
  'create',
  'create-at',
  'associate',
  'set-members',
  'update',
  'replace',
]

/** A fraction as the value of an attribute that MartServer's infrastructure extension defines as a Java Integer. */
const fractionPattern = /"occi\.(?:compute\.cores|network\.vlan)"\s{0,20}:\s{0,20}"?(-?\d{1,20}\.\d{1,20})/
const uuidPattern = /^(?:urn:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const martserverRules: readonly Rule[] = [
  {
    operations: writeOperations,
    when: ({ http }) => http.contentType === 'text/uri-list',
    status: 400,
    message:
      'You cannot use Content-Type: text/uri-list that way, use a get collection request like http://yourhost:8080/compute/',
    source: 'org.occiware.mart.servlet/…/impl/PostWorker.java:55, PutWorker.java:77',
  },
  {
    operations: writeOperations,
    when: ({ http }) => fractionPattern.exec(http.body)?.[1] ?? false,
    status: 500,
    message: (number) => `java.lang.NumberFormatException: For input string: "${number}"`,
    source: 'org.occiware.mart.server/…/model/EntityManager.java:1256',
  },
  {
    operations: ['create', 'create-at'],
    when: ({ payload }) =>
      payload.drafts.find(({ id }) => id !== undefined && !uuidPattern.test(id))?.id ?? false,
    status: 500,
    message: (id) =>
      `Entity uuid is not valid : ${id}, check the entity identifier, it must be set to a uuid v4 format, like -> f88486b7-0632-482d-a184-a9195733ddd0 `,
    source: 'org.occiware.mart.server/…/facade/AbstractOCCIApiInputRequest.java:171',
  },
  {
    operations: ['update'],
    when: ({ payload }) =>
      payload.drafts.some(
        ({ title, summary, mixins, attributes, links }) =>
          title === undefined &&
          summary === undefined &&
          mixins.length + attributes.size + links.length === 0,
      ),
    status: 500,
    message: 'No attributes to update or mixins to apply to entities',
    source: 'org.occiware.mart.server/…/facade/AbstractOCCIApiInputRequest.java:404',
  },
]
