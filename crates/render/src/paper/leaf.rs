//! Owns a report laid out on sheets, as plain data: what is drawn where, and what it is to somebody who cannot see it.
//!
//! Invariant: every drawn thing is either decoration or exactly one leaf of the tree, and the tree is in reading order.

use super::font::Cut;

/// A colour.
pub(super) type Ink = (u8, u8, u8);

/// The theme's inks.
pub(super) const INK: Ink = (0x1a, 0x1f, 0x26);
pub(super) const MUTED: Ink = (0x57, 0x61, 0x6c);
pub(super) const RULE: Ink = (0xb4, 0xbc, 0xc6);
pub(super) const SUSPECT: Ink = (0xa8, 0x45, 0x00);

/// What a drawn thing is to a screen reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// Decoration: not spoken.
    Layout,
    /// The head of each sheet.
    Header,
    /// The foot of each sheet.
    Footer,
    /// A leaf of the tree, by its place.
    Leaf(usize),
}

/// Something drawn; lengths in points from the sheet's upper left corner.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Text {
        x: f32,
        baseline: f32,
        size: f32,
        cut: Cut,
        ink: Ink,
        text: String,
    },
    Line {
        from: (f32, f32),
        to: (f32, f32),
        width: f32,
        ink: Ink,
    },
    /// A chart of ours, as SVG, so many points wide for each of its pixels.
    Picture {
        x: f32,
        y: f32,
        scale: f32,
        svg: String,
    },
}

/// A shape and its sense.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub(super) shape: Shape,
    pub(super) sense: Sense,
}

/// What a branch of the tree is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Section,
    Heading(u16, String),
    Paragraph,
    List,
    Item,
    Label,
    Body,
    Table,
    Row,
    ColumnHead,
    Cell,
    Figure(String),
}

/// A child of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Child {
    Branch(usize),
    Leaf(usize),
}

/// A branch.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub(super) role: Role,
    pub(super) children: Vec<Child>,
}

/// A heading for the list of contents that readers show beside the pages.
#[derive(Clone, Debug)]
pub(super) struct Stop {
    pub(super) title: String,
    pub(super) sheet: usize,
    pub(super) y: f32,
}

/// The whole.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) sheets: Vec<Vec<Drawn>>,
    pub(super) branches: Vec<Branch>,
    pub(super) roots: Vec<usize>,
    pub(super) leaves: usize,
    pub(super) stops: Vec<Stop>,
}
