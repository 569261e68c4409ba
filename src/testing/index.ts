export { type TransportCase, transportCases } from './transport-cases.js'
