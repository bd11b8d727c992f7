//! Reads the lists of days that calendars share: `[[days]]`, written out or from an iCalendar file.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use redress_calendar::{
    DayList, DayListSpec, HalfDay, Holiday, IcsWords, MakeUpDay, Part, SpecFault, WrittenDate,
};

use crate::error::Reason;
use crate::parse::context::Ids;
use crate::parse::fields::Fields;
use crate::parse::has_end;
use crate::parse::report::{At, Place, Report};

/// Special days with the places where they stand.
pub(crate) struct SpecialDays {
    pub(crate) holidays: Vec<At<Holiday>>,
    pub(crate) make_up_days: Vec<At<MakeUpDay>>,
    pub(crate) half_days: Vec<At<HalfDay>>,
}

impl SpecialDays {
    pub(crate) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            holidays: fields.list("holidays"),
            make_up_days: fields.list("make_up_days"),
            half_days: fields.list("half_days"),
        }
    }

    /// Where a part stands, if it is one of these days.
    pub(crate) fn place(&self, part: Part) -> Option<Place> {
        match part {
            Part::Holiday(at) => self.holidays.get(at).map(|day| day.place),
            Part::MakeUpDay(at) => self.make_up_days.get(at).map(|day| day.place),
            Part::HalfDay(at) => self.half_days.get(at).map(|day| day.place),
            _ => None,
        }
    }
}

/// The values without their places.
pub(crate) fn values<T: Clone>(all: &[At<T>]) -> Vec<T> {
    all.iter().map(|at| at.value.clone()).collect()
}

/// A date that may be absent.
pub(crate) fn opt_date(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<At<Date>> {
    let date = fields.opt::<WrittenDate>(key)?;
    Some(At {
        value: date.value.0,
        place: date.place,
    })
}

/// The lists by id. A list with a fault is there without days, so that calendars that name it are
/// not faults of their own.
pub(crate) fn read(
    entries: Vec<Fields<'_, '_>>,
    report: &Report<'_>,
    ids: &mut Ids,
) -> BTreeMap<String, Option<DayList>> {
    let mut used = BTreeSet::new();
    let mut lists = BTreeMap::new();
    for mut fields in entries {
        let id = ids.day_lists.read_id(&mut fields);
        let file = fields.opt_text("file");
        // Without an id it is read all the same, so that its other faults are told as well.
        let name = id.as_ref().map_or("", |id| id.value.as_str());
        let list = match file {
            Some(file) => from_file(&mut fields, name, &file, &mut used),
            None => written(&mut fields, name),
        };
        lists.extend(id.map(|id| (id.value, list)));
    }
    for (file, (name, _)) in report.files().iter().enumerate() {
        if has_end(name, "ics") && !name.starts_with("packs/") && !used.contains(&file) {
            report.fault(Place { file, offset: 0 }, Reason::UnusedFile);
        }
    }
    lists
}

fn written(fields: &mut Fields<'_, '_>, id: &str) -> Option<DayList> {
    let name = fields.opt_text("name").map(|name| name.value);
    let version = fields.opt_text("version").map(|version| version.value);
    let (from, to) = (opt_date(fields, "from"), opt_date(fields, "to"));
    let days = SpecialDays::read(fields);
    let spec = DayListSpec {
        name,
        version,
        from: from.map(|from| from.value),
        to: to.as_ref().map(|to| to.value),
        holidays: values(&days.holidays),
        make_up_days: values(&days.make_up_days),
        half_days: values(&days.half_days),
    };
    let report = fields.report;
    DayList::check(spec)
        .map_err(|faults| {
            for SpecFault { part, error } in faults {
                let whole = to.as_ref().map_or(fields.place, |to| to.place);
                let list = id.to_owned();
                let problem = error.to_string();
                let place = days.place(part).unwrap_or(whole);
                report.fault(place, Reason::BadDays { list, problem });
            }
        })
        .ok()
}

fn from_file(
    fields: &mut Fields<'_, '_>,
    id: &str,
    name: &At<String>,
    used: &mut BTreeSet<usize>,
) -> Option<DayList> {
    let words = IcsWords {
        make_up: values(&fields.list("make_up_words")),
        ignore: values(&fields.list("ignore_words")),
    };
    let (from, to) = (opt_date(fields, "from"), opt_date(fields, "to"));
    let report = fields.report;
    let mut files = report.files().iter();
    let Some(file) = files.position(|(known, _)| *known == name.value) else {
        let file = name.value.clone();
        report.fault(name.place, Reason::NoSuchFile { file });
        return None;
    };
    used.insert(file);
    if let (Some(from), Some(to)) = (&from, &to)
        && to.value < from.value
    {
        let list = id.to_owned();
        let problem = "it ends before it begins: swap `from` and `to`".to_owned();
        report.fault(to.place, Reason::BadDays { list, problem });
        return None;
    }
    let (from, to) = (from.map(|from| from.value), to.map(|to| to.value));
    let list = DayList::from_ics(report.files()[file].1, &words, from, to);
    list.map_err(|faults| {
        for fault in faults {
            let list = id.to_owned();
            let problem = fault.error.to_string();
            let place = report.line_of(file, fault.line);
            report.fault(place, Reason::BadDays { list, problem });
        }
    })
    .ok()
}
