//! The result hash: BLAKE3 over fixed little-endian records of order events, then the final balances.

use crate::account_view::AccountView;
use haggle_model::{AccountChange, AccountChangeKind, AssetId, Decimal, OrderEvent, OrderEventKind, System, normal};

/// Hex digits of a result, data or config hash: half of BLAKE3's.
pub const DIGITS: usize = 32;

/// Records are hashed in pieces of this size: BLAKE3 goes through eight blocks at a time where it gets enough of them.
const PIECE: usize = 16 << 10;

/// The hash of what has happened so far.
#[derive(Clone, Debug, Default)]
pub struct ResultHash {
    hasher: blake3::Hasher,
    /// Records that wait to be hashed.
    records: Vec<u8>,
}

/// Bytes of an event's record.
const RECORD: usize = 8 + 1 + 8 + 2 + 2 + 4 + 1 + 8 + 8 + 16 + 1 + 1;

/// Writes a field at `at`, and goes on behind it.
#[inline]
fn put<const N: usize>(record: &mut [u8; RECORD], at: &mut usize, field: [u8; N]) {
    record[*at..*at + N].copy_from_slice(&field);
    *at += N;
}

fn put_decimal(record: &mut Vec<u8>, value: Decimal) {
    let value = normal(value);
    record.extend_from_slice(&value.mantissa().to_le_bytes());
    record.push(value.scale() as u8);
}

impl ResultHash {
    /// Takes in an event. `account` is the place of its exchange in the config.
    pub fn event(&mut self, event: &OrderEvent, account: u16, price: i64) {
        let (price, quantity, fee) = match &event.kind {
            OrderEventKind::Filled(fill) => (fill.price, fill.quantity, fill.fee),
            OrderEventKind::Amended { price, quantity } => (*price, *quantity, Decimal::ZERO),
            _ => (price, 0, Decimal::ZERO),
        };
        let fee = normal(fee);
        // Field by field into its place: a record is one piece of memory with no gaps, and one copy.
        let mut record = [0; RECORD];
        let mut at = 0;
        put(&mut record, &mut at, event.sequence.to_le_bytes());
        put(&mut record, &mut at, [event.kind.number()]);
        put(&mut record, &mut at, event.time.to_le_bytes());
        put(&mut record, &mut at, event.instrument.0.to_le_bytes());
        put(&mut record, &mut at, account.to_le_bytes());
        put(&mut record, &mut at, event.order.0.to_le_bytes());
        put(&mut record, &mut at, [event.side as u8]);
        put(&mut record, &mut at, price.to_le_bytes());
        put(&mut record, &mut at, quantity.to_le_bytes());
        put(&mut record, &mut at, fee.mantissa().to_le_bytes());
        put(&mut record, &mut at, [fee.scale() as u8]);
        put(&mut record, &mut at, [event.kind.reason().map_or(0, |reason| reason.code as u8)]);
        self.take(&record);
    }

    /// Takes in an event that no order made, in the same form: the order is `u32::MAX`, an instrument that there is not `u16::MAX`; the
    /// amount of funding and of a transfer stands in the place of the fee.
    pub fn change(&mut self, change: &AccountChange, account: u16) {
        let (price, quantity, amount) = match &change.kind {
            AccountChangeKind::Funding { amount, .. } | AccountChangeKind::Transfer { amount, .. } => (0, 0, *amount),
            AccountChangeKind::Liquidation { price, quantity, .. } => (*price, *quantity, Decimal::ZERO),
            AccountChangeKind::Balance | AccountChangeKind::Snapshot { .. } => (0, 0, Decimal::ZERO),
        };
        let amount = normal(amount);
        let mut record = [0; RECORD];
        let mut at = 0;
        put(&mut record, &mut at, change.sequence.to_le_bytes());
        put(&mut record, &mut at, [change.kind.number()]);
        put(&mut record, &mut at, change.time.to_le_bytes());
        put(&mut record, &mut at, change.kind.instrument().map_or(u16::MAX, |instrument| instrument.0).to_le_bytes());
        put(&mut record, &mut at, account.to_le_bytes());
        put(&mut record, &mut at, u32::MAX.to_le_bytes());
        put(&mut record, &mut at, [0]);
        put(&mut record, &mut at, price.to_le_bytes());
        put(&mut record, &mut at, quantity.to_le_bytes());
        put(&mut record, &mut at, amount.mantissa().to_le_bytes());
        put(&mut record, &mut at, [amount.scale() as u8]);
        put(&mut record, &mut at, [0]);
        self.take(&record);
    }

    fn take(&mut self, record: &[u8; RECORD]) {
        let records = &mut self.records;
        records.extend_from_slice(record);
        if records.len() >= PIECE {
            self.hasher.update(records);
            records.clear();
        }
    }

    /// Takes in the final balances, by exchange and config order of assets, and gives the digits.
    pub fn finish(mut self, system: &System, account: &impl AccountView) -> String {
        let mut record = self.records;
        for exchange in 0..system.exchanges.len() {
            for (at, _) in system.assets.iter().enumerate().filter(|(_, asset)| asset.exchange.index() == exchange) {
                let books = account.books(AssetId(at as u16));
                put_decimal(&mut record, books.total);
                put_decimal(&mut record, books.locked);
            }
        }
        self.hasher.update(&record);
        digits(&self.hasher)
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
