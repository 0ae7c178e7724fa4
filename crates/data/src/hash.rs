//! The hash of a store's values: what a result names beside its own.

use crate::row::RowKind;
use crate::store::Store;

impl Store {
    /// BLAKE3, 32 hex digits, over fixed little-endian records: instruments (symbol, exchange, increments), then every
    /// row in exchange-time order (times, kind, instrument, values, place of the arrival), then the order of the
    /// bars' opens. Files that hold the same values have the same hash; the load report is not in it.
    pub fn data_hash(&self) -> String {
        self.hash.get_or_init(|| self.hash_values()).clone()
    }

    fn hash_values(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut buffer: Vec<u8> = Vec::with_capacity(1 << 16);
        let text = |buffer: &mut Vec<u8>, text: &str| {
            buffer.extend((text.len() as u64).to_le_bytes());
            buffer.extend(text.as_bytes());
        };
        buffer.extend((self.instruments.len() as u64).to_le_bytes());
        for instrument in &self.instruments {
            text(&mut buffer, &instrument.symbol);
            buffer.push(u8::from(instrument.exchange.is_some()));
            text(&mut buffer, instrument.exchange.as_deref().unwrap_or(""));
            for increment in [instrument.tick, instrument.lot] {
                buffer.extend(increment.mantissa().to_le_bytes());
                buffer.extend(increment.scale().to_le_bytes());
            }
        }
        buffer.extend((self.rows.len() as u64).to_le_bytes());
        for (place, row) in self.rows.iter().enumerate() {
            flush(&mut hasher, &mut buffer);
            buffer.push(row.kind as u8);
            buffer.extend(row.instrument.to_le_bytes());
            buffer.extend(row.arrival.to_le_bytes());
            buffer.extend(row.time.to_le_bytes());
            buffer.extend(self.latency(place).to_le_bytes());
            match row.kind {
                RowKind::Quote => counts(&mut buffer, &[row.a, row.b, self.ask(place), row.c]),
                RowKind::Buy | RowKind::Sell => counts(&mut buffer, &[row.a, row.b]),
                RowKind::Bar => {
                    let bar = &self.bars[row.a as usize];
                    counts(&mut buffer, &[bar.time_open, bar.open, bar.high, bar.low, bar.close, bar.volume]);
                }
                RowKind::Gap => {}
                RowKind::Snapshot | RowKind::Update => {
                    counts(&mut buffer, &[row.b, row.c]);
                    for level in &self.levels[row.levels()] {
                        counts(&mut buffer, &[level.price, level.size]);
                        flush(&mut hasher, &mut buffer);
                    }
                }
            }
        }
        hasher.update(&buffer);
        for bar in &self.opens {
            hasher.update(&bar.to_le_bytes());
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }
}

/// Empties the buffer before a record could make it grow.
fn flush(hasher: &mut blake3::Hasher, buffer: &mut Vec<u8>) {
    if buffer.len() > (1 << 16) - 128 {
        hasher.update(buffer);
        buffer.clear();
    }
}

fn counts(buffer: &mut Vec<u8>, values: &[i64]) {
    for value in values {
        buffer.extend(value.to_le_bytes());
    }
}
