//! Owns one lane of F01: its name, its bars, its rings, its band, its three numbers.

use plotters::element::{Drawable, PointCollection};
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::BackendCoord;

use crate::band::{BandGroup, BandSpan};
use crate::canvas::{Canvas, Drawn, Mark, Paint, px};
use crate::error::DrawError;
use crate::frame::{Area, bold, italic, line, style, text, with};
use crate::measure::{self, Weight};
use crate::theme::{self, Hatch};
use crate::view::{CaseMarking, Lane, LaneBar, SessionKind, SwimlanesView};
use crate::words;

use super::{BLIND, Layout};

/// A bar from one instant to another, hung on a lane: time comes from the coordinate system, height in canvas units.
struct Bar {
    from: i64,
    to: i64,
    lane: f64,
    top: i32,
    bottom: i32,
    /// A session of one record is still to be seen.
    least_width: i32,
    paint: Paint,
    mark: Mark,
}

impl<'a> PointCollection<'a, (i64, f64)> for &'a Bar {
    type Point = (i64, f64);
    type IntoIter = [(i64, f64); 2];
    fn point_iter(self) -> Self::IntoIter {
        [(self.from, self.lane), (self.to, self.lane)]
    }
}

impl Drawable<Canvas<'_>> for Bar {
    fn draw<I: Iterator<Item = BackendCoord>>(&self, mut at: I, canvas: &mut Canvas<'_>, _: (u32, u32)) -> Drawn {
        if let (Some((x0, y)), Some((x1, _))) = (at.next(), at.next()) {
            let right = x1.max(x0 + self.least_width);
            canvas.rect((x0, y + self.top), (right, y + self.bottom), self.paint, px(0.8), Some(&self.mark));
        }
        Ok(())
    }
}

/// How a session of a kind is filled.
pub(super) fn paint(kind: SessionKind) -> Paint {
    match kind {
        SessionKind::Suspect => Paint::Hatched(Hatch::Suspect, Some(theme::SUSPECT)),
        SessionKind::Weaker => Paint::Hatched(Hatch::Weaker, Some(theme::SUSPECT)),
        SessionKind::Unattributed => Paint::Plain(theme::OPEN),
        SessionKind::Accepted => Paint::Plain(theme::ACCEPTED),
        SessionKind::Service => Paint::Plain(theme::SERVICE),
    }
}

/// How a Sync is drawn: strongly where it is suspect, or where nothing is.
pub(super) fn ring(kind: SessionKind, marking: CaseMarking) -> (&'static str, &'static str) {
    if kind.is_above(marking) { (theme::SYNC, "1.6") } else { (theme::SYNC_FAINT, "1") }
}

/// Right edges of the columns.
pub(super) fn columns(layout: &Layout) -> [i32; 3] {
    [layout.plot_right + px(88.0), layout.plot_right + px(156.0), layout.right]
}

/// Draws lane number `index`.
pub(super) fn draw(
    root: &Area<'_>,
    view: &SwimlanesView,
    lane: &Lane,
    index: u32,
    layout: &Layout,
) -> Result<(), DrawError> {
    let size = layout.size;
    let at = layout.top + px(size.height * f64::from(index));
    let base = px(size.pad + size.up);
    with(root, |c| c.open_group("lane"))?;
    blind(root, lane, at, layout)?;
    names(root, view, lane, at + base, layout)?;
    figures(root, view, lane, at + base, layout)?;
    line(root, (layout.plot_left, at + base), (layout.plot_right, at + base), theme::RULE_STRONG, 0.6)?;
    band(root, lane, at, layout)?;
    let plot = root.clone().apply_coord_spec(layout.coordinates.clone());
    // What is weaker is drawn first: a suspect session is never hidden by another.
    let mut bars: Vec<&LaneBar> = lane.bars.iter().collect();
    bars.sort_by_key(|bar| bar.kind);
    for bar in bars {
        plot.draw(&place(bar, view, index, base, layout))?;
    }
    let row = at + base + px(size.down + size.sync / 2.0 + 0.5);
    for sync in &lane.syncs {
        let mark = Mark {
            title: Some(format!(
                "{} · folder sync\n{} UTC\n{}",
                sync.session,
                words::stamp(sync.at),
                words::count(sync.syncs, "Sync record", "Sync records")
            )),
            row: Some(sync.session.clone()),
        };
        let x = layout.scale.x(sync.at);
        let (stroke, width) = ring(sync.kind, view.marking);
        with(root, |c| c.ring((x, row), px(size.ring), (stroke, width), Some(&mark)))?;
    }
    with(root, Canvas::close_group)
}

fn place(bar: &LaneBar, view: &SwimlanesView, index: u32, base: i32, layout: &Layout) -> Bar {
    let size = layout.size;
    let share = words::real(bar.messages).ln_1p() / words::real(layout.most).ln_1p();
    let above = bar.kind.is_above(view.marking);
    let (top, bottom) = if above {
        (base - px(3.0 + (size.up - 3.0) * share), base)
    } else {
        (base, base + px(1.5 + (size.down - 1.5) * share))
    };
    let least_width = px(match bar.kind {
        SessionKind::Suspect | SessionKind::Weaker => 4.0,
        // Several sessions in one bin are a tick at the first: as wide as the bin they would look like one long session.
        _ if bar.sessions > 1 => 4.0,
        _ => 2.0,
    });
    let to = if bar.sessions > 1 { bar.span.start } else { bar.span.end };
    Bar {
        from: bar.span.start.0,
        to: to.0,
        lane: f64::from(index),
        top,
        bottom,
        least_width,
        paint: paint(bar.kind),
        mark: Mark { title: Some(bar.title.clone()), row: bar.session.clone() },
    }
}

