//! F01: a lane a mailbox. Above the line what is suspect, striped; below it the rest, plain. Rings: Sync. The band under a
//! lane: what the log could see. Where it was blind the whole lane is hatched, since that is where bars would have been.

mod account;
mod lane;

use plotters::coord::types::{RangedCoordf64, RangedCoordi64};
use plotters::prelude::{Cartesian2d, IntoDrawingArea as _};
use plotters::style::text_anchor::{HPos, VPos};

use crate::axis::{TimeScale, time_axis};
use crate::band::BandGroup;
use crate::canvas::{Canvas, Paint, Sheet, px};
use crate::error::{DrawError, RenderError};
use crate::figure::Chart;
use crate::frame::{self, Area, box_swatch, style, swatch, text};
use crate::measure::{self, Weight};
use crate::theme::{self, Hatch};
use crate::view::{SessionKind, SwimlanesView};

pub(super) const FIGURE: &str = "F01";
/// Room for the three columns at the right, in CSS pixels.
const COLUMNS: f64 = 218.0;
/// Room between the legend and the first lane: month names, day numbers.
const AXIS: f64 = 62.0;

/// Draws F01.
///
/// # Errors
/// [`RenderError::Draw`] if an element cannot be placed, which would be a bug.
pub fn swimlanes(view: &SwimlanesView) -> Result<Chart, RenderError> {
    let title = account::title(view);
    let claim = account::claim(view);
    let mut svg = String::new();
    draw(view, &title, &claim, &mut svg).map_err(RenderError::drawing(FIGURE))?;
    Ok(Chart { id: FIGURE, name: "swimlanes", csv: account::csv(view), table: account::table(view), title, claim, svg })
}

/// How tall the parts of a lane are, in CSS pixels: roomy for one mailbox, a line of print for two hundred.
#[derive(Clone, Copy)]
struct LaneSize {
    height: f64,
    pad: f64,
    up: f64,
    down: f64,
    sync: f64,
    band: f64,
    ring: f64,
    two_lines: bool,
    text: f64,
}

impl LaneSize {
    fn of(lanes: usize) -> Self {
        let roomy = Self {
            height: 92.0,
            pad: 5.0,
            up: 44.0,
            down: 20.0,
            sync: 9.0,
            band: 7.0,
            ring: 2.8,
            two_lines: true,
            text: theme::LABEL,
        };
        match lanes {
            0..=3 => roomy,
            4..=40 => Self { height: 50.0, up: 19.0, down: 9.0, sync: 8.0, band: 6.0, ring: 2.4, ..roomy },
            _ => Self {
                height: 21.0,
                pad: 2.0,
                up: 9.0,
                down: 4.0,
                sync: 0.0,
                band: 4.0,
                ring: 1.6,
                two_lines: false,
                text: theme::TINY,
            },
        }
    }
}

/// Where things stand, in canvas units.
struct Layout {
    size: LaneSize,
    left: i32,
    right: i32,
    plot_left: i32,
    plot_right: i32,
    top: i32,
    bottom: i32,
    scale: TimeScale,
    coordinates: Cartesian2d<RangedCoordi64, RangedCoordf64>,
    /// The most messages in a bar: the longest bar.
    most: u64,
}

fn draw(view: &SwimlanesView, title: &str, claim: &str, svg: &mut String) -> Result<(), DrawError> {
    let lanes = view.drawn();
    let size = LaneSize::of(lanes.len());
    let count = f64::from(u32::try_from(lanes.len().max(1)).unwrap_or(u32::MAX));
    let footer = account::footer(view);
    let legend_y = frame::header_height(claim) + 18.0;
    let rows = legend_rows(view);
    let top = legend_y + 22.0 * f64::from(rows - 1) + AXIS;
    let height = top + size.height * count + 16.0 + frame::footer_height(&footer);
    let sheet = Sheet { figure: FIGURE, size: (theme::WIDTH, height), title, claim };
    let root = Canvas::open(svg, &sheet).into_drawing_area();
    frame::header(&root, &sheet)?;
    legend(&root, view, px(legend_y))?;

    let layout = layout(view, size, px(top), px(top + size.height * count));
    let edges = [layout.plot_left, layout.top, layout.plot_right, layout.bottom];
    frame::spanning(&root, layout.scale.span(), edges)?;
    time_axis(&root, &layout.scale, layout.top, layout.bottom)?;
    column_heads(&root, view, &layout)?;
    if lanes.is_empty() {
        let at = ((layout.plot_left + layout.plot_right) / 2, (layout.top + layout.bottom) / 2);
        text(
            &root,
            at,
            "no mailbox in the case",
            frame::italic(theme::LABEL, theme::MUTED, HPos::Center, VPos::Center),
        )?;
    }
    for (index, lane) in (0_u32..).zip(lanes) {
        lane::draw(&root, view, lane, index, &layout)?;
    }
    frame::line(&root, (layout.left, layout.bottom), (layout.right, layout.bottom), theme::RULE_STRONG, 1.0)?;
    frame::footer(&root, layout.bottom + px(16.0), &footer, "F01 · charts/F01-swimlanes.csv")
}

