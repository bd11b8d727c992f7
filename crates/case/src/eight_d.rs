//! The 8D report: which disciplines the record fills.

use crate::words::words;

words! {
    /// A discipline of an 8D report.
    Discipline {
        /// Prepare, and respond to the emergency.
        D0 = "D0" "应急准备",
        /// The team.
        D1 = "D1" "成立小组",
        /// The problem described.
        D2 = "D2" "描述问题",
        /// Interim containment.
        D3 = "D3" "临时遏制措施",
        /// Root cause and escape point.
        D4 = "D4" "根本原因与逃逸点",
        /// Permanent corrective action chosen.
        D5 = "D5" "选定永久纠正措施",
        /// Permanent corrective action carried out and verified.
        D6 = "D6" "实施并验证",
        /// Recurrence prevented.
        D7 = "D7" "预防再发",
        /// The team's work concluded with the customer.
        D8 = "D8" "总结与确认",
    }
}
