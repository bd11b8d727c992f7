use redress_case::{MoneyFault, Rejection, TextTooLong};
use tonic::Code;

/// Why a command cannot be read: one fact about one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    /// Names the reason for programs.
    pub(crate) reason: &'static str,
    /// Field of the command.
    pub(crate) field: &'static str,
    pub(crate) zh: String,
    pub(crate) en: String,
}

impl Fault {
    pub(crate) fn new(reason: &'static str, field: &'static str, zh: &str, en: &str) -> Self {
        Self {
            code: Code::InvalidArgument,
            reason,
            field,
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }

    /// A word that is none of a closed list.
    pub(crate) fn unknown(field: &'static str, known: &str) -> Self {
        let zh = format!("{field} 必须是以下之一：{known}");
        let en = format!("`{field}` must be one of {known}");
        Self::new("unknown_word", field, &zh, &en)
    }

    /// Something that has to be given and is not.
    pub(crate) fn missing(field: &'static str) -> Self {
        let zh = format!("{field} 不能为空");
        let en = format!("`{field}` must be given");
        Self::new("field_missing", field, &zh, &en)
    }

    /// Who acts has several roles and says none.
    pub(crate) fn several_roles(person: &str, roles: &[&str]) -> Self {
        let (all, first) = (roles.join(", "), roles.first().copied().unwrap_or_default());
        let en = format!(
            "as what does {person} act? Give one of {all} as `actor.role`; on the command line \
             --as {person}:{first}"
        );
        let zh = format!(
            "{person} 以何种角色操作？请在 actor.role 中填写其一：{all}；\
             命令行写作 --as {person}:{first}"
        );
        Self::new("role_missing", "actor.role", &zh, &en)
    }

    /// Who acts says no role, and has none.
    pub(crate) fn no_such_person(person: &str) -> Self {
        let en = format!(
            "the policy gives {person:?} no role: check `actor.id`, and say as what they act in \
             `actor.role`; on the command line --as PERSON:ROLE, such as wang:handler"
        );
        let zh = format!(
            "规则中 {person:?} 没有任何角色：请检查 actor.id，并在 actor.role 中填写角色；\
             命令行写作 --as 人员:角色，如 wang:handler"
        );
        Self::new("role_missing", "actor.role", &zh, &en)
    }

    /// A word that is longer than any of ours.
    pub(crate) fn too_long(field: &'static str, most: usize) -> Self {
        let zh = format!("{field} 过长：最多 {most} 字节");
        let en = format!("`{field}` is too long: at most {most} bytes are taken");
        Self::new("text_too_long", field, &zh, &en)
    }

    /// The case that the command speaks of does not exist.
    pub(crate) fn no_case(field: &'static str, name: &str) -> Self {
        let zh = format!("没有案件 {name:?}：请检查编号");
        let en = format!("there is no case {name:?}: check the number or id");
        Self {
            code: Code::NotFound,
            ..Self::new("case_not_found", field, &zh, &en)
        }
    }
}

impl From<TextTooLong> for Fault {
    fn from(fault: TextTooLong) -> Self {
        let field = fault.field;
        let rejection = Rejection::from(fault);
        Self::new(rejection.code, field, rejection.zh(), rejection.en())
    }
}

impl From<MoneyFault> for Fault {
    fn from(fault: MoneyFault) -> Self {
        let rejection = Rejection::from(fault);
        let field = "redress.amount";
        Self::new(rejection.code, field, rejection.zh(), rejection.en())
    }
}
