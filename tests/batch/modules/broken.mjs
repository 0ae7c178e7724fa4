throw new RangeError('nothing works today')