fn names(root: &Area<'_>, view: &SwimlanesView, lane: &Lane, y: i32, layout: &Layout) -> Result<(), DrawError> {
    let size = layout.size;
    let limit = f64::from(layout.plot_left - layout.left - px(16.0));
    let x = layout.plot_left - px(10.0);
    // Grey: nothing to see in this lane, or nothing suspect where something is marked.
    let quiet = lane.first.is_none();
    let strong = view.marking.is_marked() && !quiet;
    let ink = if quiet { theme::MUTED } else { theme::INK_RGB };
    let (weight, style_of) = if strong {
        (Weight::Bold, bold(size.text, ink, HPos::Right, VPos::Center))
    } else {
        (Weight::Regular, style(size.text, ink, HPos::Right, VPos::Center))
    };
    let lift = if size.two_lines && !lane.second.is_empty() { px(5.0) } else { 0 };
    text(root, (x, y - lift), measure::fit(&lane.local, size.text, weight, limit), style_of)?;
    if lift > 0 {
        let second = measure::fit(&lane.second, theme::SMALL, Weight::Regular, limit);
        text(root, (x, y + px(10.0)), second, style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center))?;
    }
    Ok(())
}

fn figures(root: &Area<'_>, view: &SwimlanesView, lane: &Lane, y: i32, layout: &Layout) -> Result<(), DrawError> {
    let size = layout.size.text;
    let [first, messages, blind] = columns(layout);
    let plain = |color| style(size, color, HPos::Right, VPos::Center);
    match lane.first {
        Some(at) => {
            text(root, (first, y), words::short_day(at), plain(theme::INK_RGB))?;
            let number = words::thousands(lane.messages);
            let ink = if view.marking.is_marked() { theme::SUSPECT_RGB } else { theme::INK_RGB };
            text(root, (messages, y), number, bold(size, ink, HPos::Right, VPos::Center))?;
        }
        None => text(root, (first, y), "none recorded", plain(theme::MUTED))?,
    }
    let (hours, ink) = match lane.blind_hours {
        Some(hours) => (words::thousands(hours), if hours > 0 { theme::INK_RGB } else { theme::MUTED }),
        None => ("not known".to_owned(), theme::MUTED),
    };
    text(root, (blind, y), hours, plain(ink))
}

/// The lane's whole height where the log was blind.
fn blind(root: &Area<'_>, lane: &Lane, at: i32, layout: &Layout) -> Result<(), DrawError> {
    let size = layout.size;
    let top = at + px(if size.two_lines { 4.0 } else { 1.0 });
    let bottom = at + px(size.pad + size.up + size.down + size.sync + 1.5);
    for span in lane.band.iter().filter(|span| span.group.is_blind()) {
        let (a, b) = ends(span, layout);
        with(root, |c| c.rect((a, top), (b, bottom), BLIND, 0, None))?;
    }
    for span in lane.band.iter().filter(|span| span.group == BandGroup::Unknown) {
        let (a, b) = ends(span, layout);
        if b - a > px(80.0) {
            let at = ((a + b) / 2, at + px(size.pad + size.up) - px(if size.two_lines { 8.0 } else { 0.0 }));
            text(root, at, "not known", italic(theme::SMALL, theme::MUTED, HPos::Center, VPos::Center))?;
        }
    }
    Ok(())
}

fn band(root: &Area<'_>, lane: &Lane, at: i32, layout: &Layout) -> Result<(), DrawError> {
    let size = layout.size;
    let top = at + px(size.pad + size.up + size.down + size.sync + 1.5);
    for span in &lane.band {
        let mark = Mark::titled(format!(
            "{}\n{} to {} UTC",
            span.state.map_or(span.group.label(), |state| state.as_str()),
            words::stamp(span.span.start),
            words::stamp(span.span.end)
        ));
        let ends = ends(span, layout);
        with(root, |c| band_stroke(c, ends, top, size.band, span.group, Some(&mark)))?;
    }
    Ok(())
}

fn ends(span: &BandSpan, layout: &Layout) -> (i32, i32) {
    let (a, b) = (layout.scale.x(span.span.start), layout.scale.x(span.span.end));
    (a, b.max(a + px(1.0)))
}

/// A stretch of the coverage band: the worse, the heavier.
pub(super) fn band_stroke(
    c: &mut Canvas<'_>,
    (a, b): (i32, i32),
    top: i32,
    height: f64,
    group: BandGroup,
    mark: Option<&Mark>,
) {
    let middle = top + px(height / 2.0);
    let (paint, half) = match group {
        BandGroup::Unknown => return,
        BandGroup::Covered => (Paint::Plain(theme::OBSERVED), px(1.0)),
        BandGroup::Inferred => {
            c.dashed(&[(a, middle), (b, middle)], theme::OBSERVED, 1.4, "1.5 2.5");
            return;
        }
        BandGroup::Doubtful => (Paint::Hatched(Hatch::Doubtful, None), px(height / 2.0 - 0.8)),
        BandGroup::Throttled => (Paint::Hatched(Hatch::Throttled, None), px(height / 2.0)),
        BandGroup::NoLog => (Paint::Hatched(Hatch::Gap, None), px(height / 2.0)),
    };
    c.rect((a, middle - half), (b, middle + half), paint, 0, mark);
}
