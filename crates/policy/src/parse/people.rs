//! Reads `departments.toml`, `categories.toml` and `channels.toml`.

use crate::catalog::Catalog;
use crate::error::Reason;
use crate::model::category::Category;
use crate::model::channel::{Channel, Medium, MetBy};
use crate::model::department::{Department, Handler, Webhook};
use crate::model::house::House;
use crate::parse::context::Ids;
use crate::parse::fields::Fields;
use crate::parse::report::At;
use crate::parse::span::duration;
use crate::parse::{Sources, names};

pub(crate) fn departments(
    sources: &mut Sources<'_, '_>,
    ids: &mut Ids,
    house: Option<&House>,
) -> Catalog<Department> {
    let entries = sources.entries("departments", "department");
    entries
        .into_iter()
        .filter_map(|fields| department(fields, ids, house))
        .collect()
}

fn department(
    mut fields: Fields<'_, '_>,
    ids: &mut Ids,
    house: Option<&House>,
) -> Option<Department> {
    let id = ids.departments.read_id(&mut fields);
    let name = names(&mut fields, "name");
    let contact = fields.text("contact");
    let email = fields.opt_text("email").map(|e| e.value);
    let hook = fields.opt_table("webhook").map(webhook);
    let tables = fields.tables("handler");
    if tables.is_empty() {
        fields.fault(Reason::MissingKey {
            key: "[[department.handler]]".to_owned(),
        });
    }
    let handlers: Vec<_> = tables
        .into_iter()
        .filter_map(|table| handler(table, ids))
        .collect();
    let (id, contact) = (id?.value, contact?);
    if !handlers.is_empty() {
        check_contact(&fields, &id, &contact, &handlers);
        check_cover(&fields, &id, &handlers, house);
    }
    Some(Department {
        id: id.as_str().into(),
        name: name?,
        contact: contact.value.as_str().into(),
        email,
        webhook: hook.flatten(),
        handlers,
    })
}

fn check_contact(fields: &Fields<'_, '_>, id: &str, contact: &At<String>, handlers: &[Handler]) {
    if handlers.iter().any(|h| h.id == *contact.value) {
        return;
    }
    let known = handlers
        .iter()
        .map(|h| h.id.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let reason = Reason::HandlerElsewhere {
        contact: contact.value.clone(),
        department: id.to_owned(),
        known,
    };
    fields.report.fault(contact.place, reason);
}

fn check_cover(fields: &Fields<'_, '_>, id: &str, handlers: &[Handler], house: Option<&House>) {
    for level in house.iter().flat_map(|h| &h.urgencies) {
        if !handlers.iter().any(|h| h.takes(&level.id)) {
            fields.fault(Reason::UrgencyUncovered {
                department: id.to_owned(),
                urgency: level.id.to_string(),
            });
        }
    }
}

fn handler(mut fields: Fields<'_, '_>, ids: &mut Ids) -> Option<Handler> {
    let id = ids.handlers.read_id(&mut fields);
    let name = fields.text("name");
    let email = fields.opt_text("email").map(|e| e.value);
    let urgencies = ids.urgencies.list(&mut fields, "urgencies");
    Some(Handler {
        id: id?.value.as_str().into(),
        name: name?.value,
        email,
        urgencies,
    })
}

fn webhook(mut fields: Fields<'_, '_>) -> Option<Webhook> {
    let url = fields.text("url");
    let secret_env = fields.text("secret_env");
    let (url, secret_env) = (url?, secret_env?);
    let bad = |at: &At<String>, key: &str, problem: &str| {
        let reason = Reason::BadValue {
            key: key.to_owned(),
            problem: problem.to_owned(),
        };
        fields.report.fault(at.place, reason);
    };
    let host = ["http://", "https://"]
        .iter()
        .find_map(|p| url.value.strip_prefix(p));
    if host.is_none_or(str::is_empty) {
        bad(
            &url,
            "url",
            "write an address that starts with http:// or https://",
        );
    }
    let is_name = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    if !secret_env.value.bytes().all(is_name) {
        bad(
            &secret_env,
            "secret_env",
            "name an environment variable, never the secret itself",
        );
    }
    Some(Webhook {
        url: url.value,
        secret_env: secret_env.value,
    })
}

pub(crate) fn categories(sources: &mut Sources<'_, '_>, ids: &mut Ids) -> Catalog<Category> {
    let entries = sources.entries("categories", "category");
    entries
        .into_iter()
        .filter_map(|fields| category(fields, ids))
        .collect()
}

fn category(mut fields: Fields<'_, '_>, ids: &mut Ids) -> Option<Category> {
    let id = ids.categories.read_id(&mut fields);
    let name = names(&mut fields, "name");
    let department = ids.departments.req(&mut fields, "department");
    let supporting = ids.departments.list(&mut fields, "supporting");
    Some(Category {
        id: id?.value.as_str().into(),
        name: name?,
        department: department?,
        supporting,
    })
}

pub(crate) fn channels(sources: &mut Sources<'_, '_>, ids: &mut Ids) -> Catalog<Channel> {
    let entries = sources.entries("channels", "channel");
    entries
        .into_iter()
        .filter_map(|fields| channel(fields, ids))
        .collect()
}

fn channel(mut fields: Fields<'_, '_>, ids: &mut Ids) -> Option<Channel> {
    let id = ids.channels.read_id(&mut fields);
    let name = names(&mut fields, "name");
    let medium = fields.req::<Medium>("medium");
    let first_response = duration(&mut fields, "first_response");
    let met_by = fields.req::<MetBy>("met_by");
    Some(Channel {
        id: id?.value.as_str().into(),
        name: name?,
        medium: medium?.value,
        first_response: first_response?,
        met_by: met_by?.value,
    })
}
