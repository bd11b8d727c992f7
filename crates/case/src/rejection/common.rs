//! Reasons that many commands have.

use jiff::Timestamp;

use super::rejections;
use crate::{CommandKind, PersonId, RoleId};

rejections! {
    /// The case has moved on.
    Stale {
        Version { expected: u64, current: u64 } => Conflict "stale_version"
            "the case has moved on from version {expected} to {current}: look at it and try again"
            "案件已从版本 {expected} 变为 {current}:请查看后重试",
        Ahead { expected: u64, current: u64 } => Conflict "unknown_version"
            "version {expected} is expected and the case has only {current}: look at it again"
            "期望版本 {expected},案件当前仅为 {current}:请重新查看",
        Reused { earlier: CommandKind } => Conflict "request_id_reused"
            "this request_id was used for {earlier} already: take a new one for each wish"
            "该 request_id 已用于 {earlier}:每次操作请使用新的 request_id",
    }
}

rejections! {
    /// Not as the case stands.
    NotNow {
        Stage { command: CommandKind, state: &'static str, zh: &'static str } =>
            NotAllowedNow "not_allowed_now"
            "{command} is not possible while the case is {state}"
            "案件当前为“{zh}”,不能执行 {command}",
        Missing { command: CommandKind, en: String, zh: String } =>
            NotAllowedNow "missing_first"
            "{command} needs first: {en}"
            "执行 {command} 之前还缺:{zh}",
    }
}

rejections! {
    /// Not this person in this role.
    NotYours {
        UnknownActor { id: PersonId } => NoRight "unknown_actor"
            "{id} is nobody of the house: act as a person of staff.toml or departments.toml"
            "{id} 不是本单位人员:请以 staff.toml 或 departments.toml 中的人员身份操作",
        NoRole { id: PersonId } => NoRight "no_role"
            "say in which role {id} acts, such as handler or department_head"
            "请说明 {id} 以何种角色操作,如 handler 或 department_head",
        RoleNotHeld { id: PersonId, role: RoleId } => NoRight "role_not_held"
            "{id} does not have the role {role} now: act in another, or ask for a delegation"
            "{id} 目前不具有角色 {role}:请换用其他角色,或申请授权",
        MissingRight { role: RoleId, command: CommandKind } => NoRight "missing_right"
            "the role {role} may not {command}: ask somebody whose role may"
            "角色 {role} 无权执行 {command}:请由有权角色操作",
        OutOfScope { id: PersonId, role: RoleId } => NoRight "out_of_scope"
            "this case is not one of {id} as {role}: ask its handler or its department"
            "本案不属于 {id}(角色 {role})的范围:请联系处理人或主责部门",
    }
}

rejections! {
    /// The command itself is wrong.
    Bad {
        NoText { field: &'static str } => Invalid "text_missing"
            "`{field}` is empty: say it in words"
            "{field} 为空:请填写",
        TooMany { field: &'static str, count: usize, most: usize } => Invalid "too_many"
            "`{field}` has {count} entries, at most {most} are taken"
            "{field} 有 {count} 项,最多 {most} 项",
        WordTooLong { field: &'static str, bytes: usize, most: usize } => Invalid "text_too_long"
            "`{field}` has {bytes} bytes, at most {most} are taken"
            "{field} 有 {bytes} 字节,最多 {most} 字节",
        TooMuch { bytes: usize, most: usize } => Invalid "text_too_long"
            "the texts have {bytes} bytes together, at most {most} are taken: attach files"
            "各项文字共 {bytes} 字节,最多 {most} 字节:其余请作为附件提交",
        Unknown { field: &'static str, id: String, known: String } => Invalid "unknown_word"
            "`{id}` is not known as {field}: take one of {known}"
            "{field}“{id}”不存在,可选:{known}",
        NoTime { field: &'static str } => Invalid "time_missing"
            "`{field}` is missing: say until when"
            "缺少 {field}:请填写时间节点",
        Past { field: &'static str, at: Timestamp } => Invalid "time_past"
            "`{field}` is {at}, which has passed: say a time to come"
            "{field} 为 {at},已过去:请填写将来的时间",
    }
}

rejections! {
    /// Somebody is spoken of who is not there.
    Nobody {
        Department { id: String } => NotFound "unknown_department"
            "`{id}` is no department: take one of departments.toml"
            "没有部门“{id}”:请选用 departments.toml 中的部门",
        Person { id: String } => NotFound "unknown_person"
            "`{id}` is nobody of the house: take a person of staff.toml or departments.toml"
            "没有人员“{id}”:请选用 staff.toml 或 departments.toml 中的人员",
        Owner { id: String } => NotFound "unknown_owner"
            "`{id}` is neither a person nor a department of the house: name who does it"
            "“{id}”既不是人员也不是部门:请指明由谁负责",
    }
}
