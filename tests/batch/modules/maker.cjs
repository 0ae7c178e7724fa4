'use strict'

const { Maker } = require('../../run/strategies.cjs')

module.exports = () => new Maker()
