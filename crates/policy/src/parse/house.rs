//! Reads `house.toml`.

use jiff::tz::TimeZone;

use crate::error::Reason;
use crate::model::house::{
    CustomerTier, House, Limits, NumberFormat, Organisation, RepeatRule, SeverityLevel,
    UrgencyLevel,
};
use crate::parse::Sources;
use crate::parse::context::Ids;
use crate::parse::fields::Fields;
use crate::parse::names;
use crate::parse::report::At;
use crate::parse::span::{duration, positive, share};

pub(crate) fn read(sources: &mut Sources<'_, '_>, ids: &mut Ids) -> Option<House> {
    let mut roots = sources.take("house").into_iter();
    let mut root = roots.next()?;
    let organisation = root.table("organisation").and_then(organisation);
    let time_zone = time_zone(&mut root);
    let default_locale = root.text("default_locale");
    let locales = root.list::<String>("locales");
    let number = root.table("number").and_then(number);
    let preliminary_reply = root
        .table("submission")
        .and_then(|mut s| duration(&mut s, "preliminary_reply"));
    let repeat = root.table("repeat").and_then(repeat);
    let limits = root.table("limits").and_then(limits);
    let urgencies = levels(&mut root, "urgency", ids);
    let severities = levels(&mut root, "severity", ids);
    let tiers = root.tables("tier");
    let tiers = tiers.into_iter().filter_map(|it| tier(it, ids)).collect();
    let default_locale = known_locale(&root, default_locale, &locales);
    Some(House {
        organisation: organisation?,
        time_zone: time_zone?,
        default_locale: default_locale?,
        locales: locales.into_iter().map(|l| l.value).collect(),
        number: number?,
        preliminary_reply: preliminary_reply?,
        repeat: repeat?,
        limits: limits?,
        urgencies: urgencies
            .iter()
            .map(|(id, name, rank)| UrgencyLevel {
                id: id.as_str().into(),
                name: name.clone(),
                rank: *rank,
            })
            .collect(),
        severities: severities
            .iter()
            .map(|(id, name, rank)| SeverityLevel {
                id: id.as_str().into(),
                name: name.clone(),
                rank: *rank,
            })
            .collect(),
        tiers,
    })
}

fn tier(mut fields: Fields<'_, '_>, ids: &mut Ids) -> Option<CustomerTier> {
    let id = ids.tiers.read_id(&mut fields);
    let name = names(&mut fields, "name");
    Some(CustomerTier {
        id: id?.value.as_str().into(),
        name: name?,
    })
}

fn organisation(mut fields: Fields<'_, '_>) -> Option<Organisation> {
    let name = names(&mut fields, "name");
    let email = fields.text("email");
    let phone = fields.opt_text("phone");
    Some(Organisation {
        name: name?,
        email: email?.value,
        phone: phone.map(|p| p.value),
    })
}

fn time_zone(root: &mut Fields<'_, '_>) -> Option<TimeZone> {
    let zone = root.text("time_zone")?;
    if let Ok(found) = TimeZone::get(&zone.value) {
        Some(found)
    } else {
        root.report
            .fault(zone.place, Reason::BadTimeZone { zone: zone.value });
        None
    }
}

fn known_locale(
    root: &Fields<'_, '_>,
    default: Option<At<String>>,
    locales: &[At<String>],
) -> Option<String> {
    let default = default?;
    if locales.iter().any(|l| l.value == default.value) {
        return Some(default.value);
    }
    let problem = format!("`{}` is not among `locales`", default.value);
    root.report.fault(
        default.place,
        Reason::BadValue {
            key: "default_locale".to_owned(),
            problem,
        },
    );
    None
}

fn number(mut fields: Fields<'_, '_>) -> Option<NumberFormat> {
    let prefix = fields.text("prefix");
    let digits = positive(&mut fields, "min_digits");
    let prefix = prefix?;
    if !prefix.value.bytes().all(|b| b.is_ascii_uppercase()) {
        let problem = "use upper-case ASCII letters".to_owned();
        fields.report.fault(
            prefix.place,
            Reason::BadValue {
                key: "prefix".to_owned(),
                problem,
            },
        );
        return None;
    }
    Some(NumberFormat {
        prefix: prefix.value,
        min_digits: digits?.min(9) as u8,
    })
}

fn repeat(mut fields: Fields<'_, '_>) -> Option<RepeatRule> {
    let window = duration(&mut fields, "window");
    let similarity = share(&mut fields, "similarity");
    Some(RepeatRule {
        window: window?,
        similarity: similarity?,
    })
}

fn limits(mut fields: Fields<'_, '_>) -> Option<Limits> {
    let mut size = |key| positive(&mut fields, key).map(|n| n as usize);
    let description_bytes = size("description_bytes");
    let body_bytes = size("body_bytes");
    let field_bytes = size("field_bytes");
    let attachments = size("attachments");
    let extra_fields = size("extra_fields");
    Some(Limits {
        description_bytes: description_bytes?,
        body_bytes: body_bytes?,
        field_bytes: field_bytes?,
        attachments: attachments?,
        extra_fields: extra_fields?,
    })
}

type Level = (String, crate::model::words::Names, u8);

fn levels(root: &mut Fields<'_, '_>, key: &'static str, ids: &mut Ids) -> Vec<Level> {
    let tables = root.tables(key);
    if tables.is_empty() {
        root.fault(Reason::MissingKey {
            key: format!("[[{key}]]"),
        });
    }
    let declared = if key == "urgency" {
        &mut ids.urgencies
    } else {
        &mut ids.severities
    };
    let mut levels = Vec::new();
    for mut fields in tables {
        let id = declared.read_id(&mut fields);
        let name = names(&mut fields, "name");
        let rank = levels.len() as u8;
        levels.extend(id.zip(name).map(|(id, name)| (id.value, name, rank)));
    }
    levels
}
