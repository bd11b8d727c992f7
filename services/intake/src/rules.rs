use redress_host::policy_dir::Files;
use redress_policy::{Policy, PolicyErrors};

/// The policy as intake decides by it: compiled once for every version.
#[derive(Clone, Debug)]
pub struct IntakeRules {
    /// The policy.
    pub policy: Policy,
    /// Its channels as a refusal lists them.
    pub channels: String,
}

impl IntakeRules {
    /// Reads the policy files.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn parse(files: &Files) -> Result<Self, PolicyErrors> {
        let policy = Policy::parse(files)?;
        let channels: Vec<&str> = policy.channels().iter().map(|c| c.id.as_str()).collect();
        let channels = channels.join(", ");
        Ok(Self { policy, channels })
    }
}
