'use strict'
/*
 * import() for authentication plugins. Not in the bundle: a script that vm runs from its code cache cannot
 * import (Node 20: the callback is lost with the cache), a file of its own can.
 */
module.exports = (url) => import(url)
