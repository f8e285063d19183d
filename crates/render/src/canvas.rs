//! Owns the writing of SVG: a plotters backend of our own, and the few verbs plotters has no word for.
//!
//! plotters' stock SVG backend has integer pixels, no pattern, title, class or rounded corner, writes control characters raw
//! (a file with U+0001 is not well-formed) and guesses text at 0.7 em a byte. One unit here is a tenth of a CSS pixel.
//! Presentation attributes only: a hash-only policy blocks `style=` and `<style>` inside an SVG.

use std::{convert::Infallible, fmt::Write as _};

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
    FontTransform,
    text_anchor::{HPos, VPos},
};

use crate::{
    escape,
    measure::{self, Weight},
    theme::{self, Hatch},
};

/// What a backend call returns.
pub(crate) type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Units in a CSS pixel.
pub(crate) const UNITS: f64 = 10.0;

/// CSS pixels to canvas units; the cast saturates, so an absurd length draws absurdly instead of wrapping around.
#[must_use]
pub(crate) fn px(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

/// What an area is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    /// One colour.
    Plain(&'static str),
    /// A hatch, and the colour of its edge: a bar stays crisp however thin the hatch leaves it.
    Hatched(Hatch, Option<&'static str>),
}

/// What a mark says beside its shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Tooltip; lines are separated by `\n`.
    pub(crate) title: Option<String>,
    /// The id of the table row the mark stands for; the page's script links the two.
    pub(crate) row: Option<String>,
}

impl Mark {
    /// A mark with a tooltip.
    pub(crate) fn titled(title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), row: None }
    }
}

/// An SVG being written.
pub(crate) struct Canvas<'a> {
    out: &'a mut String,
    size: (u32, u32),
    figure: &'static str,
}

/// What a new canvas needs to know.
pub(crate) struct Sheet<'t> {
    /// `F01`: prefixes every id.
    pub(crate) figure: &'static str,
    /// Width and height in CSS pixels.
    pub(crate) size: (f64, f64),
    /// The accessible name.
    pub(crate) title: &'t str,
    /// The accessible description.
    pub(crate) claim: &'t str,
}

