//! A simulated tenant and audit service: people, their mail, an intruder, and what the unified audit log tells of it.
//!
//! `rng` → `tenant` → `mail` → `life` and `scenario` (what happens) → `service` (what is logged) → `record` → `export`
//! (in which shape a responder gets it), with `truth` beside. `evaluate` passes such tenants through the tool and scores what it says. Nothing that is shipped depends on it; it never reads a clock.
//! It follows the documented service and published measurements (docs/METHOD.md), never what the detector would like.

mod base64;
pub mod bulk;
pub mod casework;
pub mod context;
pub mod disobedience;
pub mod error;
pub mod evaluate;
pub mod export;
pub mod feature;
pub mod files;
pub mod folder;
pub mod invented;
mod json;
pub mod life;
pub mod mail;
pub mod record;
pub mod rng;
pub mod sample;
pub mod scenario;
pub mod second;
pub mod service;
pub mod tenant;
pub mod touch;
pub mod truth;
pub mod world;
pub mod zone;

pub use error::SynthError;
pub use export::Container;
pub use files::Files;
pub use invented::Invented;
pub use sample::{Sample, write_sample};
pub use world::World;
