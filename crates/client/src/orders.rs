//! All orders of a client: those that something may still happen to, and a bounded number of those that are over.

use crate::order::Record;
use haggle_model::OrderNumber;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Orders by number, and by the names that they were given.
///
/// Boxed, so that little is moved when one ends: an order is some 400 bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Orders {
    active: BTreeMap<u32, Box<Record>>,
    over: BTreeMap<u32, Box<Record>>,
    /// Those that are over, in the order in which they ended.
    ended: VecDeque<u32>,
    /// Client's ids and foreign ids of the exchange: the orders that have them.
    names: BTreeMap<Box<str>, Vec<u32>>,
    over_max: usize,
}

impl Orders {
    /// Room for so many orders that are over.
    pub fn new(over_max: usize) -> Self {
        Self { over_max, ..Self::default() }
    }

    /// Takes in a new order.
    pub fn insert(&mut self, record: Record) {
        let number = record.request.order.0;
        for name in [&record.cid, &record.id].into_iter().flatten() {
            self.names.entry(name.clone()).or_default().push(number);
        }
        self.active.insert(number, Box::new(record));
    }

    /// An order, unless it never was or is forgotten.
    pub fn get(&self, number: OrderNumber) -> Option<&Record> {
        self.active.get(&number.0).or_else(|| self.over.get(&number.0)).map(Box::as_ref)
    }

    /// The same, to change.
    pub fn get_mut(&mut self, number: OrderNumber) -> Option<&mut Record> {
        self.active.get_mut(&number.0).or_else(|| self.over.get_mut(&number.0)).map(Box::as_mut)
    }

    /// An order that something may still happen to.
    pub fn get_active(&mut self, number: OrderNumber) -> Option<&mut Record> {
        self.active.get_mut(&number.0).map(Box::as_mut)
    }

    /// Puts an order that is done among those that are over.
    pub fn retire(&mut self, number: OrderNumber) {
        if let Some(record) = self.active.remove(&number.0) {
            self.over.insert(number.0, record);
            self.ended.push_back(number.0);
        }
    }

    /// Forgets those that were over first, where there are more than there is room for. One that a request is under way to stays.
    pub fn forget(&mut self) {
        while let Some(number) = self.ended.front().filter(|_| self.ended.len() > self.over_max) {
            if self.over.get(number).is_some_and(|record| record.under_way > 0) {
                break;
            }
            let record = self.over.remove(number);
            for name in record.into_iter().flat_map(|record| [record.cid, record.id]).flatten() {
                if let Some(numbers) = self.names.get_mut(&name) {
                    numbers.retain(|other| other != number);
                    if numbers.is_empty() {
                        self.names.remove(&name);
                    }
                }
            }
            self.ended.pop_front();
        }
    }

    /// Orders with this name.
    pub fn named(&self, name: &str) -> &[u32] {
        self.names.get(name).map_or(&[], Vec::as_slice)
    }

    /// Orders that something may still happen to, by number.
    pub fn active(&self) -> impl Iterator<Item = &Record> {
        self.active.values().map(Box::as_ref)
    }

    /// All orders, by number.
    pub fn all(&self) -> Vec<&Record> {
        let mut all: Vec<&Record> = self.over.values().chain(self.active.values()).map(Box::as_ref).collect();
        all.sort_by_key(|record| record.request.order);
        all
    }
}
