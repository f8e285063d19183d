//! Owns whether a time zone exists. The names are IANA's, of the release `chrono-tz` carries.

use super::suggest::nearest;

/// Whether `name` is an IANA time zone name.
#[must_use]
pub fn zone_exists(name: &str) -> bool {
    name.parse::<chrono_tz::Tz>().is_ok()
}

/// Checks a zone name; the complaint and the hint if there is no such zone.
pub(super) fn check_zone(name: &str) -> Result<(), (String, String)> {
    if zone_exists(name) {
        return Ok(());
    }
    let hint = match nearest(name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if name.ends_with("Time") => {
            "that looks like a Windows name: write the IANA name, like \"Europe/Berlin\"".to_owned()
        }
        None => "write an IANA name, like \"Europe/Berlin\" or \"UTC\"".to_owned(),
    };
    Err((format!("there is no time zone \"{name}\""), hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_does_not_exist_is_named_with_its_neighbour() {
        assert_eq!(check_zone("Europe/Berlin"), Ok(()));
        assert_eq!(check_zone("UTC"), Ok(()));
        assert!(check_zone("Europe/Belin").unwrap_err().1.contains("Europe/Berlin"));
        assert!(check_zone("W. Europe Standard Time").unwrap_err().1.contains("Windows"));
        assert!(check_zone("Mars/Olympus").unwrap_err().1.contains("IANA"));
    }
}
