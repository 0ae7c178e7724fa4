//! The result hash: BLAKE3 over fixed little-endian records of order events, then the final balances.

use haggle_exchange::Exchange;
use haggle_model::{AssetId, Decimal, OrderEvent, OrderEventKind, System};

/// Hex digits of a result, data or config hash: half of BLAKE3's.
pub const DIGITS: usize = 32;

/// The hash of what has happened so far.
#[derive(Clone, Debug, Default)]
pub struct ResultHash(blake3::Hasher);

fn put_decimal(record: &mut Vec<u8>, value: Decimal) {
    let value = value.normalize();
    record.extend_from_slice(&value.mantissa().to_le_bytes());
    record.push(value.scale() as u8);
}

impl ResultHash {
    /// Takes in an event. `account` is the place of its exchange in the config.
    pub fn event(&mut self, event: &OrderEvent, account: u16, price: i64, record: &mut Vec<u8>) {
        let (price, quantity, fee) = match &event.kind {
            OrderEventKind::Filled(fill) => (fill.price, fill.quantity, fill.fee),
            OrderEventKind::Amended { price, quantity } => (*price, *quantity, Decimal::ZERO),
            _ => (price, 0, Decimal::ZERO),
        };
        record.clear();
        record.extend_from_slice(&event.sequence.to_le_bytes());
        record.push(event.kind.number());
        record.extend_from_slice(&event.time.to_le_bytes());
        record.extend_from_slice(&event.instrument.0.to_le_bytes());
        record.extend_from_slice(&account.to_le_bytes());
        record.extend_from_slice(&event.order.0.to_le_bytes());
        record.push(event.side as u8);
        record.extend_from_slice(&price.to_le_bytes());
        record.extend_from_slice(&quantity.to_le_bytes());
        put_decimal(record, fee);
        record.push(event.kind.reason().map_or(0, |reason| reason.code as u8));
        self.0.update(record);
    }

    /// Takes in the final balances, by exchange and config order of assets, and gives the digits.
    pub fn finish(mut self, system: &System, exchanges: &[Exchange]) -> String {
        let mut record = Vec::new();
        for (account, exchange) in exchanges.iter().enumerate() {
            for (at, _) in system.assets.iter().enumerate().filter(|(_, asset)| asset.exchange.index() == account) {
                let books = exchange.ledger().account(AssetId(at as u16));
                put_decimal(&mut record, books.total);
                put_decimal(&mut record, books.locked);
            }
        }
        self.0.update(&record);
        digits(&self.0)
    }
}

fn digits(hasher: &blake3::Hasher) -> String {
    hasher.finalize().to_hex()[..DIGITS].to_owned()
}

/// The hash of a text, as of a config.
pub fn of_text(text: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(text.as_bytes());
    digits(&hasher)
}