impl<'a> Canvas<'a> {
    /// Opens an SVG in `out`; it is closed when the canvas is dropped.
    pub(crate) fn open(out: &'a mut String, sheet: &Sheet<'_>) -> Self {
        let (width, height) = (px(sheet.size.0), px(sheet.size.1));
        let whole = |units: i32| u32::try_from(units).unwrap_or(0);
        let figure = sheet.figure;
        let mut canvas = Self { out, size: (whole(width), whole(height)), figure };
        let (w, h) = (length(width), length(height));
        canvas.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\" \
             aria-labelledby=\"{figure}-t {figure}-d\" font-family=\"{}\" font-size=\"12\" fill=\"{}\">\n\
             <title id=\"{figure}-t\">{}</title>\n<desc id=\"{figure}-d\">{}</desc>\n<defs>{}</defs>\n\
             <rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>\n",
            theme::FONTS,
            theme::INK,
            escape::xml(sheet.title),
            escape::xml(sheet.claim),
            theme::definitions(figure),
            theme::PAPER
        ));
        canvas
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        let written = self.out.write_fmt(text);
        debug_assert!(written.is_ok(), "a String takes every write");
    }

    /// Opens a group; `class` is ours, never a text of the log.
    pub(crate) fn open_group(&mut self, class: &'static str) {
        self.put(format_args!("<g class=\"{class}\">\n"));
    }

    /// Says on the picture itself which span of time lies between which edges (left, top, right, bottom): the page's script
    /// turns a drag into a span. Called before anything is drawn.
    pub(crate) fn spanning(&mut self, span: mailtrail_model::Interval, edges: [i32; 4]) {
        let [left, top, right, bottom] = edges.map(length);
        let second = mailtrail_model::UtcMicros::SECOND;
        let (from, to) = (span.start.0.div_euclid(second), span.end.0.div_euclid(second));
        let attributes = format!(
            " data-from=\"{from}\" data-to=\"{to}\" data-left=\"{left}\" data-right=\"{right}\" data-top=\"{top}\" data-bottom=\"{bottom}\""
        );
        if let Some(at) = self.out.find(" role=\"img\"") {
            self.out.insert_str(at, &attributes);
        }
    }

    /// Closes the innermost group.
    pub(crate) fn close_group(&mut self) {
        self.out.push_str("</g>\n");
    }

    fn close_with(&mut self, element: &str, mark: Option<&Mark>) {
        if let Some(row) = mark.and_then(|m| m.row.as_deref()) {
            self.put(format_args!(" data-row=\"{}\"", escape::xml(row)));
        }
        match mark.and_then(|m| m.title.as_deref()) {
            Some(title) => self.put(format_args!("><title>{}</title></{element}>\n", escape::xml(title))),
            None => self.out.push_str("/>\n"),
        }
    }

    /// A filled rectangle, its corners rounded by `radius`.
    pub(crate) fn rect(&mut self, a: BackendCoord, b: BackendCoord, paint: Paint, radius: i32, mark: Option<&Mark>) {
        // An edge is drawn inside the shape: the bar is as large as its number says.
        let edge = if matches!(paint, Paint::Hatched(_, Some(_))) { 4 } else { 0 };
        let (x, y) = (a.0 + edge, a.1 + edge);
        let (w, h) = ((b.0 - a.0 - 2 * edge).max(1), (b.1 - a.1 - 2 * edge).max(1));
        self.put(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
            length(x),
            length(y),
            length(w),
            length(h)
        ));
        match paint {
            Paint::Plain(color) => self.put(format_args!(" fill=\"{color}\"")),
            Paint::Hatched(hatch, stroke) => {
                let figure = self.figure;
                self.put(format_args!(" fill=\"url(#{figure}-{})\"", hatch.name()));
                if let Some(stroke) = stroke {
                    self.put(format_args!(" stroke=\"{stroke}\" stroke-width=\".8\""));
                }
            }
        }
        if radius > 0 {
            self.put(format_args!(" rx=\"{}\"", length(radius.min(w / 2))));
        }
        self.close_with("rect", mark);
    }

    /// A ring: the Sync marker; `pen` is its colour and width.
    pub(crate) fn ring(
        &mut self,
        at: BackendCoord,
        radius: i32,
        pen: (&'static str, &'static str),
        mark: Option<&Mark>,
    ) {
        self.put(format_args!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"{}\"",
            length(at.0),
            length(at.1),
            length(radius),
            theme::PAPER,
            pen.0,
            pen.1
        ));
        self.close_with("circle", mark);
    }

    /// A dashed path.
    pub(crate) fn dashed(&mut self, path: &[BackendCoord], stroke: &'static str, width: f64, dash: &'static str) {
        self.put(format_args!(
            "<polyline fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" stroke-dasharray=\"{dash}\" points=\""
        ));
        self.points(path.iter().copied());
        self.out.push_str("\"/>\n");
    }

    fn points(&mut self, path: impl IntoIterator<Item = BackendCoord>) {
        for (index, (x, y)) in path.into_iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            self.put(format_args!("{space}{},{}", length(x), length(y)));
        }
    }
}

impl Drop for Canvas<'_> {
    fn drop(&mut self) {
        self.out.push_str("</svg>\n");
    }
}

/// A length in CSS pixels: one decimal at most, no trailing zero.
fn length(units: i32) -> String {
    if units % 10 == 0 { (units / 10).to_string() } else { format!("{:.1}", f64::from(units) / UNITS) }
}

fn stroke_length(width: u32) -> String {
    length(i32::try_from(width).unwrap_or(i32::MAX))
}

