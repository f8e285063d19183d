//! F04: one strip a mailbox and way in: bars as recorded, the expected as a line, the limit dashed, the windows marked above.

use plotters::prelude::IntoDrawingArea as _;
use plotters::style::text_anchor::{HPos, VPos};

use crate::axis::{TimeScale, time_axis};
use crate::canvas::{Canvas, Mark, Paint, Sheet, px};
use crate::error::{DrawError, RenderError};
use crate::figure::{Chart, ChartTable, ColumnHead, Csv};
use crate::frame::{self, Area, bold, box_swatch, line, style, swatch, text, with};
use crate::measure::{self, Weight};
use crate::theme::{self, Hatch};
use crate::view::{BurstStep, BurstStrip, BurstsView};
use crate::words::{count, real, short_day, stamp, thousands};

const FIGURE: &str = "F04";
const STRIP: f64 = 92.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 60.0;
const PLAIN: &str = "#5f86ab";
const EXPECTED: &str = "#1a1f26";
const LIMIT: &str = "#8a3b78";

/// Draws F04.
///
/// # Errors
/// [`RenderError::Draw`] if an element cannot be placed, which would be a bug.
pub fn bursts(view: &BurstsView) -> Result<Chart, RenderError> {
    let title = "First-time messages, what was expected, and the windows that stand out".to_owned();
    let claim = claim(view);
    let mut svg = String::new();
    draw(view, &title, &claim, &mut svg).map_err(RenderError::drawing(FIGURE))?;
    Ok(Chart { id: FIGURE, name: "bursts", csv: csv(view), table: table(view), title, claim, svg })
}

fn claim(view: &BurstsView) -> String {
    let first = view.strips.iter().flat_map(|strip| &strip.windows).filter(|window| window.1 == 1).count() as u64;
    let mut claim = format!(
        "{} in {}; {} of tier 1.",
        count(view.windows, view.word, &format!("{}s", view.word)),
        count(view.strips.len() as u64, "pair of mailbox and way in", "pairs of mailbox and way in"),
        thousands(first),
    );
    if view.strips.iter().any(|strip| strip.steps.iter().all(|step| step.expected.is_none())) {
        claim.push_str(" Where no line is drawn, there are too few days to expect anything from.");
    }
    claim
}

fn draw(view: &BurstsView, title: &str, claim: &str, svg: &mut String) -> Result<(), DrawError> {
    let strips = view.drawn();
    let mut footer =
        "Bars: messages that the way in names for the first time in the mailbox, by step. Each strip has its own \
                      scale. Where the mailbox was throttled, bars are lower bounds."
            .to_owned();
    if view.strips.len() > strips.len() {
        footer.push_str(&format!(
            " {} more are in the table and the CSV.",
            thousands((view.strips.len() - strips.len()) as u64)
        ));
    }
    let legend_y = frame::header_height(claim) + 18.0;
    let top = legend_y + 62.0;
    let bottom = top + STRIP * f64::from(u32::try_from(strips.len()).unwrap_or(0));
    let sheet =
        Sheet { figure: FIGURE, size: (theme::WIDTH, bottom + 16.0 + frame::footer_height(&footer)), title, claim };
    let root = Canvas::open(svg, &sheet).into_drawing_area();
    frame::header(&root, &sheet)?;
    legend(&root, view, px(legend_y))?;
    let (left, right) = (px(theme::MARGIN + LEFT), px(theme::WIDTH - theme::MARGIN - RIGHT));
    let scale = TimeScale::new(view.window, left, right);
    time_axis(&root, &scale, px(top), px(bottom))?;
    text(
        &root,
        (left - px(10.0), px(top - 11.0)),
        "UTC",
        style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Center),
    )?;
    for (index, strip) in (0_u32..).zip(strips) {
        draw_strip(&root, strip, &scale, px(top + STRIP * f64::from(index)), (left, right))?;
    }
    frame::footer(&root, px(bottom + 16.0), &footer, "F04 · charts/F04-bursts.csv")
}

