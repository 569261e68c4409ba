export { recordedError, replayedError } from './errors.js'
export {
  type CredentialsOutcome,
  type Exchange,
  harEntry,
  harHead,
  harTail,
  harText,
  parseHar,
  type RecordedError,
  type RecordedRequest,
  type RecordedResponse,
  type Recording,
  type RecordingFacts,
} from './har.js'
export { type RecordSettings, recordTransport } from './record.js'
export { type Replay, type ReplayClock, replay } from './replay.js'
