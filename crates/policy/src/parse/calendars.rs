//! Reads `calendars.toml`: calendars, and the lists of days that they share.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use redress_calendar::{
    Calendar, CalendarSpec, DayList, Hours, Part, Period, SpecFault, Week, WrittenDate,
};

use crate::error::Reason;
use crate::ids::CalendarId;
use crate::parse::Sources;
use crate::parse::context::Ids;
use crate::parse::days::{self, SpecialDays, values};
use crate::parse::fields::Fields;
use crate::parse::report::{At, Place};

/// All calendars by id.
pub(crate) fn read(sources: &mut Sources<'_, '_>, ids: &mut Ids) -> BTreeMap<CalendarId, Calendar> {
    let mut roots = sources.take("calendars");
    let lists = roots.iter_mut().flat_map(|root| root.tables("days"));
    let lists: Vec<_> = lists.collect();
    let lists = days::read(lists, sources.report(), ids);
    let entries = super::tables(&mut roots, "calendar");
    entries
        .into_iter()
        .filter_map(|fields| calendar(fields, ids, &lists))
        .collect()
}

/// A week, and where each of its days stands.
struct PlacedWeek {
    week: Week,
    days: Vec<(Weekday, Place)>,
}

/// A calendar's text, and where each of its parts stands.
struct Draft {
    whole: Place,
    zone: Option<At<String>>,
    validity: Option<Place>,
    lists: Place,
    week: PlacedWeek,
    periods: Vec<(Period, PlacedWeek, Place)>,
    days: SpecialDays,
}

impl Draft {
    fn place(&self, part: Part) -> Place {
        let of_day = |week: &PlacedWeek, day: Weekday| {
            let mut days = week.days.iter().filter(|(known, _)| *known == day);
            days.next().map(|(_, place)| *place)
        };
        let found = match part {
            Part::Zone => self.zone.as_ref().map(|zone| zone.place),
            Part::Validity => self.validity,
            Part::Lists => Some(self.lists),
            Part::Weekday(day) => of_day(&self.week, day),
            Part::Period(at, day) => self.periods.get(at).map(|(_, week, place)| {
                let of_day = day.and_then(|day| of_day(week, day));
                of_day.unwrap_or(*place)
            }),
            _ => self.days.place(part),
        };
        found.unwrap_or(self.whole)
    }
}

fn calendar(
    mut fields: Fields<'_, '_>,
    ids: &mut Ids,
    known: &BTreeMap<String, Option<DayList>>,
) -> Option<(CalendarId, Calendar)> {
    let id = ids.calendars.read_id(&mut fields);
    let name = fields.opt_text("name").map(|name| name.value);
    let version = fields.opt_text("version").map(|version| version.value);
    let zone = fields.text("zone");
    let (from, to) = (date(&mut fields, "from"), date(&mut fields, "to"));
    let lists = fields.list::<String>("days");
    let week = fields.table("week").map(week);
    let periods = fields.tables("period");
    let periods: Vec<_> = periods.into_iter().map(period).collect();
    let days = SpecialDays::read(&mut fields);
    let used = named(&lists, known, &fields);
    let draft = Draft {
        whole: fields.place,
        zone,
        validity: to.as_ref().map(|to| to.place),
        lists: lists.first().map_or(fields.place, |list| list.place),
        week: week?,
        periods: periods.into_iter().collect::<Option<_>>()?,
        days,
    };
    let spec = CalendarSpec {
        name,
        version,
        zone: draft.zone.as_ref()?.value.clone(),
        from: from?.value,
        to: to?.value,
        week: draft.week.week.clone(),
        periods: draft
            .periods
            .iter()
            .map(|(period, ..)| period.clone())
            .collect(),
        holidays: values(&draft.days.holidays),
        make_up_days: values(&draft.days.make_up_days),
        half_days: values(&draft.days.half_days),
    };
    // A list that could not be read is the fault, not the calendar.
    match Calendar::build(spec, &used?) {
        Ok(calendar) => Some((CalendarId::new(&id?.value), calendar)),
        Err(faults) => {
            let calendar = id.map_or_else(String::new, |id| id.value);
            for SpecFault { part, error } in faults {
                let (calendar, problem) = (calendar.clone(), error.to_string());
                let reason = Reason::BadCalendar { calendar, problem };
                fields.report.fault(draft.place(part), reason);
            }
            None
        }
    }
}

fn date(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<At<Date>> {
    let date = fields.req::<WrittenDate>(key)?;
    Some(At {
        value: date.value.0,
        place: date.place,
    })
}

/// The lists that a calendar names; `None` if one of them is not to be had.
fn named<'a>(
    lists: &[At<String>],
    known: &'a BTreeMap<String, Option<DayList>>,
    fields: &Fields<'_, '_>,
) -> Option<Vec<&'a DayList>> {
    let mut found = Vec::new();
    for list in lists {
        if !known.contains_key(&list.value) {
            let ids: Vec<_> = known.keys().map(String::as_str).collect();
            let reason = Reason::Dangling {
                what: "list of days",
                id: list.value.clone(),
                known: ids.join(", "),
            };
            fields.report.fault(list.place, reason);
        }
        found.push(known.get(&list.value).and_then(Option::as_ref));
    }
    found.into_iter().collect()
}

fn week(mut fields: Fields<'_, '_>) -> PlacedWeek {
    const NAMES: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let (mut week, mut days) = (Week::default(), Vec::new());
    for (name, day) in NAMES.into_iter().zip(Weekday::Monday.cycle_forward()) {
        let hours: Vec<At<Hours>> = fields.list(name);
        days.extend(hours.first().map(|first| (day, first.place)));
        *week.hours_mut(day) = values(&hours);
    }
    PlacedWeek { week, days }
}

fn period(mut fields: Fields<'_, '_>) -> Option<(Period, PlacedWeek, Place)> {
    let (from, to) = (date(&mut fields, "from"), date(&mut fields, "to"));
    let name = fields.opt_text("name").map(|name| name.value);
    let week = fields.table("week").map(week);
    let (from, to, week) = (from?.value, to?.value, week?);
    let period = Period {
        from,
        to,
        name,
        week: week.week.clone(),
    };
    Some((period, week, fields.place))
}
