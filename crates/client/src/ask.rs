//! What an engine asks for, in the exchange's own terms: its orders are the first account's, under the numbers that it gave them.

use crate::client::{AccountId, Client};
use crate::order::{Record, Status};
use haggle_model::{Error, OpenRequest, OrderNumber, Request, Result};

impl Client {
    /// The numbers below this one are taken: an engine gave them to its orders, those that it kept to itself, too.
    pub(crate) fn take_numbers(&mut self, below: u32) -> Result<()> {
        self.core.orders_sent = self.core.orders_sent.max(below);
        if self.core.orders_sent < u32::MAX - 8 { Ok(()) } else { Err(Error::overflow("orders")) }
    }

    /// Sends a request of an engine; `cid`: the client's id of a new order, where it is not made of the account's name and the number.
    pub(crate) fn ask(&mut self, request: &Request, cid: Option<Box<str>>) -> Result<()> {
        self.check_open()?;
        let order = match request {
            Request::Open(open) => {
                self.enter(open, cid);
                open.order
            }
            Request::Cancel(number) => {
                let number: OrderNumber = *number;
                return self.guard(|client| client.cancel(AccountId::FIRST, number));
            }
            Request::Amend { order, .. } => *order,
        };
        self.guard(|client| client.send(AccountId::FIRST, order, *request))
    }

    fn enter(&mut self, request: &OpenRequest, cid: Option<Box<str>>) {
        self.core.orders.forget();
        self.core.orders.insert(Record {
            request: *request,
            account: AccountId::FIRST.0,
            strategy: None,
            cid,
            id: None,
            truth: None,
            seen: Status::sent(request, self.core.now),
            is_unknown: false,
            is_cancelling: false,
            under_way: 0,
        });
    }
}
