//! Reasons that any command may have.

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
        NotYet { command: CommandKind } => NotAllowedNow "not_supported"
            "{command} is not supported by this release"
            "本版本尚不支持 {command}",
    }
}

rejections! {
    /// Not this person in this role.
    NotYours {
        UnknownActor { id: PersonId } => NoRight "unknown_actor"
            "{id} is nobody of the house: act as a person of staff.toml or departments.toml"
            "{id} 不是本单位人员:请以 staff.toml 或 departments.toml 中的人员身份操作",
        RoleNotHeld { id: PersonId, role: RoleId } => NoRight "role_not_held"
            "{id} does not have the role {role} now"
            "{id} 目前不具有角色 {role}",
        MissingRight { role: RoleId, command: CommandKind } => NoRight "missing_right"
            "the role {role} may not {command}"
            "角色 {role} 无权执行 {command}",
        OutOfScope { id: PersonId, role: RoleId } => NoRight "out_of_scope"
            "{id} as {role} has nothing to do with this case: it is somebody else's"
            "{id} 以角色 {role} 与本案无关:本案由他人负责",
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
            "`{id}` is no {field} of the policy: {known}"
            "制度中没有 {field}“{id}”,可选:{known}",
    }
}