fn legend(root: &Area<'_>, view: &BurstsView, y: i32) -> Result<(), DrawError> {
    let mut x = px(theme::MARGIN);
    swatch(root, &mut x, y, "recorded", box_swatch(Paint::Plain(PLAIN)))?;
    swatch(
        root,
        &mut x,
        y,
        "recorded in the window",
        box_swatch(Paint::Hatched(Hatch::Suspect, Some(theme::SUSPECT))),
    )?;
    let steps = || view.drawn().iter().flat_map(|strip| &strip.steps);
    if steps().any(|step| step.expected.is_some()) {
        swatch(root, &mut x, y, "expected from the mailbox's own days", |c, x, y| {
            c.dashed(&[(x, y), (x + px(18.0), y)], EXPECTED, 1.4, "none");
        })?;
    }
    if steps().any(|step| step.limit.is_some()) {
        swatch(root, &mut x, y, "from here the volume rule fires", |c, x, y| {
            c.dashed(&[(x, y), (x + px(18.0), y)], LIMIT, 1.4, "4 3");
        })?;
    }
    Ok(())
}

fn draw_strip(
    root: &Area<'_>,
    strip: &BurstStrip,
    scale: &TimeScale,
    top: i32,
    (left, right): (i32, i32),
) -> Result<(), DrawError> {
    let base = top + px(STRIP - 10.0);
    let head = top + px(26.0);
    let room = f64::from(px(LEFT - 18.0));
    let at = px(theme::MARGIN);
    let name = measure::fit(&strip.local, theme::LABEL, Weight::Bold, room);
    text(root, (at, top + px(34.0)), name, bold(theme::LABEL, theme::INK_RGB, HPos::Left, VPos::Center))?;
    let small = style(theme::SMALL, theme::MUTED, HPos::Left, VPos::Center);
    text(root, (at, top + px(50.0)), format!("{} · {}", strip.mailbox, strip.context), small.clone())?;
    text(root, (at, top + px(65.0)), format!("by {} h", strip.step_hours), small)?;
    let most = strip.steps.iter().map(|step| step.observed).max().unwrap_or(0).max(1);
    let limit = strip.steps.iter().filter_map(|step| step.limit).fold(0.0, f64::max);
    let ceiling = real(most).max(if limit <= 3.0 * real(most) { limit } else { 0.0 });
    let y = |value: f64| base - (f64::from(base - head) * (value / ceiling).min(1.0)).round() as i32;
    line(root, (left, base), (right, base), theme::RULE_STRONG, 1.0)?;
    text(
        root,
        (right + px(8.0), y(real(most))),
        thousands(most),
        style(theme::SMALL, theme::MUTED, HPos::Left, VPos::Center),
    )?;
    let step = strip.step_hours * mailtrail_model::UtcMicros::HOUR;
    for one in strip.steps.iter().filter(|one| one.observed > 0) {
        let end = one.start.plus(step);
        let inside = strip.windows.iter().any(|(_, _, span, _)| one.start < span.end && end > span.start);
        let paint = if inside { Paint::Hatched(Hatch::Suspect, Some(theme::SUSPECT)) } else { Paint::Plain(PLAIN) };
        let (a, b) = (scale.x(one.start), scale.x(end));
        let mark = Mark::titled(tip(strip, one));
        with(root, |c| c.rect((a, y(real(one.observed))), (b.max(a + px(1.5)), base), paint, 0, Some(&mark)))?;
    }
    for (values, color, dash) in [
        (strip.steps.iter().map(|one| one.expected).collect::<Vec<_>>(), EXPECTED, "none"),
        (strip.steps.iter().map(|one| one.limit.filter(|limit| *limit <= ceiling)).collect(), LIMIT, "4 3"),
    ] {
        for run in values.iter().zip(&strip.steps).collect::<Vec<_>>().split(|(value, _)| value.is_none()) {
            let path: Vec<(i32, i32)> = run
                .iter()
                .filter_map(|(value, one)| value.map(|value| (one, value)))
                .flat_map(|(one, value)| [(scale.x(one.start), y(value)), (scale.x(one.start.plus(step)), y(value))])
                .collect();
            if !path.is_empty() {
                with(root, |c| c.dashed(&path, color, 1.2, dash))?;
            }
        }
    }
    windows(root, strip, scale, top, right)
}

