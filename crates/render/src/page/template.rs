//! Owns the way from blocks to HTML.

use askama::Template;

use crate::error::RenderError;

use super::cover::Cover;
use super::doc::{Block, Section, Table, number};
use super::policy::{SCRIPT, STYLE, policy};

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    cover: &'a Cover,
    sections: &'a [Section],
    csp: String,
    style: &'static str,
    script: &'static str,
}

impl Page<'_> {
    /// The data islands stand at the end: a browser shows the page before it has come so far.
    fn islands(&self) -> Vec<&Table> {
        let blocks = self.sections.iter().flat_map(|section| &section.blocks);
        let tables = blocks.filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
        tables.filter(|table| table.island.is_some()).collect()
    }
}

/// Renders a page.
pub(crate) fn render(page: &'static str, cover: &Cover, mut sections: Vec<Section>) -> Result<String, RenderError> {
    number(&mut sections);
    Page { cover, sections: &sections, csp: policy(), style: STYLE, script: SCRIPT }
        .render()
        .map_err(|source| RenderError::Page { page, source })
}
