//! Owns drawing a chart of ours on paper: reads back the few elements `canvas` writes, and nothing else of SVG.
//!
//! An SVG library would bring thirty crates and a font search for the same result. What is not known here is left out of the
//! picture, and a test fails on it: each chart must consist of known elements only.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::TextDirection;

use super::font::{Cut, Type};
use crate::theme;

/// One element: its name, its attributes, and what it says if it is a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element<'s> {
    pub(super) name: &'s str,
    attributes: &'s str,
    text: &'s str,
}

/// Elements that draw nothing themselves.
const SILENT: [&str; 5] = ["g", "title", "desc", "defs", "svg"];
/// Elements this module draws.
#[cfg(test)]
pub(super) const DRAWN: [&str; 5] = ["rect", "circle", "polyline", "polygon", "text"];

impl<'s> Element<'s> {
    fn get(&self, name: &str) -> Option<&'s str> {
        self.attributes.match_indices(name).find_map(|(at, _)| {
            let before = self.attributes[..at].chars().next_back();
            let value = self.attributes[at + name.len()..].strip_prefix("=\"")?;
            before.is_none_or(|c| c == ' ').then(|| value.split('"').next()).flatten()
        })
    }

    fn number(&self, name: &str) -> Option<f32> {
        self.get(name)?.parse().ok()
    }
}

/// Elements of a picture in order, definitions, titles and descriptions left out.
pub(super) fn elements(svg: &str) -> Vec<Element<'_>> {
    let mut out = Vec::new();
    let mut rest = svg;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let Some(end) = rest.find('>') else { break };
        let inner = rest[..end].trim_end_matches('/');
        rest = &rest[end + 1..];
        let (name, attributes) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        match name {
            "defs" | "title" | "desc" => {
                let close = format!("</{name}>");
                rest = rest.find(&close).map_or("", |at| &rest[at + close.len()..]);
            }
            name if name.starts_with('/') || SILENT.contains(&name) => {}
            name => {
                let text = if name == "text" { rest.split('<').next().unwrap_or("") } else { "" };
                out.push(Element { name, attributes, text });
            }
        }
    }
    out
}

/// Width and height of a picture of ours, in pixels.
pub(super) fn size(svg: &str) -> Option<(f32, f32)> {
    let inner = svg.split_once("<svg ")?.1.split('>').next()?;
    let root = Element { name: "svg", attributes: inner, text: "" };
    Some((root.number("width")?, root.number("height")?))
}

/// Draws a picture with its upper left corner at `at`.
pub(super) fn draw(surface: &mut Surface<'_>, kind: &Type, svg: &str, at: (f32, f32), scale: f32) {
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, at.0, at.1));
    for element in elements(svg) {
        match element.name {
            "rect" => rect(surface, &element),
            "circle" => circle(surface, &element),
            "polyline" | "polygon" => line(surface, &element),
            "text" => text(surface, kind, &element),
            other => debug_assert!(false, "paper cannot draw {other}"),
        }
    }
    surface.set_fill(None);
    surface.set_stroke(None);
    surface.pop();
}

fn color(hex: &str) -> Option<rgb::Color> {
    let digits = hex.strip_prefix('#')?;
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    match digits.len() {
        3 => {
            let nibble = |at: usize| u8::from_str_radix(digits.get(at..=at)?, 16).ok().map(|n| n * 17);
            Some(rgb::Color::new(nibble(0)?, nibble(1)?, nibble(2)?))
        }
        _ => Some(rgb::Color::new(byte(0)?, byte(2)?, byte(4)?)),
    }
}

fn opacity(element: &Element<'_>, name: &str) -> NormalizedF32 {
    element.number(name).and_then(NormalizedF32::new).unwrap_or(NormalizedF32::ONE)
}

fn filled(color: rgb::Color, opacity: NormalizedF32) -> Option<Fill> {
    Some(Fill { paint: color.into(), opacity, ..Fill::default() })
}

fn stroke(element: &Element<'_>) -> Option<Stroke> {
    let paint = color(element.get("stroke")?)?;
    let dash = element.get("stroke-dasharray").map(|dash| StrokeDash {
        array: dash.split([' ', ',']).filter_map(|length| length.parse().ok()).collect(),
        offset: 0.0,
    });
    Some(Stroke {
        paint: paint.into(),
        width: element.number("stroke-width").unwrap_or(1.0),
        opacity: opacity(element, "stroke-opacity"),
        dash: dash.filter(|dash| !dash.array.is_empty()),
        ..Stroke::default()
    })
}

