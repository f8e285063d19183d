//! Owns the sixteen mailboxes of the scenario. Every name is invented.

use crate::{
    folder::Language,
    tenant::{Habits, Kind, Seat, Tenant},
    zone::Zone,
};

type Row = (&'static str, &'static str, &'static str, Zone, Language, &'static [&'static str]);

const LEADERSHIP: &str = "Senior leadership";
const CYBERSECURITY: &str = "Cybersecurity";
const LEGAL: &str = "Legal";

const ROWS: [Row; 16] = [
    ("r.castellan", "Rhea Castellan", LEADERSHIP, Zone::NEW_YORK, Language::English, &["*\\Board", "\\Archive"]),
    ("o.marchetti", "Orso Marchetti", LEADERSHIP, Zone::NEW_YORK, Language::English, &["\\Archive", "*\\Investors"]),
    ("h.okonjo", "Hadiza Okonjo", LEADERSHIP, Zone::LONDON, Language::English, &["\\Operations"]),
    ("p.vandermeer", "Pieter Vandermeer", LEADERSHIP, Zone::LOS_ANGELES, Language::English, &["*\\Products"]),
    (
        "t.wexley",
        "Tamsin Wexley",
        CYBERSECURITY,
        Zone::NEW_YORK,
        Language::English,
        &["*\\Incidents", "\\Archive", "\\Vendors"],
    ),
    ("b.adeyemi", "Bola Adeyemi", CYBERSECURITY, Zone::LONDON, Language::English, &["*\\Alerts"]),
    (
        "n.haverkamp",
        "Nele Haverkamp",
        CYBERSECURITY,
        Zone::BERLIN,
        Language::German,
        &["*\\Schwachstellen", "\\Archiv"],
    ),
    ("s.iwasaki", "Sora Iwasaki", CYBERSECURITY, Zone::LOS_ANGELES, Language::English, &["*\\Threat intel"]),
    ("m.sorel", "Maud Sorel", LEGAL, Zone::PARIS, Language::French, &["*\\Contentieux", "\\Archives"]),
    ("k.brandauer", "Konrad Brandauer", LEGAL, Zone::BERLIN, Language::German, &["*\\Verträge"]),
    ("j.lindgren", "Jonna Lindgren", LEGAL, Zone::NEW_YORK, Language::English, &["*\\Matters", "\\Privileged"]),
    ("f.delacroix", "Fabien Delacroix", "Finance", Zone::PARIS, Language::French, &["*\\Clôture"]),
    ("a.nyberg", "Astrid Nyberg", "Office of the CEO", Zone::NEW_YORK, Language::English, &["*\\Travel"]),
    ("l.quintana", "Lucía Quintana", "Engineering", Zone::NEW_YORK, Language::Spanish, &["*\\Proyectos"]),
    ("support", "Support", "Customer support", Zone::NEW_YORK, Language::English, &["*\\Closed"]),
    ("contracts", "Contracts", LEGAL, Zone::LONDON, Language::English, &["\\Signed"]),
];

/// The invented company: Harbourlight Instruments.
#[must_use]
pub fn tenant(seed: u64) -> Tenant {
    Tenant::new("harbourlight.example", ROWS.iter().enumerate().map(seat).collect(), seed)
}

fn seat((nth, row): (usize, &Row)) -> Seat {
    let (local, name, department, zone, language, folders) = *row;
    let shared = matches!(local, "support" | "contracts");
    let index = |local: &str| ROWS.iter().position(|row| row.0 == local);
    let habits = Habits {
        backlog: match local {
            "t.wexley" => 560,
            _ if department == LEADERSHIP || department == LEGAL => 150,
            _ => 90,
        },
        mail_a_day: match local {
            "t.wexley" | "r.castellan" => 6.0,
            _ if shared => 4.5,
            _ => 4.5,
        },
        start_hour: 7 + i64::try_from(nth % 3).unwrap_or(0),
        owa: !shared && nth % 3 != 1,
        outlook: !shared && matches!(nth, 1 | 4 | 6 | 9 | 11 | 12),
        mobile: !shared,
        leave: leave(local),
        delegate: match local {
            "r.castellan" => index("a.nyberg"),
            "contracts" => index("k.brandauer"),
            "support" => index("l.quintana"),
            _ => None,
        },
        polled: local == "support",
        changes: Vec::new(),
        day_sigma: 0.3,
        purges: matches!(local, "k.brandauer" | "f.delacroix" | "l.quintana"),
        makes_rules: true,
        filing: 0.3,
        fetched: false,
        trips: Vec::new(),
        vpn: false,
        rechecks: 0.0,
    };
    Seat {
        local: local.to_owned(),
        name: name.to_owned(),
        department,
        kind: if shared { Kind::Shared } else { Kind::User },
        zone,
        language,
        folders: folders.to_vec(),
        habits: Habits { owa: habits.owa || (!shared && !habits.outlook), ..habits },
    }
}

/// Days from 1 November 2023.
fn leave(local: &str) -> Vec<(i64, i64)> {
    match local {
        "h.okonjo" => vec![(49, 64)],
        "f.delacroix" => vec![(52, 68)],
        "j.lindgren" => vec![(19, 26)],
        "s.iwasaki" => vec![(56, 62)],
        _ => Vec::new(),
    }
}
