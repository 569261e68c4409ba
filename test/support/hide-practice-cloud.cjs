/** Loaded into `occi sandbox serve`: removes the header of the practice cloud, so that clients treat it as a real one. */
const { ServerResponse } = require('node:http')

const { writeHead } = ServerResponse.prototype
ServerResponse.prototype.writeHead = function (status, reason, raw) {
  const at = raw.indexOf('X-Practice-Cloud')
  return writeHead.call(this, status, reason, at < 0 ? raw : raw.toSpliced(at, 2))
}
