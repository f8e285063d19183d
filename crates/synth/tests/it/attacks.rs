//! Attacks are planted as described, and worlds without them are the same otherwise.

use std::collections::BTreeMap;

use mailtrail_synth::{
    Container, Invented,
    disobedience::Disobedience,
    scenario::attack::Attack,
    service::Fate,
    touch::{Actor, Target, Touch},
    world::World,
};

fn invented(attacks: Vec<Attack>) -> World {
    Invented { attacks, ..Invented::new(4, 30, 5) }.world()
}

fn intruder(world: &World) -> Vec<(&Touch, Fate)> {
    let both = world.lives.iter().flat_map(|life| life.touches.iter().zip(&life.log.fates));
    both.filter(|(touch, _)| touch.who == Actor::Intruder).map(|(touch, fate)| (touch, fate.unwrap())).collect()
}

#[test]
fn every_attack_touches_mail_and_is_marked() {
    for attack in Attack::ALL {
        let world = invented(vec![attack]);
        let touches = intruder(&world);
        assert!(touches.len() >= 5, "{}: {}", attack.name(), touches.len());
        assert!(!world.plants[0].marks.is_empty());
        assert_eq!(Attack::from_name(attack.name()), Some(attack));
        let syncs = touches.iter().filter(|(touch, _)| matches!(touch.target, Target::Folder(_))).count();
        assert_eq!(syncs > 0, attack == Attack::OutlookSync, "{}", attack.name());
    }
}

#[test]
fn benign_life_is_the_same_with_and_without_a_plant() {
    let (without, with) = (invented(vec![]), invented(vec![Attack::Slow]));
    for (a, b) in without.lives.iter().zip(&with.lives) {
        let benign: Vec<_> = b
            .touches
            .iter()
            .filter(|touch| touch.who != Actor::Intruder)
            .map(|touch| (touch.at, touch.target))
            .collect();
        assert_eq!(a.touches.iter().map(|touch| (touch.at, touch.target)).collect::<Vec<_>>(), benign);
    }
}

#[test]
fn a_take_after_forced_throttling_is_not_recorded() {
    let world = invented(vec![Attack::ThrottleFirst]);
    let (at, until) = *world.lives.iter().flat_map(|life| &life.log.blind).next().expect("recording stopped");
    let touches = intruder(&world);
    let hidden = touches.iter().filter(|(_, fate)| *fate == Fate::Throttled).count();
    assert!(hidden > 100 && until.0 - at.0 == 86_400);
    assert!(
        touches.iter().filter(|(touch, _)| at < touch.at && touch.at < until).all(|(_, fate)| *fate == Fate::Throttled)
    );
}

#[test]
fn an_attack_in_a_gap_is_in_no_export() {
    let what = Invented { attacks: vec![Attack::LogGap], ..Invented::new(4, 30, 5) };
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    what.write(Container::SearchCsvUtf16, &mut files).unwrap();
    let app: Vec<u8> = mailtrail_synth::scenario::attack::APP.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let exports: Vec<_> = files.iter().filter(|(name, _)| name.starts_with("exports/")).collect();
    assert_eq!(exports.len(), 2);
    assert!(exports.iter().all(|(_, bytes)| !bytes.windows(app.len()).any(|window| window == app)));
}

#[test]
fn each_disobedience_shows() {
    for way in Disobedience::ALL {
        assert_eq!(Disobedience::from_name(way.name()), Some(way));
        let obedient = Invented { attacks: vec![Attack::ThrottleFirst], ..Invented::new(4, 16, 8) };
        let disobedient = Invented { disobediences: vec![way], ..obedient.clone() };
        let written = |what: &Invented| {
            let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
            what.write(Container::Ndjson, &mut files).unwrap();
            files
        };
        assert!(written(&obedient) != written(&disobedient), "{}", way.name());
        let lost = |what: &Invented| {
            let world = what.world();
            world.lives.iter().flat_map(|life| &life.log.fates).filter(|fate| **fate == Some(Fate::Lost)).count()
        };
        assert_eq!(lost(&obedient), 0);
        let loses = [
            Disobedience::RandomLoss,
            Disobedience::SilentMailbox,
            Disobedience::DelegatesUnaudited,
            Disobedience::CrossGeo,
        ];
        assert_eq!(lost(&disobedient) > 0, loses.contains(&way), "{}", way.name());
    }
}
