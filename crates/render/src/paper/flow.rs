//! Owns setting blocks one under another on sheets of A4: where a sheet ends, what stays together, which branch of the tree a
//! text belongs to.

use super::font::{CELL, Cut, PARAGRAPH, Type};
use super::leaf::{Branch, Child, Drawn, INK, Ink, Layout, MUTED, RULE, Role, SUSPECT, Sense, Shape, Stop};
use crate::figure::Chart;
use crate::page::{Block, Section};

/// A4, in points.
pub(super) const SHEET: (f32, f32) = (595.28, 841.89);
/// Left and right of the text.
pub(super) const SIDE: f32 = 48.0;
/// Width of the text.
pub(super) const MEASURE: f32 = SHEET.0 - 2.0 * SIDE;
const TOP: f32 = 66.0;
const BOTTOM: f32 = SHEET.1 - 56.0;
/// Room for the words under a chart.
const UNDER: f32 = 34.0;

/// How a text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) cut: Cut,
    pub(super) ink: Ink,
}

impl Style {
    pub(super) const fn new(size: f32, cut: Cut, ink: Ink) -> Self {
        Self { size, cut, ink }
    }

    pub(super) fn leading(self) -> f32 {
        self.size * 1.36
    }
}

pub(super) const BODY: Style = Style::new(10.0, Cut::Regular, INK);
pub(super) const SMALL: Style = Style::new(8.2, Cut::Regular, MUTED);
const TITLE: Style = Style::new(21.0, Cut::Bold, INK);
const SECTION: Style = Style::new(14.0, Cut::Bold, INK);
const HEADING: Style = Style::new(10.5, Cut::Bold, INK);

/// Blocks being set.
pub(super) struct Flow<'t> {
    pub(super) kind: &'t Type,
    pub(super) layout: Layout,
    pub(super) y: f32,
    /// Branches that are open, outermost first.
    open: Vec<usize>,
}

impl<'t> Flow<'t> {
    pub(super) fn new(kind: &'t Type) -> Self {
        let layout = Layout { sheets: vec![Vec::new()], ..Layout::default() };
        Self { kind, layout, y: TOP, open: Vec::new() }
    }

    /// Makes room for so much; says whether a new sheet was begun for it.
    pub(super) fn room(&mut self, height: f32) -> bool {
        if self.y + height <= BOTTOM || self.y <= TOP {
            return false;
        }
        self.layout.sheets.push(Vec::new());
        self.y = TOP;
        true
    }

    pub(super) fn draw(&mut self, shape: Shape, sense: Sense) {
        if let Some(sheet) = self.layout.sheets.last_mut() {
            sheet.push(Drawn { shape, sense });
        }
    }

    /// Does `inside` within a new branch.
    pub(super) fn within(&mut self, role: Role, inside: impl FnOnce(&mut Self)) {
        let place = self.layout.branches.len();
        self.layout.branches.push(Branch { role, children: Vec::new() });
        match self.open.last().and_then(|parent| self.layout.branches.get_mut(*parent)) {
            Some(parent) => parent.children.push(Child::Branch(place)),
            None => self.layout.roots.push(place),
        }
        self.open.push(place);
        inside(self);
        self.open.pop();
    }

    /// A new leaf of the innermost open branch.
    pub(super) fn leaf(&mut self) -> Sense {
        let leaf = self.layout.leaves;
        self.layout.leaves += 1;
        if let Some(branch) = self.open.last().and_then(|place| self.layout.branches.get_mut(*place)) {
            branch.children.push(Child::Leaf(leaf));
        }
        Sense::Leaf(leaf)
    }

    /// One line that is known to fit, at `x`; `y` is its top.
    pub(super) fn line(&mut self, x: f32, y: f32, text: String, style: Style, sense: Sense) {
        let shape = Shape::Text { x, baseline: y + style.size, size: style.size, cut: style.cut, ink: style.ink, text };
        self.draw(shape, sense);
    }

    /// A text in lines, each a leaf of the innermost open branch.
    pub(super) fn text(&mut self, text: &str, style: Style, indent: f32, width: f32) {
        let text = self.kind.printable(text, PARAGRAPH);
        for line in self.kind.wrap(&text, style.size, style.cut, width) {
            self.room(style.leading());
            if !line.is_empty() {
                let leaf = self.leaf();
                self.line(SIDE + indent, self.y, line, style, leaf);
            }
            self.y += style.leading();
        }
    }

    /// A text as a paragraph of its own.
    pub(super) fn paragraph(&mut self, text: &str, style: Style) {
        self.within(Role::Paragraph, |flow| flow.text(text, style, 0.0, MEASURE));
        self.y += 4.0;
    }

    fn rule(&mut self, y: f32) {
        let shape = Shape::Line { from: (SIDE, y), to: (SIDE + MEASURE, y), width: 0.6, ink: RULE };
        self.draw(shape, Sense::Layout);
    }

    /// The head of the report.
    pub(super) fn cover(&mut self, cover: &crate::page::Cover) {
        if let Some(legend) = &cover.legend {
            self.paragraph(legend, Style::new(9.0, Cut::Bold, SUSPECT));
            self.y += 6.0;
        }
        self.paragraph(cover.kind, SMALL);
        let spoken = self.kind.spoken(&cover.title);
        self.within(Role::Heading(1, spoken), |flow| flow.text(&cover.title, TITLE, 0.0, MEASURE));
        self.paragraph(&cover.subtitle, BODY);
        self.y += 4.0;
        let facts: Vec<(&str, &str)> = cover
            .facts
            .iter()
            .map(|(name, value)| (*name, if value.is_empty() { "______________________________" } else { value }))
            .collect();
        self.pairs(&facts);
        self.y += 8.0;
    }

