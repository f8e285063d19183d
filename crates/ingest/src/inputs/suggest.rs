//! Owns "did you mean": the nearest of a list of known names, if one is near.

/// The known name nearest to `given`, if few letters apart; names that agree up to case and punctuation come first.
pub(super) fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    let limit = (given.chars().count() / 3).clamp(1, 4);
    known
        .into_iter()
        .map(|name| (distance(&given, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// The known mailbox address one slip away from `given`: in the part before the `@` or in the domain, not in both. The domain
/// that mailboxes share must not make every short name near to every other.
pub(super) fn nearest_address<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    let (local, domain) = given.split_once('@')?;
    let slip = |a: &str, b: &str| {
        let limit = (a.chars().count() / 4).clamp(1, 2);
        Some(distance(a, b)).filter(|distance| *distance <= limit)
    };
    known
        .into_iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let (other_local, other_domain) = lower.split_once('@')?;
            let distance = if domain == other_domain {
                slip(local, other_local)
            } else if local == other_local {
                slip(domain, other_domain)
            } else {
                None
            };
            Some((distance?, name))
        })
        .min()
        .map(|(_, name)| name)
}

/// The words of a hint; `None` if nothing is near.
pub(super) fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(given, known).map(|name| format!("did you mean \"{name}\"?"))
}

/// Insertions, deletions, replacements and swaps of neighbours between two texts (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let mut best = (last[j + 1] + 1).min(row[j] + 1).min(last[j] + usize::from(x != y));
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_found_and_a_far_one_is_not() {
        let known = ["roster", "listings", "controls"];
        assert_eq!(nearest("rostr", known), Some("roster"));
        assert_eq!(nearest("Lisitngs", known), Some("listings"));
        assert_eq!(nearest("mailboxes", known), None);
    }

    #[test]
    fn addresses_are_near_by_one_of_their_parts_only() {
        let known = ["ada@contoso.example", "bob@contoso.example"];
        assert_eq!(nearest_address("Adda@contoso.example", known), Some("ada@contoso.example"));
        assert_eq!(nearest_address("bob@contosso.example", known), Some("bob@contoso.example"));
        assert_eq!(nearest_address("zoe@contoso.example", known), None);
        assert_eq!(nearest_address("adda@contosso.example", known), None);
    }

    #[test]
    fn a_swap_of_neighbours_is_one_step() {
        assert_eq!(distance("abcd", "acbd"), 1);
        assert_eq!(distance("", "ab"), 2);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
