import { bulk } from './bulk.mjs'
import { listing } from './listing.mjs'
import { parsing } from './parsing.mjs'
import { requests } from './requests.mjs'
import { sites } from './sites.mjs'
import { stack } from './stack.mjs'
import { startup } from './startup.mjs'
import { streams } from './streams.mjs'

export const cases = { startup, listing, requests, parsing, streams, bulk, sites, stack }
