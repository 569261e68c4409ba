/** Images (OS templates) and sizes (resource templates). Each persona defines its own. */
import {
  type AttributeDefinition,
  COMPUTE,
  type Mixin,
  OS_TEMPLATE,
  RESOURCE_TEMPLATE,
  type TypeId,
  typeId,
} from '../../model/index.js'

export interface ImageSpec {
  readonly term: string
  readonly title: string
}

export interface SizeSpec {
  readonly term: string
  readonly title: string
  readonly cores: number
  /** In the unit of the provider's `occi.compute.memory`: GiB, but MiB at snf-occi and ooi (Q36, ooi-15). */
  readonly memory: number
  /** Root disk (ephemeral) in GiB. */
  readonly disk: number
}

export interface TemplateFamily<Spec> {
  readonly scheme: string
  /** The part of a template's location before the term. */
  readonly location: string
  readonly items: readonly Spec[]
  /** Whether locations end in a slash. Default: true. */
  readonly finalSlash?: false
}

export const sandboxImages: TemplateFamily<ImageSpec> = {
  scheme: 'http://sandbox.example.org/occi/os_tpl#',
  location: '/os_tpl/',
  items: [
    { term: 'alma-9', title: 'AlmaLinux 9.4 (Seafoam Ocelot), x86_64' },
    { term: 'cirros-0.6', title: 'CirrOS 0.6.2, x86_64, 21 MB, for tests' },
    { term: 'debian-12', title: 'Debian 12 (bookworm), x86_64' },
    { term: 'debian-13', title: 'Debian 13 (trixie), x86_64' },
    { term: 'fedora-41', title: 'Fedora Cloud 41, x86_64' },
    { term: 'freebsd-14', title: 'FreeBSD 14.1-RELEASE, x86_64' },
    { term: 'rocky-9', title: 'Rocky Linux 9.4 (Blue Onyx), x86_64' },
    { term: 'ubuntu-22.04', title: 'Ubuntu 22.04 LTS (Jammy Jellyfish), x86_64' },
    { term: 'ubuntu-24.04', title: 'Ubuntu 24.04 LTS (Noble Numbat), x86_64' },
  ],
}

export const sandboxSizes: TemplateFamily<SizeSpec> = {
  scheme: 'http://sandbox.example.org/occi/resource_tpl#',
  location: '/resource_tpl/',
  items: [
    { term: 'nano', title: 'Nano: 1 core, 0.5 GiB memory, 5 GiB disk', cores: 1, memory: 0.5, disk: 5 },
    { term: 'small', title: 'Small: 1 core, 2 GiB memory, 10 GiB disk', cores: 1, memory: 2, disk: 10 },
    { term: 'medium', title: 'Medium: 2 cores, 4 GiB memory, 20 GiB disk', cores: 2, memory: 4, disk: 20 },
    { term: 'large', title: 'Large: 4 cores, 8 GiB memory, 40 GiB disk', cores: 4, memory: 8, disk: 40 },
    {
      term: 'xlarge',
      title: 'Extra large: 8 cores, 16 GiB memory, 80 GiB disk',
      cores: 8,
      memory: 16,
      disk: 80,
    },
    {
      term: 'mem-large',
      title: 'Memory: 4 cores, 32 GiB memory, 40 GiB disk',
      cores: 4,
      memory: 32,
      disk: 40,
    },
  ],
}

export function imageMixins(family: TemplateFamily<ImageSpec>): readonly Mixin[] {
  return family.items.map((item) => template(family, item.term, item.title, OS_TEMPLATE, []))
}

export function sizeMixins(family: TemplateFamily<SizeSpec>): readonly Mixin[] {
  return family.items.map((item) =>
    template(family, item.term, item.title, RESOURCE_TEMPLATE, [
      sizeAttribute('occi.compute.cores', item.cores, 'Number of virtual cores'),
      sizeAttribute('occi.compute.memory', item.memory, 'Memory in GiB'),
      {
        ...sizeAttribute('occi.compute.ephemeral_storage.size', item.disk, 'Root disk in GiB'),
        mutable: false,
      },
    ]),
  )
}

function template<Spec>(
  family: TemplateFamily<Spec>,
  term: string,
  title: string,
  parent: TypeId,
  attributes: readonly AttributeDefinition[],
): Mixin {
  return {
    class: 'mixin',
    scheme: family.scheme,
    term,
    id: typeId(family.scheme, term),
    title,
    attributes: new Map(attributes.map((attribute) => [attribute.name, attribute])),
    depends: [parent],
    applies: [COMPUTE],
    actions: [],
    location: `${family.location}${encodeURIComponent(term)}${family.finalSlash === false ? '' : '/'}`,
  }
}

function sizeAttribute(name: string, value: number, description: string): AttributeDefinition {
  return { name, type: 'number', mutable: true, required: false, default: value, description }
}
