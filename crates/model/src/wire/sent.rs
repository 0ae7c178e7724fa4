//! The outcome of requests: barter's `SendRequestsOutput`, and what its engine says of a strategy's orders as a whole.

use super::failure::reason_view;
use super::tag::{each_item, read_items, record, variant};
use super::{OrderRequestAmend, OrderRequestCancel, OrderRequestOpen, Translator, Wire, write};
use crate::read::{Field, join};
use crate::{Reason, Result};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

/// What ends an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum UnrecoverableError {
    /// Something has no place in barter's lists: the variant's name (`ExchangeIndex`, `AssetIndex`, `InstrumentIndex`), and a text.
    #[serde(rename = "IndexError", serialize_with = "write_index")]
    Index(String, String),
    /// The way to an exchange has ended.
    ExecutionChannelTerminated(String),
    /// Anything else.
    Custom(String),
}

/// Why a request did not leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum EngineError {
    /// The way to the exchange did not take it. Our own reasons stand here as text: `CODE key=value ...`.
    #[serde(serialize_with = "write_unhealthy")]
    Recoverable(String),
    /// The engine ends.
    Unrecoverable(UnrecoverableError),
}

/// Which index, and a text: a variant inside of the variant.
fn write_index<S: Serializer>(name: &str, text: &str, to: S) -> std::result::Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(1))?;
    map.serialize_entry(name, text)?;
    map.end()
}

fn write_unhealthy<S: Serializer>(text: &str, to: S) -> std::result::Result<S::Ok, S::Error> {
    to.serialize_newtype_variant("RecoverableEngineError", 0, "ExecutionChannelUnhealthy", text)
}

impl UnrecoverableError {
    pub(super) fn read(field: &Field<'_>) -> Result<Self> {
        let (name, value) = variant(field, "error", &["IndexError", "ExecutionChannelTerminated", "Custom"])?;
        let text = |value: &Field<'_>| value.text().map(str::to_owned);
        Ok(match name {
            "IndexError" => {
                let (name, value) = variant(&value, "index error", &["ExchangeIndex", "AssetIndex", "InstrumentIndex"])?;
                Self::Index(name.to_owned(), text(&value)?)
            }
            "Custom" => Self::Custom(text(&value)?),
            _ => Self::ExecutionChannelTerminated(text(&value)?),
        })
    }

    /// `{code, message, details}`.
    pub(super) fn view(&self) -> Value {
        match self {
            Self::Index(name, text) => reason_view(text, name),
            Self::ExecutionChannelTerminated(text) => reason_view(text, "ExecutionChannelTerminated"),
            Self::Custom(text) => reason_view(text, "Custom"),
        }
    }
}

impl EngineError {
    fn read(field: &Field<'_>) -> Result<Self> {
        let (name, value) = variant(field, "error", &["Recoverable", "Unrecoverable"])?;
        if name == "Unrecoverable" {
            return UnrecoverableError::read(&value).map(Self::Unrecoverable);
        }
        let (_, text) = variant(&value, "error", &["ExecutionChannelUnhealthy"])?;
        Ok(Self::Recoverable(text.text()?.to_owned()))
    }

    fn view(&self) -> Value {
        match self {
            Self::Recoverable(text) => reason_view(text, "ExecutionChannelUnhealthy"),
            Self::Unrecoverable(error) => error.view(),
        }
    }
}

impl From<&Reason> for EngineError {
    fn from(reason: &Reason) -> Self {
        Self::Recoverable(reason.to_string())
    }
}

/// A request that did not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsentRequest<R> {
    /// What was asked for.
    pub request: R,
    /// Why it did not leave.
    pub error: EngineError,
}

/// A pair of both.
impl<R: Serialize> Serialize for UnsentRequest<R> {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        (&self.request, &self.error).serialize(to)
    }
}

/// The outcome of requests of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(bound = "R: Serialize")]
pub struct SendRequestsOutput<R> {
    /// Those that left.
    #[serde(serialize_with = "write::items")]
    pub sent: Vec<R>,
    /// Those that did not.
    #[serde(serialize_with = "write::items")]
    pub errors: Vec<UnsentRequest<R>>,
}

impl<R> Default for SendRequestsOutput<R> {
    fn default() -> Self {
        Self { sent: Vec::new(), errors: Vec::new() }
    }
}

/// Reads an open request as one that was sent.
pub(super) fn read_open(field: &Field<'_>) -> Result<OrderRequestOpen> {
    OrderRequestOpen::read_as(field, false)
}

