//! Owns the progress bar: bytes, rows, rate, time left. Drawn on a terminal only; nothing is drawn when output is piped.

use std::{
    io::IsTerminal,
    sync::atomic::{AtomicU64, Ordering},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mailtrail_ingest::Progress;

use crate::terminal::{safe, thousands};

/// The bar of one reading.
pub(crate) struct Bar {
    bar: ProgressBar,
    rows: AtomicU64,
}

impl Bar {
    /// A bar over `total` bytes; hidden if `quiet` or standard error is no terminal.
    pub(crate) fn over(total: u64, quiet: bool) -> Self {
        let hidden = quiet || !std::io::stderr().is_terminal();
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        // A template that does not parse would only cost the bar its looks.
        if let Ok(style) =
            ProgressStyle::with_template("{bar:28} {bytes}/{total_bytes}  {binary_bytes_per_sec}  {eta} left  {msg}")
        {
            bar.set_style(style.progress_chars("━━╌"));
        }
        Self { bar, rows: AtomicU64::new(0) }
    }

    /// Clears the line.
    pub(crate) fn done(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn source(&self, name: &str) {
        self.bar.set_prefix(safe(name));
    }

    fn bytes(&self, more: u64) {
        self.bar.inc(more);
    }

    fn rows(&self, more: u64) {
        let rows = self.rows.fetch_add(more, Ordering::Relaxed) + more;
        self.bar.set_message(format!("{} rows", thousands(rows)));
    }
}
