//! Owns big files for measuring speed: seeded, streaming, any size.
