//! Owns how every chart looks: colours, sizes, hatches. `measure` owns the width of a text in them.
//!
//! Colours pass 3:1 on white (Okabe–Ito where they carry meaning), and every meaning also has a pattern, a place or a label:
//! a grey print and a colour-blind reader lose nothing.

use std::fmt::Write as _;

use plotters::style::RGBColor;

/// The last three share advance widths, so one table of widths is right wherever one of them is present.
pub(crate) const FONTS: &str = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif";

pub(crate) const PAPER: &str = "#ffffff";
pub(crate) const INK: &str = "#1a1f26";
pub(crate) const INK_RGB: RGBColor = RGBColor(0x1a, 0x1f, 0x26);
pub(crate) const MUTED: RGBColor = RGBColor(0x5b, 0x65, 0x70);
pub(crate) const RULE: RGBColor = RGBColor(0xdf, 0xe3, 0xe8);
pub(crate) const RULE_STRONG: RGBColor = RGBColor(0xb4, 0xbc, 0xc6);
pub(crate) const WEEKEND: &str = "#f5f7f9";
pub(crate) const SUSPECT: &str = "#d55e00";
pub(crate) const SUSPECT_RGB: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
/// Softer than Okabe–Ito's blue, which shouted over the suspect.
pub(crate) const ACCEPTED: &str = "#4a90c2";
pub(crate) const OPEN: &str = "#66727f";
pub(crate) const SERVICE: &str = "#b4bcc6";
pub(crate) const OBSERVED: &str = "#87939f";
pub(crate) const SYNC: &str = "#8a3b78";
pub(crate) const SYNC_FAINT: &str = "#b79fb0";

/// Type sizes in canvas units.
pub(crate) const TITLE: f64 = 200.0;
pub(crate) const CLAIM: f64 = 135.0;
pub(crate) const LABEL: f64 = 120.0;
pub(crate) const SMALL: f64 = 110.0;
pub(crate) const TINY: f64 = 105.0;

/// Page width and margin of a chart, in CSS pixels.
pub(crate) const WIDTH: f64 = 1200.0;
pub(crate) const MARGIN: f64 = 28.0;

/// A fill that is told by its pattern, too. In user space, so that neighbouring marks line up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hatch {
    /// A suspect session.
    Suspect,
    /// Suspect through a shared token session, or provisionally.
    Weaker,
    /// Bind records stopped.
    Throttled,
    /// No source covers the time.
    Gap,
    /// Covered, but something may be missing.
    Doubtful,
    /// The height of a lane above a blind span.
    Blind,
    /// A heat map's hour without a log.
    NoData,
    /// A heat map's hour without a log of some mailboxes.
    Faint,
}

impl Hatch {
    /// Every hatch.
    pub(crate) const ALL: [Self; 8] = [
        Self::Suspect,
        Self::Weaker,
        Self::Throttled,
        Self::Gap,
        Self::Doubtful,
        Self::Blind,
        Self::NoData,
        Self::Faint,
    ];

    /// The name in ids.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Suspect => "suspect",
            Self::Weaker => "weaker",
            Self::Throttled => "throttled",
            Self::Gap => "gap",
            Self::Doubtful => "doubtful",
            Self::Blind => "blind",
            Self::NoData => "nodata",
            Self::Faint => "faint",
        }
    }

    /// Side of the tile, whether it is turned by 45°, what is in it. Dark enough to survive a grey print.
    fn tile(self) -> (u8, bool, &'static str) {
        match self {
            Self::Suspect => (
                4,
                true,
                "<rect width=\"4\" height=\"4\" fill=\"#d55e00\"/><rect width=\"1.2\" height=\"4\" fill=\"#fff\" fill-opacity=\".5\"/>",
            ),
            Self::Weaker => (
                4,
                true,
                "<rect width=\"4\" height=\"4\" fill=\"#fff\"/><rect width=\"1.5\" height=\"4\" fill=\"#d55e00\"/>",
            ),
            Self::Throttled => (
                4,
                true,
                "<rect width=\"4\" height=\"4\" fill=\"#fff\"/><rect width=\"1.6\" height=\"4\" fill=\"#1a1f26\"/>",
            ),
            Self::Gap => (
                4,
                false,
                "<rect width=\"4\" height=\"4\" fill=\"#fff\"/><path d=\"M0 0L4 4M4 0L0 4\" stroke=\"#1a1f26\" stroke-width=\".9\"/>",
            ),
            Self::Doubtful => (
                5,
                false,
                "<rect width=\"5\" height=\"5\" fill=\"#fff\"/><rect width=\"2.4\" height=\"5\" fill=\"#87939f\"/>",
            ),
            Self::Blind => (
                5,
                true,
                "<rect width=\"5\" height=\"5\" fill=\"#f3f4f6\"/><rect width=\"1\" height=\"5\" fill=\"#cfd5dc\"/>",
            ),
            Self::Faint => (
                6,
                true,
                "<rect width=\"6\" height=\"6\" fill=\"#f8f8f7\"/><rect width=\"1\" height=\"6\" fill=\"#e2e3e4\"/>",
            ),
            Self::NoData => (
                6,
                true,
                "<rect width=\"6\" height=\"6\" fill=\"#fff\"/><rect width=\"1.2\" height=\"6\" fill=\"#87939f\"/>",
            ),
        }
    }
}

/// The hatches as SVG definitions, ids prefixed by the figure: ids are global when several charts stand in one page.
pub(crate) fn definitions(figure: &str) -> String {
    let mut out = String::new();
    for hatch in Hatch::ALL {
        let (side, turned, tile) = hatch.tile();
        let turn = if turned { " patternTransform=\"rotate(45)\"" } else { "" };
        let written = write!(
            out,
            "<pattern id=\"{figure}-{}\" width=\"{side}\" height=\"{side}\" patternUnits=\"userSpaceOnUse\"{turn}>{tile}</pattern>",
            hatch.name()
        );
        debug_assert!(written.is_ok(), "a String takes every write");
    }
    out
}
