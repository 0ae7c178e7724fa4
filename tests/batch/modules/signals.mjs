export default () => ({ native: 'signals', entries: Uint8Array.of(0, 1, 0, 0, 0, 0), exits: [false, false, false, true, false, false], size: 2 })
