//! Who owns what, to the last digit. Every fill has two sides: the account and the venue.

use haggle_model::{AssetId, Balance, Decimal, Error, Exact, Result, normal};
use serde::{Deserialize, Serialize};

/// One asset of the account, and the other side of the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Free plus locked.
    #[serde(with = "haggle_model::packed")]
    pub total: Decimal,
    /// What open orders reserve.
    #[serde(with = "haggle_model::packed")]
    pub locked: Decimal,
    /// What the venue gained (negative: gave) in trades with the account.
    #[serde(with = "haggle_model::packed")]
    pub venue: Decimal,
    /// Fees collected.
    #[serde(with = "haggle_model::packed")]
    pub fees: Decimal,
    /// What was put in.
    #[serde(with = "haggle_model::packed")]
    pub deposited: Decimal,
}

impl Account {
    /// What new orders may use.
    pub fn free(&self) -> Decimal {
        self.total - self.locked
    }
}

/// The books of one exchange, by asset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    accounts: Vec<Account>,
}

fn add(to: &mut Decimal, amount: Exact) -> Result<()> {
    *to = Exact::from(*to).plus_exactly(amount).ok_or_else(|| Error::overflow("a balance"))?.into();
    Ok(())
}

impl Ledger {
    /// Books for this many assets.
    pub fn new(assets: usize) -> Self {
        Self { accounts: vec![Account::default(); assets] }
    }

    /// Number of assets.
    pub(crate) const fn len(&self) -> usize {
        self.accounts.len()
    }

    /// An asset's books.
    pub fn account(&self, asset: AssetId) -> &Account {
        &self.accounts[asset.index()]
    }

    /// What the account shows of an asset.
    pub fn balance(&self, asset: AssetId) -> Balance {
        let account = self.account(asset);
        let total = normal(account.total);
        Balance { total, free: if account.locked.is_zero() { total } else { normal(account.free()) } }
    }

    /// Puts money in.
    pub fn deposit(&mut self, asset: AssetId, amount: Decimal) -> Result<()> {
        let account = &mut self.accounts[asset.index()];
        add(&mut account.total, amount.into())?;
        add(&mut account.deposited, amount.into())
    }

    /// Moves `amount` (negative: the other way) from the venue to the account.
    pub fn trade(&mut self, asset: AssetId, amount: Decimal) -> Result<()> {
        let (account, amount) = (&mut self.accounts[asset.index()], Exact::from(amount));
        add(&mut account.total, amount)?;
        add(&mut account.venue, amount.negated())
    }

    /// Moves a fee (negative: a rebate) from the account to the collected fees.
    pub fn fee(&mut self, asset: AssetId, amount: Decimal) -> Result<()> {
        let (account, amount) = (&mut self.accounts[asset.index()], Exact::from(amount));
        add(&mut account.total, amount.negated())?;
        add(&mut account.fees, amount)
    }

    /// Changes what open orders reserve.
    pub fn lock(&mut self, asset: AssetId, change: Decimal) -> Result<()> {
        add(&mut self.accounts[asset.index()].locked, change.into())
    }

    /// Checks that nothing was made or lost, and that no balance is out of range. `may_owe`: the total of this asset may be negative.
    pub fn check(&self, may_owe: impl Fn(AssetId) -> bool) -> Result<()> {
        for (at, account) in self.accounts.iter().enumerate() {
            if account.total + account.venue + account.fees != account.deposited {
                return Err(Error::bug(format!(
                    "asset {at}: account {} + venue {} + fees {} is not the {} put in",
                    account.total, account.venue, account.fees, account.deposited
                )));
            }
            if account.locked.is_sign_negative() && !account.locked.is_zero()
                || (account.locked > account.total && !may_owe(AssetId(at as u16)))
            {
                return Err(Error::bug(format!("asset {at}: {} of {} are locked", account.locked, account.total)));
            }
        }
        Ok(())
    }
}