fn layout(view: &SwimlanesView, size: LaneSize, top: i32, bottom: i32) -> Layout {
    let widest = view
        .drawn()
        .iter()
        .flat_map(|lane| {
            [
                measure::width(&lane.local, size.text, Weight::Bold),
                if size.two_lines { measure::width(&lane.second, theme::SMALL, Weight::Regular) } else { 0.0 },
            ]
        })
        .fold(0.0, f64::max)
        / crate::canvas::UNITS;
    let gutter = (widest + 14.0).clamp(118.0, 190.0);
    let (left, right) = (px(theme::MARGIN), px(theme::WIDTH - theme::MARGIN));
    let (plot_left, plot_right) = (left + px(gutter), right - px(COLUMNS));
    let scale = TimeScale::new(view.window, plot_left, plot_right);
    let count = f64::from(u32::try_from(view.drawn().len().max(1)).unwrap_or(u32::MAX));
    let span = scale.span();
    let coordinates = Cartesian2d::new(span.start.0..span.end.0, 0.0..count, (plot_left..plot_right, top..bottom));
    let most = view.drawn().iter().flat_map(|lane| &lane.bars).map(|bar| bar.messages).max().unwrap_or(1).max(1);
    Layout { size, left, right, plot_left, plot_right, top, bottom, scale, coordinates, most }
}

/// The keys of the legend that this picture needs, in the order in which a lane stacks them.
fn keys(view: &SwimlanesView) -> Vec<(&'static str, Key)> {
    let has = |kind: SessionKind| view.drawn().iter().flat_map(|lane| &lane.bars).any(|bar| bar.kind == kind);
    let mut keys = Vec::new();
    for kind in SessionKind::ALL.into_iter().rev() {
        if has(kind) {
            keys.push((account::kind_label(kind, view.marking), Key::Box(lane::paint(kind))));
        }
    }
    let syncs = || view.drawn().iter().flat_map(|lane| &lane.syncs);
    let strong = syncs().any(|sync| sync.kind.is_above(view.marking));
    let faint = syncs().any(|sync| !sync.kind.is_above(view.marking));
    if strong {
        keys.push((
            if faint && view.marking.is_marked() { "suspect folder sync" } else { "folder sync" },
            Key::Ring(true),
        ));
    }
    if faint {
        keys.push((if strong { "other folder sync" } else { "folder sync" }, Key::Ring(false)));
    }
    for group in BandGroup::ALL.into_iter().rev() {
        if view.drawn().iter().flat_map(|lane| &lane.band).any(|span| span.group == group) {
            keys.push(match group {
                BandGroup::Unknown => ("blank: not known", Key::Blank),
                _ => (group.label(), Key::Band(group)),
            });
        }
    }
    if view.drawn().iter().all(|lane| lane.band.is_empty()) && !view.drawn().is_empty() {
        keys.push(("coverage not known", Key::Blank));
    }
    keys
}

enum Key {
    Box(Paint),
    Ring(bool),
    Band(BandGroup),
    Blank,
}

fn key_width(words: &str) -> i32 {
    px(44.0) + measure::units(words, theme::LABEL, Weight::Regular)
}

fn legend_rows(view: &SwimlanesView) -> u32 {
    let room = px(theme::WIDTH - 2.0 * theme::MARGIN);
    let (mut rows, mut x) = (1, 0);
    for (words, _) in keys(view) {
        if x + key_width(words) > room {
            rows += 1;
            x = 0;
        }
        x += key_width(words);
    }
    rows
}

fn legend(root: &Area<'_>, view: &SwimlanesView, mut y: i32) -> Result<(), DrawError> {
    let (left, right) = (px(theme::MARGIN), px(theme::WIDTH - theme::MARGIN));
    let mut x = left;
    for (words, key) in keys(view) {
        if x + key_width(words) > right + px(1.0) {
            x = left;
            y += px(22.0);
        }
        match key {
            Key::Box(paint) => swatch(root, &mut x, y, words, box_swatch(paint))?,
            Key::Ring(strong) => swatch(root, &mut x, y, words, |c, x, y| {
                let pen = if strong { (theme::SYNC, "1.6") } else { (theme::SYNC_FAINT, "1") };
                c.ring((x + px(9.0), y), px(3.0), pen, None);
            })?,
            Key::Band(group) => swatch(root, &mut x, y, words, move |c, x, y| {
                lane::band_stroke(c, (x, x + px(20.0)), y - px(3.0), 6.0, group, None);
            })?,
            Key::Blank => {
                text(root, (x, y), words, style(theme::LABEL, theme::MUTED, HPos::Left, VPos::Center))?;
                x += key_width(words) - px(24.0);
            }
        }
    }
    Ok(())
}

/// Heads of the numbers at the right, two words each.
fn column_heads(root: &Area<'_>, view: &SwimlanesView, layout: &Layout) -> Result<(), DrawError> {
    let heads = account::column_heads(view.marking);
    for (x, words) in lane::columns(layout).into_iter().zip(heads) {
        for (word, up) in words.into_iter().zip([25.0, 11.0]) {
            let at = (x, layout.top - px(up));
            text(root, at, word, style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center))?;
        }
    }
    let utc = (layout.plot_left - px(10.0), layout.top - px(11.0));
    text(root, utc, "UTC", style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center))
}

/// Hatch of the lane above a blind span.
pub(super) const BLIND: Paint = Paint::Hatched(Hatch::Blind, None);