fn color(c: BackendColor) -> String {
    let (r, g, b) = c.rgb;
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn opacity(c: BackendColor, what: &str) -> String {
    if c.alpha >= 1.0 { String::new() } else { format!(" {what}-opacity=\"{}\"", c.alpha) }
}

fn weight<S: BackendTextStyle>(style: &S) -> Weight {
    if matches!(style.style(), FontStyle::Bold) { Weight::Bold } else { Weight::Regular }
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, c: BackendColor) -> Drawn {
        self.draw_rect(at, (at.0 + 10, at.1 + 10), &c, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, s: &S) -> Drawn {
        self.draw_path([a, b], s)
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, s: &S, fill: bool) -> Drawn {
        if s.color().alpha > 0.0 {
            let c = color(s.color());
            let paint = if fill {
                format!("fill=\"{c}\"{}", opacity(s.color(), "fill"))
            } else {
                let width = stroke_length(s.stroke_width());
                format!("fill=\"none\" stroke=\"{c}\"{} stroke-width=\"{width}\"", opacity(s.color(), "stroke"))
            };
            let (x, y, w, h) = (length(a.0), length(a.1), length(b.0 - a.0), length(b.1 - a.1));
            self.put(format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" {paint}/>\n"));
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, s: &S) -> Drawn {
        if s.color().alpha > 0.0 {
            self.put(format_args!(
                "<polyline fill=\"none\" stroke=\"{}\"{} stroke-width=\"{}\" stroke-linejoin=\"round\" points=\"",
                color(s.color()),
                opacity(s.color(), "stroke"),
                stroke_length(s.stroke_width())
            ));
            self.points(path);
            self.out.push_str("\"/>\n");
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, s: &S) -> Drawn {
        if s.color().alpha > 0.0 {
            let (c, o) = (color(s.color()), opacity(s.color(), "fill"));
            self.put(format_args!("<polygon fill=\"{c}\"{o} points=\""));
            self.points(path);
            self.out.push_str("\"/>\n");
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, at: BackendCoord, r: u32, s: &S, fill: bool) -> Drawn {
        let c = color(s.color());
        let paint = if fill {
            format!("fill=\"{c}\"")
        } else {
            format!("fill=\"none\" stroke=\"{c}\" stroke-width=\"{}\"", stroke_length(s.stroke_width()))
        };
        let (x, y, r) = (length(at.0), length(at.1), stroke_length(r));
        self.put(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" {paint}/>\n"));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, s: &S, at: BackendCoord) -> Drawn {
        if s.color().alpha == 0.0 || text.is_empty() {
            return Ok(());
        }
        // The capitals of the stack are 0.716 em high; a shift in numbers is the same in every renderer, `dy` in ex is not.
        let size = s.size();
        let shift = size
            * match s.anchor().v_pos {
                VPos::Top => 0.716,
                VPos::Center => 0.358,
                VPos::Bottom => 0.0,
            };
        let turn = match s.transform() {
            FontTransform::Rotate90 => 90,
            FontTransform::Rotate180 => 180,
            FontTransform::Rotate270 => 270,
            FontTransform::None => 0,
        };
        let baseline = if turn == 0 { at.1 + px(shift / UNITS) } else { at.1 };
        let (x, y) = (length(at.0), length(baseline));
        self.put(format_args!("<text x=\"{x}\" y=\"{y}\""));
        if (size - theme::LABEL).abs() > 0.01 {
            self.put(format_args!(" font-size=\"{}\"", length(px(size / UNITS))));
        }
        self.out.push_str(match s.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        });
        self.out.push_str(match s.style() {
            FontStyle::Bold => " font-weight=\"700\"",
            FontStyle::Italic | FontStyle::Oblique => " font-style=\"italic\"",
            FontStyle::Normal => "",
        });
        let c = color(s.color());
        if c != theme::INK {
            self.put(format_args!(" fill=\"{c}\""));
        }
        if turn != 0 {
            // A turned text hangs on its middle: the shift goes along its own axis.
            self.put(format_args!(" transform=\"rotate({turn} {x} {y})\" dy=\"{}\"", length(px(shift / UNITS))));
        }
        self.put(format_args!(">{}</text>\n", escape::xml(text)));
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        s: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let whole = |value: f64| u32::try_from(px(value / UNITS)).unwrap_or(0);
        Ok((whole(measure::width(text, s.size(), weight(s)).ceil()), whole(s.size())))
    }
}

#[cfg(test)]
mod tests {
    use super::length;

    #[test]
    fn lengths_have_one_decimal_at_most() {
        for (units, expected) in [(0, "0"), (15, "1.5"), (-5, "-0.5"), (120, "12")] {
            assert_eq!(length(units), expected);
        }
    }
}
