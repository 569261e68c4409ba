'use strict'
/*
 * Calls import() for authentication plugins. A separate file, because import() fails in a script that vm runs from a code
 * cache (Node 20 loses the callback).
 */
module.exports = (url) => import(url)