/// A bracket over each window; labels where they have room.
fn windows(root: &Area<'_>, strip: &BurstStrip, scale: &TimeScale, top: i32, right: i32) -> Result<(), DrawError> {
    let mut spans: Vec<_> = strip.windows.iter().collect();
    spans.sort_by_key(|(id, _, span, _)| (span.start, id.clone()));
    let mut free = i32::MIN;
    for (id, tier, span, messages) in spans {
        let (a, b) = (scale.x(span.start), scale.x(span.end).max(scale.x(span.start) + px(2.0)));
        let y = top + px(20.0);
        let mark = Mark::titled(format!(
            "{id}, tier {tier}\n{} to {} UTC\n{} first-time messages",
            stamp(span.start),
            stamp(span.end),
            thousands(*messages)
        ));
        with(root, |c| c.rect((a, y), (b, y + px(3.0)), Paint::Plain(theme::SUSPECT), 0, Some(&mark)))?;
        let words = format!("{id} · {} · {}", short_day(span.start), thousands(*messages));
        let width = measure::units(&words, theme::SMALL, Weight::Bold);
        let x = a.min(right - width);
        if x >= free {
            let style = bold(theme::SMALL, theme::INK_RGB, HPos::Left, VPos::Center);
            text(root, (x, top + px(12.0)), words, style)?;
            free = x + width + px(8.0);
        }
    }
    Ok(())
}

fn tip(strip: &BurstStrip, step: &BurstStep) -> String {
    let mut tip = format!(
        "{}\n{} UTC, {} h: {}",
        strip.local,
        stamp(step.start),
        strip.step_hours,
        count(step.observed, "first-time message", "first-time messages")
    );
    if let Some(expected) = step.expected {
        tip.push_str(&format!("\nexpected {expected:.1}"));
    }
    if let Some(limit) = step.limit {
        tip.push_str(&format!("\nthe volume rule fires from {limit:.0}"));
    }
    tip
}

fn csv(view: &BurstsView) -> String {
    let mut csv = Csv::new(&[
        "mailbox_id",
        "mailbox",
        "context",
        "step_start_utc",
        "step_hours",
        "observed",
        "expected",
        "limit",
        "windows",
    ]);
    let number = |value: Option<f64>| value.map(|value| format!("{value:.3}")).unwrap_or_default();
    for strip in &view.strips {
        for step in &strip.steps {
            let end = step.start.plus(strip.step_hours * mailtrail_model::UtcMicros::HOUR);
            let inside: Vec<&str> = strip
                .windows
                .iter()
                .filter(|(_, _, span, _)| step.start < span.end && end > span.start)
                .map(|(id, _, _, _)| id.as_str())
                .collect();
            csv.row([
                &strip.mailbox,
                &strip.local,
                &strip.context,
                &step.start.iso(),
                &strip.step_hours.to_string(),
                &step.observed.to_string(),
                &number(step.expected),
                &number(step.limit),
                &inside.join(" "),
            ]);
        }
    }
    csv.finish()
}

fn table(view: &BurstsView) -> ChartTable {
    let rows = view.strips.iter().flat_map(|strip| {
        strip.windows.iter().map(|(id, tier, span, messages)| {
            vec![
                id.clone(),
                tier.to_string(),
                strip.local.clone(),
                strip.context.clone(),
                stamp(span.start),
                stamp(span.end),
                thousands(*messages),
            ]
        })
    });
    ChartTable {
        caption: "Figure F04 as a table.".to_owned(),
        head: vec![
            ColumnHead::text("Id"),
            ColumnHead::number("Tier"),
            ColumnHead::text("Mailbox"),
            ColumnHead::text("Way in"),
            ColumnHead::text("From (UTC)"),
            ColumnHead::text("To (UTC)"),
            ColumnHead::number("First-time messages"),
        ],
        rows: rows.collect(),
    }
}
