//! What an engine was told, and what came of it: barter's `AuditTick`.

use super::tag::{count, each_item, read_count, read_items, record, time, unit, variant, with_kind};
use super::{EngineEvent, EngineOutput, Translator, UnrecoverableError, Wire, write};
use crate::Result;
use crate::read::{Field, join};
use crate::time::Nanos;
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use serde_json::Value;

/// An event, and what the engine did on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProcessAudit {
    /// What the engine was told.
    pub event: EngineEvent,
    /// What it did.
    #[serde(serialize_with = "write::items")]
    pub outputs: Vec<EngineOutput>,
    /// What ends it.
    #[serde(serialize_with = "write::items")]
    pub errors: Vec<UnrecoverableError>,
}

/// What a tick says. The last one is ours.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum EngineAudit {
    /// There is nothing more to take in.
    FeedEnded,
    /// An event was taken in.
    Process(Box<ProcessAudit>),
    /// The reader was too slow: this tick and those behind it were lost.
    Gap {
        /// How many.
        #[serde(serialize_with = "write::count")]
        lost: u64,
    },
}

/// A step of an engine.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditTick {
    /// What happened.
    pub event: EngineAudit,
    /// Place among all ticks.
    pub sequence: u64,
    /// When.
    pub time: Nanos,
}

impl ProcessAudit {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        Ok(Self {
            event: EngineEvent::read(&object.need("event")?)?,
            outputs: read_items(&object.need("outputs")?, EngineOutput::read)?,
            errors: read_items(&object.need("errors")?, UnrecoverableError::read)?,
        })
    }
}

impl Serialize for AuditTick {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        /// Barter keeps both in an object of their own.
        #[derive(Serialize)]
        struct Context {
            #[serde(serialize_with = "write::count")]
            sequence: u64,
            #[serde(serialize_with = "write::time")]
            time: Nanos,
        }
        let mut fields = to.serialize_struct("AuditTick", 2)?;
        fields.serialize_field("event", &self.event)?;
        fields.serialize_field("context", &Context { sequence: self.sequence, time: self.time })?;
        fields.end()
    }
}

impl Wire for AuditTick {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let context = object.need("context")?.object()?;
        let (name, value) = variant(&object.need("event")?, "audit event", &["FeedEnded", "Process", "Gap"])?;
        let event = match name {
            "FeedEnded" => unit(&value).map(|()| EngineAudit::FeedEnded)?,
            "Gap" => EngineAudit::Gap { lost: read_count(&value.object()?.need("lost")?)? },
            _ => EngineAudit::Process(Box::new(ProcessAudit::read(&value)?)),
        };
        Ok(Self { event, sequence: read_count(&context.need("sequence")?)?, time: context.need("time")?.time()? })
    }

    fn view(&self) -> Value {
        let (kind, rest) = match &self.event {
            EngineAudit::FeedEnded => ("FeedEnded", record([])),
            EngineAudit::Process(process) => {
                let outputs = process.outputs.iter().map(EngineOutput::view).collect();
                let errors = process.errors.iter().map(UnrecoverableError::view).collect();
                ("Process", record([("event", process.event.view()), ("outputs", outputs), ("errors", errors)]))
            }
            EngineAudit::Gap { lost } => ("Gap", record([("lost", count(*lost))])),
        };
        let mut map = with_kind(kind, record([("sequence", count(self.sequence)), ("time", time(self.time))]));
        map.extend(rest);
        Value::Object(map)
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        let EngineAudit::Process(process) = &mut self.event else { return Ok(()) };
        let path = join(path, "event.Process");
        process.event.translate(names, &join(&path, "event"))?;
        each_item(&mut process.outputs, &join(&path, "outputs"), |output, path| output.translate(names, path))
    }
}