impl<R: Wire> SendRequestsOutput<R> {
    pub(super) fn read(field: &Field<'_>, request: impl Fn(&Field<'_>) -> Result<R>) -> Result<Self> {
        let object = field.object()?;
        let unsent = |field: &Field<'_>| match field.list()?.as_slice() {
            [item, error] => Ok(UnsentRequest { request: request(item)?, error: EngineError::read(error)? }),
            _ => Err(field.expected("a request and an error")),
        };
        Ok(Self { sent: read_items(&object.need("sent")?, &request)?, errors: read_items(&object.need("errors")?, unsent)? })
    }

    /// `{sent, errors: [{request, reason}]}`, where what risk refused is an error, too.
    pub(super) fn view(&self, refused: &[RiskRefused<R>]) -> Value {
        let error = |request: &R, reason: Value| Value::Object(record([("request", request.view()), ("reason", reason)]));
        let errors = self.errors.iter().map(|unsent| error(&unsent.request, unsent.error.view()));
        let refused = refused.iter().map(|refused| error(&refused.request, reason_view(&refused.reason, "RiskCheckRefused")));
        Value::Object(record([("sent", self.sent.iter().map(R::view).collect()), ("errors", errors.chain(refused).collect())]))
    }

    pub(super) fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        each_item(&mut self.sent, &join(path, "sent"), |request, path| request.translate(names, path))?;
        each_item(&mut self.errors, &join(path, "errors"), |unsent, path| unsent.request.translate(names, &format!("{path}[0]")))
    }
}

/// A request that risk refused, or that came while trading was off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RiskRefused<R> {
    /// What was asked for.
    #[serde(rename = "item")]
    pub request: R,
    /// Why, as text: `CODE key=value ...`.
    pub reason: String,
}

impl<R: Wire> RiskRefused<R> {
    fn read(field: &Field<'_>, request: impl Fn(&Field<'_>) -> Result<R>) -> Result<Self> {
        let object = field.object()?;
        Ok(Self { request: request(&object.need("item")?)?, reason: object.need("reason")?.text()?.to_owned() })
    }
}

/// The outcome of a strategy's requests. `amends` are ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlgoOrders {
    /// Cancels.
    pub cancels: SendRequestsOutput<OrderRequestCancel>,
    /// New orders.
    pub opens: SendRequestsOutput<OrderRequestOpen>,
    /// Cancels that were refused.
    pub cancels_refused: Vec<RiskRefused<OrderRequestCancel>>,
    /// New orders that were refused.
    pub opens_refused: Vec<RiskRefused<OrderRequestOpen>>,
    /// Amends that left.
    pub amends: Vec<OrderRequestAmend>,
}

impl Serialize for AlgoOrders {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        /// Barter keeps both in an object of their own.
        #[derive(Serialize)]
        struct CancelsAndOpens<'a> {
            cancels: &'a SendRequestsOutput<OrderRequestCancel>,
            opens: &'a SendRequestsOutput<OrderRequestOpen>,
        }
        #[derive(Serialize)]
        struct Whole<'a> {
            cancels_and_opens: CancelsAndOpens<'a>,
            #[serde(serialize_with = "write::items")]
            cancels_refused: &'a [RiskRefused<OrderRequestCancel>],
            #[serde(serialize_with = "write::items")]
            opens_refused: &'a [RiskRefused<OrderRequestOpen>],
            #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "write::items")]
            amends: &'a [OrderRequestAmend],
        }
        let Self { cancels, opens, cancels_refused, opens_refused, amends } = self;
        Whole { cancels_and_opens: CancelsAndOpens { cancels, opens }, cancels_refused, opens_refused, amends }.serialize(to)
    }
}

impl AlgoOrders {
    pub(super) fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let sent = object.need("cancels_and_opens")?.object()?;
        Ok(Self {
            cancels: SendRequestsOutput::read(&sent.need("cancels")?, OrderRequestCancel::read)?,
            opens: SendRequestsOutput::read(&sent.need("opens")?, read_open)?,
            cancels_refused: read_items(&object.need("cancels_refused")?, |item| RiskRefused::read(item, OrderRequestCancel::read))?,
            opens_refused: read_items(&object.need("opens_refused")?, |item| RiskRefused::read(item, read_open))?,
            amends: object.get("amends").map_or(Ok(Vec::new()), |amends| read_items(&amends, OrderRequestAmend::read))?,
        })
    }

    pub(super) fn view(&self) -> Map<String, Value> {
        let mut map = record([("opens", self.opens.view(&self.opens_refused)), ("cancels", self.cancels.view(&self.cancels_refused))]);
        if !self.amends.is_empty() {
            map.insert("amends".to_owned(), self.amends.iter().map(OrderRequestAmend::view).collect());
        }
        map
    }

    pub(super) fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        self.cancels.translate(names, &join(path, "cancels_and_opens.cancels"))?;
        self.opens.translate(names, &join(path, "cancels_and_opens.opens"))?;
        each_item(&mut self.cancels_refused, &join(path, "cancels_refused"), |refused, path| {
            refused.request.translate(names, &join(path, "item"))
        })?;
        each_item(&mut self.opens_refused, &join(path, "opens_refused"), |refused, path| {
            refused.request.translate(names, &join(path, "item"))
        })?;
        each_item(&mut self.amends, &join(path, "amends"), |amend, path| amend.translate(names, path))
    }
}
