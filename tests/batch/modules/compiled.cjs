'use strict'

// As compilers write an ES module in CommonJS.
Object.defineProperty(exports, '__esModule', { value: true })
exports.default = () => ({ native: 'emaCross', fast: 10, slow: 20 })
