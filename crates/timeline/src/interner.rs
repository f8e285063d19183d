//! Owns texts that repeat millions of times: each is held once and named by a number. Numbers follow first appearance, so
//! nothing may depend on their order; sort by the text.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher as _;

/// The number of a text; 0 is "not stated".
pub(crate) type TextId = u32;

/// "Not stated".
pub(crate) const NONE: TextId = 0;

/// Texts by number, numbers by text.
#[derive(Debug)]
pub(crate) struct Interner {
    hasher: DefaultHashBuilder,
    numbers: HashTable<TextId>,
    texts: Vec<Box<str>>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { hasher: DefaultHashBuilder::default(), numbers: HashTable::new(), texts: vec![Box::from("")] }
    }
}

impl Interner {
    /// The number of a text; the empty text is "not stated".
    pub(crate) fn add(&mut self, text: &str) -> TextId {
        if text.is_empty() {
            return NONE;
        }
        let hash = self.hasher.hash_one(text);
        let (texts, hasher) = (&mut self.texts, &self.hasher);
        let next = u32::try_from(texts.len()).unwrap_or(u32::MAX);
        let equal = |number: &TextId| *texts[*number as usize] == *text;
        if let Some(found) = self.numbers.find(hash, equal) {
            return *found;
        }
        texts.push(text.into());
        self.numbers.insert_unique(hash, next, |number| hasher.hash_one(&*texts[*number as usize]));
        next
    }

    /// The number of a text that may be absent.
    pub(crate) fn add_opt(&mut self, text: Option<&str>) -> TextId {
        text.map_or(NONE, |text| self.add(text))
    }

    /// The text of a number; `None` for "not stated".
    pub(crate) fn get(&self, number: TextId) -> Option<&str> {
        (number != NONE).then(|| &*self.texts[number as usize])
    }

    /// Every text, in number order; the first is the empty one.
    pub(crate) fn texts(&self) -> &[Box<str>] {
        &self.texts
    }
}

#[cfg(test)]
mod tests {
    use super::{Interner, NONE};

    #[test]
    fn equal_texts_share_a_number_and_the_empty_one_is_none() {
        let mut interner = Interner::default();
        let a = interner.add("a");
        assert_ne!(a, NONE);
        assert_eq!(interner.add("a"), a);
        assert_ne!(interner.add("b"), a);
        assert_eq!(interner.add(""), NONE);
        assert_eq!(interner.get(a), Some("a"));
        assert_eq!(interner.get(NONE), None);
    }
}
