//! Owns turning a layout into the bytes of a PDF: archival (PDF/A-2a), tagged, fonts embedded, the same bytes each time.

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagTree,
};
use krilla::text::TextDirection;
use krilla::{Document, SerializeSettings};

use super::flow::SHEET;
use super::font::Type;
use super::leaf::{Child, Ink, Layout, Role, Sense, Shape};
use super::picture;
use crate::error::RenderError;

/// What the document says of itself.
#[derive(Clone, Debug)]
pub(super) struct Title {
    pub(super) title: String,
    pub(super) made_by: String,
    /// The date the examiner puts on the report, else the day the window ends: an archival document must state one, and the
    /// moment of writing would make two runs differ.
    pub(super) date: chrono::NaiveDate,
}

/// Prints a layout.
pub(super) fn print(layout: &Layout, kind: &Type, title: &Title) -> Result<Vec<u8>, RenderError> {
    let refused = |what: String| RenderError::Paper { what };
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .finish()
        .map_err(|error| refused(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut leaves: Vec<Option<Identifier>> = vec![None; layout.leaves];
    for sheet in &layout.sheets {
        let settings = PageSettings::from_wh(SHEET.0, SHEET.1).ok_or_else(|| refused("no sheet size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for drawn in sheet {
            let identifier = surface.start_tagged(match drawn.sense {
                Sense::Layout => artifact(ArtifactType::Layout),
                Sense::Header => artifact(ArtifactType::Header),
                Sense::Footer => artifact(ArtifactType::Footer),
                Sense::Leaf(_) if matches!(drawn.shape, Shape::Text { .. }) => ContentTag::Span(SpanTag::empty()),
                Sense::Leaf(_) => ContentTag::Other,
            });
            draw(&mut surface, kind, &drawn.shape);
            surface.end_tagged();
            if let Sense::Leaf(leaf) = drawn.sense
                && let Some(place) = leaves.get_mut(leaf)
            {
                *place = Some(identifier);
            }
        }
        surface.finish();
        page.finish();
    }
    let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
    for root in &layout.roots {
        tree.push(group(layout, *root, &leaves));
    }
    document.set_tag_tree(tree);
    document.set_outline(outline(layout));
    document.set_metadata(metadata(title));
    document.finish().map_err(|error| refused(format!("{error:?}")))
}

fn artifact(kind: ArtifactType) -> ContentTag<'static> {
    ContentTag::Artifact(Artifact::with_kind(kind))
}

fn group(layout: &Layout, place: usize, leaves: &[Option<Identifier>]) -> Node {
    let Some(branch) = layout.branches.get(place) else { return TagGroup::new(Tag::NonStruct).into() };
    let mut group = match &branch.role {
        Role::Section => TagGroup::new(Tag::Section),
        Role::Heading(level, title) => {
            TagGroup::new(Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(title.clone())))
        }
        Role::Paragraph => TagGroup::new(Tag::P),
        Role::List => TagGroup::new(Tag::L(ListNumbering::None)),
        Role::Item => TagGroup::new(Tag::LI),
        Role::Label => TagGroup::new(Tag::Lbl),
        Role::Body => TagGroup::new(Tag::LBody),
        Role::Table => TagGroup::new(Tag::Table),
        Role::Row => TagGroup::new(Tag::TR),
        Role::ColumnHead => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
        Role::Cell => TagGroup::new(Tag::TD),
        Role::Figure(alt) => TagGroup::new(Tag::Figure(Some(alt.clone()))),
    };
    for child in &branch.children {
        match child {
            Child::Branch(place) => group.push(self::group(layout, *place, leaves)),
            Child::Leaf(leaf) => {
                if let Some(Some(identifier)) = leaves.get(*leaf) {
                    group.push(*identifier);
                }
            }
        }
    }
    group.into()
}

fn outline(layout: &Layout) -> Outline {
    let mut outline = Outline::new();
    for stop in &layout.stops {
        let there = XyzDestination::new(stop.sheet, Point::from_xy(0.0, (stop.y - 12.0).max(0.0)));
        outline.push_child(OutlineNode::new(stop.title.clone(), there));
    }
    outline
}

fn metadata(title: &Title) -> Metadata {
    use chrono::Datelike as _;
    let metadata = Metadata::new()
        .title(title.title.clone())
        .language("en".to_owned())
        .creator(title.made_by.clone())
        .producer(title.made_by.clone());
    let date = title.date;
    let part = |n: u32| u8::try_from(n).unwrap_or(1);
    let Ok(year) = u16::try_from(date.year()) else { return metadata };
    metadata.creation_date(DateTime::new(year).month(part(date.month())).day(part(date.day())))
}

fn ink(ink: Ink) -> rgb::Color {
    rgb::Color::new(ink.0, ink.1, ink.2)
}

fn draw(surface: &mut Surface<'_>, kind: &Type, shape: &Shape) {
    match shape {
        Shape::Text { x, baseline, size, cut, ink: of, text } => {
            surface.set_stroke(None);
            surface.set_fill(Some(Fill { paint: ink(*of).into(), ..Fill::default() }));
            let at = Point::from_xy(*x, *baseline);
            surface.draw_text(at, kind.font(*cut), *size, text, false, TextDirection::Auto);
        }
        Shape::Line { from, to, width, ink: of } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint: ink(*of).into(), width: *width, ..Stroke::default() }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Shape::Picture { x, y, scale, svg } => picture::draw(surface, kind, svg, (*x, *y), *scale),
    }
}
