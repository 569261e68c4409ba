/** Loaded into `occi sandbox serve` where it stands for a real provider: clients do not see that it is a sandbox. */
const { ServerResponse } = require('node:http')

const { writeHead } = ServerResponse.prototype
ServerResponse.prototype.writeHead = function (status, reason, raw) {
  const at = raw.indexOf('X-Practice-Cloud')
  return writeHead.call(this, status, reason, at < 0 ? raw : raw.toSpliced(at, 2))
}
