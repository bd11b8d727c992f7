use redress_runtime::Refusal;

/// How a caller names a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseName {
    /// By complaint id.
    Id([u8; 16]),
    /// By number, as written.
    Number(String),
}

/// Reads the name of a case: a complaint id (UUID) or a number such as CF20260501001.
///
/// # Errors
/// The name is empty.
pub fn case_name(name: &str) -> Result<CaseName, Refusal> {
    let name = name.trim();
    if name.is_empty() {
        let violation = redress_runtime::Violation {
            field: "name".to_owned(),
            description: "give a complaint id or a number such as CF20260501001".to_owned(),
        };
        return Err(Refusal::invalid("the case is not named", vec![violation]));
    }
    Ok(match uuid::Uuid::try_parse(name) {
        Ok(id) => CaseName::Id(id.into_bytes()),
        Err(_) => CaseName::Number(name.to_owned()),
    })
}