fn rect(surface: &mut Surface<'_>, element: &Element<'_>) {
    let at = |name| element.number(name).unwrap_or(0.0);
    let (x, y, w, h) = (at("x"), at("y"), at("width"), at("height"));
    let Some(area) = Rect::from_xywh(x, y, w, h) else { return };
    let mut path = PathBuilder::new();
    let radius = at("rx").min(w / 2.0).min(h / 2.0);
    if radius > 0.0 {
        // Corners as quadratic curves: at a point or two nobody tells them from arcs.
        let (right, bottom) = (x + w, y + h);
        path.move_to(x + radius, y);
        path.line_to(right - radius, y);
        path.quad_to(right, y, right, y + radius);
        path.line_to(right, bottom - radius);
        path.quad_to(right, bottom, right - radius, bottom);
        path.line_to(x + radius, bottom);
        path.quad_to(x, bottom, x, bottom - radius);
        path.line_to(x, y + radius);
        path.quad_to(x, y, x + radius, y);
        path.close();
    } else {
        path.push_rect(area);
    }
    let Some(path) = path.finish() else { return };
    surface.set_stroke(stroke(element));
    match element.get("fill") {
        Some("none") => surface.set_fill(None),
        Some(fill) if fill.starts_with("url(#") => {
            let name = fill.trim_start_matches("url(#").trim_end_matches(')');
            let hatch = theme::Hatch::ALL.into_iter().find(|hatch| name.ends_with(&format!("-{}", hatch.name())));
            if let Some(hatch) = hatch {
                hatched(surface, hatch, area, &path);
            }
            surface.set_fill(None);
            surface.set_stroke(stroke(element));
        }
        fill => surface.set_fill(fill.and_then(color).and_then(|c| filled(c, opacity(element, "fill-opacity")))),
    }
    if surface.get_fill().is_some() || surface.get_stroke().is_some() {
        surface.draw_path(&path);
    }
}

/// The theme's hatches, redrawn: ground, ink, distance of the strokes, their width, whether they slant, whether they cross.
fn pattern(hatch: theme::Hatch) -> (&'static str, &'static str, f32, f32, bool, bool) {
    match hatch {
        theme::Hatch::Suspect => ("#d55e00", "#eaae80", 4.0, 1.2, true, false),
        theme::Hatch::Weaker => ("#ffffff", "#d55e00", 4.0, 1.5, true, false),
        theme::Hatch::Throttled => ("#ffffff", "#1a1f26", 4.0, 1.6, true, false),
        theme::Hatch::Gap => ("#ffffff", "#1a1f26", 5.6, 0.9, true, true),
        theme::Hatch::Doubtful => ("#ffffff", "#87939f", 5.0, 2.4, false, false),
        theme::Hatch::Blind => ("#f3f4f6", "#cfd5dc", 5.0, 1.0, true, false),
        theme::Hatch::Faint => ("#f8f8f7", "#e2e3e4", 6.0, 1.0, true, false),
        theme::Hatch::NoData => ("#ffffff", "#87939f", 6.0, 1.2, true, false),
    }
}

fn hatched(surface: &mut Surface<'_>, hatch: theme::Hatch, area: Rect, path: &krilla::geom::Path) {
    let (ground, ink, every, width, slants, crosses) = pattern(hatch);
    surface.set_stroke(None);
    surface.set_fill(color(ground).and_then(|c| filled(c, NormalizedF32::ONE)));
    surface.draw_path(path);
    surface.push_clip_path(path, &krilla::paint::FillRule::NonZero);
    let mut strokes = PathBuilder::new();
    // Strokes stand on one grid over the whole picture, so that neighbours join.
    let step = if slants { every * std::f32::consts::SQRT_2 } else { every };
    let high = area.height();
    let mut x = ((area.left() - high) / step).floor() * step;
    while x < area.right() + high {
        let reach = if slants { high } else { 0.0 };
        let shift = if slants { area.top().rem_euclid(step) } else { 0.0 };
        strokes.move_to(x - shift + reach, area.top());
        strokes.line_to(x - shift, area.bottom());
        if crosses {
            strokes.move_to(x + shift, area.top());
            strokes.line_to(x + shift + reach, area.bottom());
        }
        x += step;
    }
    surface.set_fill(None);
    let pen = color(ink).map(|c| Stroke { paint: c.into(), width, ..Stroke::default() });
    surface.set_stroke(pen);
    if let Some(strokes) = strokes.finish() {
        surface.draw_path(&strokes);
    }
    surface.pop();
}

