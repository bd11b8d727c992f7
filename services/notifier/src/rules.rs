//! The policy as the notifier decides by it.

use minijinja::Environment;
use redress_host::policy_dir::Files;
use redress_policy::{Policy, PolicyErrors};

/// The policy with every template compiled, once per version.
pub struct Rules {
    /// The house rules.
    pub policy: Policy,
    templates: Environment<'static>,
}

impl Rules {
    /// Reads the policy and compiles its templates.
    ///
    /// # Errors
    /// Every fault with file, line and reason.
    pub fn parse(files: &Files) -> Result<Self, PolicyErrors> {
        let policy = Policy::parse(files)?;
        let mut templates = Environment::new();
        for template in policy.templates() {
            for (locale, text) in &template.texts {
                for (part, source) in [("subject", &text.subject), ("body", &text.body)] {
                    let name = name(template.id.as_str(), locale, part);
                    templates
                        .add_template_owned(name, source.clone())
                        .expect("the policy's checks have compiled every template");
                }
            }
        }
        Ok(Self { policy, templates })
    }

    /// The locale whose text a reader of `locale` gets of a template.
    pub(crate) fn locale_of<'a>(&'a self, template: &str, locale: &str) -> &'a str {
        let fallback = self.policy.house().default_locale.as_str();
        let template = self.policy.templates().get(template);
        template
            .and_then(|template| template.text(locale, fallback))
            .map_or(fallback, |(l, _)| l)
    }

    /// Subject and body of a template in a locale, filled in.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub(crate) fn write(
        &self,
        template: &str,
        locale: &str,
        values: &minijinja::Value,
    ) -> Result<(String, String), String> {
        let part = |part| {
            let template = self.templates.get_template(&name(template, locale, part));
            template
                .and_then(|template| template.render(values))
                .map_err(|fault| {
                    // The detail may quote values; the kind does not.
                    format!(
                        "the {part} of template {template} ({locale}) cannot be written: {}",
                        fault.kind(),
                        template = template_of(&fault)
                    )
                })
        };
        Ok((one_line(&part("subject")?), part("body")?))
    }
}

fn template_of(fault: &minijinja::Error) -> &str {
    fault.name().unwrap_or("of that name")
}

fn name(template: &str, locale: &str, part: &str) -> String {
    format!("{template}/{locale}/{part}")
}

/// A customer's name in a subject must not begin a header of its own.
fn one_line(text: &str) -> String {
    text.split(char::is_control)
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
