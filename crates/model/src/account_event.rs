//! What a venue says of an account: a step in an order's life, or something that belongs to no order. Events come in bundles of one
//! action of the venue; an engine applies a whole bundle before its strategy is called.

use crate::{AssetId, Balance, Decimal, InstrumentId, OrderEvent, OrderNumber, Position, time::Nanos};

/// What a venue says of an account.
#[allow(clippy::large_enum_variant, reason = "nearly all events are steps of orders, and a box each would be an allocation an order")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountEvent {
    /// A step in an order's life, with the balances that it changed.
    Order(OrderEvent),
    /// A change that no order made.
    Change(Box<AccountChange>),
}

/// Something that happened to an account, and that no order of it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountChange {
    /// Place among everything that happened in the run.
    pub sequence: u64,
    /// When, at the venue.
    pub time: Nanos,
    /// What happened.
    pub kind: AccountChangeKind,
    /// Balances that it changed, as they are after it; of a snapshot all of them.
    pub balances: Vec<(AssetId, Balance)>,
    /// Whether this is the last event of its action.
    pub ends_bundle: bool,
}

/// What happened to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountChangeKind {
    /// Balances are told, without a reason.
    Balance,
    /// Funding was paid or received on a position.
    Funding {
        /// Of which instrument.
        instrument: InstrumentId,
        /// The rate, as a fraction of the notional value.
        rate: Decimal,
        /// What moved.
        asset: AssetId,
        /// How much the account got; negative where it paid.
        amount: Decimal,
    },
    /// The venue took a position, or a part of it, away.
    Liquidation {
        /// Of which instrument.
        instrument: InstrumentId,
        /// Ticks at which it was taken over.
        price: i64,
        /// Lots that were taken: negative of a long position, positive of a short one.
        quantity: i64,
    },
    /// A deposit; negative: a withdrawal.
    Transfer {
        /// Of which asset.
        asset: AssetId,
        /// How much.
        amount: Decimal,
    },
    /// The account as a whole: what is not in it is not there.
    Snapshot {
        /// Positions that are not flat.
        positions: Vec<(InstrumentId, Position)>,
        /// Orders that work.
        orders: Vec<WorkingOrder>,
    },
}

/// An order that works, as a snapshot tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingOrder {
    /// Which one.
    pub order: OrderNumber,
    /// Its limit, ticks.
    pub price: i64,
    /// Lots that it has in all.
    pub quantity: i64,
    /// Lots that are filled.
    pub filled: i64,
}

impl AccountChangeKind {
    /// Number of the kind in the result hash, among those of [`crate::OrderEventKind::number`]: never use one again.
    pub const fn number(&self) -> u8 {
        match self {
            Self::Balance => 32,
            Self::Funding { .. } => 33,
            Self::Liquidation { .. } => 34,
            Self::Transfer { .. } => 35,
            Self::Snapshot { .. } => 36,
        }
    }

    /// The name of the kind.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Balance => "Balance",
            Self::Funding { .. } => "Funding",
            Self::Liquidation { .. } => "Liquidation",
            Self::Transfer { .. } => "Transfer",
            Self::Snapshot { .. } => "Snapshot",
        }
    }

    /// The instrument that it is about.
    pub const fn instrument(&self) -> Option<InstrumentId> {
        match self {
            Self::Funding { instrument, .. } | Self::Liquidation { instrument, .. } => Some(*instrument),
            Self::Balance | Self::Transfer { .. } | Self::Snapshot { .. } => None,
        }
    }
}

impl AccountEvent {
    /// Place among everything that happened in the run.
    pub const fn sequence(&self) -> u64 {
        match self {
            Self::Order(event) => event.sequence,
            Self::Change(change) => change.sequence,
        }
    }

    /// Numbers the event.
    pub const fn set_sequence(&mut self, sequence: u64) {
        match self {
            Self::Order(event) => event.sequence = sequence,
            Self::Change(change) => change.sequence = sequence,
        }
    }

    /// When, at the venue.
    pub const fn time(&self) -> Nanos {
        match self {
            Self::Order(event) => event.time,
            Self::Change(change) => change.time,
        }
    }

    /// Whether it is the last one of its bundle.
    pub const fn ends_bundle(&self) -> bool {
        match self {
            Self::Order(event) => event.ends_bundle,
            Self::Change(change) => change.ends_bundle,
        }
    }

    /// Makes it the last one of its bundle.
    pub const fn end_bundle(&mut self) {
        match self {
            Self::Order(event) => event.ends_bundle = true,
            Self::Change(change) => change.ends_bundle = true,
        }
    }

    /// The instrument that it is about.
    pub const fn instrument(&self) -> Option<InstrumentId> {
        match self {
            Self::Order(event) => Some(event.instrument),
            Self::Change(change) => change.kind.instrument(),
        }
    }

    /// The step in an order's life, where it is one.
    pub const fn as_order(&self) -> Option<&OrderEvent> {
        match self {
            Self::Order(event) => Some(event),
            Self::Change(_) => None,
        }
    }

    /// Balances that it changed.
    pub fn balances(&self) -> impl Iterator<Item = &(AssetId, Balance)> {
        let (of_order, of_change) = match self {
            Self::Order(event) => (event.balances.as_slice(), [].as_slice()),
            Self::Change(change) => ([].as_slice(), change.balances.as_slice()),
        };
        of_order.iter().flatten().chain(of_change)
    }
}

impl From<OrderEvent> for AccountEvent {
    fn from(event: OrderEvent) -> Self {
        Self::Order(event)
    }
}