fn circle(surface: &mut Surface<'_>, element: &Element<'_>) {
    let at = |name| element.number(name).unwrap_or(0.0);
    let (x, y, r) = (at("cx"), at("cy"), at("r"));
    // The handle that makes four cubic curves a circle to a thousandth.
    let k = r * 0.552_28;
    let mut path = PathBuilder::new();
    path.move_to(x + r, y);
    path.cubic_to(x + r, y + k, x + k, y + r, x, y + r);
    path.cubic_to(x - k, y + r, x - r, y + k, x - r, y);
    path.cubic_to(x - r, y - k, x - k, y - r, x, y - r);
    path.cubic_to(x + k, y - r, x + r, y - k, x + r, y);
    path.close();
    paint(surface, element, path);
}

fn line(surface: &mut Surface<'_>, element: &Element<'_>) {
    let mut path = PathBuilder::new();
    for (place, pair) in element.get("points").unwrap_or("").split(' ').enumerate() {
        let Some((Ok(x), Ok(y))) = pair.split_once(',').map(|(x, y)| (x.parse(), y.parse())) else { continue };
        if place == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if element.name == "polygon" {
        path.close();
    }
    paint(surface, element, path);
}

fn paint(surface: &mut Surface<'_>, element: &Element<'_>, path: PathBuilder) {
    surface.set_stroke(stroke(element));
    surface.set_fill(element.get("fill").and_then(color).and_then(|c| filled(c, opacity(element, "fill-opacity"))));
    if let Some(path) = path.finish()
        && (surface.get_fill().is_some() || surface.get_stroke().is_some())
    {
        surface.draw_path(&path);
    }
}

fn text(surface: &mut Surface<'_>, kind: &Type, element: &Element<'_>) {
    let plain = element.text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let words = kind.printable(&plain, super::font::PARAGRAPH);
    if words.trim().is_empty() {
        return;
    }
    let size = element.number("font-size").unwrap_or(12.0);
    let cut = if element.get("font-weight").is_some() { Cut::Bold } else { Cut::Regular };
    let (x, y) = (element.number("x").unwrap_or(0.0), element.number("y").unwrap_or(0.0));
    let wide = kind.width(&words, size, cut);
    let start = match element.get("text-anchor") {
        Some("middle") => x - wide / 2.0,
        Some("end") => x - wide,
        _ => x,
    };
    let ink = color(element.get("fill").unwrap_or(theme::INK)).unwrap_or(rgb::Color::new(0, 0, 0));
    surface.set_stroke(None);
    surface.set_fill(filled(ink, NormalizedF32::ONE));
    let turn = element.get("transform").and_then(|turn| turn.strip_prefix("rotate(")?.split(' ').next()?.parse().ok());
    if let Some(degrees) = turn {
        surface.push_transform(&Transform::from_rotate_at(degrees, x, y));
    }
    let baseline = y + element.number("dy").unwrap_or(0.0);
    surface.draw_text(Point::from_xy(start, baseline), kind.font(cut), size, &words, false, TextDirection::Auto);
    if turn.is_some() {
        surface.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[test]
    fn attributes_and_texts_come_back_as_written() {
        let svg = "<svg width=\"9\"><defs><rect/></defs><g class=\"a\"><rect x=\"1\" rx=\"2\"/>\n<text dy=\"3\" y=\"4\">a &lt;b&gt;</text></g></svg>";
        let found = elements(svg);
        assert_eq!(found.iter().map(|e| e.name).collect::<Vec<_>>(), ["rect", "text"]);
        assert_eq!((found[0].number("x"), found[0].number("rx"), found[0].number("y")), (Some(1.0), Some(2.0), None));
        assert_eq!((found[1].number("y"), found[1].text), (Some(4.0), "a &lt;b&gt;"));
        assert_eq!(super::size(svg), None, "a picture without a height has no size");
    }
}