    /// A section, its number before its title.
    pub(super) fn section(&mut self, number: usize, section: &Section) {
        self.y += 10.0;
        // A heading stays with what it heads: some lines, or the whole of a chart.
        let first = match section.blocks.first() {
            Some(Block::Figure(chart, _)) => Self::scaled(chart).map_or(0.0, |(_, high)| high + 40.0),
            _ => 90.0,
        };
        self.room(first.max(90.0));
        let title = format!("{number}  {}", section.title);
        let sheet = self.layout.sheets.len() - 1;
        self.layout.stops.push(Stop { title: title.clone(), sheet, y: self.y });
        self.within(Role::Section, |flow| {
            flow.within(Role::Heading(2, title.clone()), |flow| flow.text(&title, SECTION, 0.0, MEASURE));
            flow.rule(flow.y + 1.0);
            flow.y += 8.0;
            for block in &section.blocks {
                flow.block(block);
                flow.y += 6.0;
            }
        });
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(words) => self.heading(words),
            Block::Statements(statements) => self.within(Role::List, |flow| {
                for statement in statements {
                    let see = statement.label.as_ref().map(|label| format!(" [{label}]")).unwrap_or_default();
                    flow.statement(&format!("{}{see}", statement.text), statement.basis.as_str());
                }
            }),
            Block::Note(words) => self.paragraph(words, SMALL),
            Block::Absent(words) => self.paragraph(words, BODY),
            Block::Facts(facts) => {
                let pairs: Vec<(&str, &str)> = facts.iter().map(|(name, value)| (*name, &**value)).collect();
                self.pairs(&pairs);
            }
            Block::Terms(terms) => {
                let pairs: Vec<(&str, &str)> = terms.iter().map(|(name, value)| (&**name, &**value)).collect();
                self.pairs(&pairs);
            }
            Block::Table(table) => super::table::set(self, table),
            Block::Figure(chart, file) => self.figure(chart, file.as_deref()),
        }
    }

    pub(super) fn heading(&mut self, words: &str) {
        self.room(50.0);
        let spoken = self.kind.spoken(words);
        self.within(Role::Heading(3, spoken), |flow| flow.text(words, HEADING, 0.0, MEASURE));
        self.y += 2.0;
    }

    /// A sentence, and its basis at the right.
    fn statement(&mut self, text: &str, basis: &str) {
        const ASIDE: f32 = 66.0;
        self.room(2.0 * BODY.leading());
        self.within(Role::Item, |flow| {
            flow.within(Role::Body, |flow| {
                let wide = flow.kind.width(basis, SMALL.size, SMALL.cut);
                let (sheets, top) = (flow.layout.sheets.len(), flow.y);
                flow.text(text, BODY, 0.0, MEASURE - ASIDE);
                let at = if flow.layout.sheets.len() == sheets { top } else { TOP };
                let leaf = flow.leaf();
                flow.line(SIDE + MEASURE - wide, at + 1.4, basis.to_owned(), SMALL, leaf);
            });
        });
        self.y += 3.0;
    }

    /// Names and what they stand for, in two columns.
    fn pairs(&mut self, pairs: &[(&str, &str)]) {
        const NAMES: f32 = 126.0;
        let style = Style::new(9.0, Cut::Regular, INK);
        let names = Style::new(8.6, Cut::Regular, MUTED);
        self.within(Role::List, |flow| {
            for (name, value) in pairs {
                let name = flow.kind.printable(name, CELL);
                let lines = flow.kind.wrap(&name, names.size, names.cut, NAMES - 8.0);
                flow.room(style.leading().max(names.leading() * f32::from(u8::try_from(lines.len()).unwrap_or(9))));
                flow.within(Role::Item, |flow| {
                    let (mut at, sheets) = (flow.y, flow.layout.sheets.len());
                    flow.within(Role::Label, |flow| {
                        for line in lines {
                            let leaf = flow.leaf();
                            flow.line(SIDE, at, line, names, leaf);
                            at += names.leading();
                        }
                    });
                    flow.within(Role::Body, |flow| flow.text(value, style, NAMES, MEASURE - NAMES));
                    if flow.layout.sheets.len() == sheets {
                        flow.y = flow.y.max(at);
                    }
                });
                flow.y += 1.5;
            }
        });
    }

    /// How much smaller a chart is on paper, and its height there. It shares its sheet with a section's heading at most.
    fn scaled(chart: &Chart) -> Option<(f32, f32)> {
        const HEAD: f32 = 44.0;
        let (wide, high) = super::picture::size(&chart.svg)?;
        let scale = (MEASURE / wide).min((BOTTOM - TOP - UNDER - HEAD) / high);
        Some((scale, high * scale))
    }

    /// A chart, never cut: it gets smaller or a sheet of its own.
    fn figure(&mut self, chart: &Chart, file: Option<&str>) {
        let Some((scale, high)) = Self::scaled(chart) else { return };
        self.room(high + UNDER);
        let alt = self.kind.spoken(&format!("{}. {}", chart.title, chart.claim));
        self.within(Role::Figure(alt), |flow| {
            let sense = flow.leaf();
            let shape = Shape::Picture { x: SIDE, y: flow.y, scale, svg: chart.svg.clone() };
            flow.draw(shape, sense);
        });
        self.y += high + 3.0;
        let numbers = file.map(|file| format!(" Numbers: {file}")).unwrap_or_default();
        self.paragraph(&format!("Figure {}. {}.{numbers}", chart.id, chart.title), SMALL);
    }
}
