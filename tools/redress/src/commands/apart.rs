//! Whether the clocks of the machines agree: deadlines are recorded by one and read by another.

use jiff::{SignedDuration, Timestamp};

use super::findings::Findings;

/// Answers of services tell whole seconds, and travel; a time service keeps milliseconds.
const REMARK: SignedDuration = SignedDuration::from_secs(2);
/// More than any answer takes: somebody set a clock.
const PROBLEM: SignedDuration = SignedDuration::from_secs(10);

/// By how much the clock of somebody else is ahead of ours.
pub(super) struct Clocks<'a, 'o> {
    pub(super) found: &'a mut Findings<'o>,
}

impl Clocks<'_, '_> {
    /// Compares a time that was told between two looks at the own clock.
    pub(super) fn told(
        &mut self,
        whose: &str,
        told: Timestamp,
        (asked, answered): (Timestamp, Timestamp),
    ) -> std::io::Result<()> {
        let apart = apart(told, (asked, answered));
        if apart.abs() <= REMARK {
            return Ok(());
        }
        let text = words(whose, apart);
        if apart.abs() > PROBLEM {
            return self.found.problem("clock", text);
        }
        self.found.remark("clock", text)
    }

    /// What a service tells of the machine that it runs on.
    pub(super) fn of_service(
        &mut self,
        service: &str,
        figure: impl Fn(&str) -> f64,
    ) -> std::io::Result<()> {
        let set_back = figure("redress_clock_set_back_seconds");
        if set_back > 0.0 {
            let text = format!(
                "the clock under {service} was set back by {set_back} s; it goes on by the time it \
                 had: set the clock right, or start the service anew to follow it"
            );
            self.found.problem("clock", text)?;
        }
        let behind = figure("redress_clock_behind_log_seconds");
        if behind > 0.0 {
            let text = format!(
                "the time of {service} lies {behind} s behind what was recorded: set the clock of \
                 its machine, or of the one that recorded it"
            );
            self.found.problem("clock", text)?;
        }
        Ok(())
    }
}

/// Zero if the time lies between the two looks, to the second that answers are told by.
fn apart(told: Timestamp, (asked, answered): (Timestamp, Timestamp)) -> SignedDuration {
    if told < asked {
        told.duration_since(asked)
    } else if told > answered {
        told.duration_since(answered)
    } else {
        SignedDuration::ZERO
    }
}

fn words(whose: &str, apart: SignedDuration) -> String {
    let way = if apart.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    format!(
        "the clock of {whose} is {} s {way} this machine's: set the wrong one, and keep both by a \
         time service (chrony, ntpd); deadlines are off by as much",
        apart.abs().as_secs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_778_000_000 + second).expect("a time")
    }

    #[test]
    fn what_lies_between_question_and_answer_is_not_apart() {
        assert_eq!(apart(at(1), (at(0), at(2))), SignedDuration::ZERO);
        assert_eq!(apart(at(3602), (at(0), at(2))).as_secs(), 3600);
        assert_eq!(apart(at(-3600), (at(0), at(2))).as_secs(), -3600);
    }

    #[test]
    fn a_clock_an_hour_back_is_said_with_what_to_do() {
        let said = words("the broker", SignedDuration::from_secs(-3600));
        assert!(
            said.contains("the broker is 3600 s behind") && said.contains("chrony"),
            "{said}"
        );
    }
}
