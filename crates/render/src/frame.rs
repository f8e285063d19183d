//! Owns what every chart shares: header, legend keys, footer, and the way from plotters to our own verbs.

use plotters::coord::Shift;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::{DrawingArea, FontStyle, IntoFont as _, PathElement, RGBColor, Rectangle, Text, TextStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, ShapeStyle};

use crate::canvas::{Canvas, Drawn, Paint, Sheet, px};
use crate::error::DrawError;
use crate::measure::{self, Weight};
use crate::theme;

/// The whole sheet, in canvas units.
pub(crate) type Area<'c> = DrawingArea<Canvas<'c>, Shift>;

/// A text in one of the theme's sizes.
pub(crate) fn style(size: f64, color: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    TextStyle { font: (theme::FONTS, size).into_font(), color: color.to_backend_color(), pos: Pos::new(h, v) }
}

/// The same, bold.
pub(crate) fn bold(size: f64, color: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    TextStyle { font: (theme::FONTS, size, FontStyle::Bold).into_font(), ..style(size, color, h, v) }
}

/// The same, slanted: a remark inside the picture.
pub(crate) fn italic(size: f64, color: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    TextStyle { font: (theme::FONTS, size, FontStyle::Italic).into_font(), ..style(size, color, h, v) }
}

/// Draws a text.
pub(crate) fn text(
    root: &Area<'_>,
    at: (i32, i32),
    words: impl Into<String>,
    style: TextStyle<'static>,
) -> Result<(), DrawError> {
    root.draw(&Text::new(words.into(), at, style))
}

/// Draws a straight line; `width` in CSS pixels.
pub(crate) fn line(
    root: &Area<'_>,
    a: (i32, i32),
    b: (i32, i32),
    color: RGBColor,
    width: f64,
) -> Result<(), DrawError> {
    let stroke: ShapeStyle = color.stroke_width(u32::try_from(px(width)).unwrap_or(1));
    root.draw(&PathElement::new([a, b], stroke))
}

/// How many lines the claim takes, and so how far down the legend stands. In CSS pixels.
pub(crate) fn header_height(claim: &str) -> f64 {
    let lines = u32::try_from(measure::wrap(claim, theme::CLAIM, claim_limit()).len()).unwrap_or(1);
    48.0 + 19.0 * f64::from(lines)
}

fn claim_limit() -> f64 {
    f64::from(px(theme::WIDTH - 2.0 * theme::MARGIN - 120.0))
}

/// Title, then the claim sentence. Returns the y below.
pub(crate) fn header(root: &Area<'_>, sheet: &Sheet<'_>) -> Result<i32, DrawError> {
    let left = px(theme::MARGIN);
    root.draw(&Rectangle::new([(left, 0), (left + px(36.0), px(5.0))], theme::SUSPECT_RGB.filled()))?;
    text(root, (left, px(20.0)), sheet.title, bold(theme::TITLE, theme::INK_RGB, HPos::Left, VPos::Top))?;
    let mut y = px(48.0);
    for line in measure::wrap(sheet.claim, theme::CLAIM, claim_limit()) {
        text(root, (left, y), line, style(theme::CLAIM, theme::MUTED, HPos::Left, VPos::Top))?;
        y += px(19.0);
    }
    Ok(y)
}

/// Height of [`footer`], in CSS pixels.
pub(crate) fn footer_height(source: &str) -> f64 {
    let lines = u32::try_from(measure::wrap(source, theme::SMALL, footer_limit()).len()).unwrap_or(1);
    30.0 + 15.0 * f64::from(lines)
}

fn footer_limit() -> f64 {
    f64::from(px(theme::WIDTH - 2.0 * theme::MARGIN - 190.0))
}

/// How the picture was made, and where its numbers are.
pub(crate) fn footer(root: &Area<'_>, y: i32, source: &str, id: &str) -> Result<(), DrawError> {
    let (left, right) = (px(theme::MARGIN), px(theme::WIDTH - theme::MARGIN));
    line(root, (left, y), (right, y), theme::RULE, 1.0)?;
    for (index, words) in (0_i32..).zip(measure::wrap(source, theme::SMALL, footer_limit())) {
        let at = (left, y + px(9.0) + px(15.0) * index);
        text(root, at, words, style(theme::SMALL, theme::MUTED, HPos::Left, VPos::Top))?;
    }
    text(root, (right, y + px(9.0)), id, style(theme::SMALL, theme::MUTED, HPos::Right, VPos::Top))
}

/// Something drawn by our own canvas at a fixed place: the way from plotters to patterns, titles, groups.
struct With<F>(F);

impl<'a, F> PointCollection<'a, (i32, i32)> for &'a With<F> {
    type Point = (i32, i32);
    type IntoIter = [(i32, i32); 1];
    fn point_iter(self) -> Self::IntoIter {
        [(0, 0)]
    }
}

impl<'c, F: Fn(&mut Canvas<'c>)> Drawable<Canvas<'c>> for With<F> {
    fn draw<I: Iterator<Item = (i32, i32)>>(&self, _: I, canvas: &mut Canvas<'c>, _: (u32, u32)) -> Drawn {
        (self.0)(canvas);
        Ok(())
    }
}

/// Lets `draw` use the canvas itself.
pub(crate) fn with<'c, F: Fn(&mut Canvas<'c>)>(root: &Area<'c>, draw: F) -> Result<(), DrawError> {
    root.draw(&With(draw))
}

/// Says on the picture which span of time lies between which edges.
pub(crate) fn spanning(root: &Area<'_>, span: mailtrail_model::Interval, edges: [i32; 4]) -> Result<(), DrawError> {
    with(root, |c| c.spanning(span, edges))
}

/// One key of a legend: a swatch and its words. Moves `x` on.
pub(crate) fn swatch<'c>(
    root: &Area<'c>,
    x: &mut i32,
    y: i32,
    words: &str,
    draw: impl Fn(&mut Canvas<'c>, i32, i32),
) -> Result<(), DrawError> {
    let at = *x;
    with(root, |c| draw(c, at, y))?;
    text(root, (at + px(24.0), y), words, style(theme::LABEL, theme::INK_RGB, HPos::Left, VPos::Center))?;
    *x = at + px(24.0) + measure::units(words, theme::LABEL, Weight::Regular) + px(20.0);
    Ok(())
}

/// A swatch filled like an area.
pub(crate) fn box_swatch<'c>(paint: Paint) -> impl Fn(&mut Canvas<'c>, i32, i32) {
    move |c, x, y| c.rect((x, y - px(5.0)), (x + px(18.0), y + px(5.0)), paint, px(1.5), None)
}
